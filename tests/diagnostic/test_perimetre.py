from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.perimetre import Perimetre
from geodata.errors import MillesimeError

UNITES = sorted("abcdefgh")


@st.composite
def perimetres(draw):
    codes = draw(st.frozensets(st.sampled_from(UNITES)))
    partielles = draw(st.frozensets(st.sampled_from(sorted(codes)))) if codes else frozenset()
    return Perimetre("P", codes, partielles)


@given(perimetres(), perimetres())
def test_l_union_et_l_intersection_ne_dependent_pas_de_l_ordre(a, b):
    assert a | b == b | a
    assert a & b == b & a


@given(perimetres(), perimetres())
def test_les_partielles_font_toujours_partie_des_codes(a, b):
    for resultat in (a | b, a & b, a - b):
        assert resultat.partielles <= resultat.codes


@given(perimetres(), perimetres())
def test_difference_et_intersection_redonnent_le_perimetre(a, b):
    assert ((a - b) | (a & b)).codes == a.codes


@given(perimetres())
def test_un_perimetre_entier_moins_lui_meme_est_vide(a):
    entier = replace(a, partielles=frozenset())
    assert (entier - entier).codes == frozenset()


def test_retirer_une_partie_laisse_une_partie():
    entier = Perimetre("", frozenset("ab"))
    quartier = Perimetre("", frozenset("b"), partielles=frozenset("b"))
    assert entier - quartier == Perimetre("", frozenset("ab"), frozenset("b"))
    assert entier | quartier == entier
    assert (entier & quartier).partielles == frozenset("b")


def test_deux_millesimes_ne_se_melangent_pas():
    with pytest.raises(MillesimeError, match="2025"):
        Perimetre("", frozenset("a")) | Perimetre("", frozenset("b"), millesime="2025")


def test_tous_les_arrondissements_se_lisent_comme_leur_commune(france_jouet):
    ville = Perimetre.from_niveau(france_jouet, "commune", "35100")
    assert len(ville.codes) == 4
    assert ville.codes_compacts(france_jouet) == ("35100",)
    incomplete = ville - Perimetre("", frozenset({"35103"}))
    assert incomplete.codes_compacts(france_jouet) == ("35101", "35102", "35104")


def test_un_code_de_niveau_inconnu_donne_un_perimetre_vide(france_jouet):
    assert Perimetre.from_niveau(france_jouet, "epci", "999999999").codes == frozenset()
