"""The peer of the measures: the same clicks with st_folium, in its two usual forms."""

import sys
from pathlib import Path

import streamlit as st
from starlette.responses import Response
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bancs.carte import lire_geojson


def servir(requete):
    return Response(lire_geojson(requete.path_params["nom"]), media_type="application/json")


app = st.App(Path(__file__).with_name("page.py"), routes=[Route("/couche/{nom}.json", servir)])
