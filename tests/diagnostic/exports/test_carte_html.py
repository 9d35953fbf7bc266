"""The interactive map: one file, no request, polygons on screen in a real browser."""

from __future__ import annotations

import re

import pytest

from diagnostic.exports.carte_html import export_carte_html


@pytest.fixture(scope="module")
def page(diagnostic, fond) -> str:
    return export_carte_html(diagnostic, fond).decode()


def test_la_page_n_appelle_aucun_fichier(page):
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", page)
    assert "cdn" not in page
    assert "default-src 'none'" in page


def test_le_nom_reste_du_texte(page):
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "CPTS =Voisine <i>" not in page


def test_deux_cartes_ont_les_memes_octets(diagnostic, fond, page):
    assert export_carte_html(diagnostic, fond).decode() == page


@pytest.mark.navigateur
def test_les_polygones_s_affichent_sans_reseau(page, tmp_path, diagnostic, chromium):
    chemin = tmp_path / "carte.html"
    chemin.write_text(page, encoding="utf-8")
    erreurs: list[str] = []
    contexte = chromium.new_context(offline=True)
    onglet = contexte.new_page()
    onglet.on("pageerror", lambda erreur: erreurs.append(str(erreur)))
    onglet.on("requestfailed", lambda requete: erreurs.append(requete.url))
    onglet.goto(chemin.as_uri())
    onglet.wait_for_selector("path.leaflet-interactive")
    assert onglet.locator("path.leaflet-interactive").count() >= len(diagnostic.communes)
    assert "<script>alert(1)</script>" in onglet.locator("#cadre h1").inner_text()
    assert onglet.evaluate("document.documentElement.lang") == "fr"
    boite = onglet.locator("path.leaflet-interactive").first.bounding_box()
    assert boite["width"] > 20
    contexte.close()
    assert erreurs == []
