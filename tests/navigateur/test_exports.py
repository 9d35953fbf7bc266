"""The exports page in a real browser: files really come down, and say what the core says."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from pages.composants.lien import encode_lien

REDON = "243500741"


@pytest.fixture(scope="module")
def redon(france):
    return sorted(france.geographie.membres("epci", REDON))


@pytest.fixture
def page_exports(onglets, redon):
    return onglets.ouvrir(f"/exports?t={encode_lien(redon)}&nom=CPTS+%3Cb%3ERedon%3C%2Fb%3E")


def _telecharger(onglet, libelle: str) -> tuple[str, bytes]:
    with onglet.expect_download(timeout=120_000) as attente:
        onglet.get_by_role("button", name=libelle, exact=False).click()
    fichier = attente.value
    return fichier.suggested_filename, Path(fichier.path()).read_bytes()


def test_la_liste_des_communes_se_telecharge(page_exports, redon, france):
    nom, contenu = _telecharger(page_exports, "Communes (CSV)")
    assert nom == "CPTS-b-Redon-b-communes.csv"
    lignes = list(csv.DictReader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";"))
    assert sorted(ligne["code_insee"] for ligne in lignes) == redon
    attendu = france.geographie.unites.loc[redon, "population_municipale_2023"].sum()
    assert sum(int(ligne["population"]) for ligne in lignes) == attendu


def test_le_rapport_se_telecharge_et_s_apercoit(page_exports):
    page_exports.get_by_text("Page 1 sur").wait_for()
    nom, contenu = _telecharger(page_exports, "Diagnostic (PDF)")
    assert nom.endswith("-diagnostic.pdf")
    assert contenu.startswith(b"%PDF")


def test_le_dossier_se_prepare_puis_le_projet_se_rouvre(page_exports, calme, tmp_path, redon):
    page_exports.get_by_role("button", name="Préparer le dossier").click()
    bouton = page_exports.get_by_role("button", name="Télécharger le dossier")
    bouton.wait_for(timeout=180_000)
    _, contenu = _telecharger(page_exports, "Télécharger le dossier")
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        (nom,) = (membre for membre in archive.namelist() if membre.endswith(".cpts.json"))
        archive.extract(nom, tmp_path)
    projet = json.loads((tmp_path / nom).read_text(encoding="utf-8"))
    assert sorted(commune["code"] for commune in projet["communes"]) == redon
    page_exports.get_by_text("Rouvrir un projet enregistré").click()
    page_exports.locator("input[type=file]").last.set_input_files(tmp_path / nom)
    page_exports.get_by_role("button", name="Ouvrir ce projet").wait_for()
    calme(page_exports)
    page_exports.get_by_text("Rien n’a changé depuis l’enregistrement").wait_for()
