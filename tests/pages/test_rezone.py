"""Figures typed from REZONE belong to one drawing: another one must not take them silently."""

from __future__ import annotations

import pytest

from pages.composants.lien import encode_lien

REDON = ("35236", "35151", "56001")
DOUTE = "Le dessin a changé depuis"


def _bouton(essai, libelle):
    return next(bouton for bouton in essai.button if bouton.label == libelle)


@pytest.fixture
def releve(ouvrir_page, textes):
    """Open the form and type one figure for the territory."""
    essai = ouvrir_page("diagnostic.py", codes=REDON)
    essai.segmented_control(key="diagnostic-vue").set_value("Relevés REZONE").run()
    next(champ for champ in essai.text_input if champ.label == "Valeur").set_value("21,9")
    _bouton(essai, "Enregistrer ce relevé").click().run()
    assert DOUTE not in textes(essai)
    return essai


def _redessiner(essai, codes, nom="Essai"):
    # an address already written by the page is not a link that somebody opens: hence the name
    essai.query_params["t"] = encode_lien(codes)
    essai.query_params["nom"] = nom
    essai.run()
    assert not essai.exception


def test_un_releve_d_un_autre_dessin_est_dit(releve, textes):
    _redessiner(releve, REDON[:2])
    dit = textes(releve)
    assert DOUTE in dit
    assert "Bénéficiaires exonérés au titre d’une ALD" in dit


def test_le_dessin_retrouve_le_releve_ne_fait_plus_doute(releve, textes):
    _redessiner(releve, REDON[:2])
    _redessiner(releve, REDON, "Retour")
    assert DOUTE not in textes(releve)


def test_confirmer_leve_le_doute(releve, textes):
    _redessiner(releve, REDON[:2])
    _bouton(releve, "Les relevés valent aussi pour le dessin actuel").click().run()
    assert DOUTE not in textes(releve)
    _redessiner(releve, REDON, "Retour")
    assert DOUTE in textes(releve)


def test_les_documents_le_disent_aussi(releve, textes):
    from tests.pages.conftest import RACINE

    _redessiner(releve, REDON[:2])
    releve.switch_page(str(RACINE / "pages" / "exports.py")).run()
    assert DOUTE in textes(releve)
