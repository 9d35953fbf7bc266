"""Composition of the territory by lists: gestures, state in the address, bad links."""

from __future__ import annotations

import pytest

from pages.composants.lien import decode_lien, encode_lien

RENNES_METROPOLE = "243500139"


@pytest.fixture(scope="module")
def rennes(france):
    return france.geographie.membres("epci", RENNES_METROPOLE)


def _dessin(essai) -> set[str]:
    valeur = essai.query_params.get("t", "")
    texte = valeur[0] if isinstance(valeur, list) else valeur
    return set(decode_lien(texte).codes) if texte else set()


def _bouton(essai, libelle: str):
    return next(bouton for bouton in essai.button if bouton.label == libelle)


def test_un_lien_rouvre_le_territoire_et_ses_totaux(ouvrir_page, textes, rennes):
    essai = ouvrir_page("composer.py", codes=rennes)
    dit = textes(essai)
    assert "480\u202f178\u00a0hab." in dit
    assert "Taille 4" in dit
    assert "380\u202f000\u00a0€" in dit
    assert "450\u202f000\u00a0€" in dit
    assert _dessin(essai) == rennes


def test_chercher_puis_ajouter_puis_retirer(ouvrir_page, textes):
    essai = ouvrir_page("composer.py")
    assert "Le territoire est vide" in textes(essai)
    essai.text_input(key="ajout-recherche").set_value("rennes metropole").run()
    _bouton(essai, "Ajouter").click().run()
    assert len(_dessin(essai)) == 43
    # in the list of results, then in the composition
    assert [bouton.label for bouton in essai.button].count("Retirer") == 2
    _bouton(essai, "Retirer").click().run()
    assert not _dessin(essai)
    assert "Le territoire est vide" in textes(essai)


def test_completer_une_intercommunalite_entamee(ouvrir_page, rennes):
    essai = ouvrir_page("composer.py", codes=["35238", "35051"])
    _bouton(essai, "Compléter").click().run()
    assert _dessin(essai) == rennes


def test_le_dessin_suit_de_page_en_page(ouvrir_page, textes, rennes):
    essai = ouvrir_page(codes=rennes)
    assert "480\u202f178" in textes(essai)  # the reminder, on the home page
    racine = essai._script_path
    essai.switch_page(racine.replace("accueil.py", "composer.py")).run()
    assert _dessin(essai) == rennes


def test_une_liste_collee_se_comprend_puis_s_applique(ouvrir_page, textes):
    essai = ouvrir_page("composer.py")
    essai.segmented_control(key="composer-facon").set_value("Coller une liste").run()
    essai.text_area[0].set_value("35238\nSaint-Denis\nBruzz\n05043")
    _bouton(essai, "Lire la liste").click().run()
    assert not _dessin(essai)
    dit = textes(essai)
    assert "2\u00a0éléments compris" in dit or "2 éléments compris" in dit
    choix = next(boite for boite in essai.selectbox if "Saint-Denis" in boite.label)
    choix.set_value(1).run()
    bouton = next(b for b in essai.button if b.label.startswith("Ajouter au territoire"))
    bouton.click().run()
    assert len(_dessin(essai)) == 3
    assert {"35238", "05039"} < _dessin(essai)


def test_le_nom_d_un_projet_s_affiche_comme_du_texte(ouvrir_page, textes, rennes):
    nom = "<script>alert(1)</script> **CPTS** \u202e"
    essai = ouvrir_page("composer.py", codes=rennes, adresse={"nom": nom})
    dit = textes(essai)
    assert "<script>" not in dit
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **CPTS**" in dit
    assert "\u202e" not in dit


def test_la_population_totale_se_choisit_et_va_dans_l_adresse(ouvrir_page, textes, rennes):
    essai = ouvrir_page("composer.py", codes=rennes)
    essai.segmented_control(key="composer-population").set_value("totale").run()
    assert essai.query_params["pop"] in ("totale", ["totale"])
    assert "Population totale" in textes(essai)
    assert "Insee, 2022" in textes(essai)


@pytest.mark.parametrize(
    ("trace", "message"),
    [
        ("1.AAAA", "tronqué"),
        ("9.CI6CAoQBEhgMUg4VAIbxyIg", "autre version"),
        ("<script>alert(1)</script>", "incomplet"),
        ("1." + "A" * 70_000, "trop long"),
        (encode_lien(["35238"])[:-3], "tronqué"),
    ],
)
def test_un_lien_abime_le_dit_et_laisse_une_esquisse_vide(ouvrir_page, textes, trace, message):
    essai = ouvrir_page(adresse={"t": trace})
    assert message in textes(essai).replace("\\", "")
    assert not _dessin(essai)


def test_un_lien_ancien_traduit_et_ecarte_en_le_disant(ouvrir_page, textes):
    essai = ouvrir_page(codes=["05043", "35999", "35238"])
    dit = textes(essai).replace("\\", "")
    assert "05043 → 05039" in dit
    assert "35999" in dit
    assert _dessin(essai) == {"05039", "35238"}
