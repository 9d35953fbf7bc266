import datetime as dt
import tomllib

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.construction import ecriture
from geodata.errors import SchemaError


@pytest.fixture
def regions():
    return pd.DataFrame({"code": ["53", "84"], "nom": ["Bretagne", "Auvergne-Rhône-Alpes"]})


def test_deux_constructions_donnent_les_memes_octets(tmp_path, regions):
    codes = np.array(["84", "53"], dtype=object)
    carres = shapely.multipolygons([[shapely.box(i, 45, i + 1, 46)] for i in (3, 0)])
    for dossier in (tmp_path / "a", tmp_path / "b"):
        dossier.mkdir()
        ecriture.write_table("regions", regions, dossier)
        noms = dict(zip(regions["code"], regions["nom"], strict=True))
        ecriture.write_couche("contours_region", codes, noms, carres, dossier)
    for chemin in (tmp_path / "a").iterdir():
        assert chemin.read_bytes() == (tmp_path / "b" / chemin.name).read_bytes()


def test_une_table_mal_formee_n_est_pas_ecrite(tmp_path, regions):
    with pytest.raises(SchemaError):
        ecriture.write_table("regions", regions.drop(columns="nom"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_le_manifeste_se_relit_a_l_identique(tmp_path):
    source = {
        "id": "x",
        "titre": 'L\'« été » à "Ars"\\n',
        "recupere_le": dt.date(2026, 11, 22),
        "tables": ["communes", "epci"],
    }
    ecriture.write_manifeste(tmp_path, {"modifiees": 3, "ecart_m2": 1.5}, {"source": [source]})
    relu = tomllib.loads((tmp_path / "MANIFEST.toml").read_text(encoding="utf-8"))
    assert relu["source"] == [source]
    assert relu["contours"] == {"modifiees": 3, "ecart_m2": 1.5}
