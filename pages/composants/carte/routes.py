"""Routes of the drawing map: its modules, Leaflet, the display files, the search.

Files are served under an address that holds the hash of their content, so that a browser keeps
them for ever and never shows yesterday's map after an update.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from gzip import compress, decompress
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

import xstatic.pkg.leaflet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from diagnostic.redaction import accorder
from geodata.couches import Couches
from geodata.errors import CptsError
from geodata.listes import LONGUEUR_LIMITE, ListeComprise, analyser_liste
from geodata.noms import normaliser
from geodata.recherche import Recherche, Resultat
from geodata.schema import TerritoireCpts, TypePopulation
from pages.composants.lien import TAILLE_MAXIMALE as LIEN_MAXIMAL
from pages.composants.lien import encode_lien

PREFIXE: Final = "/atelier"
_ICI: Final = Path(__file__).parent
_CHOROPLETHES: Final = f"{PREFIXE}/choroplethes"
_LEAFLET: Final = Path(xstatic.pkg.leaflet.BASE_DIR)
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
_NATURES: Final = {
    "commune": "commune",
    "arrondissement": "arrondissement",
    "epci": "intercommunalité",
    "ept": "établissement public territorial",
    "departement": "département",
    "region": "région",
    "ancienne_commune": "ancienne commune",
    "code_postal": "code postal",
}
_RESULTATS: Final = 12


@cache
def lire_fichiers() -> Mapping[str, bytes]:
    """Return the compressed content of every module and style of the map, and of Leaflet."""
    chemins = {
        **{chemin.name: chemin for chemin in sorted(_ICI.glob("js/*.js"))},
        "atelier.css": _ICI / "atelier.css",
        "leaflet.js": _LEAFLET / "leaflet.js",
        "leaflet.css": _LEAFLET / "leaflet.css",
        "choroplethe.js": _ICI.parent / "choroplethe.js",
        "choroplethe.css": _ICI.parent / "choroplethe.css",
        "francais.js": _ICI.parent / "francais.js",
    }
    return {nom: compress(chemin.read_bytes(), mtime=0) for nom, chemin in chemins.items()}


@cache
def lire_couches() -> Couches:
    """Return the display files."""
    return Couches()


@cache
def version_fichiers() -> str:
    """Hash of the modules: changes with any of them."""
    somme = hashlib.sha256(b"".join(lire_fichiers().values()))
    return somme.hexdigest()[:12]


def adresses() -> dict[str, str]:
    """Return where the browser finds each thing."""
    return {
        "ressources": f"{PREFIXE}/{version_fichiers()}/",
        "couches": f"{PREFIXE}/couches/{lire_couches().version}/",
        "recherche": f"{PREFIXE}/recherche",
        "liste": f"{PREFIXE}/liste",
        "verification": f"{PREFIXE}/verification",
        "cpts": f"{PREFIXE}/cpts.json",
    }


def build_routes(
    ouvrir_recherche: Callable[[], Recherche],
    lire_territoires: Callable[[], Iterable[TerritoireCpts]] = tuple,
) -> list[BaseRoute]:
    """Return the routes to hand to `st.App`.

    Parameters
    ----------
    ouvrir_recherche
        Gives the index of places, opened at the first call.
    lire_territoires
        Gives the CPTS of the register, which a search by name also finds.
    """

    async def chercher(requete: Request) -> Response:
        texte = parse_qs(requete.url.query).get("q", [""])[0][:200]

        def trouver() -> list[dict[str, str | bool]]:
            lieux = [_resultat(r) for r in ouvrir_recherche().chercher(texte, _RESULTATS)]
            cpts = find_cpts(texte, lire_territoires)
            return [*cpts, *lieux] if normaliser(texte).startswith("cpts") else [*lieux, *cpts]

        return JSONResponse(await run_in_threadpool(trouver))

    async def lire_liste(requete: Request) -> Response:
        corps = await _lire_corps(requete, 2 * LONGUEUR_LIMITE)
        if corps is None:
            return _refus("Cette liste est trop longue : 2 Mo au plus.", 413)
        texte = corps.decode("utf-8", errors="replace")
        try:
            lue = await run_in_threadpool(lambda: analyser_liste(texte, ouvrir_recherche()))
        except CptsError as erreur:
            return _refus(str(erreur), 422)
        return JSONResponse(_liste(lue))

    return [
        Route(f"{PREFIXE}/recherche", chercher),
        Route(f"{PREFIXE}/liste", lire_liste, methods=["POST"]),
        Route(f"{PREFIXE}/couches/{{version}}/{{nom}}.json", _servir_couche),
        Route(f"{PREFIXE}/{{version}}/{{nom}}", _servir_fichier),
    ]


def find_cpts(
    texte: str, lire_territoires: Callable[[], Iterable[TerritoireCpts]]
) -> list[dict[str, str | bool]]:
    """Return the CPTS of the register whose name holds every word typed; none if it fails."""
    mots = normaliser(texte).split()
    try:
        territoires = lire_territoires() if mots else ()
    except CptsError:
        return []  # the pages of the register say it; drawing goes on without
    trouves = [t for t in territoires if t.codes and _porte(normaliser(t.nom), mots)]
    return [
        {
            "approche": False,
            "type": "cpts",
            "code": territoire.identifiant,
            "libelle": territoire.nom,
            "precision": f"territoire du registre, {accorder(len(territoire.codes), 'commune')}",
            "nature": "CPTS",
            "lien": encode_lien(territoire.codes, territoire.partielles),
        }
        for territoire in trouves[:_RESULTATS]
    ]


def _porte(nom: str, mots: list[str]) -> bool:
    return all(any(partie.startswith(mot) for partie in nom.split()) for mot in mots)


def build_route_cpts(dessiner_cpts: Callable[[], bytes]) -> BaseRoute:
    """Return the route of the outlines of the CPTS of the register.

    Parameters
    ----------
    dessiner_cpts
        Gives them as GeoJSON.
    """

    async def lire_cpts(_: Request) -> Response:
        octets = await run_in_threadpool(dessiner_cpts)
        # the register changes: asked again at each opening of the page
        return Response(
            octets, headers={"cache-control": "no-cache"}, media_type="application/json"
        )

    return Route(f"{PREFIXE}/cpts.json", lire_cpts)


def adresse_choroplethe(empreinte: str) -> str:
    """Return where the browser finds the map of an indicator."""
    return f"{_CHOROPLETHES}/{empreinte}.html"


def build_route_choroplethe(lire_choroplethe: Callable[[str], bytes | None]) -> BaseRoute:
    """Return the route of the maps of indicators, each at the address of its content.

    Parameters
    ----------
    lire_choroplethe
        Gives the page of a map, compressed; None when it is not kept any more.
    """

    async def lire(requete: Request) -> Response:
        empreinte = requete.path_params["version"]
        return _servir(requete, "carte.html", lire_choroplethe(empreinte), empreinte)

    return Route(f"{_CHOROPLETHES}/{{version}}.html", lire)


def build_route_verification(
    verifier: Callable[[str, TypePopulation], Mapping[str, object]],
) -> BaseRoute:
    """Return the route that applies the rules to the drawing of a browser.

    Parameters
    ----------
    verifier
        Gives the answer for a drawing, as a link, and a definition of the population.
    """

    async def repondre(requete: Request) -> Response:
        corps = await _lire_corps(requete, 2 * LIEN_MAXIMAL)
        if corps is None:
            return _refus("Ce dessin est trop long pour être vérifié.", 413)
        try:
            demande = json.loads(corps)
            lien, totale = str(demande["lien"]), demande["type"] == "totale"
        except (ValueError, KeyError, TypeError):
            return _refus("Ce dessin ne peut pas être lu.", 422)
        type_population: TypePopulation = "totale" if totale else "municipale"
        try:
            return JSONResponse(await run_in_threadpool(verifier, lien, type_population))
        except CptsError as erreur:
            return _refus(str(erreur), 422)

    return Route(f"{PREFIXE}/verification", repondre, methods=["POST"])


async def _lire_corps(requete: Request, maximum: int) -> bytes | None:
    """Return the body of a request, None as soon as it is longer than allowed."""
    corps = bytearray()
    async for morceau in requete.stream():
        corps += morceau
        if len(corps) > maximum:
            return None
    return bytes(corps)


def _servir_fichier(requete: Request) -> Response:
    nom = requete.path_params["nom"]
    return _servir(requete, nom, lire_fichiers().get(nom), version_fichiers())


def _servir_couche(requete: Request) -> Response:
    nom = requete.path_params["nom"]
    couches = lire_couches()
    return _servir(requete, f"{nom}.json", couches.read_gzip(nom), couches.version)


def _servir(requete: Request, nom: str, octets: bytes | None, version: str) -> Response:
    if octets is None or requete.path_params["version"] != version:
        return Response("Ce fichier n’existe pas ou plus : rechargez la page.", 404)
    etag = f'"{version}"'
    entetes = {
        "etag": etag,
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        "content-type": _TYPES[Path(nom).suffix],
    }
    if requete.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=entetes)
    if "gzip" in requete.headers.get("accept-encoding", ""):
        return Response(octets, headers={**entetes, "content-encoding": "gzip"})
    return Response(decompress(octets), headers=entetes)


def _refus(message: str, code: int) -> Response:
    return JSONResponse({"message": message}, code)


def _resultat(resultat: Resultat) -> dict[str, str | bool]:
    return {
        "approche": resultat.est_approche,
        "type": resultat.type,
        "code": resultat.code,
        "libelle": resultat.libelle,
        "precision": resultat.precision,
        "nature": _NATURES[resultat.type],
        "lien": encode_lien(resultat.codes_unites),
    }


def _choix(resultat: Resultat) -> dict[str, str]:
    nature = _NATURES[resultat.type]
    # most say it themselves: « commune, Jura (39) »
    precision = resultat.precision
    if not precision.startswith(nature):
        precision = f"{precision}, {nature}" if precision else nature
    return {
        "libelle": f"{resultat.libelle}, {precision}",
        "lien": encode_lien(resultat.codes_unites),
    }


def _liste(lue: ListeComprise) -> dict[str, object]:
    repetes = "les répétitions ont été ignorées" if lue.repetitions else ""
    return {
        "comprises": [
            {
                "saisi": element.texte,
                "libelle": element.resultat.libelle,
                "note": element.remarque,
                "lien": encode_lien(element.resultat.codes_unites),
            }
            for element in (*lue.traduites, *lue.comprises)
        ],
        "ambigues": [
            {"saisi": element.texte, "choix": [_choix(r) for r in element.candidats]}
            for element in lue.ambigues
        ]
        + [
            {"saisi": element.texte, "choix": [_choix(r) for r in element.suggestions]}
            for element in lue.inconnues
            if element.suggestions
        ],
        "inconnues": [
            {"saisi": element.texte, "ligne": element.ligne}
            for element in lue.inconnues
            if not element.suggestions
        ],
        "message": f"{lue.repetitions} en double : {repetes}." if repetes else "",
    }
