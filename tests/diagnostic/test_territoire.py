"""The whole result of a territory, on the toy France."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.composition import composer_perimetre
from diagnostic.errors import ParametreIntrouvableError, PerimetreVideError
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.territoire import compute_territoire
from geodata.errors import CodeInconnuError, MillesimeError

LE = date(2026, 1, 1)
PARAMETRES = load_parametres()
CLES = {
    *("nom", "millesime_geographie", "codes", "nombre_communes", "population"),
    *("type_population", "millesime_population", "surface_km2", "densite_hab_km2", "taille"),
    *("seuil_inferieur", "seuil_superieur", "habitants_avant_taille_superieure"),
    *("habitants_au_dessus_du_seuil", "plancher", "financement", "est_contigu", "morceaux"),
    *("enclaves", "epci", "departements", "regions", "codes_traduits", "alertes", "sources"),
}


def _territoire(geographie, codes, **options):
    perimetre = options.pop("perimetre", None) or Perimetre("", frozenset(codes))
    return compute_territoire(
        geographie, perimetre, **{"le": LE, "parametres": PARAMETRES, **options}
    )


def _alertes(territoire):
    return {alerte.code: alerte for alerte in territoire.alertes}


def test_les_cles_json_sont_celles_annoncees(france_jouet):
    composition = composer_perimetre(france_jouet, nom="Est", epci=["200000003"])
    territoire = _territoire(france_jouet, (), perimetre=composition.perimetre)
    resultat = json.loads(json.dumps(territoire.en_dict()))
    assert set(resultat) == CLES
    assert resultat["nom"] == "Est"
    assert resultat["population"] == 40_500
    assert resultat["surface_km2"] == 48.0
    assert resultat["densite_hab_km2"] == 843.8
    assert resultat["taille"] == 2
    assert resultat["financement"]["total_hors_volet_snp"] == 242_000
    assert set(resultat["financement"]) == {
        *("bareme", "fonctionnement", "missions", "total_hors_volet_snp", "total_avec_volet_snp")
    }
    assert set(resultat["epci"][0]) == {
        *("code", "nom", "complet", "communes_incluses", "communes_manquantes")
    }
    assert [alerte["code"] for alerte in resultat["alertes"]] == ["proche_seuil"]
    assert set(resultat["alertes"][0]) == {"code", "gravite", "message", "codes"}


def test_un_perimetre_vide_est_une_erreur(france_jouet):
    with pytest.raises(PerimetreVideError):
        _territoire(france_jouet, ())


def test_des_codes_qui_ne_sont_pas_des_unites_sont_tous_nommes(france_jouet):
    with pytest.raises(CodeInconnuError) as erreur:
        _territoire(france_jouet, {"35001", "35100", "99999"})
    assert erreur.value.codes == ("35100", "99999")


def test_un_perimetre_d_un_autre_millesime_est_refuse(france_jouet):
    perimetre = Perimetre("", frozenset({"35001"}), millesime="2024")
    with pytest.raises(MillesimeError, match="2024"):
        _territoire(france_jouet, (), perimetre=perimetre)


def test_aucune_regle_avant_le_premier_accord(france_jouet):
    with pytest.raises(ParametreIntrouvableError):
        _territoire(france_jouet, {"35001"}, le=date(2016, 1, 1))


def test_les_intercommunalites_disent_ce_qui_manque(france_jouet):
    territoire = _territoire(france_jouet, {"35001", "35002", "35101"})
    nord, metropole = territoire.epci
    assert (nord.nom, nord.complet) == ("CC du Nord", False)
    assert nord.communes_incluses == ("35001", "35002")
    assert nord.communes_manquantes == ("35003",)
    assert metropole.communes_incluses == ("35101",)
    assert metropole.communes_manquantes == ("35004", "35005", "35102", "35103", "35104")
    # the métropole of this toy holds a territoire (EPT), as Grand Paris does: only the CC is told
    message = _alertes(territoire)["epci_incomplet"].message
    assert "CC du Nord (2 sur 3\u202f; sans Dorlac)" in message


def test_les_departements_et_les_regions_traverses_ont_leurs_habitants(france_jouet):
    territoire = _territoire(france_jouet, {"35002", "44001", "44002"})
    parts = [(p.code, p.nombre_communes, p.population, p.surface_km2) for p in territoire.regions]
    assert parts == [("52", 2, 40_000, 32.0), ("53", 1, 12_000, 16.0)]
    assert _alertes(territoire)["plusieurs_regions"].gravite == "attention"
    assert _alertes(territoire)["plusieurs_departements"].codes == ("35", "44")


def test_les_arrondissements_d_une_commune_n_en_font_qu_une(france_jouet):
    entiere = _territoire(france_jouet, {"35101", "35102", "35103", "35104"})
    assert (entiere.codes, entiere.nombre_communes) == (("35100",), 1)
    assert entiere.en_dict()["morceaux"] == [
        {"codes": ["35100"], "nombre_communes": 1, "population": 80_000}
    ]
    seul = _territoire(france_jouet, {"35103"})
    assert (seul.codes, seul.nombre_communes, seul.population) == (("35103",), 1, 25_000)


def test_la_population_totale_d_une_ville_entiere_vient_de_la_commune(france_jouet):
    ville = {"35101", "35102", "35103", "35104"}
    entiere = _territoire(france_jouet, ville | {"35002"}, type_population="totale")
    assert entiere.population == 81_600 + 12_240
    assert "population_manquante" not in _alertes(entiere)
    assert entiere.departements[0].population == entiere.population


def test_une_population_inconnue_n_est_jamais_zero(france_jouet):
    partie = _territoire(france_jouet, {"35101", "35002"}, type_population="totale")
    assert partie.population == 12_240
    alerte = _alertes(partie)["population_manquante"]
    assert "Vaubourg 1er" in alerte.message
    assert "1 des 2" in alerte.message
    inconnue = _territoire(france_jouet, {"35101"}, type_population="totale")
    assert inconnue.population is None
    assert inconnue.taille is None
    assert inconnue.financement is None
    assert inconnue.en_dict()["densite_hab_km2"] is None


def test_la_population_de_mayotte_est_annoncee_comme_ancienne(france_jouet):
    alerte = _alertes(_territoire(france_jouet, {"97608"}))["population_ancienne"]
    assert "2017" in alerte.message
    assert alerte.codes == ("97608",)


def test_une_commune_tenue_en_partie_est_signalee(france_jouet):
    perimetre = Perimetre("", frozenset({"35001", "35002"}), frozenset({"35002"}))
    territoire = _territoire(france_jouet, (), perimetre=perimetre)
    assert "Bellerive" in _alertes(territoire)["communes_partielles"].message


def test_une_commune_hors_intercommunalite_est_signalee(france_jouet):
    territoire = _territoire(france_jouet, {"44001", "44004"})
    assert "L'Île-Verte" in _alertes(territoire)["communes_sans_epci"].message
    assert [epci.code for epci in territoire.epci] == ["200000003"]


def test_le_choix_de_la_population_qui_change_la_taille_est_signale(france_jouet):
    # 80 000 municipale (2) and 81 600 totale (3)
    territoire = _territoire(france_jouet, {"35101", "35102", "35103", "35104"})
    assert territoire.taille is not None
    assert territoire.taille.taille == 2
    assert set(_alertes(territoire)) >= {"seuil_non_tranche", "taille_selon_population"}


def test_les_alertes_les_plus_graves_viennent_d_abord(france_jouet):
    territoire = _territoire(france_jouet, {"44002", "2A004"})
    gravites = [alerte.gravite for alerte in territoire.alertes]
    assert gravites == sorted(gravites, key=["bloquant", "attention", "information"].index)
    assert gravites[0] == "bloquant"


def test_ce_que_la_composition_rapporte_arrive_au_resultat(france_jouet):
    composition = composer_perimetre(france_jouet, communes=["35900", "1001"])
    territoire = _territoire(
        france_jouet,
        (),
        perimetre=composition.perimetre,
        codes_traduits=composition.codes_traduits,
        alertes=composition.alertes,
        sources=[{"id": "essai"}],
    )
    assert {"code_traduit", "zero_initial_restitue"} <= set(_alertes(territoire))
    assert territoire.en_dict()["codes_traduits"] == [
        {"ancien": "35900", "nouveau": "35001", "nom_ancien": "Vieil-Aubignac"}
    ]
    assert territoire.en_dict()["sources"] == [{"id": "essai"}]


@given(st.data())
def test_population_et_surface_s_additionnent_sur_des_perimetres_disjoints(france_jouet, data):
    unites = sorted(france_jouet.unites.index)
    coupe = data.draw(st.lists(st.booleans(), min_size=len(unites), max_size=len(unites)))
    a = frozenset(c for c, choisi in zip(unites, coupe, strict=True) if choisi)
    b = frozenset(unites) - a
    if not a or not b:
        return
    tout, partie_a, partie_b = (_territoire(france_jouet, codes) for codes in (a | b, a, b))
    assert partie_a.population + partie_b.population == tout.population
    assert partie_a.surface_km2 + partie_b.surface_km2 == pytest.approx(tout.surface_km2)


@given(st.data())
def test_chaque_partie_d_un_territoire_redonne_son_total(france_jouet, data):
    codes = data.draw(st.frozensets(st.sampled_from(sorted(france_jouet.unites.index)), min_size=1))
    territoire = _territoire(france_jouet, codes)
    for parts in (territoire.departements, territoire.regions, territoire.contiguite.morceaux):
        assert sum(part.population for part in parts) == territoire.population
        assert sum(part.nombre_communes for part in parts) >= territoire.nombre_communes
    recompose = composer_perimetre(france_jouet, communes=territoire.codes)
    assert recompose.perimetre.codes == codes
