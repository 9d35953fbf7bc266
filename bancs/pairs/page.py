"""`?forme=simple`: the layer in the map, sent again with each click; `?forme=url`: by address."""

import json
import sys
from pathlib import Path

import folium
import shapely
import streamlit as st
from branca.element import MacroElement, Template
from shapely import STRtree
from streamlit_folium import st_folium

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bancs.carte import COUCHES, HAUTEUR, LARGEUR, lire_geojson

STYLE = {"weight": 0.6, "fillOpacity": 0.05}


class CoucheParAdresse(MacroElement):
    """Fetch the layer once, in the browser, as our own map does."""

    _template = Template("""{% macro script(this, kwargs) %}
        fetch(window.location.origin + "{{ this.adresse }}").then((r) => r.json()).then((d) =>
          L.geoJSON(d, {style: {weight: 0.6, fillOpacity: 0.05}, interactive: false})
            .addTo({{ this._parent.get_name() }}));
    {% endmacro %}""")

    def __init__(self, adresse):
        super().__init__()
        self._name = "couche"
        self.adresse = adresse


@st.cache_resource
def ouvrir(nom):
    objets = json.loads(lire_geojson(nom))["features"]
    return objets, STRtree([shapely.geometry.shape(objet["geometry"]) for objet in objets])


def code_clique(rappel, arbre, objets):
    if objet := rappel.get("last_active_drawing"):
        return objet["properties"]["code"]
    if point := rappel.get("last_clicked"):
        rangs = arbre.query(shapely.Point(point["lng"], point["lat"]), predicate="within")
        return objets[rangs[0]]["properties"]["code"] if len(rangs) else None
    return None


def montrer_total(objets, choisis):
    total = sum(o["properties"]["population"] for o in objets if o["properties"]["code"] in choisis)
    st.html(f'<b id="total">{total}</b>')


def dessiner(forme, nom):
    couche = COUCHES[nom]
    objets, arbre = ouvrir(nom)
    choisis = st.session_state.setdefault("choisis", [])
    # the map answers with the last click at each run: only a new one counts
    rappel = st.session_state.get("carte") or {}
    code = code_clique(rappel, arbre, objets)
    if code and [code] != choisis[-1:]:
        choisis.append(code)
    carte = folium.Map(couche.centre, zoom_start=couche.zoom, tiles=None, prefer_canvas=True)
    options = {"height": HAUTEUR, "width": LARGEUR, "key": "carte"}
    if forme == "url":
        carte.add_child(CoucheParAdresse(f"/couche/{nom}.json"))
        st_folium(carte, returned_objects=["last_clicked"], **options)
        montrer_total(objets, choisis)
        return
    groupe = folium.FeatureGroup("couche")
    folium.GeoJson(
        {"type": "FeatureCollection", "features": objets},
        style_function=lambda o: (
            {"weight": 0.6, "fillOpacity": 0.5} if o["properties"]["code"] in choisis else STYLE
        ),
    ).add_to(groupe)
    st_folium(
        carte, feature_group_to_add=groupe, returned_objects=["last_active_drawing"], **options
    )
    montrer_total(objets, choisis)


st.set_page_config(layout="wide")
dessiner(st.query_params["forme"], st.query_params["couche"])
