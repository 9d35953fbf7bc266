"""Coverage of a zone by the CPTS: net and gross population, white zones and who could take them.

A unité held whole is covered; one held for a known share is covered for that share; one held "in
part" without a share counts as covered, and its inhabitants are also given apart, because that
part of the figure is an upper bound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from diagnostic.chevauchement import IndexTerritoires, build_index
from geodata.schema import Geographie, Niveau, StatutCpts, TerritoireCpts

DATES_MAXIMUM: Final = 60


@dataclass(frozen=True)
class Couverture:
    """Say how much of a zone the CPTS cover.

    Parameters
    ----------
    couverte_nette, couverte_brute
        Inhabitants covered at least once (union), and counted once per CPTS (sum).
    non_couverte
        The rest: net and uncovered add up to `population_totale` exactly.
    reste_partiel
        Those of `non_couverte` who live in a commune held for a known share only.
    incertaine
        Those of `couverte_nette` who live in communes held in part, share unknown.
    taux
        Share of the inhabitants covered, 0 to 1; missing for a zone without inhabitants.
    par_statut
        Net inhabitants by the most advanced status that covers them.
    """

    code: str
    nom: str
    population_totale: int
    couverte_nette: int
    couverte_brute: int
    reste_partiel: int
    incertaine: int
    nombre_cpts: int
    par_statut: Mapping[StatutCpts, int]

    @property
    def non_couverte(self) -> int:
        """Inhabitants that no CPTS covers."""
        return self.population_totale - self.couverte_nette

    @property
    def taux(self) -> float | None:
        """Share of the inhabitants covered."""
        return self.couverte_nette / self.population_totale if self.population_totale else None


@dataclass(frozen=True)
class Rattachement:
    """Say what a neighbouring CPTS becomes when it takes a white zone."""

    identifiant: str
    nom: str
    longueur_m: float  # shared border; 0 when only a bridge or a ferry links them
    population_avant: int
    population_apres: int
    taille_avant: int
    taille_apres: int


@dataclass(frozen=True)
class ZoneBlanche:
    """Hold one connected piece of unités that no CPTS covers."""

    codes: tuple[str, ...]
    population: int
    surface_km2: float
    taille: int
    voisins: tuple[Rattachement, ...]


def compute_couvertures(
    index: IndexTerritoires,
    niveau: Niveau,
    codes: Collection[str] | None = None,
    *,
    poids: Mapping[StatutCpts, float],
) -> tuple[Couverture, ...]:
    """Compute the coverage of every zone of a level, or of those asked.

    Parameters
    ----------
    index
        Territories that count (active ones, in force on the day looked at).
    niveau
        Level of the zones: `epci`, `ept`, `departement`, `region` or `commune`.
    poids
        Weight of each status; orders the statuses when several CPTS hold the same unité.
    """
    zones = index.geographie.unites[f"code_{niveau}"]
    retenues = sorted(set(zones.dropna()) if codes is None else codes)
    rang_zone = {code: rang for rang, code in enumerate(retenues)}
    appartenance = zones.map(rang_zone).to_numpy(dtype=np.float64, na_value=np.nan)
    return _summarize(index, appartenance, retenues, _names(index.geographie, niveau), poids)


def compute_couverture(
    index: IndexTerritoires,
    codes: Collection[str],
    *,
    nom: str = "",
    poids: Mapping[StatutCpts, float],
) -> Couverture:
    """Compute the coverage of any set of unités."""
    appartenance = np.full(len(index.geographie.unites), np.nan)
    appartenance[index.geographie.rangs(codes)] = 0.0
    return _summarize(index, appartenance, [""], {"": nom}, poids)[0]


def _names(geographie: Geographie, niveau: Niveau) -> Mapping[str, str]:
    tables = {
        "epci": geographie.epci,
        "ept": geographie.ept,
        "departement": geographie.departements,
        "region": geographie.regions,
        "commune": geographie.communes,
    }
    return {str(code): str(nom) for code, nom in tables[niveau]["nom"].items()}


def _summarize(
    index: IndexTerritoires,
    appartenance: npt.NDArray[np.float64],
    zones: Sequence[str],
    noms: Mapping[str, str],
    poids: Mapping[StatutCpts, float],
) -> tuple[Couverture, ...]:
    dedans = np.flatnonzero(~np.isnan(appartenance))
    zone = appartenance[dedans].astype(np.int64)
    population = index.geographie.population()[dedans]
    haut = index.haut[:, dedans]
    part = np.minimum(1.0, np.asarray(haut.sum(axis=0)))
    nette = np.rint(part * population)
    totale = np.minimum(1.0, np.asarray(index.bas[:, dedans].sum(axis=0)))

    def par_zone(valeurs: npt.NDArray[np.float64]) -> list[int]:
        sommes = np.bincount(zone, weights=valeurs, minlength=len(zones))
        return [round(somme) for somme in sommes]

    populations, nettes = par_zone(population), par_zone(nette)
    # a rounded share of each commune could exceed the net by a few inhabitants: the gross is never
    # below the net because each commune's gross is at least its rounded net
    brutes = par_zone(np.maximum(nette, np.asarray(haut.sum(axis=0)) * population))
    restes = par_zone(np.where(part > 0, population - nette, 0.0))
    incertaines = par_zone(np.where(totale < part, nette - np.rint(totale * population), 0.0))
    presence = sparse.coo_array(haut)
    nombres = _count_by_zone(presence.row, zone[presence.col], len(zones))
    statuts = _best_status(index, presence, len(dedans), poids)
    par_statut = {
        statut: par_zone(np.where(statuts == rang, nette, 0.0))
        for rang, statut in enumerate(_by_weight(poids))
    }
    return tuple(
        Couverture(
            code=code,
            nom=noms.get(code, code),
            population_totale=populations[rang],
            couverte_nette=nettes[rang],
            couverte_brute=brutes[rang],
            reste_partiel=restes[rang],
            incertaine=incertaines[rang],
            nombre_cpts=nombres[rang],
            par_statut={
                statut: valeurs[rang] for statut, valeurs in par_statut.items() if valeurs[rang]
            },
        )
        for rang, code in enumerate(zones)
    )


def _count_by_zone(
    lignes: npt.NDArray[np.integer], zones: npt.NDArray[np.int64], nombre: int
) -> list[int]:
    couples = {(int(zone), int(ligne)) for zone, ligne in zip(zones, lignes, strict=True)}
    comptes = [0] * nombre
    for zone, _ in couples:
        comptes[zone] += 1
    return comptes


def _by_weight(poids: Mapping[StatutCpts, float]) -> list[StatutCpts]:
    return sorted(poids, key=lambda statut: poids[statut])


def _best_status(
    index: IndexTerritoires,
    presence: sparse.coo_array,
    nombre: int,
    poids: Mapping[StatutCpts, float],
) -> npt.NDArray[np.int64]:
    """Return, per unité, the rank of the most advanced status that holds it; -1 when none."""
    ordre = {statut: rang for rang, statut in enumerate(_by_weight(poids))}
    rangs = np.array([ordre[territoire.statut] for territoire in index.territoires], dtype=np.int64)
    meilleurs = np.full(nombre, -1, dtype=np.int64)
    np.maximum.at(meilleurs, presence.col, rangs[presence.row])
    return meilleurs


def compute_zones_blanches(
    index: IndexTerritoires,
    codes: Collection[str],
    *,
    taille: Callable[[int], int],
) -> tuple[ZoneBlanche, ...]:
    """Return the connected pieces of a zone that no territory holds, largest population first.

    Parameters
    ----------
    codes
        Unités of the zone looked at; pieces are cut at its border, neighbours are not.
    taille
        Size tier of a population, 1 to 4.
    """
    geographie = index.geographie
    rangs = geographie.rangs(codes)
    libres = rangs[~index.est_tenue[rangs]]
    if not len(libres):
        return ()
    _, etiquettes = csgraph.connected_components(
        geographie.graphe[libres][:, libres], directed=False
    )
    pieces = [libres[etiquettes == numero] for numero in range(int(etiquettes.max()) + 1)]
    bordures = _borders(geographie)
    zones = [_describe_piece(index, piece, bordures, taille) for piece in pieces]
    return tuple(sorted(zones, key=lambda zone: (-zone.population, zone.codes)))


def _borders(geographie: Geographie) -> sparse.csr_array:
    """Return the symmetric shared border lengths of the unités, in metres."""
    adjacence = geographie.adjacence
    a = adjacence["code_a"].map(geographie.position).to_numpy(dtype=np.int64)
    b = adjacence["code_b"].map(geographie.position).to_numpy(dtype=np.int64)
    longueurs = adjacence["longueur_m"].fillna(0.0).to_numpy(dtype=np.float64)
    forme = (len(geographie.unites), len(geographie.unites))
    moitie = sparse.coo_array((longueurs, (a, b)), shape=forme)
    return sparse.csr_array(moitie + moitie.T)


def _describe_piece(
    index: IndexTerritoires,
    piece: npt.NDArray[np.int64],
    bordures: sparse.csr_array,
    taille: Callable[[int], int],
) -> ZoneBlanche:
    geographie = index.geographie
    habitants = round(float(geographie.population()[piece].sum()))
    contact = np.unique(geographie.graphe[piece].indices)
    contact = contact[index.est_tenue[contact]]
    metres = np.asarray(bordures[piece].sum(axis=0)).ravel()[contact]
    tenants = sparse.coo_array(index.haut[:, contact])
    longueurs: dict[int, float] = {}
    for ligne, colonne in zip(tenants.row.tolist(), tenants.col.tolist(), strict=True):
        longueurs[ligne] = longueurs.get(ligne, 0.0) + float(metres[colonne])
    voisins = []
    for rang, longueur in sorted(longueurs.items(), key=lambda couple: (-couple[1], couple[0])):
        avant = round(float(index.population[rang]))
        voisins.append(
            Rattachement(
                identifiant=index.territoires[rang].identifiant,
                nom=index.territoires[rang].nom,
                longueur_m=longueur,
                population_avant=avant,
                population_apres=avant + habitants,
                taille_avant=taille(avant),
                taille_apres=taille(avant + habitants),
            )
        )
    return ZoneBlanche(
        codes=tuple(sorted(geographie.codes[piece])),
        population=habitants,
        surface_km2=float(geographie.surface_km2[piece].sum()),
        taille=taille(habitants),
        voisins=tuple(voisins),
    )


def list_changements(
    territoires: Iterable[TerritoireCpts],
    codes: Collection[str],
    le: date,
    *,
    maximum: int = DATES_MAXIMUM,
) -> tuple[date, ...]:
    """Return the days when the coverage of a zone may have changed, in order.

    Parameters
    ----------
    le
        Last day looked at.
    maximum
        Beyond that many days, only the last one of each month is kept, or of each year.
    """
    zone = frozenset(codes)
    touchants = [t for t in territoires if not zone.isdisjoint(t.codes)]
    debuts = {t.valide_du for t in touchants if t.valide_du}
    # the first day without a perimeter is the one after its last
    fins = {t.valide_au + timedelta(days=1) for t in touchants if t.valide_au}
    jours = sorted(jour for jour in debuts | fins if jour <= le)
    if len(jours) > maximum:
        jours = list({(jour.year, jour.month): jour for jour in jours}.values())
    if len(jours) > maximum:
        jours = list({jour.year: jour for jour in jours}.values())
    return tuple(jours)


def compute_evolution(
    geographie: Geographie,
    territoires: Sequence[TerritoireCpts],
    codes: Collection[str],
    dates: Sequence[date],
    *,
    poids: Mapping[StatutCpts, float],
) -> tuple[tuple[date, Couverture], ...]:
    """Compute the coverage of a zone at several dates, by the validity of each perimeter."""
    return tuple(
        (
            le,
            compute_couverture(
                build_index(geographie, [t for t in territoires if t.est_valide(le)]),
                codes,
                poids=poids,
            ),
        )
        for le in dates
    )
