"""data.ameli.fr replayed by a local server: what is asked, what is kept, what can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.actualisation import refresh_ameli
from geodata.clients.ameli import JEUX, ClientAmeli
from geodata.errors import SourceIndisponibleError, SourceModifieeError
from geodata.schema import Geographie
from geodata.telechargement import CacheDisque, Reglages, Telechargeur
from tests.geodata.rejeu import Page, Serveur, lancer

LE = date(2026, 11, 22)
REGLAGES = Reglages(pauses=(0.0,), appels_par_minute=6_000_000)
EFFECTIFS, DEMOGRAPHIE, PATIENTELE = JEUX
ANNEE = Page(json.dumps({"total_count": 9, "results": [{"annee": "2024-01-01"}]}).encode())
CSV = {
    EFFECTIFS: (
        "annee;patho_niv1;patho_niv2;top;cla_age_5;sexe;region;dept;ntop;npop;prev;"
        "niveau_prioritaire\n2024-01-01;Diabète;;DIA;tsage;9;53;35;80;1000;8.0;1,2,3\n"
    ),
    DEMOGRAPHIE: (
        "annee;profession_sante;region;departement;classe_age;libelle_classe_age;libelle_sexe;"
        "effectif;densite\n2024-01-01;Infirmiers;53;35;tout_age;Tout âge;tout sexe;100;85.4\n"
    ),
    PATIENTELE: (
        "annee;profession_sante;region;departement;nombre_patients_medecin_traitant\n"
        "2024;Médecins généralistes;53;35;1035\n"
    ),
}


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with lancer({}) as ouvert:
        yield ouvert


def client(serveur: Serveur, dossier: Path | None = None, jours: int = 0) -> ClientAmeli:
    return ClientAmeli(
        Telechargeur(
            "data.ameli.fr",
            cache=CacheDisque(dossier) if dossier else None,
            reglages=REGLAGES,
            dormir=lambda _: None,
            maintenant=lambda: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=jours),
        ),
        serveur.racine,
    )


def tableau(texte: str) -> Page:
    return Page(b"\xef\xbb\xbf" + texte.encode(), type_contenu="text/csv")


@pytest.mark.parametrize(
    ("jeu", "id_table", "colonne", "valeur"),
    [
        (EFFECTIFS, "ameli_pathologies", "prevalence_diabete", 8),
        (DEMOGRAPHIE, "ameli_demographie", "densite_infirmiers", 85.4),
        (PATIENTELE, "ameli_patientele", "patientele", 1_035),
    ],
)
def test_each_dataset_becomes_a_table_of_departments(
    serveur: Serveur,
    france_jouet: Geographie,
    jeu: object,
    id_table: str,
    colonne: str,
    valeur: float,
) -> None:
    serveur.file = [ANNEE] * (jeu is not PATIENTELE)
    serveur.defaut = tableau(CSV[jeu])  # type: ignore[index]
    table = refresh_ameli(jeu, client(serveur), france_jouet, le=LE)  # type: ignore[arg-type]
    assert (table.id, table.etat, table.millesime) == (id_table, "actualisee", "2024")
    assert table.publiees.loc["departement:35", colonne] == valeur
    assert table.recupere_le == date(2026, 10, 1)


def test_only_the_aggregates_of_the_latest_year_are_asked_for(
    serveur: Serveur, france_jouet: Geographie
) -> None:
    serveur.file = [ANNEE]
    serveur.defaut = tableau(CSV[EFFECTIFS])
    refresh_ameli(EFFECTIFS, client(serveur), france_jouet, le=LE)
    annee, export = (urlsplit(adresse) for adresse in serveur.demandes)
    assert annee.path == "/effectifs/records"
    assert parse_qs(annee.query)["order_by"] == ["annee desc"]
    assert export.path == "/effectifs/exports/csv"
    demande = parse_qs(export.query)
    assert demande["delimiter"] == [";"]
    assert demande["use_labels"] == ["false"]
    assert demande["where"] == [
        'cla_age_5="tsage" and sexe="9" and niveau_prioritaire="1" and year(annee)=2024'
    ]


def test_a_failing_service_gives_the_dated_copy_and_says_so(
    serveur: Serveur, france_jouet: Geographie, tmp_path: Path
) -> None:
    serveur.defaut = tableau(CSV[PATIENTELE])
    refresh_ameli(PATIENTELE, client(serveur, tmp_path), france_jouet, le=LE)
    serveur.defaut = Page(b"panne", 503, "text/plain")
    vieille = refresh_ameli(PATIENTELE, client(serveur, tmp_path, jours=30), france_jouet, le=LE)
    assert "copie du 01/10/2026" in vieille.notes[0]
    with pytest.raises(SourceIndisponibleError):
        refresh_ameli(PATIENTELE, client(serveur), france_jouet, le=LE)


@pytest.mark.parametrize(
    "page",
    [
        Page(b"<html><body>Filtre du reseau ; annee</body></html>", type_contenu="text/html"),
        Page(json.dumps({"error_code": "ODSQLError", "message": "x"}).encode()),
        tableau(CSV[PATIENTELE].split("\n")[0] + "\n"),
        tableau("annee;profession_sante\n2024;x\n"),
        Page(CSV[PATIENTELE].encode(), panne="coupure"),
        Page(CSV[PATIENTELE].encode(), panne="enorme"),
    ],
    ids=["page HTML", "erreur JSON", "sans ligne", "autres colonnes", "coupure", "démesuré"],
)
def test_an_answer_that_is_not_the_table_is_refused(
    serveur: Serveur, france_jouet: Geographie, page: Page
) -> None:
    serveur.defaut = page
    with pytest.raises((SourceModifieeError, SourceIndisponibleError)):
        refresh_ameli(PATIENTELE, client(serveur), france_jouet, le=LE)


@pytest.mark.parametrize(
    "corps", [b'{"results": []}', b'{"results": [{}]}', b'{"results": [{"annee": null}]}', b"[]"]
)
def test_a_year_that_is_not_one_is_refused(
    serveur: Serveur, france_jouet: Geographie, corps: bytes
) -> None:
    serveur.defaut = Page(corps)
    with pytest.raises(SourceModifieeError, match="année absente"):
        refresh_ameli(EFFECTIFS, client(serveur), france_jouet, le=LE)
