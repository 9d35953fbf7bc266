"""Both clients on answers recorded from the real services, then on faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from geodata.clients.geo_api import ClientGeoApi
from geodata.clients.melodi import ClientMelodi
from geodata.errors import (
    CodeInconnuError,
    MillesimeError,
    SourceIndisponibleError,
    SourceModifieeError,
)
from geodata.telechargement import CacheDisque, Reglages, Telechargeur
from tests.geodata.rejeu import Page, Serveur, cle, lancer, pages_enregistrees

REGLAGES = Reglages(pauses=(0.0,), appels_par_minute=6_000_000)
CHAMPS = "nom,code,codeDepartement,codeRegion,codeEpci,codesPostaux,population"


def porte(dossier: Path | None = None, le: datetime | None = None) -> Telechargeur:
    return Telechargeur(
        "essai",
        cache=CacheDisque(dossier) if dossier else None,
        reglages=REGLAGES,
        dormir=lambda _: None,
        maintenant=lambda: le or datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.fixture
def geo(partage: Path) -> Iterator[Serveur]:
    enregistrees = pages_enregistrees(partage / "fixtures" / "geo_api", "request")
    # the recordings ask for other fields than ours; the service answers the same way
    pages = {(chemin, frozenset()): page for (chemin, _), page in enregistrees.items()}
    with lancer(enregistrees) as serveur:
        serveur.pages = {
            **enregistrees,
            cle(f"/communes/04209?fields={CHAMPS}"): enregistrees[cle("/communes/04209")],
            cle(f"/communes/99999?fields={CHAMPS}"): pages[("/communes/99999", frozenset())],
            cle(f"/epcis/243500139/communes?fields={CHAMPS}"): pages[
                ("/epcis/243500139/communes", frozenset())
            ],
            cle(f"/epcis/000000000/communes?fields={CHAMPS}"): Page(b"Not Found", 404),
            cle(f"/communes?codeDepartement=04&fields={CHAMPS}"): enregistrees[
                cle("/communes?codeDepartement=04&fields=nom,code,codeEpci,population")
            ],
            cle(
                f"/communes?type=arrondissement-municipal&codeParent=13055&fields={CHAMPS}"
            ): enregistrees[
                cle(
                    "/communes?type=arrondissement-municipal&codeParent=13055"
                    "&fields=nom,code,population"
                )
            ],
            cle(f"/communes?nom=Rennes&boost=population&limit=2&fields={CHAMPS}"): enregistrees[
                cle("/communes?nom=Rennes&boost=population&limit=2")
            ],
        }
        yield serveur


@pytest.fixture
def melodi(partage: Path) -> Iterator[Serveur]:
    with lancer(pages_enregistrees(partage / "fixtures" / "melodi", "uri")) as serveur:
        yield serveur


def test_geo_api_gives_a_commune_and_its_postcodes(geo: Serveur) -> None:
    sisteron = ClientGeoApi(porte(), geo.racine).load_commune("04209").valeur
    assert (sisteron.nom, sisteron.code_epci) == ("Sisteron", "200068765")
    assert (sisteron.codes_postaux, sisteron.population) == (("04200",), 7850)


def test_geo_api_knows_no_commune_99999(geo: Serveur) -> None:
    client = ClientGeoApi(porte(), geo.racine)
    with pytest.raises(CodeInconnuError, match="99999"):
        client.load_commune("99999")
    with pytest.raises(CodeInconnuError, match="000000000"):
        client.load_communes_epci("000000000")


def test_geo_api_gives_the_communes_of_an_epci_of_a_departement_and_the_arrondissements(
    geo: Serveur,
) -> None:
    client = ClientGeoApi(porte(), geo.racine)
    rennes = client.load_communes_epci("243500139").valeur
    assert len(rennes) == 43
    assert sum(c.population or 0 for c in rennes) == 480_178
    assert len(client.load_communes_departement("04").valeur) == 198
    assert len(client.load_arrondissements("13055").valeur) == 16
    assert client.find_communes("Rennes", 2).valeur[0].code == "35238"


def test_geo_api_gives_outlines_in_wgs84(geo: Serveur) -> None:
    lecture = ClientGeoApi(porte(), geo.racine).load_contours_epci("200068765")
    assert {f["properties"]["code"] for f in lecture.valeur["features"]} >= {"04209"}


def test_an_unfiltered_request_is_refused_by_the_service_in_plain_text(geo: Serveur) -> None:
    with pytest.raises(SourceIndisponibleError, match="400"):
        porte().get(geo.racine + "/communes", {"format": "geojson"})


@pytest.mark.parametrize("corps", [b"[]", b'{"nom": "X"}', b'"texte"', b"<html>"])
def test_geo_api_in_another_format_is_named(geo: Serveur, corps: bytes) -> None:
    geo.file = [Page(corps)]
    with pytest.raises(SourceModifieeError):
        ClientGeoApi(porte(), geo.racine).load_commune("04209")


def load_nantes(serveur: Serveur, telechargeur: Telechargeur | None = None):  # type: ignore[no-untyped-def]
    client = ClientMelodi(telechargeur or porte(), serveur.racine + "/melodi")
    return client.load("DS_POPULATIONS_REFERENCE", {"FREQ": "A", "GEO": "COM-44109"})


def test_melodi_reads_the_vintage_in_the_answer(melodi: Serveur) -> None:
    lues = load_nantes(melodi)
    assert lues.periodes == ("2023",)
    assert lues.millesime_geographie == "2025"
    assert lues.titre == "Populations de référence"
    mesures = lues.table.set_index("POPREF_MEASURE")["valeur"]
    assert mesures.to_dict() == {"PMUN": 327_734.0, "PTOT": 332_515.0, "PCAP": 4_781.0}
    assert set(lues.table["niveau"]) == {"COM"}


def test_melodi_asks_for_a_whole_epci_in_one_call(melodi: Serveur) -> None:
    client = ClientMelodi(porte(), melodi.racine + "/melodi")
    lues = client.load_communes("DS_POPULATIONS_REFERENCE", ["EPCI-244400404"])
    assert len(lues.table) == 72
    assert lues.table["code"].nunique() == 24
    assert len(melodi.demandes) == 1


def test_melodi_counts_before_reading(melodi: Serveur) -> None:
    client = ClientMelodi(porte(), melodi.racine + "/melodi")
    assert client.count("DS_POPULATIONS_REFERENCE", {}) == 106_065
    assert (
        client.count("DS_POPULATIONS_REFERENCE", {"TIME_PERIOD": "1900", "GEO": "COM-44109"}) == 0
    )


def test_melodi_takes_the_only_measure_whatever_its_name(melodi: Serveur) -> None:
    lues = ClientMelodi(porte(), melodi.racine + "/melodi").load(
        "DS_IPC_PRINC",
        {"IND_TYPE": "IX", "GEO": "DEP-974", "TIME_PERIOD": "2026-01", "PRODUCT_GROUP": "4000"},
    )
    assert lues.table["valeur"].tolist() == [99.14]


def test_melodi_lists_its_datasets(melodi: Serveur) -> None:
    catalogue = ClientMelodi(porte(), melodi.racine + "/melodi").load_catalogue()
    assert len(catalogue) == 96
    assert catalogue["DS_POPULATIONS_REFERENCE"].startswith("Populations de référence")


def test_an_unknown_dataset_is_a_failure_of_the_service(melodi: Serveur) -> None:
    with pytest.raises(SourceIndisponibleError, match="500"):
        ClientMelodi(porte(), melodi.racine + "/melodi").count("DS_NEXISTEPAS", {})


def page(observations: list[dict[str, object]], **paging: object) -> Page:
    return Page(json.dumps({"observations": observations, "paging": paging}).encode())


def observation(geo: str, valeur: object, **attributs: str) -> dict[str, object]:
    return {
        "dimensions": {"GEO": geo, "TIME_PERIOD": "2023"},
        "measures": {"OBS_VALUE_NIVEAU": {"value": valeur}},
        "attributes": attributs,
    }


def test_melodi_follows_pages_on_its_own_host_only(melodi: Serveur) -> None:
    melodi.file = [
        page(
            [observation("2025-COM-01001", 1)],
            next="https://ailleurs.exemple/melodi/data/DS_X?page=2",
            isLast=False,
        ),
        page([observation("2025-COM-01002", 2)], isLast=True),
    ]
    lues = ClientMelodi(porte(), melodi.racine + "/melodi").load("DS_X", {})
    assert lues.table["code"].tolist() == ["01001", "01002"]
    assert melodi.demandes[1] == "/melodi/data/DS_X?page=2"


def test_melodi_pages_that_loop_are_stopped(melodi: Serveur) -> None:
    melodi.defaut = page([], next="https://api.insee.fr/melodi/data/DS_X?page=2")
    with pytest.raises(SourceModifieeError, match="tourne en rond"):
        ClientMelodi(porte(), melodi.racine + "/melodi").load("DS_X", {})


def test_melodi_secret_values_stay_missing(melodi: Serveur) -> None:
    melodi.file = [
        page(
            [
                observation("2025-COM-01001", 12.5, CONF_STATUS="F"),
                observation("2025-COM-01002", 3, CONF_STATUS="C"),
                observation("2025-COM-01003", None),
            ]
        )
    ]
    lues = ClientMelodi(porte(), melodi.racine + "/melodi").load("DS_X", {})
    np.testing.assert_array_equal(lues.table["valeur"], [12.5, np.nan, np.nan])


def test_melodi_never_mixes_two_geographies(melodi: Serveur) -> None:
    melodi.file = [page([observation("2025-COM-01001", 1), observation("2024-COM-01002", 2)])]
    with pytest.raises(MillesimeError, match="2024, 2025"):
        ClientMelodi(porte(), melodi.racine + "/melodi").load("DS_X", {})


@pytest.mark.parametrize(
    "corps",
    [b'{"observations": []}', b"[]", b'{"observations": [{}], "paging": {}}', b'{"observ'],
)
def test_melodi_in_another_format_is_named(melodi: Serveur, corps: bytes) -> None:
    melodi.file = [Page(corps)]
    with pytest.raises(SourceModifieeError):
        load_nantes(melodi)


def test_melodi_dated_copy_is_served_with_its_date(melodi: Serveur, tmp_path: Path) -> None:
    debut = datetime(2026, 10, 1, tzinfo=UTC)
    load_nantes(melodi, porte(tmp_path, debut))
    melodi.file = [Page(b"panne", 500)] * 4
    lues = load_nantes(melodi, porte(tmp_path, debut + timedelta(days=30)))
    assert lues.est_perime
    assert lues.recupere_le == debut
    assert len(lues.table) == 3


@pytest.mark.parametrize(
    "mauvaise",
    [
        Page(b'{"observations": [{}], "paging": {}}'),
        page([observation("2025-COM-01001", 1), observation("2024-COM-01002", 2)]),
        page([{**observation("2025-COM-01001", 1), "dimensions": {}}]),
    ],
    ids=["illisible", "deux millésimes", "sans dimension"],
)
def test_what_melodi_sends_by_mistake_never_replaces_the_dated_copy(
    melodi: Serveur, tmp_path: Path, mauvaise: Page
) -> None:
    debut = datetime(2026, 10, 1, tzinfo=UTC)
    load_nantes(melodi, porte(tmp_path, debut))
    melodi.file = [mauvaise]
    lues = load_nantes(melodi, porte(tmp_path, debut + timedelta(days=30)))
    assert (lues.est_perime, lues.recupere_le) == (True, debut)
    # and the next day, the service being well again, it is asked again
    assert not load_nantes(melodi, porte(tmp_path, debut + timedelta(days=31))).est_perime


def test_an_empty_answer_never_replaces_the_communes_of_an_epci(
    melodi: Serveur, tmp_path: Path
) -> None:
    debut = datetime(2026, 10, 1, tzinfo=UTC)
    for jours in (0, 30):
        client = ClientMelodi(
            porte(tmp_path, debut + timedelta(days=jours)), melodi.racine + "/melodi"
        )
        lues = client.load_communes("DS_POPULATIONS_REFERENCE", ["EPCI-244400404"])
        assert (len(lues.table), lues.est_perime) == (72, jours == 30)
        melodi.file = [page([], isLast=True)]


def test_an_empty_last_page_is_an_answer(melodi: Serveur) -> None:
    melodi.file = [
        page([observation("2025-COM-01001", 1)], next="https://x/melodi/data/DS_X?page=2"),
        page([], isLast=True),
    ]
    client = ClientMelodi(porte(), melodi.racine + "/melodi")
    assert len(client.load_communes("DS_X", ["DEP-01"]).table) == 1


def test_what_geo_api_sends_by_mistake_never_replaces_the_dated_copy(
    geo: Serveur, tmp_path: Path
) -> None:
    debut = datetime(2026, 10, 1, tzinfo=UTC)
    ClientGeoApi(porte(tmp_path, debut), geo.racine).load_communes_epci("243500139")
    for mauvaise in (b'{"message": "maintenance"}', b'[{"nom": "sans code"}]', b"[1]"):
        geo.file = [Page(mauvaise)]
        client = ClientGeoApi(porte(tmp_path, debut + timedelta(days=30)), geo.racine)
        lecture = client.load_communes_epci("243500139")
        assert (len(lecture.valeur), lecture.est_perime) == (43, True)
