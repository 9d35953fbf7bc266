"""A server of our own on a free port, and a Chromium that can reach nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
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


@pytest.fixture(scope="session")
def serveur(chemin_navigateur, tmp_path_factory):
    """Address of the real application, started for the session with its own data folder."""
    port = _port_libre()
    dossier = tmp_path_factory.mktemp("serveur")
    journal = dossier / "journal.txt"
    # a proxy nobody listens to: whatever the server would fetch fails at once
    sans_reseau = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    environnement = {
        **os.environ,
        **sans_reseau,
        **{nom.lower(): valeur for nom, valeur in sans_reseau.items()},
        "CPTS_DOSSIER_DONNEES": str(dossier / "donnees_locales"),
    }
    environnement.pop("CPTS_REGISTRE_URL", None)
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=RACINE,
            env=environnement,
            stdout=sortie,
            stderr=subprocess.STDOUT,
        )
    try:
        adresse = f"http://localhost:{port}"
        _attendre(adresse, processus, journal)
        yield adresse
    finally:
        processus.terminate()
        try:
            processus.wait(timeout=10)
        except subprocess.TimeoutExpired:
            processus.kill()
            processus.wait()


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


@pytest.fixture
def onglets(chromium, serveur):
    """Open tabs for one test; at the end nothing must have been asked outside localhost."""
    ouverts = Onglets(chromium, serveur)
    yield ouverts
    ouverts.fermer()
    assert not ouverts.refuses, "des adresses extérieures ont été demandées"
    assert not ouverts.erreurs, "le navigateur a rencontré des erreurs JavaScript"


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
