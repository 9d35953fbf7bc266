"""The map with layers: hatched, labelled without overlap, and never broken by a name."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import geopandas as gpd
import shapely

from pages.composants.carte_couches import Couche, build_carte

CARRES = gpd.GeoSeries([shapely.box(0, 45, 1, 46), shapely.box(1, 45, 2, 46)])


def test_the_map_is_valid_svg_with_its_patterns_and_escaped_names():
    svg = build_carte(
        [
            Couche("Territoire", CARRES, etiquettes=["<b>A</b>", "B"]),
            Couche("Conflit", CARRES[:1], "hachures", "#a3161e", "#fdeceb"),
        ]
    )
    racine = ET.fromstring(svg)
    assert [e.text for e in racine.iter("{http://www.w3.org/2000/svg}text")] == ["<b>A</b>", "B"]
    assert 'fill="url(#m1)"' in svg
    assert svg.count("<pattern") == 1


def test_two_names_never_cover_each_other():
    serres = gpd.GeoSeries([shapely.box(n / 50, 45, (n + 1) / 50, 46) for n in range(50)])
    svg = build_carte([Couche("Territoire", serres, etiquettes=["Un nom bien long"] * 50)])
    assert svg.count("<text") < 5


def test_a_map_without_anything_is_still_a_map():
    ET.fromstring(build_carte([Couche("Rien", gpd.GeoSeries([]))]))
