import pandas as pd
import pytest

from geodata.construction.administratif import build_cog
from geodata.construction.populations import (
    freeze_mayotte,
    load_blocs,
    project_series,
    split_blocs,
)
from geodata.errors import SchemaError
from geodata.schema import ANNEES_POPULATION


def _fiche(code, **autres):
    return {"code": code, "nom": code, "type": "commune-actuelle", "zone": "metro"} | autres


@pytest.fixture
def cog():
    return build_cog(
        [
            _fiche("01001", anciensCodes=["01002", "01003"]),
            _fiche("01003"),  # again in force: never a former code
            _fiche("60054"),
            _fiche("60694"),
            _fiche("97601", zone="drom"),
            _fiche("98801", zone="com"),
            {"code": "75101", "type": "arrondissement-municipal", "commune": "75056"},
        ]
    )


def _series(**dernieres):
    return {annee: dict(dernieres.get("tout", {"01001": 10})) for annee in ANNEES_POPULATION}


def test_les_collectivites_sans_donnees_ne_sont_pas_des_communes(cog):
    assert "98801" not in cog.communes
    assert cog.translate("98801") is None


def test_un_code_redevenu_actuel_n_est_plus_un_ancien_code(cog):
    assert cog.anciens == {"01002": "01001"}
    assert cog.translate("01003") == "01003"


def test_les_communes_fusionnees_sont_additionnees(cog):
    series = _series() | {2018: {"01001": 10, "01002": 5, "01003": 7}}
    projetees = project_series(series, cog)
    assert projetees.loc["01001", "population_municipale_2018"] == 15
    assert projetees.loc["01003", "population_municipale_2018"] == 7


def test_un_code_qui_ne_mene_nulle_part_arrete_la_construction(cog):
    with pytest.raises(SchemaError, match="99999"):
        project_series(_series() | {2018: {"99999": 1}}, cog)


def test_les_collectivites_sans_donnees_sont_laissees_de_cote(cog):
    projetees = project_series(_series() | {2018: {"98801": 900, "97502": 3, "01001": 2}}, cog)
    assert projetees["population_municipale_2018"].sum() == 2


def test_une_absence_reste_une_absence(cog):
    projetees = project_series(_series(), cog)
    assert projetees.loc["60694", "population_municipale_2023"] is pd.NA


def test_un_bloc_n_a_de_serie_qu_ensemble_avant_son_retablissement(cog):
    series = {annee: {"60054": 870} for annee in ANNEES_POPULATION}
    series |= {annee: {"60054": 335, "60694": 543} for annee in (2021, 2022, 2023)}
    communes, blocs = split_blocs(project_series(series, cog), {"60054": ("60054", "60694")})
    assert communes.loc[["60054", "60694"], "population_municipale_2020"].isna().all()
    assert communes.loc["60054", "population_municipale_2021"] == 335
    assert blocs.loc["60054", "population_municipale_2020"] == 870
    assert blocs.loc["60054", "population_municipale_2021"] == 878
    assert blocs.loc["60054", "codes"] == "60054 60694"


def test_mayotte_ne_garde_que_son_recensement_de_2017(cog):
    series = {annee: {"97601": 5192, "01001": 10} for annee in ANNEES_POPULATION}
    gelees = freeze_mayotte(project_series(series, cog))
    assert gelees.loc["97601", "population_municipale_2023"] == 5192
    assert gelees.loc["97601", "population_municipale_2022"] is pd.NA
    assert gelees.loc["97601", "millesime_population_municipale"] == 2017
    assert gelees.loc["01001", "population_municipale_2022"] == 10
    assert gelees.loc["01001", "millesime_population_municipale"] == 2023


def test_les_blocs_sont_ceux_des_communes_retablies():
    assert {frozenset(codes) for codes in load_blocs().values()} == {
        frozenset({"60054", "60694"}),
        frozenset({"85084", "85165", "85212"}),
        frozenset({"15141", "15031", "15035", "15047", "15171"}),
    }
