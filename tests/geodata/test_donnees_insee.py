"""Cross-checks of the embedded tables with INSEE's own files, when the shared folder is there."""

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def geographie(france):
    return france.geographie


@pytest.fixture
def insee(partage):
    return partage / "fixtures" / "insee"


def _lire(chemin, separateur=";"):
    return pd.read_csv(chemin, sep=separateur, dtype=str)


def test_les_populations_2023_sont_celles_de_l_insee(geographie, insee):
    publiees = _lire(insee / "populations_reference_2023_communes.csv").set_index("COM")["PMUN"]
    publiees = publiees.astype(int)
    communes = geographie.communes
    comparables = communes.index.intersection(publiees.index)
    assert len(comparables) > 34_850
    embarquees = communes.loc[comparables, "population_municipale_2023"].astype(int)
    assert (embarquees == publiees.loc[comparables]).all()


def test_les_populations_2017_de_mayotte_sont_celles_de_l_insee(geographie, insee):
    publiees = _lire(insee / "populations_legales_2017_mayotte.csv")
    codes = "97" + publiees["CODCOM"]
    embarquees = geographie.communes.loc[codes, "population_municipale_2023"].astype(int)
    assert embarquees.tolist() == publiees["PMUN"].astype(int).tolist()


def test_les_noms_et_les_codes_sont_ceux_du_cog_2026(geographie, insee):
    cog = _lire(insee / "v_commune_2026.csv", ",")
    communes = cog[cog["TYPECOM"] == "COM"].set_index("COM")["LIBELLE"]
    communes = communes[~communes.index.str.match(r"97[578]|98")]
    assert set(communes.index) == set(geographie.communes.index)
    differents = communes.sort_index() != geographie.communes["nom"].sort_index()
    assert differents.sum() == 0, communes[differents].head()


def test_les_arrondissements_sont_ceux_du_cog_2026(geographie, insee):
    cog = _lire(insee / "v_commune_2026.csv", ",")
    codes = set(cog.loc[cog["TYPECOM"] == "ARM", "COM"])
    divises = geographie.unites["code_commune"] != geographie.unites.index
    assert set(geographie.unites.index[divises]) == codes


def test_les_communes_scindees_ont_les_successeurs_de_l_insee(geographie, insee):
    mouvements = _lire(insee / "v_mvt_commune_2026.csv", ",")
    passage = geographie.passage
    for code in passage.index[passage["est_scindee"]]:
        suites = mouvements[(mouvements["COM_AV"] == code) & (mouvements["MOD"] == "30")]
        actuels = {
            suite if suite in geographie.communes.index else passage.loc[suite, "code"]
            for suite in suites["COM_AP"]
        }
        assert set(passage.loc[code, "successeurs"].split()) == actuels, code


def test_toutes_les_communes_disparues_depuis_1943_ont_un_passage(geographie, insee):
    mouvements = _lire(insee / "v_mvt_commune_2026.csv", ",")
    anciennes = set(mouvements.loc[mouvements["TYPECOM_AV"] == "COM", "COM_AV"])
    presentes = set(geographie.communes.index) | set(geographie.passage.index)
    restes = {c for c in anciennes - presentes if not c.startswith(("975", "977", "978", "98"))}
    # Saint-Barthélemy and Saint-Martin left Guadeloupe: they are now 977 and 978
    assert restes == {"97123", "97127"}
