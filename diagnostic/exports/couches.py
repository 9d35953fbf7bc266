"""Layers for a GIS: GeoJSON, GeoPackage, Shapefile and KML, with the dissolved territory first.

Two layers everywhere: `territoire` (one feature) and `communes`. GeoPackage and Shapefile keep the
coordinates as they are; GeoJSON rounds them to seven digits (about a centimetre).
"""

from __future__ import annotations

import json
import math
import tempfile
import threading
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from shapely.geometry.polygon import orient

from diagnostic.exports.archives import build_zip
from diagnostic.exports.fond import LAMBERT_93, WGS84, Fond
from diagnostic.exports.typographie import format_date, format_habitants
from diagnostic.rapport import AVERTISSEMENT, Diagnostic

CrsCouche = Literal["EPSG:4326", "EPSG:2154"]
DECIMALES_GEOJSON: Final = 7

# ten characters at most: a DBF column holds no more
COLONNES_DBF: Final[Mapping[str, str]] = {
    "code_insee": "code_insee",
    "nom": "nom",
    "cpts": "cpts",
    "code_epci": "code_epci",
    "nom_epci": "nom_epci",
    "code_departement": "code_dept",
    "population": "population",
    "millesime_population": "annee_pop",
    "type_population": "type_pop",
    "surface_km2": "surf_km2",
    "densite_hab_km2": "dens_km2",
    "statut_commune": "statut_com",
    "millesime_geographie": "cog",
    "nombre_communes": "nb_com",
    "taille_cpts": "taille",
    "etabli_le": "etabli_le",
    "avertissement": "avertis",
    "sources": "sources",
}
LONGUEUR_DBF: Final = 254

# GDAL reads the clock from a process-wide setting
_VERROU_GDAL: Final = threading.Lock()


def build_couches(diagnostic: Diagnostic, fond: Fond) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers `territoire` and `communes` with all their attributes, in EPSG:4326."""
    territoire = diagnostic.territoire
    communs = {
        "type_population": territoire.type_population,
        "millesime_population": str(territoire.millesime_population),
        "millesime_geographie": diagnostic.millesime_geographie,
    }
    tete = {
        "cpts": diagnostic.nom,
        "nombre_communes": territoire.nombre_communes,
        "population": territoire.population,
        **communs,
        "surface_km2": round(territoire.surface_km2, 4),
        "densite_hab_km2": _round(territoire.densite_hab_km2),
        "taille_cpts": diagnostic.taille,
        "etabli_le": diagnostic.le.isoformat(),
        "avertissement": AVERTISSEMENT,
        "sources": " ; ".join(
            f"{source.producteur}, {source.titre} ({source.millesime})"
            for source in diagnostic.sources
        ),
    }
    lignes = [
        {
            "code_insee": commune.code,
            "nom": commune.nom,
            "cpts": diagnostic.nom,
            "code_epci": commune.code_epci or None,
            "nom_epci": commune.nom_epci or None,
            "code_departement": commune.code_departement,
            "population": commune.population,
            **communs,
            "surface_km2": round(commune.surface_km2, 4),
            "densite_hab_km2": _round(commune.densite),
            "statut_commune": "partiel" if commune.est_partielle else "entier",
        }
        for commune in diagnostic.communes
    ]
    codes = [commune.code for commune in diagnostic.communes]
    return {
        "territoire": gpd.GeoDataFrame([tete], geometry=[_multi(fond.territoire)], crs=WGS84),
        "communes": gpd.GeoDataFrame(
            lignes,
            geometry=[_multi(forme) for forme in fond.communes.loc[codes].geometry],
            crs=WGS84,
        ),
    }


def export_geojson(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write one RFC 7946 collection: the territory, then its communes (property `couche`)."""
    entites = []
    for nom, couche in build_couches(diagnostic, fond).items():
        proprietes = couche.drop(columns="geometry").astype(object)
        proprietes = proprietes.where(proprietes.notna(), None).to_dict("records")
        for attributs, forme in zip(proprietes, couche.geometry, strict=True):
            entites.append(
                {
                    "type": "Feature",
                    "id": attributs.get("code_insee", nom),
                    "properties": {"couche": nom, **attributs},
                    "bbox": _bbox(forme),
                    "geometry": _geojson(forme),
                }
            )
    collection = {
        "type": "FeatureCollection",
        "bbox": _bbox(fond.territoire),
        "features": entites,
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=int).encode()


def export_geopackage(diagnostic: Diagnostic, fond: Fond, *, crs: CrsCouche = WGS84) -> bytes:
    """Write a GeoPackage with both layers, in WGS84 or in Lambert 93.

    In the DROM, `EPSG:2154` stands for the projected system in force there.
    """
    projection = fond.crs if crs == LAMBERT_93 else crs
    with tempfile.TemporaryDirectory() as dossier, _VERROU_GDAL:
        chemin = Path(dossier) / "territoire.gpkg"
        # the day of the document, not the clock: same inputs, same bytes
        pyogrio.set_gdal_config_options(
            {"OGR_CURRENT_DATE": f"{diagnostic.le.isoformat()}T00:00:00.000Z"}
        )
        try:
            for nom, couche in build_couches(diagnostic, fond).items():
                pyogrio.write_dataframe(
                    couche.to_crs(projection),
                    chemin,
                    layer=nom,
                    driver="GPKG",
                    layer_options={"DESCRIPTION": _description(diagnostic)},
                )
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return chemin.read_bytes()


def export_shapefile(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write both layers as Shapefiles in Lambert 93 (or the DROM's system), zipped."""
    fichiers: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as dossier:
        for nom, couche in build_couches(diagnostic, fond).items():
            chemin = Path(dossier) / f"{nom}.shp"
            pyogrio.write_dataframe(
                _shorten(couche).to_crs(fond.crs),
                chemin,
                driver="ESRI Shapefile",
                encoding="UTF-8",
                layer_options={"DBF_DATE_LAST_UPDATE": diagnostic.le.isoformat()},
            )
            for morceau in sorted(chemin.parent.glob(f"{nom}.*")):
                fichiers[morceau.name] = morceau.read_bytes()
    fichiers["LISEZMOI.txt"] = _lisezmoi_shapefile(diagnostic).encode()
    return build_zip(fichiers, diagnostic.le)


def export_kml(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write a KML 2.2 document: one folder per layer, attributes as extended data."""
    racine = ET.Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    document = _element(racine, "Document")
    _element(document, "name", diagnostic.nom)
    _element(document, "description", _description(diagnostic))
    for cle, trait, epaisseur, fond_kml in (
        ("territoire", "ff8a4a1f", "3", "00ffffff"),
        ("communes", "ff6b6b6b", "1", "338a4a1f"),
    ):
        style = _element(document, "Style", id=cle)
        ligne = _element(style, "LineStyle")
        _element(ligne, "color", trait)
        _element(ligne, "width", epaisseur)
        _element(_element(style, "PolyStyle"), "color", fond_kml)
    for nom, couche in build_couches(diagnostic, fond).items():
        dossier = _element(document, "Folder")
        _element(dossier, "name", nom)
        for ligne in couche.itertuples(index=False):
            _placemark(dossier, nom, ligne._asdict())
    return bytes(ET.tostring(racine, xml_declaration=True, encoding="UTF-8"))


def _placemark(dossier: ET.Element, couche: str, attributs: dict[str, Any]) -> None:
    repere = _element(dossier, "Placemark")
    _element(repere, "name", str(attributs.get("nom", attributs["cpts"])))
    _element(repere, "styleUrl", f"#{couche}")
    donnees = _element(repere, "ExtendedData")
    for cle, valeur in attributs.items():
        if cle != "geometry" and not _missing(valeur):
            _element(_element(donnees, "Data", name=cle), "value", str(valeur))
    multiple = _element(repere, "MultiGeometry")
    for polygone in attributs["geometry"].geoms:
        forme = _element(multiple, "Polygon")
        oriente = orient(polygone)
        for role, anneau in [
            ("outerBoundaryIs", oriente.exterior),
            *(("innerBoundaryIs", trou) for trou in oriente.interiors),
        ]:
            texte = " ".join(f"{x:.7f},{y:.7f}" for x, y in anneau.coords)
            _element(
                _element(_element(forme, role), "LinearRing"),
                "coordinates",
                texte,
            )


def _element(parent: ET.Element, nom: str, texte: str = "", **attributs: str) -> ET.Element:
    element = ET.SubElement(parent, nom, attributs)
    if texte:
        element.text = texte
    return element


def _round(valeur: float | None) -> float | None:
    return None if valeur is None else round(valeur, 2)


def _missing(valeur: object) -> bool:
    return valeur is None or valeur is pd.NA or (isinstance(valeur, float) and math.isnan(valeur))


def _multi(forme: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of a shape as one multipolygon: a layer holds one geometry type."""
    polygones = [
        partie for partie in shapely.get_parts(forme) if isinstance(partie, shapely.Polygon)
    ]
    return shapely.MultiPolygon(polygones)


def _geojson(forme: shapely.MultiPolygon) -> dict[str, Any]:
    """Return RFC 7946 coordinates: outer rings counter-clockwise, holes clockwise."""
    polygones = [orient(polygone) for polygone in forme.geoms]
    coordonnees = [
        [
            np.round(np.asarray(anneau.coords), DECIMALES_GEOJSON).tolist()
            for anneau in (polygone.exterior, *polygone.interiors)
        ]
        for polygone in polygones
    ]
    if len(coordonnees) == 1:
        return {"type": "Polygon", "coordinates": coordonnees[0]}
    return {"type": "MultiPolygon", "coordinates": coordonnees}


def _bbox(forme: shapely.Geometry) -> list[float]:
    return [round(float(borne), DECIMALES_GEOJSON) for borne in forme.bounds]


def _shorten(couche: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rename and cut what a DBF file cannot hold."""
    courte = couche.rename(columns=dict(COLONNES_DBF))
    for colonne in courte.columns:
        if colonne != "geometry" and courte[colonne].dtype.kind not in "iuf":
            courte[colonne] = [
                None
                if _missing(valeur)
                else str(valeur).encode()[:LONGUEUR_DBF].decode(errors="ignore")
                for valeur in courte[colonne]
            ]
    return courte


def _description(diagnostic: Diagnostic) -> str:
    territoire = diagnostic.territoire
    return (
        f"{diagnostic.nom} : {format_habitants(territoire.population)} "
        f"(population {territoire.type_population} {territoire.millesime_population}), géographie "
        f"{diagnostic.millesime_geographie}, établi le {format_date(diagnostic.le)}. "
        f"{AVERTISSEMENT}."
    )


def _lisezmoi_shapefile(diagnostic: Diagnostic) -> str:
    colonnes = "\n".join(f"{court} : {long}" for long, court in COLONNES_DBF.items())
    return (
        f"{_description(diagnostic)}\n\nUn nom de colonne DBF n’a que dix caractères :\n"
        f"{colonnes}\n"
    )
