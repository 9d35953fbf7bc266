"""Read drawn perimeters (GeoJSON, GeoPackage, zipped Shapefile, KML) that anybody may send."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.errors import ImportRefuseError
from geodata.imports.listes_cpts import clean_nom, read_statut
from geodata.imports.rapport import Anomalie
from geodata.imports.tableaux import clean_code, reduce_entete
from geodata.schema import StatutCpts

EXTENSIONS: Final = (".geojson", ".json", ".gpkg", ".shp", ".kml")
SURFACE_EGALE: Final = "EPSG:6933"
_TAILLE_MAXIMALE: Final = 150 * 1024 * 1024
_SOMMETS_MAXIMAUX: Final = 3_000_000
_POLYGONES_MAXIMAUX: Final = 20_000
_COUCHES_MAXIMALES: Final = 20
_REPARATION_NOTABLE_KM2: Final = 0.01

_NOMS: Final = (
    *("nomcpts", "cptsnom", "nmcpts", "cpts", "libellecpts", "libcpts", "nomterritoire"),
    *("territoire", "nomprojet", "projet", "libelle", "nom", "name", "title", "titre", "label"),
)
_STATUTS: Final = ("statut", "statutcpts", "etat", "avancement", "stade", "etape", "statutprojet")
_FINESS: Final = ("finess", "nfiness", "numfiness", "numerofiness", "finessej", "nofiness")


@dataclass(frozen=True)
class PolygoneLu:
    """One drawn territory, in WGS84 degrees, valid."""

    nom: str
    geometrie: shapely.Geometry
    statut: StatutCpts
    finess: str | None


# tells how much of some polygons falls on French communes, to choose between two readings
Plausibilite = Callable[[Sequence[shapely.Geometry]], float]


def read_polygones(
    fichier: str, membres: dict[str, bytes], plausibilite: Plausibilite
) -> tuple[list[PolygoneLu], list[Anomalie]]:
    """Read the polygons of one layer, its companions included.

    Parameters
    ----------
    fichier
        Name given by the user; the name of a shapefile ends with `.shp`.
    membres
        Content by suffix: `.geojson`, or `.shp`, `.dbf`, `.shx`, `.prj`…

    Raises
    ------
    ImportRefuseError
        When it cannot be read, is too large, or holds no polygon.
    """
    suffixe = PurePosixPath(fichier).suffix.lower()
    if sum(map(len, membres.values())) > _TAILLE_MAXIMALE:
        raise ImportRefuseError(fichier, f"il dépasse {_TAILLE_MAXIMALE // 1024 // 1024} Mo.")
    if suffixe == ".kml":
        _check_kml(fichier, membres[suffixe])
    if suffixe in (".geojson", ".json"):
        _check_geojson(fichier, membres[suffixe])
    tables = [_keep_polygons(table) for table in _open(fichier, suffixe, membres)]
    tables = [table for table in tables if len(table)]
    if not tables:
        raise ImportRefuseError(fichier, "il ne contient aucun polygone.")
    lecture = _Lecture(fichier, plausibilite)
    for table in tables:
        lecture.read(table)
    return lecture.polygones, lecture.anomalies


def _check_kml(fichier: str, contenu: bytes) -> None:
    """Refuse entity bombs and external entities before GDAL sees the file."""
    try:
        for _, element in iterparse(io.BytesIO(contenu), forbid_dtd=True):
            element.clear()
    except DefusedXmlException as erreur:
        raise ImportRefuseError(
            fichier, "il déclare des entités XML, ce qu’un fichier KML sain ne fait pas."
        ) from erreur
    except (ParseError, ValueError, LookupError) as erreur:
        raise ImportRefuseError(fichier, "ce n’est pas un fichier KML lisible.") from erreur


def _check_geojson(fichier: str, contenu: bytes) -> None:
    """Refuse what does not begin like GeoJSON; GDAL reads the rest without building trees."""
    if not contenu.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        raise ImportRefuseError(fichier, "ce n’est pas un fichier GeoJSON lisible.")


def _open(fichier: str, suffixe: str, membres: dict[str, bytes]) -> list[gpd.GeoDataFrame]:
    """Let GDAL read from memory; a shapefile goes in as the zip of its parts."""
    if suffixe == ".shp":
        flux = io.BytesIO()
        with zipfile.ZipFile(flux, "w") as archive:
            for autre, contenu in membres.items():
                archive.writestr(f"couche{autre}", contenu)
        source = flux.getvalue()
    else:
        source = membres[suffixe]
    try:
        with warnings.catch_warnings():
            # GDAL warns about odd but readable files: what matters is checked below
            warnings.simplefilter("ignore")
            couches = range(min(len(pyogrio.list_layers(source)), _COUCHES_MAXIMALES))
            tables = [pyogrio.read_dataframe(source, layer=couche) for couche in couches]
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        shapely.errors.GEOSException,
        ValueError,
        UnicodeDecodeError,
    ) as erreur:
        raise ImportRefuseError(
            fichier,
            "la couche est illisible ou abîmée. Enregistrez-la de nouveau en GeoJSON ou en "
            "GeoPackage (un Shapefile se donne en zip, avec ses fichiers .shp, .shx et .dbf).",
        ) from erreur
    return [table for table in tables if isinstance(table, gpd.GeoDataFrame)]


def _keep_polygons(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    formes = shapely.get_type_id(table.geometry.array)
    return table[np.isin(formes, (3, 6, 7))]


class _Lecture:
    """Turn the rows of a layer into checked polygons."""

    def __init__(self, fichier: str, plausibilite: Plausibilite) -> None:
        self._fichier = fichier
        self._plausibilite = plausibilite
        self.polygones: list[PolygoneLu] = []
        self.anomalies: list[Anomalie] = []

    def read(self, table: gpd.GeoDataFrame) -> None:
        """Read one layer."""
        formes = shapely.force_2d(table.geometry.to_numpy())
        sommets = int(shapely.get_num_coordinates(formes).sum())
        if len(table) > _POLYGONES_MAXIMAUX or sommets > _SOMMETS_MAXIMAUX:
            raise ImportRefuseError(
                self._fichier,
                f"il compte {len(table)} polygones et {sommets} sommets ; le maximum est "
                f"{_POLYGONES_MAXIMAUX} et {_SOMMETS_MAXIMAUX}. Simplifiez la couche.",
            )
        coordonnees = shapely.get_coordinates(formes)
        if not np.isfinite(coordonnees).all():
            raise ImportRefuseError(
                self._fichier, "des coordonnées ne sont pas des nombres (NaN ou infini)."
            )
        table = table.set_geometry(self._to_degrees(list(formes), table.crs))
        reduits = {reduce_entete(str(nom)): str(nom) for nom in table.columns}
        colonne_nom = _pick(reduits, _NOMS)
        for rang in range(len(table)):
            ligne = table.iloc[rang]
            self._read_row(rang, ligne, reduits, colonne_nom)

    def _read_row(
        self,
        rang: int,
        ligne: pd.Series,
        reduits: dict[str, str],
        colonne_nom: str | None,
    ) -> None:
        nom = clean_nom(_text(ligne[colonne_nom])) if colonne_nom else ""
        if not nom:
            base = clean_nom(PurePosixPath(self._fichier).stem)
            nom = base if rang == 0 else f"{base} ({rang + 1})"
        geometrie = self._repair(nom, ligne.geometry)
        if geometrie is None:
            return
        statut = _pick(reduits, _STATUTS)
        finess = _pick(reduits, _FINESS)
        numero = clean_code(_text(ligne[finess])) if finess else ""
        self.polygones.append(
            PolygoneLu(
                nom=nom,
                geometrie=geometrie,
                statut=(read_statut(_text(ligne[statut])) if statut else None) or "non_renseigne",
                finess=numero if len(numero) == 9 and numero.isalnum() else None,
            )
        )

    def _repair(self, nom: str, geometrie: shapely.Geometry) -> shapely.Geometry | None:
        """Return a valid polygon, and say how much the repair changed it."""
        reparee = shapely.make_valid(geometrie, method="structure", keep_collapsed=False)
        morceaux = [
            morceau
            for morceau in shapely.get_parts(reparee, return_index=False)
            if morceau.geom_type in ("Polygon", "MultiPolygon") and not morceau.is_empty
        ]
        if not morceaux:
            self._warn("geometrie_ignoree", "attention", f"« {nom} » : dessin vide, ignoré.", nom)
            return None
        propre = shapely.union_all(morceaux)
        if not shapely.is_valid(geometrie):
            avant, apres = compute_surface_km2([geometrie, propre])
            self._warn(
                "geometrie_reparee",
                "information" if abs(apres - avant) < _REPARATION_NOTABLE_KM2 else "attention",
                f"« {nom} » : dessin réparé (contour qui se recoupe), surface "
                f"{_km2(avant)} avant, {_km2(apres)} après.",
                nom,
            )
        return propre

    def _to_degrees(self, formes: list[shapely.Geometry], crs: object) -> gpd.GeoSeries:
        """Return the shapes in WGS84, whatever the layer announces."""
        series = gpd.GeoSeries(formes)
        declare = _read_crs(crs)
        if declare is not None and not (declare.is_geographic and not _is_in_degrees(series)):
            en_degres = series.set_crs(declare).to_crs("EPSG:4326")
            if self._plausibilite(list(en_degres)) > 0:
                return en_degres
        candidats = self._candidates(series)
        if not candidats:
            raise ImportRefuseError(
                self._fichier,
                "ses coordonnées ne tombent pas en France dans aucun système connu (WGS84, "
                "Lambert 93, Web Mercator). Indiquez le système de coordonnées dans le fichier.",
            )
        libelle, trouvee = max(candidats.items(), key=lambda c: self._plausibilite(list(c[1])))
        if self._plausibilite(list(trouvee)) <= 0:
            raise ImportRefuseError(
                self._fichier, "ses polygones sont hors de France, ou dans un système inconnu."
            )
        if libelle != "WGS84":
            self._warn(
                "crs_suppose",
                "attention",
                f"Coordonnées annoncées en degrés (ou sans système), lues comme {libelle} : "
                "vérifiez sur la carte que le territoire est au bon endroit.",
            )
        return trouvee

    def _candidates(self, series: gpd.GeoSeries) -> dict[str, gpd.GeoSeries]:
        """Return the readings that coordinates allow, by name of their system."""
        if _is_in_degrees(series):
            inverse = gpd.GeoSeries(shapely.transform(series.to_numpy(), lambda c: c[:, ::-1]))
            return {
                "WGS84": series.set_crs("EPSG:4326", allow_override=True),
                "WGS84, latitude et longitude inversées": inverse.set_crs("EPSG:4326"),
            }
        lectures = {}
        for libelle, code in (("Lambert 93", "EPSG:2154"), ("Web Mercator", "EPSG:3857")):
            lue = series.set_crs(code, allow_override=True).to_crs("EPSG:4326")
            if np.isfinite(shapely.get_coordinates(lue.to_numpy())).all():
                lectures[libelle] = lue
        return lectures

    def _warn(
        self,
        type_: Literal["geometrie_ignoree", "geometrie_reparee", "crs_suppose"],
        gravite: Literal["attention", "information"],
        message: str,
        territoire: str = "",
    ) -> None:
        self.anomalies.append(
            Anomalie(type_, gravite, message, self._fichier, territoire=territoire)
        )


def compute_surface_km2(formes: Sequence[shapely.Geometry]) -> list[float]:
    """Return areas in square kilometres, from WGS84 degrees, by an equal-area projection."""
    return [
        float(surface) / 1e6
        for surface in gpd.GeoSeries(list(formes), crs="EPSG:4326").to_crs(SURFACE_EGALE).area
    ]


def _is_in_degrees(series: gpd.GeoSeries) -> bool:
    ouest, sud, est, nord = series.total_bounds
    return bool(ouest >= -180 and est <= 180 and sud >= -180 and nord <= 180)


def _read_crs(crs: object) -> CRS | None:
    if crs is None:
        return None
    try:
        return CRS.from_user_input(crs)
    except CRSError:
        return None


def _pick(reduits: dict[str, str], connus: Sequence[str]) -> str | None:
    return next((reduits[nom] for nom in connus if nom in reduits), None)


def _text(valeur: object) -> str:
    return "" if valeur is None or valeur != valeur else str(valeur)  # noqa: PLR0124 - NaN


def _km2(surface: float) -> str:
    return f"{surface:.2f}".replace(".", ",") + "\u202fkm²"
