"""Measure the drawing map in headless Chromium against st_folium, then under many sessions.

For four layers, ten clicks: click → total painted by the browser, click → total and alerts
confirmed by the server, bytes received per click, first map on screen. The peer draws the same
layers, in its plain form (the layer in the map) and its tuned one (the layer by address, one
point returned, the commune found by an STRtree).
"""

import asyncio
import contextlib
import functools
import itertools
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import httpx2
import psutil
import shapely
import websockets
import xstatic.pkg.leaflet
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from geodata.referentiel import Referentiel
from pages.composants.carte.routes import adresses
from pages.composants.lien import encode_lien

RACINE = Path(__file__).resolve().parents[1]
LARGEUR, HAUTEUR = 900, 600
CLICS = 10
PEINT_MAXIMAL_MS = 20
CONFIRME_MAXIMAL_MS = 60
OCTETS_MAXIMAUX = 20_000
MEMOIRE_SESSION_MAXIMALE_MO = 1
P95_MAXIMAL_MS = 100
MEMOIRE_CLICS_MAXIMALE_MO = 15
RAPPORT_URL_MINIMAL, RAPPORT_SIMPLE_MINIMAL = 5, 25


@dataclass(frozen=True)
class CoucheMesuree:
    """A layer to click on, and the view from which its entities can be clicked."""

    nom: str
    niveau: str
    departements: tuple[str, ...]
    centre: tuple[float, float]
    zoom: int


COUCHES = {
    "epci-35": CoucheMesuree("EPCI, dép. 35", "epci", ("35",), (48.15, -1.65), 9),
    "communes-35": CoucheMesuree("332 communes, dép. 35", "unite", ("35",), (48.15, -1.65), 9),
    "bretagne": CoucheMesuree(
        "1 202 communes, Bretagne", "unite", ("22", "29", "35", "56"), (48.2, -2.8), 8
    ),
    "france": CoucheMesuree("EPCI de métropole", "epci", (), (46.6, 2.4), 6),
}


@functools.cache
def ouvrir():
    return Referentiel.ouvrir()


def codes_de(nom):
    """Entities of a layer, with their population and a point inside."""
    couche = COUCHES[nom]
    unites = ouvrir().geographie.unites
    choix = unites[~unites["code_departement"].str.startswith("97")]
    if couche.departements:
        choix = choix[choix["code_departement"].isin(couche.departements)]
    cle = choix.index if couche.niveau == "unite" else choix["code_epci"]
    return choix.groupby(cle.rename("cle"))["population_municipale_2023"].sum()


@functools.cache
def lire_geojson(nom):
    """The layer as the peer gets it: our own simplification for the whole country."""
    couche, populations = COUCHES[nom], codes_de(nom)
    contours = ouvrir().contours(couche.niveau, list(populations.index))
    contours["population"] = populations.reindex(contours.index).astype(int)
    if nom == "france":
        contours["geometry"] = shapely.coverage_simplify(contours.geometry.to_numpy(), 0.005)
    return contours.reset_index(names="code")[["code", "population", "geometry"]].to_json()


def points_a_cliquer(nom):
    """Ten large entities spread over the view: latitude, longitude of a point inside."""
    couche = COUCHES[nom]
    objets = json.loads(lire_geojson(nom))["features"]
    formes = [shapely.geometry.shape(objet["geometry"]) for objet in objets]
    dehors = sorted(zip(formes, objets, strict=True), key=lambda paire: -paire[0].area)
    points = []
    for forme, _ in dehors:
        interieur = shapely.maximum_inscribed_circle(forme).coords[0]
        x, y = pixel(couche, interieur[1], interieur[0])
        loin = all(math.dist((x, y), pixel(couche, *p)) > 25 for p in points)
        if loin and 60 < x < LARGEUR - 60 and 60 < y < HAUTEUR - 90:
            points.append((interieur[1], interieur[0]))
        if len(points) == CLICS:
            break
    return points


def pixel(couche, latitude, longitude):
    """Where a point stands in a map of our size centred as the layer says."""

    def projeter(lat, lon):
        sinus = math.sin(math.radians(lat))
        y = 0.5 - math.log((1 + sinus) / (1 - sinus)) / (4 * math.pi)
        return (lon / 360 + 0.5) * 256 * 2**couche.zoom, y * 256 * 2**couche.zoom

    (x, y), (cx, cy) = projeter(latitude, longitude), projeter(*couche.centre)
    return x - cx + LARGEUR / 2, y - cy + HAUTEUR / 2


# --- servers ---


@contextlib.contextmanager
def servir(script, dossier=RACINE):
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    with tempfile.TemporaryDirectory() as ailleurs:
        processus = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(script)),
                *("--server.port", str(port), "--server.headless", "true"),
                *("--browser.gatherUsageStats", "false"),
            ],
            cwd=dossier,
            env={**os.environ, "CPTS_DONNEES_LOCALES": ailleurs},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            adresse = f"http://localhost:{port}"
            for _ in range(300):
                with contextlib.suppress(URLError, OSError):
                    urlopen(f"{adresse}/_stcore/health", timeout=2).close()
                    break
                time.sleep(0.2)
            yield adresse, processus.pid
        finally:
            processus.terminate()
            processus.wait(timeout=20)


# --- in the browser ---

# the clock starts at the press, in whatever frame it happens, and stops when the text changes
CHRONO = """
(() => {
  const instant = () => performance.timeOrigin + performance.now();
  addEventListener("pointerdown", () => { window.top.__debut = instant(); }, true);
  if (window.top !== window) return;
  window.__lire = () => document.querySelector("#total")?.textContent;
  window.__attendre = (avant) => new Promise((suite) => {
    const voir = () => {
      if (window.__lire() !== avant) suite(instant() - window.__debut);
      else setTimeout(voir, 1);
    };
    voir();
  });
})();
"""
NOTRE_CHRONO = """
(hote) => {
  const { dessin, panneau, carte } = hote.atelier;
  const instant = () => performance.timeOrigin + performance.now();
  window.__mesures = [];
  dessin.listen(() => {
    const debut = window.__debut;
    const revision = dessin.revision;
    const mesure = {};
    window.__mesures.push(mesure);
    // the callback of the next picture, then the task that follows it: both are on screen
    requestAnimationFrame(() => setTimeout(() => { mesure.peint = instant() - debut; }));
    const montrer = panneau.setConfirmation;
    panneau.setConfirmation = (confirmation) => {
      montrer.call(panneau, confirmation);
      if (confirmation.revision === revision) mesure.confirme = instant() - debut;
    };
  });
}
"""
REPONSES_RECUES = """
performance.getEntriesByType("resource").reduce((n, { transferSize }) => n + transferSize, 0)
"""


@dataclass
class Mesure:
    """What one map did on one layer; times in milliseconds."""

    premiere: float = math.nan
    peint: list = field(default_factory=list)
    confirme: list = field(default_factory=list)
    octets: float = math.nan


def ouvrir_onglet(navigateur, recus, *, avec_cdn=False):
    contexte = navigateur.new_context(viewport={"width": 1500, "height": 1000})
    contexte.add_init_script(CHRONO)
    if avec_cdn:  # never for our map: each of its requests would go through this process
        contexte.route("**/*", filtrer)
    onglet = contexte.new_page()
    onglet.set_default_timeout(60_000)

    def suivre(prise):
        prise.on("framereceived", lambda trame: recus.append(len(trame)))

    onglet.on("websocket", suivre)
    return onglet


def filtrer(route):
    """Give the peer the Leaflet it asks to a CDN, nothing else from outside."""
    adresse = route.request.url
    if "//localhost" in adresse:
        route.continue_()
        return
    fichier = Path(xstatic.pkg.leaflet.BASE_DIR) / adresse.rsplit("/", 1)[-1]
    if fichier.name in {"leaflet.js", "leaflet.css"}:
        route.fulfill(body=fichier.read_bytes())
    else:
        route.fulfill(body="")


def viser_et_cliquer(onglet, x, y):
    """Click as a person does: the pointer is there, and what it shows too, before the press."""
    onglet.mouse.move(x, y)
    onglet.wait_for_timeout(300)
    onglet.mouse.click(x, y)


def mesurer_la_notre(navigateur, adresse, nom):
    couche, mesure, recus = COUCHES[nom], Mesure(), []
    onglet = ouvrir_onglet(navigateur, recus)
    debut = time.perf_counter()
    onglet.goto(f"{adresse}/perimetre")
    hote = onglet.locator(".atelier-hote[data-pret=oui]")
    hote.wait_for()
    hote.evaluate("async (h) => { while (!h.atelier.carte.france) "
                  "await new Promise((s) => setTimeout(s, 5)); }")  # fmt: skip
    mesure.premiere = (time.perf_counter() - debut) * 1e3
    onglet.locator(".confirme", has_text="✓ vérifié").wait_for()
    if couche.niveau == "unite":
        onglet.get_by_role("radio", name="Communes").check()
    hote.evaluate(
        """async (h, [centre, zoom]) => {
            h.atelier.carte.carte.setView(centre, zoom, { animate: false });
            await Promise.all([...h.atelier.carte.demandes.values()]);
            await new Promise((s) => setTimeout(s, 500));
        }""",
        [couche.centre, couche.zoom],
    )
    hote.evaluate(NOTRE_CHRONO)
    cadre = onglet.locator(".carte").bounding_box()
    decalage = (cadre["width"] - LARGEUR) / 2, (cadre["height"] - HAUTEUR) / 2
    recus.clear()
    onglet.evaluate("performance.clearResourceTimings()")
    for point in points_a_cliquer(nom):
        x, y = pixel(couche, *point)
        viser_et_cliquer(onglet, cadre["x"] + decalage[0] + x, cadre["y"] + decalage[1] + y)
        onglet.wait_for_function("window.__mesures.at(-1)?.confirme")
        onglet.wait_for_timeout(400)
    mesures = onglet.evaluate("window.__mesures")
    mesure.peint = [m["peint"] for m in mesures]
    mesure.confirme = [m["confirme"] for m in mesures]
    recus.append(onglet.evaluate(REPONSES_RECUES))
    mesure.octets = sum(recus) / max(1, len(mesures))
    onglet.context.close()
    return mesure


def mesurer_le_pair(navigateur, adresse, nom, forme):
    couche, mesure, recus = COUCHES[nom], Mesure(), []
    onglet = ouvrir_onglet(navigateur, recus, avec_cdn=True)
    debut = time.perf_counter()
    onglet.goto(f"{adresse}/?forme={forme}&couche={nom}")
    cadre_carte = onglet.locator("iframe").first
    cadre_carte.wait_for()
    carte = onglet.frame_locator("iframe").first
    carte.locator(".leaflet-overlay-pane canvas").first.wait_for()
    mesure.premiere = (time.perf_counter() - debut) * 1e3
    onglet.wait_for_timeout(3000)
    cadre = cadre_carte.bounding_box()
    recus.clear()
    for point in points_a_cliquer(nom):
        avant = onglet.evaluate("window.__lire()")
        x, y = pixel(couche, *point)
        viser_et_cliquer(onglet, cadre["x"] + x, cadre["y"] + y)
        with contextlib.suppress(Exception):
            duree = onglet.evaluate(
                "(a) => Promise.race([window.__attendre(a), "
                "new Promise((_, non) => setTimeout(non, 20000))])",
                avant,
            )
            mesure.confirme.append(duree)
        onglet.wait_for_timeout(1500)
    mesure.octets = sum(recus) / max(1, len(mesure.confirme))
    onglet.context.close()
    return mesure


# --- many sessions, without a browser: the same requests, the same messages on a websocket ---


class Session:
    """One person clicking, as the server sees them."""

    def __init__(self, adresse, numero):
        self.adresse = adresse.replace("http", "ws") + "/_stcore/stream"
        self.http = httpx2.AsyncClient(base_url=adresse)
        self.numero = numero
        self.revision = 0
        self.element = self.fragment = None

    async def ouvrir(self):
        self.prise = await websockets.connect(
            self.adresse, subprotocols=["streamlit"], max_size=None
        )
        await self._demander()
        while self.element is None:
            await self._lire()

    async def cliquer(self, codes):
        """Make a gesture, which the session then receives; return its time to be checked, in ms."""
        self.revision += 1
        dessin = {"lien": encode_lien(codes), "type": "municipale"}
        debut = time.perf_counter()
        reponse = await self.http.post(adresses()["verification"], json=dessin)
        verifie = (time.perf_counter() - debut) * 1e3
        assert reponse.json()["population"] > 0
        geste = {"onglet": f"banc-{self.numero}", "revision": self.revision, "nom": "", **dessin}
        await self._demander({"geste": geste})
        while (await self._lire()) != self.revision:
            pass
        return verifie

    async def fermer(self):
        await self.prise.close()
        await self.http.aclose()

    async def _demander(self, valeur=None):
        message = BackMsg()
        message.rerun_script.page_name = "perimetre"
        if valeur is not None:
            etat = message.rerun_script.widget_states.widgets.add()
            etat.id, etat.json_value = self.element, json.dumps(valeur)
            message.rerun_script.fragment_id = self.fragment
            message.rerun_script.page_script_hash = self.page
        await self.prise.send(message.SerializeToString())

    async def _lire(self):
        """Read one message; return the revision the session has received, if it says one."""
        message = ForwardMsg()
        message.ParseFromString(await self.prise.recv())
        if message.HasField("new_session"):
            self.page = message.new_session.page_script_hash
        composant = message.delta.new_element.bidi_component
        if not composant.id:
            return None
        self.element = composant.id
        self.fragment = message.delta.fragment_id or self.fragment
        recu = json.loads(composant.json)["recu"]
        return recu and recu["revision"]


def dessins(nombre):
    """Drawings that grow by one commune at each click, each session in its own département."""
    unites = ouvrir().geographie.unites
    departements = itertools.cycle(sorted(set(unites["code_departement"])))
    for departement in itertools.islice(departements, nombre):
        codes = list(unites.index[unites["code_departement"] == departement])
        yield [codes[: 20 + n % max(1, len(codes) - 20)] for n in range(10)]


async def cliquer_ensemble(adresse, nombre, pid, clics=10, pause=2.0):
    """Sessions that click every two seconds; return times and memory per session (MB)."""
    processus = psutil.Process(pid)
    avant = processus.memory_info().rss
    sessions = [Session(adresse, numero) for numero in range(nombre)]
    for session in sessions:
        await session.ouvrir()
    durees = []

    async def une(session, suite, rang):
        await asyncio.sleep(pause * rang / nombre)
        for codes in suite[:clics]:
            duree = await session.cliquer(codes)
            durees.append(duree)
            await asyncio.sleep(max(0, pause - duree / 1e3))

    await asyncio.gather(
        *(
            une(s, suite, n)
            for n, (s, suite) in enumerate(zip(sessions, dessins(nombre), strict=True))
        )
    )
    memoire = (processus.memory_info().rss - avant) / nombre / 1e6
    for session in sessions:
        await session.fermer()
    return durees, memoire


async def cliquer_longtemps(adresse, pid, clics=2000):
    """One session, many clicks: memory after a quarter and after all (MB), computing per click."""
    processus = psutil.Process(pid)
    session = Session(adresse, 0)
    await session.ouvrir()
    codes = sorted(ouvrir().geographie.membres("departement", "35"))
    releves = []
    calcul = sum(processus.cpu_times()[:2])
    for n in range(clics):
        await session.cliquer(codes[: 1 + n % len(codes)])
        if n + 1 in {clics // 4, clics}:
            releves.append(processus.memory_info().rss / 1e6)
    await session.fermer()
    return *releves, (sum(processus.cpu_times()[:2]) - calcul) / clics * 1e3


def centile(valeurs, part):
    return sorted(valeurs)[min(len(valeurs) - 1, math.ceil(part * len(valeurs)) - 1)]


def mediane(valeurs):
    return statistics.median(valeurs) if valeurs else math.nan


def comparer(chromium):
    """Measure our map and both forms of the peer on each layer."""
    notres, urls, simples = {}, {}, {}
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                *("--no-sandbox", "--disable-gpu"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
            ],
        )
        with servir("app.py") as (adresse, _):
            mesurer_la_notre(navigateur, adresse, "epci-35")  # the server opens its data
            for nom in COUCHES:
                notres[nom] = mesurer_la_notre(navigateur, adresse, nom)
        with servir(Path(__file__).parent / "pairs" / "app.py") as (adresse, _):
            for nom in COUCHES:
                urls[nom] = mesurer_le_pair(navigateur, adresse, nom, "url")
                simples[nom] = mesurer_le_pair(navigateur, adresse, nom, "simple")
        navigateur.close()
    return notres, urls, simples


def montrer_comparaison(notres, urls, simples):
    """Print one line per layer; yield the targets missed."""
    print(
        "couche | peint, confirmé (max), octets par clic, 1re carte"
        " || st_folium par adresse (clics vus), rapport"
        " || st_folium simple (clics vus), octets par clic, 1re carte, rapport"
    )
    for nom, couche in COUCHES.items():
        n, u, s = notres[nom], urls[nom], simples[nom]
        peint, confirme = mediane(n.peint), mediane(n.confirme)
        rapport_u, rapport_s = (mediane(p.confirme) / confirme for p in (u, s))
        print(
            f"{couche.nom} | {peint:.0f} ms, {confirme:.0f} ({max(n.confirme):.0f}) ms,"
            f" {n.octets / 1e3:.1f} ko, {n.premiere:.0f} ms"
            f" || {mediane(u.confirme):.0f} ms ({len(u.confirme)}), ×{rapport_u:.1f}"
            f" || {mediane(s.confirme):.0f} ms ({len(s.confirme)}), {s.octets / 1e6:.2f} Mo,"
            f" {s.premiere:.0f} ms, ×{rapport_s:.1f}"
        )
        objectifs = {
            "peint": peint < PEINT_MAXIMAL_MS,
            "confirmé": confirme < CONFIRME_MAXIMAL_MS,
            "octets": n.octets < OCTETS_MAXIMAUX,
        }
        if nom in {"bretagne", "france"}:
            objectifs["rapport par adresse"] = rapport_u >= RAPPORT_URL_MINIMAL
            objectifs["rapport simple"] = rapport_s >= RAPPORT_SIMPLE_MINIMAL
        yield from (f"{couche.nom}, {quoi}" for quoi, tenu in objectifs.items() if not tenu)


def charger():
    """Measure many sessions, then many clicks; yield the targets missed."""
    with servir("app.py") as (adresse, pid):
        asyncio.run(cliquer_ensemble(adresse, 2, pid, clics=5, pause=0.2))
        for nombre in (20, 50):
            durees, memoire = asyncio.run(cliquer_ensemble(adresse, nombre, pid))
            p95 = centile(durees, 0.95)
            print(
                f"{nombre} sessions, un clic toutes les 2 s : médiane {mediane(durees):.0f} ms,"
                f" 95e centile {p95:.0f} ms, {memoire:.2f} Mo par session"
            )
            if nombre == 20 and p95 >= P95_MAXIMAL_MS:
                yield "20 sessions, 95e centile"
            if nombre == 20 and memoire >= MEMOIRE_SESSION_MAXIMALE_MO:
                yield "mémoire par session"
        debut, fin, calcul = asyncio.run(cliquer_longtemps(adresse, pid))
        print(f"mémoire après 500 clics : {debut:.0f} Mo, après 2 000 : {fin:.0f} Mo")
        print(f"calcul du serveur par clic : {calcul:.1f} ms de processeur")
        if fin - debut >= MEMOIRE_CLICS_MAXIMALE_MO:
            yield "mémoire sur 2 000 clics"


def main() -> int:
    """Print the measures; return 1 when a target is missed."""
    chromium = os.environ.get("CPTS_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        print("carte : sautée, aucun Chromium sur cette machine")
        return 0
    mesures = comparer(chromium)
    print(f"charge de la machine : {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs")
    manques = [*montrer_comparaison(*mesures), *charger()]
    for manque in manques:
        print(f"objectif manqué : {manque}")
    return 1 if manques else 0


if __name__ == "__main__":
    sys.exit(main())
