"""Shape of a territory: what crosses it, how long it is, where its inhabitants' centre lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError

from diagnostic.indicateurs.registre import FORME, Reels
from diagnostic.indicateurs.resultats import ResultatIndicateur
from geodata.schema import Geographie, Niveau

_RAYON_TERRE_KM: Final = 6371.0088


@dataclass(frozen=True)
class FormeTerritoire:
    """Hold the distances of a territory.

    Parameters
    ----------
    etendue_km
        Longest distance between two town halls, as the crow flies; None with less than two.
    communes_extremes
        The two communes it joins.
    longitude, latitude
        Centre of the inhabitants (WGS84 degrees); None when no population is known.
    commune_centrale
        Commune whose town hall is the nearest to that centre.
    """

    etendue_km: float | None
    communes_extremes: tuple[str, ...]
    longitude: float | None
    latitude: float | None
    commune_centrale: str


def compute_forme(geographie: Geographie, rangs: npt.NDArray[np.int64]) -> FormeTerritoire:
    """Measure a territory, given by its row numbers, by its town halls."""
    unites = geographie.unites
    longitudes = unites["longitude"].to_numpy(dtype=np.float64)[rangs]
    latitudes = unites["latitude"].to_numpy(dtype=np.float64)[rangs]
    situes = np.isfinite(longitudes) & np.isfinite(latitudes)
    rangs, longitudes, latitudes = rangs[situes], longitudes[situes], latitudes[situes]
    noms = geographie.noms[rangs]
    points = _sur_la_sphere(longitudes, latitudes)
    etendue, extremes = _plus_longue_corde(points, np.column_stack([longitudes, latitudes]))
    habitants = np.nan_to_num(geographie.population()[rangs])
    if not habitants.sum():
        return FormeTerritoire(etendue, tuple(str(noms[r]) for r in extremes), None, None, "")
    centre = (points * habitants[:, None]).sum(axis=0) / habitants.sum()
    centre /= np.linalg.norm(centre)
    proche = int(np.argmin(((points - centre) ** 2).sum(axis=1)))
    return FormeTerritoire(
        etendue_km=etendue,
        communes_extremes=tuple(str(noms[r]) for r in extremes),
        longitude=float(np.degrees(np.arctan2(centre[1], centre[0]))),
        latitude=float(np.degrees(np.arcsin(centre[2]))),
        commune_centrale=str(noms[proche]),
    )


def _sur_la_sphere(longitudes: Reels, latitudes: Reels) -> Reels:
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _plus_longue_corde(points: Reels, plan: Reels) -> tuple[float | None, tuple[int, ...]]:
    if len(points) < 2:
        return None, ()
    candidats: npt.NDArray[np.intp] = np.arange(len(points))
    if len(points) > 60:
        # the two farthest points are on the hull, drawn on the map: on the sphere, all points are
        try:
            candidats = np.asarray(ConvexHull(plan).vertices, dtype=np.intp)
        except QhullError:
            candidats = np.argsort(plan.sum(axis=1))[[0, -1]]
    bouts = points[candidats]
    proximites = bouts @ bouts.T
    i, j = np.unravel_index(int(np.argmin(proximites)), proximites.shape)
    angle = float(np.arccos(np.clip(proximites[i, j], -1.0, 1.0)))
    return angle * _RAYON_TERRE_KM, (int(candidats[i]), int(candidats[j]))


def compute_resultats_forme(
    geographie: Geographie, rangs: npt.NDArray[np.int64]
) -> tuple[ResultatIndicateur, ...]:
    """Return the properties of the territory itself, which compare with nothing."""
    forme = compute_forme(geographie, rangs)
    notes_etendue = (
        (f"Entre {forme.communes_extremes[0]} et {forme.communes_extremes[1]}.",)
        if len(forme.communes_extremes) == 2
        else ()
    )
    notes_centre = (
        (f"Le centre de gravité des habitants est près de {forme.commune_centrale}.",)
        if forme.commune_centrale
        else ()
    )
    return (
        _propriete(
            geographie, "nombre_communes", "Communes", "communes",
            _compte(geographie, "commune", rangs), "Nombre de communes, entières ou en partie.",
        ),
        *(
            _propriete(
                geographie, f"nombre_{niveau}", libelle, unite,
                _compte(geographie, niveau, rangs),
                f"Nombre de {unite} dont au moins une commune est dans le territoire.",
            )
            for niveau, libelle, unite in _NIVEAUX
        ),
        _propriete(
            geographie, "etendue", "Plus longue distance entre deux mairies", "km",
            forme.etendue_km, "Distance à vol d’oiseau.", (*notes_etendue, *notes_centre),
        ),
    )  # fmt: skip


def _compte(geographie: Geographie, niveau: Niveau, rangs: npt.NDArray[np.int64]) -> float:
    return float(len(set(geographie.appartenance[niveau][rangs]) - {None}))


_NIVEAUX: Final[tuple[tuple[Niveau, str, str], ...]] = (
    ("epci", "Intercommunalités traversées", "intercommunalités"),
    ("departement", "Départements traversés", "départements"),
    ("region", "Régions traversées", "régions"),
)


def _propriete(
    geographie: Geographie,
    cle: str,
    libelle: str,
    unite: str,
    valeur: float | None,
    formule: str,
    notes: tuple[str, ...] = (),
) -> ResultatIndicateur:
    return ResultatIndicateur(
        cle=cle,
        libelle=libelle,
        theme=FORME,
        valeur=valeur,
        unite=unite.removesuffix("s") if valeur is not None and valeur < 2 else unite,
        numerateur=None,
        denominateur=None,
        millesime=geographie.millesime,
        source="Insee, DGCL, code officiel géographique",
        geographie=f"COG {geographie.millesime}",
        couverture=1.0,
        notes=notes,
        decimales=0,
        formule=formule,
        agregation="T",
        etat="calculee",
    )
