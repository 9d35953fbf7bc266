"""Interactive choropleth of the communes of a territory, written by folium, without a network.

The page of the map is served by our own route and shown in a frame; it takes Leaflet from the
route of the drawing map, which browsers keep. On paper, where frames print badly, the same classes
are drawn in the page itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import folium
import geopandas as gpd
import pandas as pd
import shapely

from diagnostic.exports.carte_folium import add_couche, new_carte, write_page
from pages.composants.carte.routes import adresse_choroplethe, adresses
from pages.composants.carte_statique import build_dessin
from pages.composants.classement import (
    HACHURES,
    TRAIT,
    Classement,
    Variable,
    classer,
)
from pages.composants.format import INSECABLE

_POLITIQUE: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
)
# share of the longest side: a pixel on a large screen
_FINESSE: Final = 1 / 2000
# names must not hide the colours they stand on
_NOMS: Final = 9
_MODE_D_EMPLOI: Final = (
    "Survolez ou touchez une commune pour lire sa valeur ; au clavier, Tab entre dans la carte et "
    "les flèches vont de la plus forte valeur à la plus faible."
)
_CORPS: Final = (
    f'<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>{HACHURES}'
    "</defs></svg>"
)


@dataclass(frozen=True)
class CarteIndicateur:
    """Hold a map ready to be served and shown.

    Parameters
    ----------
    page
        The interactive map, as an HTML document.
    empreinte
        Hash of that page: its address.
    figure
        The frame of the map, its drawing for paper, its legend and its caption, as HTML.
    """

    page: bytes
    empreinte: str
    figure: str


def build_carte_indicateur(
    contours: gpd.GeoDataFrame, valeurs: pd.DataFrame, variable: Variable, methode: str
) -> CarteIndicateur:
    """Draw an indicator on the communes of a territory.

    Parameters
    ----------
    contours
        Communes in longitude and latitude, indexed by code.
    valeurs
        Same index, columns `nom`, `valeur` (NaN: hatched) and `habitants`.
    methode
        Key of `classement.METHODES`.
    """
    # highest values first: the order in which the keyboard goes through them, and of the table
    table = valeurs.loc[valeurs.index.isin(contours.index)].sort_values(
        "valeur", ascending=False, na_position="last", kind="stable"
    )
    communes = _simplifier(contours.loc[table.index].geometry)
    territoire = shapely.coverage_union_all(communes.to_numpy())
    classement = classer(table["valeur"], methode)
    remplissages = classement.remplir(table["valeur"])
    page = _build_page(communes, table, remplissages, territoire, variable)
    empreinte = hashlib.sha256(page).hexdigest()[:20]
    noms = table.nlargest(_NOMS, "habitants")["nom"].to_dict()
    dessin = build_dessin(communes, remplissages, territoire, noms)
    return CarteIndicateur(page, empreinte, _build_figure(empreinte, dessin, classement, variable))


def _simplifier(formes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Generalise the communes as one coverage: shared borders stay shared."""
    ouest, sud, est, nord = formes.total_bounds
    finesse = max(est - ouest, nord - sud) * _FINESSE
    return gpd.GeoSeries(
        shapely.coverage_simplify(formes.to_numpy(), finesse), formes.index, crs=formes.crs
    )


def _build_page(
    communes: gpd.GeoSeries,
    table: pd.DataFrame,
    remplissages: Sequence[str],
    territoire: shapely.Geometry,
    variable: Variable,
) -> bytes:
    # the view is set on the territory by `choroplethe.js`, which also knows the size of the frame
    carte = new_carte(zoom_snap=0.25, scroll_wheel_zoom=False, attribution_control=False)
    bulles = [variable.formater(valeur) for valeur in table["valeur"]]
    fonds = dict(zip(table.index, remplissages, strict=True))
    centres = shapely.get_coordinates(shapely.point_on_surface(communes.to_numpy())).round(5)
    couche = gpd.GeoDataFrame(
        {
            "commune": [escape(nom) for nom in table["nom"]],
            "valeur": [escape(bulle) for bulle in bulles],
            "lu": [
                f"{nom}{INSECABLE}: {bulle}"
                for nom, bulle in zip(table["nom"], bulles, strict=True)
            ],
            # 1 for the most populated: the names written first
            "rang": table["habitants"].rank(ascending=False, method="first").fillna(0).astype(int),
            "centre": centres[:, ::-1].tolist(),
        },
        geometry=communes,
        index=table.index,
    )

    def style(entite: Any) -> dict[str, Any]:  # noqa: ANN401 imposed by folium
        fond = fonds[entite["id"]]
        return {
            "fillColor": fond,
            "fillOpacity": 1,
            "color": TRAIT,
            "weight": 0.8,
            "className": "commune",
        }

    bulle = folium.GeoJsonTooltip(["commune", "valeur"], labels=False, sticky=True)
    add_couche(carte, couche, "Communes", style, tooltip=bulle)
    limite = gpd.GeoDataFrame({"nom": [""]}, geometry=[territoire], crs=communes.crs)
    add_couche(
        carte,
        limite,
        "Limite du territoire",
        lambda _: {"fill": False, "weight": 2.5, "className": "limite"},
        interactive=False,
    )
    ressources = adresses()["ressources"]
    return write_page(
        carte,
        titre=f"{variable.libelle}, par commune",
        politique=_POLITIQUE,
        tete={
            "style": f'<link rel="stylesheet" href="{ressources}leaflet.css">'
            f'<link rel="stylesheet" href="{ressources}choroplethe.css">',
            "leaflet": f'<script src="{ressources}leaflet.js"></script>'
            f'<script src="{ressources}choroplethe.js"></script>',
        },
        corps=_CORPS,
    )


def _build_figure(empreinte: str, dessin: str, classement: Classement, variable: Variable) -> str:
    legende = f"{variable.libelle}, par commune{INSECABLE}: {classement.phrase}."
    # an opaque origin: whatever its content, the frame cannot reach the application
    cadre = (
        f'<iframe class="cpts-cadre" sandbox="allow-scripts" '
        f'title="Carte interactive{INSECABLE}: {escape(legende)}" '
        f'src="{adresse_choroplethe(empreinte)}"></iframe>'
    )
    return (
        f'<figure class="cpts-figure">{cadre}'
        f'<div class="cpts-papier" role="img" aria-label="Carte{INSECABLE}: {escape(legende)}">'
        f"{dessin}</div>{classement.build_legende(variable)}"
        f"<figcaption>{escape(legende)} Source{INSECABLE}: {escape(variable.source)}. Contours "
        f'IGN.<span class="cpts-ecran"> {_MODE_D_EMPLOI}</span></figcaption></figure>'
    )
