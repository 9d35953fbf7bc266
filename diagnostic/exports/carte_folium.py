"""What every folium map of ours shares: no public CDN, French controls, same inputs same bytes."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import folium
import geopandas as gpd
import shapely
from branca.element import Element, Figure

# what folium leaves no option for
_RETOUCHES: Final = (
    ("<html>", '<html lang="fr">'),
    ("L.control.scale()", "L.control.scale({imperial: false})"),
)
_PRECISION_DEGRES: Final = 1e-5


class Brut(Element):
    """Hold an element printed as it is: its text is not read as a template."""

    def __init__(self, contenu: str) -> None:
        super().__init__("{{ this.contenu }}")
        self.contenu = contenu


def new_carte(**options: Any) -> folium.Map:  # noqa: ANN401 those of folium, of any type
    """Return a map without background, in metres, that asks for nothing.

    Parameters
    ----------
    options
        Those of the Leaflet map, in folium's spelling.
    """
    carte = folium.Map(tiles=None, control_scale=True, height="100%", **options)
    # the CDN links of folium's class give way to the sources that `write_page` is given
    carte.default_js, carte.default_css = [], []
    return carte


def add_couche(
    carte: folium.Map,
    couche: gpd.GeoDataFrame,
    nom: str,
    style: Callable[[Any], Mapping[str, Any]],
    *,
    tooltip: folium.GeoJsonTooltip | None = None,
    show: bool = True,
    interactive: bool = True,
) -> None:
    """Add shapes to a map, their texts already escaped.

    Parameters
    ----------
    couche
        In longitude and latitude; its columns become the properties of the features.
    style
        Feature → options of a Leaflet path.
    """
    donnees = json.loads(
        couche.set_geometry(
            shapely.set_precision(couche.geometry.to_numpy(), _PRECISION_DEGRES)
        ).to_json()
    )
    donnees.pop("bbox", None)
    folium.GeoJson(
        donnees,
        name=nom,
        style_function=style,
        tooltip=tooltip,
        show=show,
        interactive=interactive,
    ).add_to(carte)


def write_page(
    carte: folium.Map, *, titre: str, politique: str, tete: Mapping[str, str], corps: str
) -> bytes:
    """Write the page of a map.

    Parameters
    ----------
    titre
        Title of the document; escaped here.
    politique
        Content security policy: what the page may load.
    tete
        Elements of the head by name, already safe: styles, Leaflet.
    corps
        What the page holds beside the map, already safe.
    """
    page = cast("Figure", carte.get_root())
    page.title = None
    page.header.add_child(
        Brut(
            f"<title>{html.escape(titre)}</title>"
            f'<meta http-equiv="Content-Security-Policy" content="{politique}">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
        ),
        name="tete",
    )
    for nom, element in tete.items():
        page.header.add_child(Brut(element), name=nom)
    page.html.add_child(Brut(corps), name="cadre")
    _number(page)
    texte = str(page.render())
    for avant, apres in _RETOUCHES:
        texte = texte.replace(avant, apres, 1)
    return texte.encode()


def _number(page: Figure) -> None:
    """Replace the random identifiers of the page by numbers: same inputs, same bytes."""
    attente: list[Element] = [page.header, page.html, page.script, page]
    rang = 0
    while attente:
        element = attente.pop(0)
        element._id = f"{rang:06d}"  # noqa: SLF001 branca offers no other way
        rang += 1
        attente.extend(element._children.values())  # noqa: SLF001
