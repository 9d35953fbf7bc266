"""Files about many territories at once: overlaps, coverage and white zones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.polygon import orient

from diagnostic.chevauchement import Chevauchement
from diagnostic.exports.listes import Valeur, write_csv
from diagnostic.exports.tableur import LIBELLES_NATURE, Classeur, Colonne
from diagnostic.maillage import Couverture, ZoneBlanche
from diagnostic.rapport import AVERTISSEMENT
from geodata.schema import LIBELLES_STATUT_CPTS, MILLESIME_GEOGRAPHIE, MILLESIME_POPULATION

SOURCE: Final = (
    f"Population municipale {MILLESIME_POPULATION['municipale']} (Insee), communes au 1er janvier "
    f"{MILLESIME_GEOGRAPHIE}, périmètres du registre de cette application ou des fichiers donnés"
)
_DECIMALES: Final = 7
_COLONNES_PAIRES: Final = (
    Colonne("Territoire A", 28),
    Colonne("Statut A", 18),
    Colonne("Territoire B", 28),
    Colonne("Statut B", 18),
    Colonne("Nature", 18),
    Colonne("Population en commun", 12, "entier"),
    Colonne("Population en commun au plus", 12, "entier"),
    Colonne("Surface en commun (km²)", 11, "decimal2"),
    Colonne("Part de A", 9, "decimal2"),
    Colonne("Part de B", 9, "decimal2"),
    Colonne("Incertain", 10),
    Colonne("Communes", 40),
)
_COLONNES_COUVERTURE: Final = (
    Colonne("Code", 11, "code"),
    Colonne("Zone", 30),
    Colonne("Population totale", 13, "entier"),
    Colonne("Couverte (nette)", 13, "entier"),
    Colonne("Couverte (brute)", 13, "entier"),
    Colonne("Non couverte", 13, "entier"),
    Colonne("Taux (0 à 1)", 10, "decimal2"),
    Colonne("Nombre de CPTS", 10, "entier"),
    Colonne("dont population incertaine", 13, "entier"),
)
_COLONNES_BLANCHES: Final = (
    Colonne("Zone", 7, "entier"),
    Colonne("Population", 13, "entier"),
    Colonne("Surface (km²)", 12, "decimal2"),
    Colonne("Taille seule", 9, "entier"),
    Colonne("Communes", 60),
    Colonne("CPTS voisines, et leur taille en l’absorbant", 60),
)


def export_chevauchements_csv(paires: Iterable[Chevauchement], noms: Mapping[str, str]) -> bytes:
    """Write one line per pair, for a French spreadsheet."""
    entetes = [colonne.titre for colonne in _COLONNES_PAIRES]
    return write_csv(entetes, [_row_paire(paire, noms) for paire in paires], "excel")


def export_chevauchements_xlsx(
    paires: Sequence[Chevauchement], noms: Mapping[str, str], le: date
) -> bytes:
    """Write the pairs, and one line per contested commune."""
    classeur = _open_classeur("Chevauchements de territoires", le)
    feuille = classeur.feuille("Chevauchements", paysage=True)
    classeur.tableau(feuille, _COLONNES_PAIRES, [_row_paire(paire, noms) for paire in paires])
    feuille = classeur.feuille("Communes contestées")
    colonnes = (
        Colonne("Code", 9, "code"),
        Colonne("Commune", 30),
        Colonne("Territoire A", 28),
        Colonne("Territoire B", 28),
        Colonne("Tenue", 22),
    )
    classeur.tableau(
        feuille,
        colonnes,
        [
            (code, noms.get(code, ""), paire.a, paire.b, tenue)
            for paire in paires
            for codes, tenue in (
                (paire.codes, "entière des deux côtés"),
                (paire.codes_partiels, "en partie d’un côté au moins"),
            )
            for code in codes
        ],
    )
    _write_source(classeur, le)
    return classeur.octets()


def export_couvertures_csv(couvertures: Iterable[Couverture]) -> bytes:
    """Write one line per zone, for a French spreadsheet."""
    entetes = [colonne.titre for colonne in _COLONNES_COUVERTURE]
    return write_csv(entetes, [_row_couverture(zone) for zone in couvertures], "excel")


def export_maillage_xlsx(
    couvertures: Iterable[Couverture],
    zones: Iterable[ZoneBlanche],
    noms: Mapping[str, str],
    le: date,
) -> bytes:
    """Write the coverage of the zones and their white pieces."""
    classeur = _open_classeur("Maillage territorial", le)
    feuille = classeur.feuille("Couverture", paysage=True)
    classeur.tableau(feuille, _COLONNES_COUVERTURE, [_row_couverture(z) for z in couvertures])
    feuille = classeur.feuille("Zones blanches", paysage=True)
    classeur.tableau(
        feuille,
        _COLONNES_BLANCHES,
        [_row_blanche(rang, zone, noms) for rang, zone in enumerate(zones, start=1)],
    )
    _write_source(classeur, le)
    return classeur.octets()


def export_geojson(
    entites: Iterable[tuple[shapely.Geometry, Mapping[str, Any]]], le: date
) -> bytes:
    """Write shapes in WGS84 with their attributes (RFC 7946), dated and sourced."""
    contenu = {
        "type": "FeatureCollection",
        "avertissement": AVERTISSEMENT,
        "source": SOURCE,
        "date": le.isoformat(),
        "features": [
            {"type": "Feature", "properties": dict(attributs), "geometry": _coordinates(forme)}
            for forme, attributs in entites
        ],
    }
    return json.dumps(contenu, ensure_ascii=False, separators=(",", ":")).encode()


def build_chevauchements_geojson(
    paires: Iterable[Chevauchement],
    formes: Callable[[Sequence[str]], shapely.Geometry],
    le: date,
) -> bytes:
    """Write one feature per pair: the communes in common, dissolved."""
    return export_geojson(
        (
            (
                formes(paire.codes + paire.codes_partiels),
                {
                    "a": paire.a,
                    "b": paire.b,
                    "nature": paire.nature,
                    "incertain": paire.incertain,
                    "population": paire.population,
                    "population_max": paire.population_max,
                    "surface_km2": round(paire.surface_km2, 3),
                    "communes": list(paire.codes),
                    "communes_partielles": list(paire.codes_partiels),
                },
            )
            for paire in paires
        ),
        le,
    )


def build_zones_geojson(
    zones: Iterable[ZoneBlanche],
    formes: Callable[[Sequence[str]], shapely.Geometry],
    le: date,
) -> bytes:
    """Write one feature per white zone."""
    return export_geojson(
        (
            (
                formes(zone.codes),
                {
                    "zone": rang,
                    "population": zone.population,
                    "surface_km2": round(zone.surface_km2, 3),
                    "communes": list(zone.codes),
                    "voisins": [voisin.nom for voisin in zone.voisins],
                },
            )
            for rang, zone in enumerate(zones, start=1)
        ),
        le,
    )


def _row_paire(paire: Chevauchement, noms: Mapping[str, str]) -> list[Valeur]:
    codes = paire.codes + paire.codes_partiels
    return [
        paire.a,
        LIBELLES_STATUT_CPTS[paire.statut_a],
        paire.b,
        LIBELLES_STATUT_CPTS[paire.statut_b],
        LIBELLES_NATURE[paire.nature],
        paire.population,
        paire.population_max,
        round(paire.surface_km2, 2),
        round(paire.part_a, 4),
        round(paire.part_b, 4),
        "oui" if paire.incertain else "non",
        ", ".join(f"{noms.get(code, '')} ({code})".strip() for code in codes),
    ]


def _row_couverture(zone: Couverture) -> list[Valeur]:
    return [
        zone.code,
        zone.nom,
        zone.population_totale,
        zone.couverte_nette,
        zone.couverte_brute,
        zone.non_couverte,
        None if zone.taux is None else round(zone.taux, 4),
        zone.nombre_cpts,
        zone.incertaine,
    ]


def _row_blanche(rang: int, zone: ZoneBlanche, noms: Mapping[str, str]) -> list[Valeur]:
    return [
        rang,
        zone.population,
        round(zone.surface_km2, 2),
        zone.taille,
        ", ".join(f"{noms.get(code, '')} ({code})".strip() for code in zone.codes),
        " ; ".join(
            f"{voisin.nom} : taille {voisin.taille_avant} → {voisin.taille_apres}"
            for voisin in zone.voisins
        ),
    ]


def _open_classeur(titre: str, le: date) -> Classeur:
    return Classeur(titre, SOURCE, datetime(le.year, le.month, le.day))  # noqa: DTZ001 - a day


def _write_source(classeur: Classeur, le: date) -> None:
    feuille = classeur.feuille("Sources")
    lignes = [(AVERTISSEMENT,), (f"Établi le {le:%d/%m/%Y}",), (SOURCE,)]
    classeur.tableau(feuille, (Colonne("Sources et méthode", 100),), lignes)


def _coordinates(forme: shapely.Geometry) -> dict[str, Any]:
    polygones = [orient(p) for p in shapely.get_parts(forme) if p.geom_type == "Polygon"]
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [
                np.round(np.asarray(anneau.coords), _DECIMALES).tolist()
                for anneau in (polygone.exterior, *polygone.interiors)
            ]
            for polygone in polygones
        ],
    }
