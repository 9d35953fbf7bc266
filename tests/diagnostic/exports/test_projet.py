"""The project file: a round trip, a change of geography, and every way of breaking it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.exports.projet import Bilan, Projet, compare_bilan, export_projet, load_projet
from diagnostic.indicateurs import ValeurSaisie
from diagnostic.perimetre import Perimetre
from geodata.errors import ImportRefuseError

LE = date(2026, 3, 15)


@pytest.fixture
def projet() -> Projet:
    return Projet(
        Perimetre(
            "Pays d'<b>Aubignac</b>",
            frozenset({"35001", "35002", "44004", "35101", "35102", "35103", "35104"}),
            frozenset({"35002"}),
        ),
        type_population="totale",
        saisies=(ValeurSaisie("ald", 21.9, LE, "region", "lu à l'écran"),),
        notes={"territoire": "Deux vallées,\nun bassin de vie."},
        bilan=Bilan(4, 102_740, 3),
    )


@pytest.fixture
def brut(france_jouet, projet) -> dict:
    return json.loads(export_projet(france_jouet, projet, le=LE))


def _ouvrir(france_jouet, brut) -> object:
    contenu = brut if isinstance(brut, bytes) else json.dumps(brut).encode()
    return load_projet(contenu, geographie=france_jouet, fichier="p.cpts.json")


def test_un_projet_se_rouvre_a_l_identique(france_jouet, projet):
    contenu = export_projet(france_jouet, projet, le=LE)
    ouvert = load_projet(contenu, geographie=france_jouet, fichier="p.cpts.json")
    assert ouvert.projet == projet
    assert ouvert.alertes == ()
    assert ouvert.enregistre_le == LE
    assert export_projet(france_jouet, ouvert.projet, le=LE) == contenu


@given(
    codes=st.sets(
        st.sampled_from(["35001", "35002", "35101", "35104", "2A004", "97608"]), min_size=1
    )
)
def test_tout_perimetre_se_retrouve(france_jouet, codes):
    projet = Projet(Perimetre("x", frozenset(codes)))
    contenu = export_projet(france_jouet, projet, le=LE)
    ouvert = load_projet(contenu, geographie=france_jouet, fichier="p")
    assert ouvert.projet.perimetre == projet.perimetre


def test_la_ville_entiere_s_ecrit_par_son_code(brut):
    assert "35100" in [commune["code"] for commune in brut["communes"]]


def test_une_commune_fusionnee_est_dite(france_jouet, brut):
    brut["geographie"] = "2024"
    brut["communes"] = [
        {"code": "35900", "nom": "Vieil-Aubignac", "population": 10, "statut": "entier"}
    ]
    ouvert = _ouvrir(france_jouet, brut)
    assert ouvert.projet.perimetre.codes == {"35001"}
    codes = [alerte.code for alerte in ouvert.alertes]
    assert "projet_geographie" in codes
    assert "projet_communes_fusionnees" in codes
    assert any("Vieil-Aubignac (35900)" in alerte.message for alerte in ouvert.alertes)


def test_une_commune_partagee_nomme_ses_successeurs(france_jouet, brut):
    brut["communes"] = [{"code": "35901", "nom": "Les Deux-Rives"}]
    alertes = {alerte.code: alerte for alerte in _ouvrir(france_jouet, brut).alertes}
    assert "Bellerive (35002) et Dorlac (35003)" in alertes["projet_commune_scindee"].message


def test_une_commune_renommee_et_une_commune_redessinee(france_jouet, brut):
    brut["communes"] = [{"code": "35001", "nom": "Aubignac-le-Vieux", "surface_km2": 32.0}]
    alertes = {alerte.code: alerte for alerte in _ouvrir(france_jouet, brut).alertes}
    assert "Aubignac-le-Vieux" in alertes["projet_commune_renommee"].message
    assert "Bellerive (35002)" in alertes["projet_commune_redessinee"].message


def test_une_commune_inconnue_n_est_pas_perdue(france_jouet, brut):
    brut["communes"].append({"code": "99999", "nom": "Nulle-Part"})
    ouvert = _ouvrir(france_jouet, brut)
    assert [commune.code for commune in ouvert.perdues] == ["99999"]
    assert "35001" in ouvert.projet.perimetre.codes


def test_les_chiffres_d_hier_sont_compares(france_jouet, projet):
    contenu = export_projet(france_jouet, projet, le=LE)
    ouvert = load_projet(contenu, geographie=france_jouet, fichier="p")
    assert compare_bilan(ouvert, population=102_740, taille=3) == ()
    (alerte,) = compare_bilan(ouvert, population=79_000, taille=2)
    assert alerte.gravite == "attention"
    assert "passe de 3 à 2" in alerte.message


def test_un_fichier_edite_est_lu_et_signale(france_jouet, brut):
    brut["nom"] = "Autre"
    ouvert = _ouvrir(france_jouet, brut)
    assert ouvert.projet.perimetre.nom == "Autre"
    assert [alerte.code for alerte in ouvert.alertes] == ["projet_modifie"]


def test_un_champ_inconnu_est_conserve(france_jouet, brut):
    brut["logo"] = {"a": [1]}
    ouvert = _ouvrir(france_jouet, brut)
    assert json.loads(export_projet(france_jouet, ouvert.projet, le=LE))["logo"] == {"a": [1]}


@pytest.mark.parametrize(
    ("changement", "extrait"),
    [
        ({"version": 2}, "plus récente"),
        ({"version": 0}, "inconnue"),
        ({"version": True}, "inconnue"),
        ({"format": "autre"}, "n’est pas un projet"),
        ({"communes": []}, "au moins une commune"),
        ({"communes": [{"code": "../x", "nom": ""}]}, "n° 1"),
        ({"communes": "35001"}, "communes"),
        ({"nom": 3}, "nom"),
        ({"enregistre_le": "hier"}, "AAAA-MM-JJ"),
        ({"reglages": {"type_population": "autre"}}, "municipale"),
        ({"valeurs_saisies": [{"cle": "a", "le": "2026-01-01"}]}, "un nombre"),
        ({"notes": []}, "notes"),
        ({"communes": [{"code": "99999", "nom": "x"}]}, "aucune de ses communes"),
    ],
)
def test_un_fichier_faux_est_refuse_avec_sa_raison(france_jouet, brut, changement, extrait):
    with pytest.raises(ImportRefuseError, match=extrait):
        _ouvrir(france_jouet, {**brut, **changement})


@pytest.mark.parametrize(
    ("contenu", "extrait"),
    [
        (b'{"format": "cpts-territoires/projet", "version": 1, "comm', "ligne 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 100_000, "illisible"),
        (b'{"a": 1, "a": 2}', "deux fois"),
        (b'{"a": NaN}', "NaN"),
        (b"[]", "n’est pas un projet"),
        (b"", "ligne 1"),
        (b" " * 9_000_000, "bien plus"),
    ],
)
def test_un_fichier_illisible_est_refuse(france_jouet, contenu, extrait):
    with pytest.raises(ImportRefuseError, match=extrait):
        _ouvrir(france_jouet, contenu)


@given(coupe=st.integers(min_value=0, max_value=1_000))
def test_toute_troncature_est_un_refus_clair(france_jouet, coupe):
    contenu = export_projet(france_jouet, Projet(Perimetre("x", frozenset({"35001"}))), le=LE)
    tronque = contenu[: min(coupe, len(contenu) - 3)]
    with pytest.raises(ImportRefuseError):
        _ouvrir(france_jouet, tronque)


def test_le_projet_sans_bilan_ne_compare_rien(france_jouet, projet):
    contenu = export_projet(france_jouet, replace(projet, bilan=None), le=LE)
    ouvert = load_projet(contenu, geographie=france_jouet, fichier="p")
    assert compare_bilan(ouvert, population=1, taille=1) == ()
