"""Compose the web application: `streamlit run app.py`, or `uvicorn app:app`."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from geodata.schema import MILLESIME_GEOGRAPHIE
from pages.composants.carte.routes import (
    build_route_choroplethe,
    build_route_cpts,
    build_route_verification,
    build_routes,
)
from pages.composants.carte.verification import verifier_dessin
from pages.composants.chargement import (
    dessiner_cpts,
    lire_choroplethe,
    lire_territoires,
    ouvrir_recherche,
)
from pages.composants.langue import PageEnFrancais

PAGES = Path(__file__).resolve().parent / "pages"

# streamlit puts the folder of the root script *first* in sys.path unless it is already there;
# last, a page named as a package of ours (`diagnostic`) cannot hide that package
if str(PAGES) not in sys.path:
    sys.path.append(str(PAGES))


async def dire_sante(_: Request) -> JSONResponse:
    """Answer whoever watches over the server."""
    return JSONResponse({"etat": "pret", "millesime_geographie": MILLESIME_GEOGRAPHIE})


app = st.App(
    PAGES / "accueil.py",
    routes=[
        Route("/sante", dire_sante),
        build_route_cpts(dessiner_cpts),
        build_route_choroplethe(lire_choroplethe),
        build_route_verification(verifier_dessin),
        *build_routes(ouvrir_recherche, lire_territoires),
    ],
    middleware=[Middleware(PageEnFrancais)],
)
