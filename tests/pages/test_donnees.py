"""The page of the sources: what a refresh leaves on screen, whether the service answers or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from geodata.clients.melodi import ClientMelodi, Observations
from geodata.errors import SourceIndisponibleError

REDON = ("35236", "35151")
DIMENSIONS = {"DS_POPULATIONS_REFERENCE": "POPREF_MEASURE", "DS_RP_POPULATION_PRINC": "AGE"}


@pytest.fixture
def page(ouvrir_page, monkeypatch, tmp_path):
    monkeypatch.setenv("CPTS_DOSSIER_DONNEES", str(tmp_path))
    return ouvrir_page("donnees.py", codes=REDON)


@pytest.fixture
def repondre(monkeypatch, france):
    """Make Melodi answer for Ille-et-Vilaine, from its cache if asked."""
    codes = sorted(france.geographie.membres("departement", "35"))

    def poser(*, est_perime: bool = False) -> None:
        def load_communes(_client, jeu, _zones, filtres):
            dimension = DIMENSIONS[jeu]
            lignes = [
                {"code": c, "niveau": "COM", "TIME_PERIOD": "2022", dimension: v, "valeur": 10.0}
                for c in codes
                for v in filtres[dimension]
            ]
            lu_le = datetime(2026, 11, 1, tzinfo=UTC)
            return Observations(jeu, jeu, pd.DataFrame(lignes), "2026", lu_le, est_perime)

        monkeypatch.setattr(ClientMelodi, "load_communes", load_communes)

    return poser


def actualiser(page):
    next(bouton for bouton in page.button if bouton.label == "Actualiser").click().run()
    assert not page.exception


def reussites(page):
    return [message.value.replace("\\", "") for message in page.success]


def test_une_actualisation_se_voit_aussitot_dans_les_tables(page, repondre, textes):
    repondre()
    assert "actualisée en ligne" not in textes(page)
    actualiser(page)
    assert any("332 communes." in texte for texte in reussites(page))
    assert "actualisée en ligne" in textes(page)


def test_une_copie_gardee_est_dite_perimee(page, repondre, textes):
    repondre(est_perime=True)
    actualiser(page)
    assert any("copie gardée" in texte for texte in reussites(page))
    assert "copie gardée, le service n’a pas répondu" in textes(page)


def test_un_echec_est_dit_a_la_source_et_ne_perd_rien(page, repondre, textes, monkeypatch):
    repondre()
    actualiser(page)

    def tomber(*_):
        raise SourceIndisponibleError("Melodi", "https://exemple.invalid", "délai dépassé")

    monkeypatch.setattr(ClientMelodi, "load_communes", tomber)
    actualiser(page)
    assert "délai dépassé" in textes(page)
    assert "actualisée en ligne ; actualisation manquée le" in textes(page)


def test_retirer_un_departement_deja_actualise_avertit(page, repondre, textes):
    repondre()
    actualiser(page)
    page.multiselect(key="donnees-departements").set_value(["44"]).run()
    assert "ne seraient plus là : Ille-et-Vilaine." in textes(page)
