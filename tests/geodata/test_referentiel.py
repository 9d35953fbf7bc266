import json
import shutil
import subprocess
import sys

import pytest

from geodata.errors import GeodataError, MillesimeError
from geodata.referentiel import DOSSIER_DONNEES, Referentiel


@pytest.fixture
def copie(tmp_path):
    """Folder holding the manifest and two small tables, and nothing else."""
    for nom in ("MANIFEST.toml", "regions.parquet", "contours_region.parquet"):
        shutil.copy(DOSSIER_DONNEES / nom, tmp_path)
    return tmp_path


def test_ouvrir_ne_lit_que_le_manifeste(copie):
    referentiel = Referentiel.ouvrir(copie)
    assert len(referentiel.table("regions")) == 18
    assert len(referentiel.contours("region")) == 18


def test_une_table_absente_est_nommee(copie):
    with pytest.raises(GeodataError, match=r"communes\.parquet"):
        _ = Referentiel.ouvrir(copie).geographie


def test_un_dossier_sans_manifeste_est_refuse(tmp_path):
    with pytest.raises(GeodataError, match=r"MANIFEST\.toml"):
        Referentiel.ouvrir(tmp_path)


def test_un_manifeste_illisible_est_refuse(tmp_path):
    (tmp_path / "MANIFEST.toml").write_text("millesime = ", encoding="utf-8")
    with pytest.raises(GeodataError, match=r"MANIFEST\.toml"):
        Referentiel.ouvrir(tmp_path)


def test_des_tables_d_une_autre_geographie_sont_refusees(copie):
    manifeste = copie / "MANIFEST.toml"
    texte = manifeste.read_text(encoding="utf-8")
    manifeste.write_text(
        texte.replace('millesime_geographie = "2026"', 'millesime_geographie = "2027"'),
        encoding="utf-8",
    )
    with pytest.raises(MillesimeError, match="2027"):
        Referentiel.ouvrir(copie)


def test_les_contours_demandes_viennent_seuls_et_indexes(france):
    contours = france.contours("unite", ["35238", "29155", "99999"])
    assert list(contours.index) == ["29155", "35238"]
    assert contours.crs.to_epsg() == 4326
    assert list(contours.columns) == ["nom", "geometry"]


def test_aucun_code_demande_ne_donne_aucun_contour(france):
    assert len(france.contours("epci", [])) == 0


def test_une_ville_divisee_a_son_contour_de_commune(france):
    assert list(france.contours("commune", ["75056", "75101", "92050"]).index) == ["75056", "92050"]
    assert list(france.contours("unite", ["75056", "75101"]).index) == ["75101"]


@pytest.mark.parametrize(
    ("niveau", "nombre"),
    [("epci", 1253), ("ept", 11), ("departement", 101), ("region", 18)],
)
def test_chaque_niveau_a_tous_ses_contours(france, niveau, nombre):
    contours = france.contours(niveau)
    assert len(contours) == nombre
    assert contours.is_valid.all()
    assert contours["nom"].notna().all()


def test_chaque_source_dit_qui_quand_et_sous_quelle_licence(france):
    for source in france.manifeste:
        assert all((source.titre, source.producteur, source.millesime, source.licence))
        assert source.tables, source.id
        json.dumps(source.en_dict())
    assert {source.licence for source in france.manifeste} == {"Licence Ouverte 2.0"}


def test_lire_les_chiffres_ne_charge_pas_la_geometrie():
    programme = (
        "import sys\n"
        "from geodata.referentiel import Referentiel\n"
        "Referentiel.ouvrir().geographie.graphe\n"
        "sys.exit('geopandas' in sys.modules or 'shapely' in sys.modules)\n"
    )
    racine = DOSSIER_DONNEES.parents[1]
    acheve = subprocess.run([sys.executable, "-c", programme], cwd=racine, check=False)
    assert acheve.returncode == 0
