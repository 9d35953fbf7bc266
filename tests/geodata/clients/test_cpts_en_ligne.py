"""The two live sources on CPTS, replayed by a local server, and their faults."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from geodata.clients.finess import ClientFiness, read_sieges
from geodata.clients.santegraphie import ClientSantegraphie
from geodata.errors import ImportRefuseError, SourceIndisponibleError, SourceModifieeError
from geodata.telechargement import CacheDisque, Reglages, Telechargeur
from tests.geodata.rejeu import Page, Serveur, lancer

COUCHE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"NOM_CPTS": "CPTS Essai", "STATUT": "ACI signé"},
                "geometry": {"type": "Point", "coordinates": [2, 48]},
            }
        ],
    }
).encode()
FLUX = {
    "schemaVersion": "1",
    "generatedAt": "2026-08-13T00:00:00",
    "pmej": [
        {
            "ege": [
                {
                    "informationsGeneralesEGE": {
                        "numFinessEge": "350000001",
                        "nomEgeLong": "CPTS  DE L'ESSAI",
                    },
                    "categorieentiteGeographiqueExercice": "604",
                    "etatObjet": "A",
                    "adresse": [{"usageAdresse": "03", "cogCommune": "35238"}],
                },
                {
                    "informationsGeneralesEGE": {"numFinessEge": "350000002", "nomEgeLong": "F"},
                    "categorieentiteGeographiqueExercice": "604",
                    "etatObjet": "F",
                },
                {"categorieentiteGeographiqueExercice": "603", "etatObjet": "A"},
            ]
        }
    ],
}


@contextmanager
def servir(page: Page) -> Iterator[Serveur]:
    with lancer({}) as serveur:
        serveur.defaut = page
        yield serveur


def telechargeur(dossier: Path) -> Telechargeur:
    return Telechargeur(
        "essai",
        cache=CacheDisque(dossier),
        reglages=Reglages(essais=2, pauses=(0.0,), delai_lecture=2.0),
        dormir=lambda _: None,
    )


def test_the_layer_is_read_and_kept_for_the_day_the_service_fails(tmp_path: Path) -> None:
    with servir(Page(COUCHE)) as serveur:
        client = ClientSantegraphie(telechargeur(tmp_path), serveur.racine, timedelta(0))
        assert client.load_couche().valeur == COUCHE
        serveur.defaut = Page(b"", 503)
        reprise = client.load_couche()
    assert (reprise.valeur, reprise.est_perime) == (COUCHE, True)


@pytest.mark.parametrize(
    ("page", "erreur"),
    [
        (Page(b"<ServiceExceptionReport/>", type_contenu="text/xml"), SourceModifieeError),
        (Page(b'{"type": "FeatureCollection", "features": []}'), SourceModifieeError),
        (Page(COUCHE[:60]), SourceModifieeError),
        (Page(b"", 500), SourceIndisponibleError),
        (Page(panne="coupure"), SourceIndisponibleError),
    ],
)
def test_a_layer_that_is_not_one_is_refused_with_its_reason(
    tmp_path: Path, page: Page, erreur: type[Exception]
) -> None:
    with servir(page) as serveur, pytest.raises(erreur, match=r"Santégraphie|essai"):
        ClientSantegraphie(telechargeur(tmp_path), serveur.racine).load_couche()


def test_open_head_offices_are_named_and_numbered(tmp_path: Path) -> None:
    with servir(Page(gzip.compress(json.dumps(FLUX).encode()))) as serveur:
        (siege,) = ClientFiness(telechargeur(tmp_path), serveur.racine).load_sieges().valeur
    assert (siege.finess, siege.nom, siege.code_commune) == (
        "350000001",
        "CPTS DE L'ESSAI",
        "35238",
    )


# named: a gzip header holds the time, and the workers of the suite must agree on the identifiers
@pytest.mark.parametrize(
    "corps",
    [b"<html>", gzip.compress(b'{"pmej": [{"ege"'), b"\x1f\x8b\x08"],
    ids=["page", "flux coupé", "archive coupée"],
)
def test_a_feed_of_another_shape_is_refused(tmp_path: Path, corps: bytes) -> None:
    with servir(Page(corps)) as serveur, pytest.raises(SourceModifieeError):
        ClientFiness(telechargeur(tmp_path), serveur.racine).load_sieges()


def test_a_feed_of_another_shape_never_replaces_the_dated_copy(tmp_path: Path) -> None:
    with servir(Page(gzip.compress(json.dumps(FLUX).encode()))) as serveur:
        client = ClientFiness(telechargeur(tmp_path), serveur.racine, timedelta(0))
        assert not client.load_sieges().est_perime
        serveur.defaut = Page(b"<html>")
        reprise = client.load_sieges()
    assert (len(reprise.valeur), reprise.est_perime) == (1, True)


def test_the_real_sample_holds_no_cpts_and_says_so_by_an_empty_list(partage: Path) -> None:
    brut = partage / "fixtures" / "finess" / "finess-structures-20260813-echantillon.json.gz"
    with gzip.open(brut) as flux:
        assert read_sieges(flux) == ()  # type: ignore[arg-type]


def test_a_truncated_feed_is_said() -> None:
    with pytest.raises(ImportRefuseError, match="tronqué"):
        read_sieges(io.BytesIO(b'{"pmej": [{"ege": []}'))
