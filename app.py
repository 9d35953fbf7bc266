"""Compose the web application: `streamlit run app.py`, or `uvicorn app:app`."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.composants.langue import PageEnFrancais

PAGES = Path(__file__).resolve().parent / "pages"

# streamlit puts the folder of the root script *first* in sys.path unless it is already there;
# last, a page named as a package of ours (`diagnostic`) cannot hide that package
if str(PAGES) not in sys.path:
    sys.path.append(str(PAGES))

app = st.App(PAGES / "accueil.py", routes=[], middleware=[Middleware(PageEnFrancais)])
