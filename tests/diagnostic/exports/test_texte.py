"""Hostile texts become one printable line, file names stay harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from diagnostic.exports.texte import (
    build_nom_fichier,
    clean_ligne,
    clean_texte,
    neutralise_formule,
)


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "＝", "|", "%"])
def test_ce_qui_commence_comme_une_formule_est_neutralise(debut):
    assert neutralise_formule(f"{debut}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("nombre", ["-3,5", "+2", "-12.75", "7"])
def test_un_nombre_signe_reste_un_nombre(nombre):
    assert neutralise_formule(nombre) == nombre


@given(st.text())
def test_tout_texte_devient_du_xml_valide_sur_une_ligne(texte):
    propre = clean_ligne(texte)
    assert "\n" not in propre
    element = etree.Element("a")
    element.text = propre
    etree.fromstring(etree.tostring(element))


@given(st.text())
def test_nettoyer_deux_fois_ne_change_rien(texte):
    assert clean_texte(clean_texte(texte)) == clean_texte(texte)


@given(st.text())
def test_tout_nom_donne_un_nom_de_fichier_portable(texte):
    nom = build_nom_fichier(texte)
    assert nom
    assert nom.isascii()
    assert all(caractere.isalnum() or caractere == "-" for caractere in nom)
    assert len(nom) <= 75


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("CPTS du Pays d'Auray – Été", "CPTS-du-Pays-d-Auray-Ete"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "territoire-CON"),
        ("日本", "territoire"),
        ("Cœur d'Hérault", "Coeur-d-Herault"),
    ],
)
def test_noms_de_fichiers(nom, attendu):
    assert build_nom_fichier(nom) == attendu
