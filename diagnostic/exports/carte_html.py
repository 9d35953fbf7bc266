"""The map that people open in a browser or send by e-mail: one file, no internet.

folium writes the page; its links to public CDNs are replaced by Leaflet itself, copied in. A
content security policy forbids any request but the IGN background, which stays off until the reader
asks for it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import folium
import geopandas as gpd
import shapely

from diagnostic.exports.carte_folium import add_couche, new_carte, write_page
from diagnostic.exports.carte_image import (
    SOURCE_CONTOURS,
    Choroplethe,
    build_choroplethe,
    choose_teintes,
)
from diagnostic.exports.dessins import BLEU, BLEU_CLAIR, GRIS, ORANGE
from diagnostic.exports.fond import Fond
from diagnostic.exports.ressources import leaflet_css, leaflet_js
from diagnostic.exports.texte import clean_ligne
from diagnostic.exports.typographie import (
    format_date,
    format_habitants,
    format_valeur,
)
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import accorder

PLAN_IGN: Final = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)
_POLITIQUE: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: https://data.geopf.fr"
)
# what Leaflet only says in English
_TEXTES_LEAFLET: Final = (
    ('zoomInTitle:"Zoom in"', 'zoomInTitle:"Agrandir"'),
    ('zoomOutTitle:"Zoom out"', 'zoomOutTitle:"Réduire"'),
)
_TOLERANCE_DEGRES: Final = 0.0004
_STYLE: Final = """
html,body{height:100%;margin:0;font-family:"Source Sans 3","Source Sans Pro",Arial,sans-serif}
#cadre{position:fixed;z-index:800;left:12px;bottom:64px;max-width:min(340px,70vw);background:#fff;
border:1px solid #d8dade;border-radius:6px;padding:10px 14px;font-size:13px;line-height:1.4;
color:#22262b;max-height:60vh;overflow:auto}
#cadre h1{display:inline;font-size:16px;overflow-wrap:anywhere}
#cadre p{margin:4px 0}
#cadre ul{list-style:none;margin:6px 0;padding:0}
#cadre .cle{display:inline-block;width:22px;height:12px;margin-right:7px;border:1px solid #6b7078;
vertical-align:-1px}
#cadre small{color:#5a5f66}
.leaflet-container{background:#f4f3f0;font:inherit}
"""


def export_carte_html(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write the interactive map as one self-contained page."""
    xmin, ymin, xmax, ymax = fond.communes.total_bounds
    carte = new_carte()
    folium.TileLayer(
        PLAN_IGN, attr="© IGN", name="Plan IGN (demande Internet)", overlay=True, show=False
    ).add_to(carte)
    choroplethe = build_choroplethe(
        {ligne.code: ligne.densite for ligne in diagnostic.communes}, "Densité", "hab./km²"
    )
    _add_layers(carte, diagnostic, fond, choroplethe)
    folium.LayerControl(collapsed=False).add_to(carte)
    carte.fit_bounds([[ymin, xmin], [ymax, xmax]], padding=(30, 30))
    return write_page(
        carte,
        titre=diagnostic.nom,
        politique=_POLITIQUE,
        tete={"style": f"<style>{_style()}</style>", "leaflet": f"<script>{_leaflet()}</script>"},
        corps=_panel(diagnostic, choroplethe),
    )


def _style() -> str:
    # the images are those of markers and of the folded layer list, both unused
    return re.sub(r"url\(images/[^)]*\)", "none", leaflet_css()) + _STYLE


def _leaflet() -> str:
    source = leaflet_js()
    for avant, apres in _TEXTES_LEAFLET:
        source = source.replace(avant, apres, 1)
    return source


def _add_layers(
    carte: folium.Map, diagnostic: Diagnostic, fond: Fond, choroplethe: Choroplethe | None
) -> None:
    communes = _communes(diagnostic, fond)
    add_couche(
        carte,
        communes,
        "Communes",
        lambda _: {"fillColor": BLEU_CLAIR, "fillOpacity": 0.65, "color": "#ffffff", "weight": 1},
        tooltip=_infobulle(
            {
                "commune": "Commune",
                "population": "Population",
                "densite": "Densité",
                "epci": "Intercommunalité",
                "statut": "Statut",
            }
        ),
    )
    if choroplethe is not None:
        add_couche(
            carte,
            communes,
            "Densité de population",
            _colour(choroplethe),
            tooltip=_infobulle({"commune": "Commune", "densite": "Densité"}),
            show=False,
        )
    epci = fond.epci.reset_index()[["nom", "geometry"]]
    add_couche(
        carte,
        epci.assign(nom=[html.escape(clean_ligne(nom)) for nom in epci["nom"]]),
        "Intercommunalités",
        lambda _: {"fillOpacity": 0, "color": GRIS, "weight": 1.5, "dashArray": "6 4"},
        interactive=False,
    )
    conflits = _overlaps(diagnostic, communes)
    if len(conflits):
        add_couche(
            carte,
            conflits,
            "Chevauchements",
            lambda _: {"fillColor": ORANGE, "fillOpacity": 0.3, "color": ORANGE, "weight": 2,
                       "dashArray": "2 3"},
            tooltip=_infobulle({"commune": "Commune", "autres": "Aussi revendiquée par"}),
        )  # fmt: skip
    territoire = gpd.GeoDataFrame({"nom": [""]}, geometry=[fond.territoire], crs=fond.communes.crs)
    add_couche(
        carte,
        territoire,
        "Limite du territoire",
        lambda _: {"fillOpacity": 0, "color": BLEU, "weight": 3},
        interactive=False,
    )


def _infobulle(champs: Mapping[str, str]) -> folium.GeoJsonTooltip:
    return folium.GeoJsonTooltip(
        fields=list(champs), aliases=[f"{alias} :" for alias in champs.values()], sticky=True
    )


def _communes(diagnostic: Diagnostic, fond: Fond) -> gpd.GeoDataFrame:
    """Return the communes with tooltips already escaped, generalised as one coverage."""
    lignes = diagnostic.communes
    formes = fond.communes.loc[[ligne.code for ligne in lignes]].geometry.to_numpy()
    return gpd.GeoDataFrame(
        {
            "code": [ligne.code for ligne in lignes],
            "commune": [
                html.escape(f"{clean_ligne(ligne.nom)} ({ligne.code})") for ligne in lignes
            ],
            "population": [format_valeur(ligne.population, "hab.") for ligne in lignes],
            "densite": [format_valeur(ligne.densite, "hab./km²") for ligne in lignes],
            "epci": [html.escape(clean_ligne(ligne.nom_epci)) or "aucune" for ligne in lignes],
            "statut": ["prise en partie" if ligne.est_partielle else "entière" for ligne in lignes],
        },
        geometry=shapely.coverage_simplify(formes, _TOLERANCE_DEGRES),
        crs=fond.communes.crs,
    )


def _overlaps(diagnostic: Diagnostic, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    autres: dict[str, list[str]] = {}
    for chevauchement in diagnostic.chevauchements:
        for code in (*chevauchement.codes, *chevauchement.codes_partiels):
            autres.setdefault(code, []).append(html.escape(clean_ligne(chevauchement.b)))
    conflits = communes[communes["code"].isin(list(autres))]
    return conflits.assign(autres=[", ".join(autres[code]) for code in conflits["code"]])


def _colour(choroplethe: Choroplethe) -> Callable[[Any], Mapping[str, Any]]:
    teintes = choose_teintes(len(choroplethe.bornes))

    def style(entite: Any) -> Mapping[str, Any]:  # noqa: ANN401 imposed by folium
        valeur = choroplethe.valeurs.get(entite["properties"]["code"])
        couleur = "#ffffff" if valeur is None else teintes[choroplethe.classe(valeur)]
        return {"fillColor": couleur, "fillOpacity": 0.85, "color": "#ffffff", "weight": 1}

    return style


def _panel(diagnostic: Diagnostic, choroplethe: Choroplethe | None) -> str:
    """Return the panel: name, figures, legend, source."""
    territoire = diagnostic.territoire
    cles = [
        (f"background:{BLEU_CLAIR}", "communes du territoire"),
        (f"border:0;border-top:3px solid {BLEU};height:0", "limite du territoire"),
        (f"border:0;border-top:2px dashed {GRIS};height:0", "intercommunalité"),
    ]
    if any(chevauchement.codes for chevauchement in diagnostic.chevauchements):
        cles.append(
            (f"background:{ORANGE}55;border:2px dotted {ORANGE}", "revendiquée par une autre CPTS")
        )
    if choroplethe is not None:
        cles += [
            (f"background:{teinte}", f"densité : {libelle}")
            for teinte, libelle in zip(
                choose_teintes(len(choroplethe.bornes)), choroplethe.libelles(), strict=True
            )
        ]
    legende = "".join(
        f'<li><span class="cle" style="{style}"></span>{html.escape(libelle)}</li>'
        for style, libelle in cles
    )
    population = f"population {territoire.type_population} {territoire.millesime_population}, Insee"
    return (
        '<details open id="cadre"><summary aria-label="Légende">'
        f"<h1>{html.escape(diagnostic.nom)}</h1></summary>"
        f"<p>{accorder(territoire.nombre_communes, 'commune')}, "
        f"<strong>{format_habitants(territoire.population)}</strong> ({population})"
        f"{'' if diagnostic.taille is None else f', taille {diagnostic.taille}'}.</p>"
        f"<ul>{legende}</ul>"
        f"<p><small>{SOURCE_CONTOURS}, géographie {html.escape(diagnostic.millesime_geographie)}. "
        f"Établi le {format_date(diagnostic.le)}. {AVERTISSEMENT}.</small></p></details>"
    )
