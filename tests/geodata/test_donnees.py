"""The embedded tables themselves: every trap met in the sources has its sentence here."""

import numpy as np
import pytest
import shapely

from geodata.referentiel import DOSSIER_DONNEES
from geodata.schema import COLONNES, MILLESIME_GEOGRAPHIE, validate_table

RETABLIES = (
    "15031",
    "15035",
    "15047",
    "15141",
    "15171",
    "60054",
    "60694",
    "85084",
    "85165",
    "85212",
)


@pytest.fixture(scope="module")
def geographie(france):
    return france.geographie


@pytest.fixture(scope="module")
def contours(france):
    return france.contours("unite")


def _population(geographie, codes, annee=2023):
    return geographie.unites.loc[list(codes), f"population_municipale_{annee}"].sum()


def test_les_tables_ont_la_forme_documentee(france):
    for nom in COLONNES:
        table = france.table(nom)
        assert validate_table(nom, table).dtypes.equals(table.dtypes), nom


def test_l_ensemble_tient_dans_45_mo():
    assert sum(chemin.stat().st_size for chemin in DOSSIER_DONNEES.iterdir()) < 45_000_000


def test_les_unites_sont_les_communes_et_les_arrondissements_sans_doublon(geographie):
    assert len(geographie.communes) == 34_875
    assert len(geographie.unites) == 34_875 - 3 + 45
    assert not {"75056", "69123", "13055"} & set(geographie.unites.index)
    assert geographie.unites.index.is_monotonic_increasing
    assert geographie.millesime == MILLESIME_GEOGRAPHIE


def test_paris_lyon_et_marseille_ne_sont_comptees_qu_une_fois(geographie):
    total = geographie.communes["population_municipale_2023"].sum()
    assert _population(geographie, geographie.unites.index) == total == 68_094_280 + 256_518


@pytest.mark.parametrize(
    ("ville", "population"), [("75056", 2_103_778), ("69123", 519_127), ("13055", 886_040)]
)
def test_une_ville_est_la_somme_de_ses_arrondissements(geographie, ville, population):
    assert _population(geographie, geographie.membres("commune", ville)) == population
    assert geographie.communes.loc[ville, "population_municipale_2023"] == population


def test_rennes_metropole_est_sommee_sur_2023_et_non_sur_le_fichier_des_epci(geographie):
    membres = geographie.membres("epci", "243500139")
    assert len(membres) == 43
    assert _population(geographie, membres) == 480_178
    assert _population(geographie, membres, 2022) == 473_973


@pytest.mark.parametrize(
    ("code", "nom", "anciens_siren"),
    [
        ("992367730", "Thionville Fensch", ("245701222", "245701362")),
        ("994579670", "Lévézou", ("241200658", "241200765")),
    ],
)
def test_les_epci_sont_ceux_du_1er_janvier_2026(geographie, code, nom, anciens_siren):
    assert nom in geographie.epci.loc[code, "nom"]
    assert geographie.membres("epci", code)
    assert not set(anciens_siren) & set(geographie.epci.index)


@pytest.mark.parametrize("code", ["14062", "31075", "65063"])
def test_les_communes_transferees_en_2026_ont_un_epci_connu(geographie, code):
    assert geographie.communes.loc[code, "code_epci"] in geographie.epci.index


def test_quatre_iles_n_ont_pas_d_epci(geographie):
    sans = geographie.communes.index[geographie.communes["code_epci"].isna()]
    assert set(sans) == {"22016", "29083", "29155", "85113"}


def test_ces_iles_ont_une_population_2021_mais_pas_de_population_totale(geographie):
    iles = geographie.communes.loc[["22016", "29083", "29155", "85113"]]
    assert iles["population_municipale_2021"].notna().all()
    assert iles["population_municipale_2018"].isna().all()
    assert iles["population_totale_2022"].isna().all()


def test_mayotte_est_au_recensement_de_2017_et_n_a_pas_de_serie(geographie):
    mayotte = geographie.communes[geographie.communes["code_departement"] == "976"]
    assert len(mayotte) == 17
    assert mayotte["population_municipale_2023"].sum() == 256_518
    assert (mayotte["millesime_population_municipale"] == 2017).all()
    assert mayotte.filter(regex=r"municipale_20(18|19|20|21|22)").isna().all(axis=None)


def test_les_collectivites_sans_donnees_sont_absentes(geographie):
    assert not geographie.communes.index.str.match(r"97[578]|98").any()


def test_les_communes_retablies_forment_trois_blocs(geographie):
    assert set(geographie.blocs) == set(RETABLIES)
    assert geographie.blocs["60694"] == {"60054", "60694"}


def test_une_commune_retablie_n_a_pas_de_serie_avant_son_retablissement(geographie):
    avant = geographie.communes.loc[["60054", "85084", "15141"], "population_municipale_2020"]
    assert avant.isna().all()


def test_la_serie_d_un_bloc_est_lisse(geographie):
    series = geographie.populations_blocs.filter(like="municipale").astype(float)
    assert series.loc["85084"].iloc[[1, -1]].tolist() == [9_174, 9_460]
    evolutions = series.to_numpy()[:, 1:] / series.to_numpy()[:, :-1] - 1
    assert np.abs(evolutions).max() < 0.06


@pytest.mark.parametrize("annee", [2019, 2020, 2021, 2022, 2023])
def test_hors_mayotte_seuls_les_blocs_et_les_iles_manquent_aux_series(geographie, annee):
    communes = geographie.communes[geographie.communes["code_departement"] != "976"]
    absents = communes.index[communes[f"population_municipale_{annee}"].isna()]
    assert set(absents) <= set(RETABLIES)


def test_une_ancienne_commune_mene_a_la_presente(geographie):
    assert geographie.passage.loc["05043", "code"] == "05039"
    assert geographie.passage.loc["05043", "nom_ancien"] == "Les Costes"
    assert "est_scindee" in geographie.passage


def test_les_six_communes_scindees_sont_signalees(geographie):
    scindees = geographie.passage[geographie.passage["est_scindee"]]
    assert set(scindees.index) == {"45117", "51385", "51606", "60606", "77362", "08227"}
    assert (scindees["successeurs"].str.split().str[0] == scindees["code"]).all()


def test_une_deleguee_qui_a_le_code_de_l_ensemble_garde_son_nom(geographie):
    anciens = geographie.anciens_noms
    assert "Drain" in set(anciens.loc[anciens["code"] == "49126", "nom_ancien"])
    assert "Chauffayer" in set(anciens.loc[anciens["code"] == "05039", "nom_ancien"])


def test_toute_unite_a_un_contour_valide_dans_une_seule_couverture(geographie, contours):
    assert list(contours.index) == list(geographie.unites.index)
    assert contours.is_valid.all()
    assert shapely.coverage_is_valid(contours.geometry.to_numpy())


def test_les_trous_qui_restent_ont_tous_une_raison(france, contours):
    ensemble = shapely.coverage_union_all(contours.geometry.to_numpy())
    vides = sum(len(partie.interiors) for partie in shapely.get_parts(ensemble))
    trous = france.description["trou"]
    assert vides == len(trous) == 6
    assert all(trou["raison"] for trou in trous)
    assert "Llívia" in trous[0]["raison"]


def test_les_changements_de_contour_sont_bornes_et_dits(france):
    changements = france.description["contours"]
    assert changements["modifiees"] < 200
    assert changements["ecart_maximal_m2"] < 50_000
    assert changements["ecart_total_m2"] < 500_000


@pytest.mark.parametrize(
    "code", ["12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114", "15141"]
)
def test_les_communes_sans_polygone_dans_la_source_recente_en_ont_un(geographie, code):
    assert geographie.communes.loc[code, "surface_km2"] > 1
    assert geographie.communes.loc[code, "population_municipale_2023"] > 0


def test_une_commune_nouvelle_n_est_pas_reduite_a_son_chef_lieu(geographie):
    # Orée d'Anjou: nine former communes
    assert geographie.communes.loc["49126", "surface_km2"] == pytest.approx(157, abs=3)


def test_les_surfaces_s_additionnent(geographie):
    communes = geographie.communes
    metropole = communes[~communes.index.str.startswith("97")]
    assert metropole["surface_km2"].sum() == pytest.approx(548_861, abs=1)
    assert geographie.unites["surface_km2"].sum() == pytest.approx(communes["surface_km2"].sum())
    assert communes.loc["35238", "surface_km2"] == pytest.approx(50.37, abs=0.01)


def test_les_mairies_sont_dans_leur_commune_ou_remplacees(geographie, contours):
    points = shapely.points(geographie.unites["longitude"], geographie.unites["latitude"])
    assert (shapely.distance(points, contours.geometry.to_numpy()) < 0.003).all()
    assert set(geographie.unites["origine_point"]) == {"mairie", "interieur"}


def _sont_lies(geographie, a, b):
    adjacence = geographie.adjacence
    return ((adjacence["code_a"] == min(a, b)) & (adjacence["code_b"] == max(a, b))).any()


def test_ouessant_est_liee_au_conquet_mais_pas_a_sein(geographie):
    assert _sont_lies(geographie, "29155", "29040")
    assert not _sont_lies(geographie, "29155", "29083")


@pytest.mark.parametrize(
    "ile",
    "29155 29083 29084 29082 22016 85113 56069 56152 56085 56086 56087 56088 17004 97110".split(),
)
def test_aucune_ile_habitee_n_est_une_fausse_coupure(geographie, ile):
    assert geographie.graphe[[geographie.position[ile]]].nnz > 0


def test_les_frontieres_sont_mesurees_et_les_liaisons_non(geographie):
    adjacence = geographie.adjacence
    frontieres = adjacence["nature"] == "frontiere"
    assert (adjacence.loc[frontieres, "longueur_m"] > 0).all()
    assert adjacence.loc[~frontieres, "longueur_m"].isna().all()
    assert (adjacence["code_a"] < adjacence["code_b"]).all()


def test_rennes_est_a_l_interieur_et_brest_au_bord_de_la_mer(geographie):
    assert geographie.unites.loc["35238", "longueur_exterieure_m"] == 0
    assert geographie.unites.loc["29019", "longueur_exterieure_m"] > 10_000


def test_les_iris_sont_sur_la_geographie_presente(france, geographie):
    iris = france.iris
    assert len(iris) == 49_280
    assert iris["population"].sum() == 67_408_104
    assert set(iris["code"]) <= set(geographie.unites.index)


def test_les_communes_retablies_n_ont_d_iris_qu_en_bloc(france):
    blocs = france.iris[france.iris["bloc"].notna()]
    assert set(blocs["code"]) == {"15141", "60054", "85084"}
    assert (blocs["bloc"] == blocs["code"]).all()
    assert not set(france.iris["code"]) & (set(RETABLIES) - set(blocs["code"]))


def test_mayotte_n_a_pas_d_iris(france):
    assert not france.iris["code"].str.startswith("976").any()


def test_le_grand_paris_a_onze_territoires_sans_paris(geographie):
    assert len(geographie.ept) == 11
    assert geographie.membres("ept", "200057867") >= {"93001", "93066"}
    assert geographie.unites.loc[["75113", "75101"], "code_ept"].isna().all()
