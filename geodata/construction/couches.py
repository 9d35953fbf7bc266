"""Build the display files of the drawing map: `python -m geodata.construction.couches`.

A coverage is turned into borders, each written once with the entity on either side, on an integer
grid: half the size of polygons, no gap between neighbours whatever the scale, and the outline of
any set of entities is simply the borders that have one of them on a single side.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.couches import DOSSIER, SUFFIXE, build_groupes, rangs_departements
from geodata.referentiel import Referentiel
from geodata.schema import Geographie

PAS_DETAIL: Final = 0.0001  # degrees: 11 m, finer than the source
PAS_FRANCE: Final = 0.001
TOLERANCE_FRANCE: Final = 0.004  # degrees, as `shapely.coverage_simplify` counts it
DEHORS: Final = -1  # the sea or a foreign country

Entiers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bords:
    """Borders of a coverage, on a grid.

    Parameters
    ----------
    lignes
        One polyline each, integer coordinates in grid steps.
    gauche, droite
        Row of the polygon on either side, `DEHORS` for none.
    pas
        Degrees per grid step.
    """

    lignes: npt.NDArray[np.object_]
    gauche: Entiers
    droite: Entiers
    pas: float


def build_bords(polygones: npt.NDArray[np.object_], pas: float) -> Bords:
    """Turn a coverage into its borders.

    Parameters
    ----------
    polygones
        Polygons in degrees, a valid coverage (neighbours share their vertices).
    pas
        Grid step, in degrees.
    """
    debut, fin, proprietaire = _segments(polygones, pas)
    bas, haut = np.minimum(debut, fin), np.maximum(debut, fin)
    ordre = np.lexsort((proprietaire, haut, bas))
    segments = np.stack([bas, haut, proprietaire], axis=1)[ordre]
    # a segment met twice by the same polygon bounds nothing (a spike flattened by the grid)
    nouveau = np.r_[True, (segments[1:] != segments[:-1]).any(axis=1)]
    comptes = np.diff(np.r_[np.flatnonzero(nouveau), len(segments)])
    segments = segments[nouveau][comptes % 2 == 1]
    premier = np.r_[True, (segments[1:, :2] != segments[:-1, :2]).any(axis=1)]
    rang = np.arange(len(segments)) - np.maximum.accumulate(
        np.where(premier, np.arange(len(segments)), 0)
    )
    gauche = np.flatnonzero(rang % 2 == 0)
    a_un_voisin = np.r_[rang[1:] % 2 == 1, False][gauche]
    voisin = np.where(a_un_voisin, np.r_[segments[1:, 2], DEHORS][gauche], DEHORS)
    cotes = np.stack([segments[gauche, 2], voisin], axis=1)
    return _join(segments[gauche, :2], cotes, pas)


def _segments(polygones: npt.NDArray[np.object_], pas: float) -> tuple[Entiers, Entiers, Entiers]:
    simples, origine = shapely.get_parts(polygones, return_index=True)
    anneaux, simple = shapely.get_rings(simples, return_index=True)
    points, anneau = shapely.get_coordinates(anneaux, return_index=True)
    grille = np.rint(points / pas).astype(np.int64)
    cle = (grille[:, 0] << 32) + (grille[:, 1] + (1 << 31))
    suite = (anneau[1:] == anneau[:-1]) & (cle[1:] != cle[:-1])
    return cle[:-1][suite], cle[1:][suite], origine[simple[anneau[:-1][suite]]]


def _join(cles: Entiers, cotes: Entiers, pas: float) -> Bords:
    ordre = np.lexsort((cles[:, 1], cles[:, 0], cotes[:, 1], cotes[:, 0]))
    cles, cotes = cles[ordre], cotes[ordre]
    points = np.stack([cles >> 32, (cles & 0xFFFFFFFF) - (1 << 31)], axis=-1).astype(np.float64)
    traits = shapely.linestrings(points)
    nouveau = np.r_[True, (cotes[1:] != cotes[:-1]).any(axis=1)]
    groupe = np.cumsum(nouveau) - 1
    fondus = shapely.line_merge(shapely.multilinestrings(traits, indices=groupe))
    lignes, origine = shapely.get_parts(fondus, return_index=True)
    gauche, droite = cotes[nouveau][origine].T
    return Bords(lignes, gauche, droite, pas)


def encode_bords(
    bords: Bords, niveaux: Entiers, entites: Sequence[int], choix: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """Write some of the borders as the map's file, neighbours in space next to one another."""
    lignes = bords.lignes[choix]
    centres = shapely.get_coordinates(shapely.line_interpolate_point(lignes, 0.5, normalized=True))
    cases = np.floor(centres / max(1, round(0.2 / bords.pas))).astype(np.int64)
    ordre = np.lexsort((centres[:, 0], centres[:, 1], cases[:, 0], cases[:, 1]))
    lignes = lignes[ordre]
    points = shapely.get_coordinates(lignes).astype(np.int64)
    ecarts = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "pas": bords.pas,
        "entites": [int(entite) for entite in entites],
        "longueurs": shapely.get_num_coordinates(lignes).tolist(),
        "xy": ecarts.ravel().tolist(),
        "gauche": bords.gauche[choix][ordre].tolist(),
        "droite": bords.droite[choix][ordre].tolist(),
        "niveaux": niveaux[choix][ordre].tolist(),
    }


def rank_niveaux(bords: Bords, appartenances: Sequence[npt.NDArray[Any]]) -> Entiers:
    """Rank each border: 0 between entities, then 1, 2, 3… the widest of `appartenances` it parts.

    The coast and the frontiers come last.
    """
    niveaux = np.zeros(len(bords.lignes), dtype=np.int64)
    for rang, appartenance in enumerate(appartenances, start=1):
        separe = appartenance[bords.gauche] != appartenance[bords.droite]
        niveaux[separe & (bords.droite != DEHORS)] = rang
    niveaux[bords.droite == DEHORS] = len(appartenances) + 1
    return niveaux


def build_couches(geographie: Geographie, contours: npt.NDArray[np.object_]) -> dict[str, Any]:
    """Build every display file.

    Parameters
    ----------
    geographie
        Reference tables.
    contours
        Polygon of each unité, in the order of `geographie.unites`, degrees.

    Returns
    -------
    dict
        Content of each file, by name.
    """
    unites = geographie.unites
    departement = pd.factorize(unites["code_departement"])[0]
    region = pd.factorize(unites["code_region"])[0]
    groupes = build_groupes(geographie)
    groupe, codes_groupes = pd.factorize(groupes["code"])
    detail = build_bords(contours, PAS_DETAIL)
    niveaux = rank_niveaux(detail, [groupe, departement, region])
    fichiers: dict[str, Any] = {
        "unites": build_table_unites(geographie, groupes),
        "voisinage": build_table_voisinage(geographie),
        "france": _build_france(contours, groupe, departement, region),
    }
    for code, membres in rangs_departements(geographie):
        rangs = unites.index.get_indexer(membres)
        choix = np.isin(detail.gauche, rangs) | np.isin(detail.droite, rangs)
        fichiers[f"dep-{code}"] = encode_bords(detail, niveaux, list(rangs), choix)
    _check(fichiers, len(unites), len(codes_groupes))
    return fichiers


def _build_france(
    contours: npt.NDArray[np.object_], groupe: Entiers, departement: Entiers, region: Entiers
) -> dict[str, Any]:
    # one simplification for the whole country, on pieces that keep groups *and* départements
    cellule, cles = pd.factorize(pd.MultiIndex.from_arrays([groupe, departement]))
    ordre = np.argsort(cellule, kind="stable")
    limites = np.searchsorted(cellule[ordre], np.arange(1, len(cles)))
    pieces = np.array(
        [shapely.coverage_union_all(contours[part]) for part in np.split(ordre, limites)],
        dtype=object,
    )
    bords = build_bords(shapely.coverage_simplify(pieces, TOLERANCE_FRANCE), PAS_FRANCE)
    groupe_cellule = np.array([cle[0] for cle in cles], dtype=np.int64)
    departement_cellule = np.array([cle[1] for cle in cles], dtype=np.int64)
    region_departement = pd.Series(region).groupby(departement).first().to_numpy()
    niveaux = rank_niveaux(
        bords, [groupe_cellule, departement_cellule, region_departement[departement_cellule]]
    )
    dehors = bords.droite == DEHORS
    fusion = Bords(
        bords.lignes,
        groupe_cellule[bords.gauche],
        np.where(dehors, DEHORS, groupe_cellule[bords.droite]),
        bords.pas,
    )
    tous = np.ones(len(bords.lignes), dtype=bool)
    return encode_bords(fusion, niveaux, range(int(groupe.max()) + 1), tous)


def build_table_unites(geographie: Geographie, groupes: pd.DataFrame) -> dict[str, Any]:
    """Write what the browser counts and names, one column each, in the order of the unités."""
    unites = geographie.unites
    rang_groupe, codes = pd.factorize(groupes["code"])
    par_code = groupes.drop_duplicates("code").set_index("code").loc[list(codes)]
    rang_departement, departements = pd.factorize(unites["code_departement"])
    noms_departements = geographie.departements["nom"]
    return {
        "codes": "".join(unites.index),
        "noms": unites["nom"].tolist(),
        "municipale": _nullable(geographie.population("municipale")),
        "totale": _nullable(geographie.population("totale")),
        "groupe": rang_groupe.tolist(),
        "departement": rang_departement.tolist(),
        "longitude": (unites["longitude"] * 1e5).round().astype(int).tolist(),
        "latitude": (unites["latitude"] * 1e5).round().astype(int).tolist(),
        "groupes": [[code, ligne.nom, ligne.type] for code, ligne in par_code.iterrows()],
        "departements": [[code, noms_departements[code]] for code in departements],
    }


def _nullable(population: npt.NDArray[np.float64]) -> list[int | None]:
    return [None if np.isnan(valeur) else int(valeur) for valeur in population]


def build_table_voisinage(geographie: Geographie) -> dict[str, Any]:
    """Write the neighbours of each unité by land and over water, and who touches the outside."""
    graphe = geographie.graphe_terrestre.tocsr()
    graphe.sort_indices()
    lignes, colonnes = graphe.nonzero()
    apres = colonnes > lignes
    lignes, colonnes = lignes[apres].astype(np.int64), colonnes[apres].astype(np.int64)
    adjacence = geographie.adjacence
    liaisons = adjacence[adjacence["nature"] == "liaison"]
    position = geographie.position
    return {
        "nombres": np.bincount(lignes, minlength=len(geographie.unites)).tolist(),
        "ecarts": (colonnes - lignes).tolist(),
        "liaisons": [
            [position[a], position[b]]
            for a, b in zip(liaisons["code_a"], liaisons["code_b"], strict=True)
        ],
        "bordure": np.flatnonzero(geographie.est_exterieure).tolist(),
    }


def _check(fichiers: Mapping[str, Any], unites: int, groupes: int) -> None:
    traces = {e for nom, f in fichiers.items() if nom.startswith("dep-") for e in f["entites"]}
    bordes = {
        e
        for nom, f in fichiers.items()
        if nom.startswith("dep-")
        for e in (*f["gauche"], *f["droite"])
    }
    if len(traces) != unites or not traces <= bordes:
        raise AssertionError(f"{unites - len(traces & bordes)} unités sans contour")
    if not set(range(groupes)) <= {*fichiers["france"]["gauche"], *fichiers["france"]["droite"]}:
        raise AssertionError("des intercommunalités sans contour à l’échelle de la France")


def write_couches(fichiers: Mapping[str, Any], dossier: Path = DOSSIER) -> int:
    """Write the files, compressed and reproducible; return their total size in bytes."""
    dossier.mkdir(parents=True, exist_ok=True)
    for ancien in dossier.glob(f"*{SUFFIXE}"):
        ancien.unlink()
    taille = 0
    for nom, contenu in fichiers.items():
        texte = json.dumps(contenu, ensure_ascii=False, separators=(",", ":"))
        octets = gzip.compress(texte.encode(), compresslevel=9, mtime=0)
        (dossier / f"{nom}{SUFFIXE}").write_bytes(octets)
        taille += len(octets)
    return taille


def main() -> None:
    """Rebuild the display files from the embedded tables."""
    referentiel = Referentiel.ouvrir()
    geographie = referentiel.geographie
    contours = referentiel.contours("unite").loc[geographie.unites.index, "geometry"].to_numpy()
    taille = write_couches(build_couches(geographie, contours))
    print(f"couches : {taille / 1e6:.1f} Mo")


if __name__ == "__main__":
    main()
