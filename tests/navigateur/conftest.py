"""A server of our own on a free port, and a Chromium that can reach nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

RACINE = Path(__file__).resolve().parent.parent.parent
# a Streamlit server with the national tables opens in 5 s, more on a busy machine
DELAI_OUVERTURE_S = 90


def pytest_collection_modifyitems(items):
    ici = Path(__file__).parent
    for item in items:
        if ici in item.path.parents:
            item.add_marker(pytest.mark.navigateur)


def _port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def _attendre(adresse: str, processus: subprocess.Popen, journal: Path) -> None:
    limite = time.monotonic() + DELAI_OUVERTURE_S
    while time.monotonic() < limite:
        if processus.poll() is not None:
            pytest.fail(f"le serveur s'est arrêté :\n{journal.read_text()}")
        try:
            with urlopen(f"{adresse}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"le serveur n'a pas répondu en {DELAI_OUVERTURE_S} s :\n{journal.read_text()}")


class Serveur:
    """The real application on a port and a data folder of its own, started and stopped at will."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.port = _port_libre()
        self.adresse = f"http://localhost:{self.port}"

    def demarrer(self) -> None:
        journal = self.dossier / "journal.txt"
        # a proxy nobody listens to: whatever the server would fetch fails at once
        sans_reseau = dict.fromkeys(
            ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
        )
        environnement = {
            **os.environ,
            **sans_reseau,
            **{nom.lower(): valeur for nom, valeur in sans_reseau.items()},
            "CPTS_DOSSIER_DONNEES": str(self.dossier / "donnees_locales"),
        }
        environnement.pop("CPTS_REGISTRE_URL", None)
        commande = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with journal.open("ab") as sortie:
            self.processus = subprocess.Popen(
                [*commande, "--server.port", str(self.port)],
                cwd=RACINE,
                env=environnement,
                stdout=sortie,
                stderr=subprocess.STDOUT,
            )
        _attendre(self.adresse, self.processus, journal)

    def arreter(self) -> None:
        self.processus.terminate()
        try:
            self.processus.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.processus.kill()
            self.processus.wait()


@contextmanager
def _lancer(dossier: Path) -> Iterator[Serveur]:
    serveur = Serveur(dossier)
    serveur.demarrer()
    try:
        yield serveur
    finally:
        serveur.arreter()


@pytest.fixture(scope="session")
def serveur(chemin_navigateur, tmp_path_factory):
    """Address of the real application, started for the session with its own data folder."""
    with _lancer(tmp_path_factory.mktemp("serveur")) as lance:
        yield lance.adresse


@pytest.fixture
def serveur_a_part(chemin_navigateur, tmp_path):
    """A server that one test may stop and start again."""
    with _lancer(tmp_path) as lance:
        yield lance


class Onglets:
    """Open tabs that can only reach the local server; what they tried elsewhere is recorded.

    `refuses` lists the addresses asked outside localhost. The background map of IGN is the only
    one the application may ask for (`TOLERES`); it never gets an answer here either.
    """

    TOLERES = ("data.geopf.fr",)

    def __init__(self, navigateur, adresse: str) -> None:
        self.navigateur = navigateur
        self.adresse = adresse
        self.refuses: list[str] = []
        self.erreurs: list[str] = []
        self.contextes = []

    def ouvrir(self, chemin: str = "/", *, largeur=1280, hauteur=900, theme="light", **options):
        contexte = self.navigateur.new_context(
            viewport={"width": largeur, "height": hauteur},
            color_scheme=theme,
            locale="fr-FR",
            **options,
        )
        self.contextes.append(contexte)
        contexte.route("**/*", self._filtrer)
        onglet = contexte.new_page()
        onglet.set_default_timeout(60_000)
        onglet.on("pageerror", lambda erreur: self.erreurs.append(str(erreur)))
        onglet.goto(self.adresse + chemin)
        attendre_calme(onglet)
        return onglet

    def _filtrer(self, route) -> None:
        hote = urlsplit(route.request.url).hostname
        if hote in {"localhost", "127.0.0.1", None}:
            route.continue_()
            return
        if hote not in self.TOLERES:
            self.refuses.append(route.request.url)
        route.abort()

    def fermer(self) -> None:
        for contexte in self.contextes:
            contexte.close()


def attendre_calme(onglet) -> None:
    """Wait until the page has drawn its footer, no script is running and nothing is fading."""
    onglet.wait_for_timeout(150)  # what was just done may not have reached the server yet
    onglet.locator(".cpts-pied").last.wait_for(state="attached")
    onglet.locator("[data-test-script-state='running']").wait_for(state="detached")
    onglet.wait_for_function(
        "!document.querySelector('[data-stale=true]')"
        " && document.getAnimations().every(animation => animation.playState !== 'running'"
        " || animation.effect.getTiming().iterations === Infinity)"
    )


@contextmanager
def _surveiller(chromium, adresse: str) -> Iterator[Onglets]:
    ouverts = Onglets(chromium, adresse)
    yield ouverts
    ouverts.fermer()
    assert not ouverts.refuses, "des adresses extérieures ont été demandées"
    assert not ouverts.erreurs, "le navigateur a rencontré des erreurs JavaScript"


@pytest.fixture
def onglets(chromium, serveur):
    """Open tabs for one test; at the end nothing must have been asked outside localhost."""
    with _surveiller(chromium, serveur) as ouverts:
        yield ouverts


@pytest.fixture
def onglets_a_part(chromium, serveur_a_part):
    """The same tabs, on the server that the test may stop."""
    with _surveiller(chromium, serveur_a_part.adresse) as ouverts:
        yield ouverts


@pytest.fixture
def calme():
    """`attendre_calme`, for tests that click."""
    return attendre_calme


@pytest.fixture(scope="session")
def accessibilite():
    """Check a tab with axe-core: no serious or critical violation of WCAG 2.2 AA."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

    def verifier(onglet, *, sauf: tuple[str, ...] = ()) -> None:
        resultat = Axe().run(onglet, options=options)
        graves = [
            f"{faute['id']} ({faute['impact']}) : {noeud['html'][:200]} — "
            f"{noeud.get('failureSummary', '')[:300]}"
            for faute in resultat.response["violations"]
            if faute["impact"] in {"serious", "critical"} and faute["id"] not in sauf
            for noeud in faute["nodes"]
        ]
        assert not graves, "\n".join(graves)

    return verifier
