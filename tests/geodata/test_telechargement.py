"""The gate to the network: patient, bounded, dated."""

from __future__ import annotations

import ast
import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from geodata.errors import SourceIndisponibleError, SourceModifieeError
from geodata.telechargement import CacheDisque, Cadence, Reglages, Telechargeur, share_cadence
from tests.geodata.rejeu import Page, Serveur, cle, lancer

BON = Page(b'{"valeur": 1}')
REGLAGES = Reglages(
    delai_connexion=1.0,
    delai_lecture=0.3,
    delai_total=0.6,
    pauses=(0.0,),
    taille_maximale=2 * 1024 * 1024,
    appels_par_minute=6_000_000,
)


class Montre:
    """A clock the tests wind by hand."""

    def __init__(self) -> None:
        self.le = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.sommes: list[float] = []

    def maintenant(self) -> datetime:
        return self.le

    def dormir(self, secondes: float) -> None:
        self.sommes.append(secondes)


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with lancer({cle("/x"): BON}) as ouvert:
        yield ouvert


def porte(montre: Montre, dossier: Path | None = None) -> Telechargeur:
    return Telechargeur(
        "essai",
        cache=CacheDisque(dossier) if dossier else None,
        reglages=REGLAGES,
        dormir=montre.dormir,
        maintenant=montre.maintenant,
    )


PANNES = {
    "délai": Page(panne="muet"),
    "coupure": Page(panne="coupure"),
    "trop de demandes": Page(b"", 429, entetes={"Retry-After": "2"}),
    "erreur 500": Page(b"Le serveur a rencontr\xc3\xa9 une erreur inattendue.", 500, "text/plain"),
    "erreur 503": Page(b"", 503),
    "réponse tronquée": Page(b'{"valeur": [1, 2, 3, 4]}', panne="tronque"),
    "corps lent": Page(b'{"valeur": "' + b"x" * 60 + b'"}', panne="lent"),
}


@pytest.mark.parametrize("panne", PANNES.values(), ids=PANNES)
def test_a_passing_fault_is_tried_again(serveur: Serveur, panne: Page) -> None:
    montre = Montre()
    serveur.file = [panne]
    assert porte(montre).get(serveur.racine + "/x").contenu == BON.corps
    assert len(serveur.demandes) == 2


@pytest.mark.parametrize("panne", PANNES.values(), ids=PANNES)
def test_a_lasting_fault_ends_in_a_named_error(serveur: Serveur, panne: Page) -> None:
    serveur.file = [panne] * 4
    with pytest.raises(SourceIndisponibleError, match="essai"):
        porte(Montre()).get(serveur.racine + "/x")
    assert len(serveur.demandes) == 4


@pytest.mark.parametrize("panne", PANNES.values(), ids=PANNES)
def test_the_dated_copy_is_served_when_the_source_fails(
    serveur: Serveur, panne: Page, tmp_path: Path
) -> None:
    montre = Montre()
    telechargeur = porte(montre, tmp_path)
    le = telechargeur.get(serveur.racine + "/x").recupere_le
    montre.le += timedelta(days=40)
    serveur.file = [panne] * 4
    reponse = telechargeur.get(serveur.racine + "/x")
    assert reponse.est_perime
    assert reponse.recupere_le == le
    assert reponse.contenu == BON.corps


def test_a_body_of_100_megabytes_is_given_up(serveur: Serveur) -> None:
    serveur.file = [Page(panne="enorme")]
    with pytest.raises(SourceModifieeError, match="plus de 2 Mio"):
        porte(Montre()).get(serveur.racine + "/x")


def test_a_compressed_body_is_bounded_once_inflated(serveur: Serveur) -> None:
    serveur.file = [Page(gzip.compress(b" " * 5_000_000), entetes={"Content-Encoding": "gzip"})]
    with pytest.raises(SourceModifieeError, match="plus de 2 Mio"):
        porte(Montre()).get(serveur.racine + "/x")
    serveur.file = [Page(gzip.compress(BON.corps), entetes={"Content-Encoding": "gzip"})]
    assert porte(Montre()).get(serveur.racine + "/x").contenu == BON.corps


def test_html_in_place_of_json_is_named_and_never_cached(serveur: Serveur, tmp_path: Path) -> None:
    montre = Montre()
    telechargeur = porte(montre, tmp_path)
    serveur.file = [Page(b"<html>Filtrage DSI</html>", type_contenu="text/html")]
    with pytest.raises(SourceModifieeError, match="Filtrage DSI"):
        telechargeur.get(serveur.racine + "/x", controle=lambda r: r.json("essai"))
    assert not list(tmp_path.iterdir())


def test_html_leaves_the_dated_copy_in_place(serveur: Serveur, tmp_path: Path) -> None:
    montre = Montre()
    telechargeur = porte(montre, tmp_path)
    telechargeur.get(serveur.racine + "/x")
    montre.le += timedelta(days=2)
    serveur.file = [Page(b"<html></html>")]
    reponse = telechargeur.get(serveur.racine + "/x", controle=lambda r: r.json("essai"))
    assert reponse.est_perime
    assert reponse.json("essai") == {"valeur": 1}


def test_a_fresh_copy_asks_nothing(serveur: Serveur, tmp_path: Path) -> None:
    telechargeur = porte(Montre(), tmp_path)
    telechargeur.get(serveur.racine + "/x")
    telechargeur.get(serveur.racine + "/x")
    assert len(serveur.demandes) == 1


@pytest.mark.parametrize("degat", ["corps", "json"])
def test_a_damaged_copy_is_as_if_absent(serveur: Serveur, tmp_path: Path, degat: str) -> None:
    telechargeur = porte(Montre(), tmp_path)
    telechargeur.get(serveur.racine + "/x")
    (fichier,) = tmp_path.glob(f"*.{degat}")
    fichier.write_bytes(b"{abime")
    assert telechargeur.get(serveur.racine + "/x").contenu == BON.corps
    assert len(serveur.demandes) == 2


def test_a_client_error_is_not_tried_again(serveur: Serveur) -> None:
    serveur.file = [Page(b"non", 400, "text/html")]
    with pytest.raises(SourceIndisponibleError, match="statut HTTP 400"):
        porte(Montre()).get(serveur.racine + "/x")
    assert len(serveur.demandes) == 1


def test_retry_after_is_obeyed_within_reason(serveur: Serveur) -> None:
    montre = Montre()
    serveur.file = [Page(b"", 429, entetes={"Retry-After": "5"})]
    porte(montre).get(serveur.racine + "/x")
    assert montre.sommes == [5.0]
    serveur.file = [Page(b"", 429, entetes={"Retry-After": "3600"})]
    with pytest.raises(SourceIndisponibleError, match="3600 s"):
        porte(montre).get(serveur.racine + "/x")


def test_a_retry_after_that_is_a_date_is_the_usual_pause(serveur: Serveur) -> None:
    montre = Montre()
    date_http = "Wed, 25 Nov 2026 12:00:00 GMT"
    serveur.file = [Page(b"", 429, entetes={"Retry-After": date_http}), Page(b"", 429)]
    assert porte(montre).get(serveur.racine + "/x").contenu == BON.corps
    assert montre.sommes == [0.0, 0.0]


def test_attempts_stop_when_the_person_has_waited_enough(serveur: Serveur) -> None:
    heures = iter(range(0, 10_000, 45))
    serveur.file = [Page(b"", 503)] * 4
    telechargeur = Telechargeur(
        "essai", reglages=REGLAGES, horloge=lambda: float(next(heures)), dormir=lambda _: None
    )
    with pytest.raises(SourceIndisponibleError, match="503"):
        telechargeur.get(serveur.racine + "/x")
    assert len(serveur.demandes) < 4


def test_a_redirection_that_loops_ends_in_a_named_error(serveur: Serveur) -> None:
    serveur.defaut = Page(b"", 302, entetes={"Location": "/tourne"})
    with pytest.raises(SourceIndisponibleError, match="essai"):
        porte(Montre()).get(serveur.racine + "/boucle")


@pytest.mark.parametrize("adresse", ["ftp://ailleurs/x", "http://[::pas-une-adresse"])
def test_a_redirection_to_nowhere_ends_in_a_named_error(serveur: Serveur, adresse: str) -> None:
    serveur.defaut = Page(b"", 302, entetes={"Location": adresse})
    with pytest.raises(SourceIndisponibleError, match="essai"):
        porte(Montre()).get(serveur.racine + "/ailleurs")


def test_a_redirection_out_of_https_is_not_read() -> None:
    class Detournee(requests.Session):
        def get(self, url: str | bytes, **_: Any) -> requests.Response:
            assert str(url).startswith("https:")
            reponse = requests.Response()
            reponse.status_code, reponse.url = 200, "http://portail.exemple/"
            reponse.raw = io.BytesIO(b'{"valeur": 2}')
            return reponse

    with pytest.raises(SourceModifieeError, match="non chiffrée"):
        Telechargeur("essai", session=Detournee()).get("https://donnees.exemple/x")


def test_thirty_calls_a_minute_are_two_seconds_apart() -> None:
    attentes: list[float] = []
    cadence = Cadence(30, horloge=lambda: 100.0, dormir=attentes.append)
    for _ in range(4):
        cadence.wait()
    assert attentes == [2.0, 4.0, 6.0]


def test_two_pages_of_one_server_share_the_rate_of_a_source(serveur: Serveur) -> None:
    partagee = share_cadence("une source", 30)
    assert share_cadence("une source", 30) is partagee
    assert share_cadence("une autre", 30) is not partagee
    attentes: list[float] = []
    cadence = Cadence(30, horloge=lambda: 100.0, dormir=attentes.append)
    for _ in range(3):
        # a new gate at each click, as the pages do
        Telechargeur("une source", reglages=REGLAGES, cadence=cadence).get(serveur.racine + "/x")
    assert attentes == [2.0, 4.0]


def test_proxies_and_authorities_of_the_network_are_honoured(
    serveur: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the replay server plays the proxy: it receives the absolute address
    monkeypatch.setenv("http_proxy", serveur.racine)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    serveur.defaut = BON
    porte(Montre()).get("http://donnees.exemple/x")
    assert serveur.demandes == ["http://donnees.exemple/x"]


def test_requests_is_imported_in_one_module_only_and_tls_is_always_verified() -> None:
    racine = Path(__file__).parents[2]
    importeurs = set()
    for fichier in [*racine.glob("geodata/**/*.py"), *racine.glob("diagnostic/**/*.py")]:
        texte = fichier.read_text(encoding="utf-8")
        assert "verify=" not in texte
        for noeud in ast.walk(ast.parse(texte)):
            noms = (
                [a.name for a in noeud.names]
                if isinstance(noeud, ast.Import)
                else [noeud.module or ""]
                if isinstance(noeud, ast.ImportFrom)
                else []
            )
            if any(nom.split(".")[0] == "requests" for nom in noms):
                importeurs.add(fichier.relative_to(racine).as_posix())
    assert importeurs == {"geodata/telechargement.py"}


def test_the_card_on_disk_says_date_and_checksum(serveur: Serveur, tmp_path: Path) -> None:
    reponse = porte(Montre(), tmp_path).get(serveur.racine + "/x")
    (fiche,) = tmp_path.glob("*.json")
    lu = json.loads(fiche.read_text(encoding="utf-8"))
    assert lu["recupere_le"] == "2026-11-22T12:00:00+00:00"
    assert lu["sha256"] == reponse.sha256


def test_a_disk_that_cannot_be_written_costs_no_answer(serveur: Serveur, tmp_path: Path) -> None:
    obstacle = tmp_path / "fichier"
    obstacle.write_text("pas un dossier")
    assert porte(Montre(), obstacle / "cache").get(serveur.racine + "/x").contenu == BON.corps
