"""Pasted lists: what is understood, what is ambiguous, what is unknown."""

from __future__ import annotations

import dataclasses
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ImportRefuseError
from geodata.listes import LONGUEUR_LIMITE, analyser_liste
from geodata.recherche import Recherche


@pytest.fixture(scope="module")
def recherche(france_jouet):
    return Recherche(france_jouet)


@pytest.fixture(scope="module")
def recherche_homonymes(france_jouet):
    """Give a second Aubignac, in Loire-Atlantique."""
    ajout = france_jouet.unites.loc[["44003"]].assign(nom="Aubignac", code_commune="44009")
    ajout.index = pd.Index(["44009"], name="code")
    geographie = dataclasses.replace(
        france_jouet,
        unites=pd.concat([france_jouet.unites, ajout]).sort_index(),
        communes=pd.concat(
            [france_jouet.communes, ajout.drop(columns="code_commune")]
        ).sort_index(),
    )
    return Recherche(geographie)


def codes(elements):
    return [element.resultat.code for element in elements]


@pytest.mark.parametrize(
    "texte",
    [
        "35001\n44002",
        "35001,44002",
        "35001;44002",
        "35001\t44002",
        "35001 44002",
        "35001\u00a0\u00a044002 35001",
        "\ufeffcode_insee;nom\r\n35001;Aubignac\r\n44002;Saint-Gilles-des-Prés\r\n",
        "Aubignac\nSt Gilles des Prés",
        "aubignac, SAINT GILLES DES PRES",
        "Aubignac (35)\nSaint-Gilles-des-Prés (Loire-Atlantique)",
        "Aubignac;35\nSaint-Gilles-des-Prés;44",
        "Aubignac 35\nSaint-Gilles-des-Prés - 44",
        "35001 Aubignac\n44002 - Saint-Gilles-des-Prés",
        "Aubignac;35001;10 000\nSaint-Gilles-des-Prés;44002;10 000",
        '"35001"\n"44002"\n\n\n',
        "Aubignac;35000;Saint-Gilles-des-Prés;44000",
    ],
)
def test_la_meme_liste_ecrite_autrement_donne_les_memes_communes(recherche, texte):
    liste = analyser_liste(texte, recherche)
    assert codes(liste.comprises) == ["35001", "44002"]
    assert not liste.ambigues
    assert not liste.inconnues


def test_un_ancien_nom_et_un_ancien_code_sont_traduits_et_dits(recherche):
    liste = analyser_liste("35900\nLes Deux-Rives\n1001", recherche)
    assert codes(liste.traduites) == ["35900", "35901", "01001"]
    assert "aujourd’hui Aubignac" in liste.traduites[0].remarque
    assert "zéro initial" in liste.traduites[2].remarque
    assert liste.codes_unites == {"35001", "35002", "35003", "01001"}


def test_des_homonymes_se_choisissent_et_ne_s_appliquent_pas(recherche_homonymes):
    liste = analyser_liste("Aubignac", recherche_homonymes)
    assert not liste.comprises
    assert [candidat.code for candidat in liste.ambigues[0].candidats] == ["35001", "44009"]
    assert codes(analyser_liste("Aubignac (44)", recherche_homonymes).comprises) == ["44009"]
    assert codes(analyser_liste("44009;Aubignac", recherche_homonymes).comprises) == ["44009"]


def test_le_departement_du_reste_de_la_liste_passe_devant(recherche_homonymes):
    liste = analyser_liste("Clairmont\nMontreuil\nAubignac", recherche_homonymes)
    assert liste.ambigues[0].candidats[0].code == "44009"


def test_une_faute_est_suggeree_jamais_appliquee(recherche):
    liste = analyser_liste("Belerive", recherche)
    assert liste.codes_unites == frozenset()
    assert liste.inconnues[0].suggestions[0].code == "35002"
    assert liste.inconnues[0].ligne == 1


def test_un_code_postal_partage_est_ambigu(recherche):
    liste = analyser_liste("35000", recherche)
    assert liste.ambigues[0].candidats[0].type == "code_postal"
    assert codes(analyser_liste("97000", recherche).comprises) == ["97608"]


def test_un_departement_en_toutes_lettres_precise_le_nom_qui_precede(recherche_homonymes):
    nom = recherche_homonymes.geographie.departements["nom"]
    for code in ("35", "44"):
        liste = analyser_liste(f"Aubignac;{nom[code]}", recherche_homonymes)
        assert codes(liste.comprises) == [f"{code}001" if code == "35" else "44009"]
        assert not liste.ambigues
    # on its own, it is the département itself
    assert codes(analyser_liste(nom["35"], recherche_homonymes).comprises) == ["35"]


def test_un_code_et_un_nom_qui_se_contredisent_sont_deux_elements(recherche):
    liste = analyser_liste("35001, Bellerive", recherche)
    assert codes(liste.comprises) == ["35001", "35002"]


def test_les_repetitions_sont_comptees(recherche):
    liste = analyser_liste("35001\nAubignac\n35001", recherche)
    assert codes(liste.comprises) == ["35001"]
    assert liste.repetitions == 2


def test_une_intercommunalite_se_colle_par_son_nom_ou_son_siren(recherche):
    liste = analyser_liste("CC du Nord\n200000003", recherche)
    assert codes(liste.comprises) == ["200000001", "200000003"]


def test_une_liste_demesuree_est_refusee_avec_la_raison(recherche):
    with pytest.raises(ImportRefuseError, match="millions de caractères"):
        analyser_liste("a" * (LONGUEUR_LIMITE + 1), recherche)
    with pytest.raises(ImportRefuseError, match="éléments"):
        analyser_liste("x\n" * 60_000, recherche)


@given(st.text(max_size=400))
def test_aucun_texte_ne_provoque_d_erreur(recherche, texte):
    analyser_liste(texte, recherche)


@pytest.fixture(scope="module")
def recherche_france(france):
    return Recherche(france.geographie)


@pytest.mark.lent
def test_toutes_les_communes_de_france_se_collent_par_leur_code(recherche_france):
    geographie, recherche = recherche_france.geographie, recherche_france
    debut = time.process_time()
    liste = analyser_liste("\n".join(geographie.communes.index), recherche)
    duree = time.process_time() - debut
    assert liste.codes_unites == set(geographie.unites.index)
    assert not liste.ambigues
    assert duree < 10


@pytest.mark.parametrize(
    "nom",
    [
        "CC de Brocéliande",
        "Brocéliande Communauté",
        "Communauté de communes Brocéliande Communauté",
        "CC Brocéliande Communauté",
        "243500618",
    ],
)
def test_une_vraie_intercommunalite_se_colle_comme_on_l_appelle(recherche_france, nom):
    liste = analyser_liste(nom, recherche_france)
    assert codes(liste.comprises) == ["243500618"]
