"""The exports page: every document on offer, previews, and a project that reopens."""

from __future__ import annotations

import pytest

from diagnostic.exports.formats import FORMATS
from diagnostic.exports.projet import Projet, export_projet
from diagnostic.perimetre import Perimetre

REDON = ("35236", "35151", "56001")


@pytest.fixture
def page_redon(ouvrir_page):
    return ouvrir_page("exports.py", codes=REDON, adresse={"nom": "CPTS <b>Redon</b>"})


def test_sans_territoire_la_page_dit_quoi_faire(ouvrir_page, textes):
    assert "dessinez-le, ou rouvrez un projet" in textes(ouvrir_page("exports.py"))


def test_chaque_document_est_propose(page_redon):
    proposes = [bouton.label for bouton in page_redon.get("download_button")]
    assert sorted(proposes) == sorted(format_.libelle for format_ in FORMATS)


@pytest.mark.parametrize("apercu", ["Carte", "Communes", "Indicateurs"])
def test_chaque_apercu_s_affiche(page_redon, textes, apercu):
    page_redon.segmented_control(key="exports-apercu").set_value(apercu).run()
    assert not page_redon.exception
    if apercu == "Carte":
        assert 'alt="Carte du territoire CPTS &lt;b&gt;Redon' in textes(page_redon)
    if apercu == "Communes":
        assert "35236" in textes(page_redon)


def test_le_dossier_se_prepare(page_redon):
    bouton = next(b for b in page_redon.button if b.label == "Préparer le dossier")
    bouton.click().run(timeout=120)
    assert not page_redon.exception
    libelles = [bouton.label for bouton in page_redon.get("download_button")]
    assert "Télécharger le dossier" in libelles


def test_un_projet_se_rouvre(ouvrir_page, france, textes):
    from datetime import date

    essai = ouvrir_page("exports.py")
    projet = Projet(Perimetre("CPTS <i>rouverte</i>", frozenset(REDON)))
    contenu = export_projet(france.geographie, projet, le=date(2026, 1, 2))
    essai.file_uploader(key="exports-projet").upload("p.cpts.json", contenu, "application/json")
    essai.run()
    assert "enregistré le 2" in textes(essai).replace("\u00a0", " ")
    bouton = next(b for b in essai.button if b.label.startswith("Ouvrir ce projet"))
    bouton.click().run(timeout=60)
    assert not essai.exception
    assert essai.text_input(key="exports-nom").value == "CPTS <i>rouverte</i>"


def test_un_fichier_abime_est_refuse_sans_rien_changer(page_redon, textes):
    page_redon.file_uploader(key="exports-projet").upload(
        "<b>.json", b'{"format": "cpts', "application/json"
    )
    page_redon.run()
    assert not page_redon.exception
    assert "incomplet ou abîmé" in textes(page_redon)
    assert page_redon.text_input(key="exports-nom").value == "CPTS <b>Redon</b>"
