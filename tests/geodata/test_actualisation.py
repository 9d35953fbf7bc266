"""Tables refreshed from Melodi: recorded answers, then what a service can do wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.actualisation import ACTUALISATIONS, refresh_table
from geodata.clients.melodi import ClientMelodi
from geodata.errors import MillesimeError, SourceIndisponibleError, SourceModifieeError
from geodata.schema import Geographie
from geodata.telechargement import CacheDisque, Reglages, Telechargeur
from tests.geodata.rejeu import Page, Serveur, lancer

LE = date(2026, 11, 22)
POPULATIONS, AGES = ACTUALISATIONS
REGLAGES = Reglages(pauses=(0.0,), appels_par_minute=6_000_000)


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with lancer({}) as ouvert:
        yield ouvert


def client(serveur: Serveur, dossier: Path | None = None, jours: int = 0) -> ClientMelodi:
    telechargeur = Telechargeur(
        "Melodi",
        cache=CacheDisque(dossier) if dossier else None,
        reglages=REGLAGES,
        dormir=lambda _: None,
        maintenant=lambda: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=jours),
    )
    return ClientMelodi(telechargeur, serveur.racine)


def observation(code: str, mesure: str, valeur: float, **dimensions: str) -> dict[str, Any]:
    base = {"GEO": f"2025-{code}", "TIME_PERIOD": "2023", "POPREF_MEASURE": mesure}
    return {
        "dimensions": {**base, **dimensions},
        "measures": {"OBS_VALUE_NIVEAU": {"value": valeur}},
    }


def page(observations: list[dict[str, Any]]) -> Page:
    return Page(json.dumps({"observations": observations, "paging": {}}).encode())


def trois(code: str, pmun: float) -> list[dict[str, Any]]:
    return [
        observation(code, "PMUN", pmun),
        observation(code, "PCAP", 10),
        observation(code, "PTOT", pmun + 10),
    ]


def test_the_populations_of_departements_come_in_one_call(
    serveur: Serveur, france_jouet: Geographie
) -> None:
    # the city comes whole: Melodi knows no arrondissement under a département
    serveur.defaut = page([*trois("COM-35001", 10_100), *trois("COM-35100", 80_500)])
    table = refresh_table(POPULATIONS, client(serveur), ["35"], france_jouet, le=LE)
    assert len(serveur.demandes) == 1
    assert "GEO=DEP-35%2ACOM" in serveur.demandes[0]
    assert table.millesime == "2023"
    assert table.geographie_origine == "2025"
    assert table.etat == "actualisee"
    assert table.valeurs.loc["35001", "ptot"] == 10_110
    assert table.valeurs.loc["35101 35102 35103 35104", "pmun"] == 80_500


def test_the_real_answer_gives_the_communes_of_nantes(partage: Path, france: Any) -> None:
    corps = (partage / "fixtures/melodi/get_local_data_by_com_popref_1.json").read_bytes()
    with lancer({}) as serveur:
        serveur.defaut = Page(corps)
        table = refresh_table(POPULATIONS, client(serveur), ["44"], france.geographie, le=LE)
    assert len(table.valeurs) == 24
    assert table.valeurs.loc["44109", "pmun"] == 327_734


def test_the_fine_ages_ask_for_both_sexes_together(
    serveur: Serveur, france_jouet: Geographie
) -> None:
    serveur.defaut = page(
        [
            observation("COM-35001", "", 900, AGE="Y65T79", TIME_PERIOD="2022"),
            observation("COM-35001", "", 300, AGE="Y_GE80", TIME_PERIOD="2022"),
            observation("COM-35001", "", 1, AGE="Y_GE80", TIME_PERIOD="2016"),
        ]
    )
    table = refresh_table(AGES, client(serveur), ["35"], france_jouet, le=LE)
    assert "SEX=_T" in serveur.demandes[0]
    assert table.libelle_millesime == "RP 2022"
    assert table.valeurs.loc["35001"].to_dict() == {"pop_65_79": 900.0, "pop_80p": 300.0}


def test_a_failing_service_gives_the_dated_copy_and_says_so(
    serveur: Serveur, france_jouet: Geographie, tmp_path: Path
) -> None:
    serveur.defaut = page(trois("COM-35001", 10_100))
    refresh_table(POPULATIONS, client(serveur, tmp_path), ["35"], france_jouet, le=LE)
    serveur.defaut = Page(b"panne", 500, "text/plain")
    vieille = refresh_table(
        POPULATIONS, client(serveur, tmp_path, jours=30), ["35"], france_jouet, le=LE
    )
    assert "copie du 01/10/2026" in vieille.notes[0]
    assert vieille.recupere_le == date(2026, 10, 1)
    with pytest.raises(SourceIndisponibleError):
        refresh_table(POPULATIONS, client(serveur), ["35"], france_jouet, le=LE)


@pytest.mark.parametrize(
    ("observations", "erreur"),
    [
        ([], SourceModifieeError),
        ([observation("EPCI-200000001", "PMUN", 1)], SourceModifieeError),
        ([observation("COM-35001", "PMUN", 1)], SourceModifieeError),
        ([*trois("COM-35001", 1), observation("COM-35001", "PMUN", 2)], SourceModifieeError),
        (
            [*trois("COM-35001", 1), {**observation("x-y", "PMUN", 1), "dimensions": {
                "GEO": "2024-COM-35002", "TIME_PERIOD": "2023", "POPREF_MEASURE": "PMUN"}}],
            MillesimeError,
        ),
    ],
    ids=["vide", "sans commune", "mesure manquante", "double", "deux géographies"],
)  # fmt: skip
def test_an_answer_that_is_not_the_table_is_refused(
    serveur: Serveur,
    france_jouet: Geographie,
    observations: list[dict[str, Any]],
    erreur: type[Exception],
) -> None:
    serveur.defaut = page(observations)
    with pytest.raises(erreur):
        refresh_table(POPULATIONS, client(serveur), ["35"], france_jouet, le=LE)


def test_a_commune_without_one_measure_stays_missing(
    serveur: Serveur, france_jouet: Geographie
) -> None:
    serveur.defaut = page(
        [*trois("COM-35001", 100), *trois("COM-35002", 50)[:1], *trois("COM-35003", 70)]
    )
    table = refresh_table(POPULATIONS, client(serveur), ["35"], france_jouet, le=LE)
    assert np.isnan(table.valeurs.loc["35002", "ptot"])
    assert table.valeurs.loc["35002", "pmun"] == 50
