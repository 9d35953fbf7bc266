"""Overlaps between territories: exact on codes, with the doubt that partial communes bring.

Every membership is a pair of bounds on the share of a unité's inhabitants that a territory holds:
(1, 1) when whole, (p, p) when the share is known, (0, 1) when only "in part" is known. Two
territories that hold a unité with shares in [a, A] and [b, B] share between max(0, a + b - 1) and
min(A, B) of it: one formula for every combination of statuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from diagnostic.alertes import Alerte
from diagnostic.perimetre import Perimetre
from diagnostic.redaction import accorder, format_nombre
from geodata.errors import CodeInconnuError
from geodata.schema import (
    LIBELLES_STATUT_CPTS,
    Geographie,
    StatutCpts,
    TerritoireCpts,
    UniteCpts,
)

Nature = Literal["aucun", "limitrophe", "partiel", "commune_entiere"]
Entiers = npt.NDArray[np.int64]
Reels = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Chevauchement:
    """Say what two territories share.

    Parameters
    ----------
    a, b
        Names of the territories; `id_a`, `id_b` are their keys.
    nature
        `commune_entiere` when a unité is wholly held by both, `partiel` when every shared unité
        is held in part on a side, `limitrophe` when they only touch, else `aucun`.
    codes, codes_partiels, codes_limitrophes
        Unités wholly held by both; held by both, in part on a side at least; unités of one that
        the other declares as touching its border, or that touch the other territory.
    population, population_max
        Inhabitants claimed twice: for certain, and at most.
    surface_km2, surface_max_km2
        Area claimed twice, in square kilometres: for certain, and at most.
    part_a, part_b
        Share (0 to 1) of each territory's inhabitants claimed twice for certain.
    incertain
        A unité held in part leaves the extent of the overlap open.
    """

    a: str
    b: str
    nature: Nature
    codes: tuple[str, ...]
    codes_partiels: tuple[str, ...]
    population: int
    surface_km2: float
    part_a: float
    part_b: float
    incertain: bool
    codes_limitrophes: tuple[str, ...] = ()
    population_max: int = 0
    surface_max_km2: float = 0.0
    part_max_a: float = 0.0
    part_max_b: float = 0.0
    id_a: str = ""
    id_b: str = ""
    statut_a: StatutCpts = "non_renseigne"
    statut_b: StatutCpts = "non_renseigne"


@dataclass(frozen=True)
class PairesChevauchement:
    """Hold the overlapping pairs of an index as columns, one row per pair (`a` < `b`)."""

    index: IndexTerritoires
    a: Entiers
    b: Entiers
    population: Reels
    population_max: Reels
    surface_km2: Reels
    surface_max_km2: Reels
    debut: Entiers  # first shared unité of each pair in the three arrays below
    unites: Entiers
    certain: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.a)

    @property
    def ordre(self) -> Entiers:
        """Rows of the pairs, most people concerned first."""
        ordre: Entiers = np.lexsort((self.b, self.a, -self.population_max, -self.population))
        return ordre

    def chevauchements(self) -> tuple[Chevauchement, ...]:
        """Return one report per pair, most people concerned first."""
        index = self.index
        return tuple(
            self.rapport(rang, index.territoires[a], float(index.population[a]))
            for rang, a in zip(self.ordre.tolist(), self.a[self.ordre].tolist(), strict=True)
        )

    def rapport(self, rang: int, a: TerritoireCpts, population_a: float) -> Chevauchement:
        """Return the report of one pair, whose first side is given."""
        index, b = self.index, int(self.b[rang])
        tranche = slice(int(self.debut[rang]), int(self.debut[rang + 1]))
        codes = index.geographie.codes[self.unites[tranche]]
        certain = self.certain[tranche]
        return _build_chevauchement(
            a,
            index.territoires[b],
            entieres=sorted(codes[certain]),
            partielles=sorted(codes[~certain]),
            bornes=(
                float(self.population[rang]),
                float(self.population_max[rang]),
                float(self.surface_km2[rang]),
                float(self.surface_max_km2[rang]),
            ),
            totaux=(population_a, float(index.population[b])),
        )


@dataclass(frozen=True)
class IndexTerritoires:
    """Hold the sparse membership of many territories over the unités (one row per territory)."""

    geographie: Geographie
    territoires: tuple[TerritoireCpts, ...]
    bas: sparse.csc_array  # least share held; explicit zeros are kept
    haut: sparse.csc_array  # greatest share held, same pattern

    @cached_property
    def population(self) -> Reels:
        """Inhabitants of each territory, at most: a part of unknown share counts whole."""
        return np.asarray(self.haut @ self.geographie.population(), dtype=np.float64)

    @cached_property
    def est_tenue(self) -> npt.NDArray[np.bool_]:
        """Tell, for each unité, whether a territory holds it, wholly or in part."""
        return np.asarray(np.diff(self.haut.indptr) > 0, dtype=np.bool_)

    @cached_property
    def rangs(self) -> dict[str, int]:
        """Row of each territory, by key."""
        return {territoire.identifiant: rang for rang, territoire in enumerate(self.territoires)}

    def toutes_les_paires(self) -> PairesChevauchement:
        """Cross every territory with every other one.

        This is the sparse product of the membership by its transpose, unrolled so that the bounds
        of partial unités stay exact: only unités held more than once are visited.
        """
        gauche, droite = _join_columns(self.haut.indptr)
        colonnes = np.repeat(np.arange(self.haut.shape[1]), np.diff(self.haut.indptr))[gauche]
        lignes_a = self.haut.indices[gauche].astype(np.int64)
        lignes_b = self.haut.indices[droite].astype(np.int64)
        return self._regroup(
            np.minimum(lignes_a, lignes_b),
            np.maximum(lignes_a, lignes_b),
            colonnes,
            bas=_least_common(self.bas.data[gauche], self.bas.data[droite]),
            haut=np.minimum(self.haut.data[gauche], self.haut.data[droite]),
            certain=(self.bas.data[gauche] == 1.0) & (self.bas.data[droite] == 1.0),
        )

    def _regroup(
        self,
        a: Entiers,
        b: Entiers,
        unites: Entiers,
        *,
        bas: Reels,
        haut: Reels,
        certain: npt.NDArray[np.bool_],
    ) -> PairesChevauchement:
        cle = a * len(self.territoires) + b
        ordre = np.argsort(cle, kind="stable")
        cle, unites = cle[ordre], unites[ordre]
        debut = np.flatnonzero(np.r_[True, cle[1:] != cle[:-1]]) if len(cle) else np.array([], int)
        population = self.geographie.population()[unites]
        surface = self.geographie.surface_km2[unites]
        bas, haut = bas[ordre], haut[ordre]

        def somme(valeurs: Reels) -> Reels:
            return np.add.reduceat(valeurs, debut) if len(debut) else np.zeros(0)

        return PairesChevauchement(
            index=self,
            a=a[ordre][debut],
            b=b[ordre][debut],
            population=somme(bas * population),
            population_max=somme(haut * population),
            surface_km2=somme(bas * surface),
            surface_max_km2=somme(haut * surface),
            debut=np.r_[debut, len(cle)].astype(np.int64),
            unites=unites,
            certain=certain[ordre],
        )

    def contre(self, territoire: TerritoireCpts) -> tuple[Chevauchement, ...]:
        """Cross one territory with all those of the index, itself left out by its key.

        Border-only contacts that either side declares come last.
        """
        rangs, bas, haut = _bounds(self.geographie, territoire.unites)
        debuts = self.haut.indptr[rangs].astype(np.int64)
        nombre = self.haut.indptr[rangs + 1] - debuts
        source = np.repeat(np.arange(len(rangs)), nombre)
        place = _ranges(debuts, nombre)
        lignes = self.haut.indices[place].astype(np.int64)
        paires = self._regroup(
            np.zeros(len(lignes), dtype=np.int64),
            lignes,
            rangs[source],
            bas=_least_common(bas[source], self.bas.data[place]),
            haut=np.minimum(haut[source], self.haut.data[place]),
            certain=(bas[source] == 1.0) & (self.bas.data[place] == 1.0),
        )
        total = float(haut @ self.geographie.population()[rangs])
        resultats = [
            resultat
            for rang in paires.ordre.tolist()
            if (resultat := paires.rapport(rang, territoire, total)).id_b != territoire.identifiant
        ]
        deja = {resultat.id_b for resultat in resultats} | {territoire.identifiant}
        return (
            *resultats,
            *(
                limite
                for autre in self._declared_borders(territoire)
                if autre.identifiant not in deja
                and (limite := _border_contact(territoire, autre)) is not None
            ),
        )

    @cached_property
    def _bordes(self) -> dict[str, tuple[int, ...]]:
        """Rows of the territories that declare a unité as touching their border."""
        bordes: dict[str, list[int]] = {}
        for rang, territoire in enumerate(self.territoires):
            for unite in territoire.unites:
                if unite.statut == "limitrophe":
                    bordes.setdefault(unite.code, []).append(rang)
        return {code: tuple(rangs) for code, rangs in bordes.items()}

    def _declared_borders(self, territoire: TerritoireCpts) -> list[TerritoireCpts]:
        rangs = {rang for code in territoire.codes for rang in self._bordes.get(code, ())}
        position = self.geographie.position
        for unite in territoire.unites:
            if unite.statut == "limitrophe" and unite.code in position:
                colonne = position[unite.code]
                rangs.update(
                    int(rang)
                    for rang in self.haut.indices[
                        self.haut.indptr[colonne] : self.haut.indptr[colonne + 1]
                    ]
                )
        return [self.territoires[rang] for rang in sorted(rangs)]


def build_index(geographie: Geographie, territoires: Sequence[TerritoireCpts]) -> IndexTerritoires:
    """Build the membership of territories over the unités.

    Raises
    ------
    CodeInconnuError
        When a territory holds codes that the geography does not know.
    """
    bornes = [_bounds(geographie, territoire.unites) for territoire in territoires]
    lignes = np.repeat(np.arange(len(bornes)), [len(rangs) for rangs, _, _ in bornes])
    forme = (len(bornes), len(geographie.unites))

    def concat(position: int) -> npt.NDArray[np.float64]:
        return np.concatenate([borne[position] for borne in bornes] or [np.zeros(0)])

    colonnes = concat(0).astype(np.int64)
    return IndexTerritoires(
        geographie=geographie,
        territoires=tuple(territoires),
        bas=sparse.csc_array(sparse.coo_array((concat(1), (lignes, colonnes)), shape=forme)),
        haut=sparse.csc_array(sparse.coo_array((concat(2), (lignes, colonnes)), shape=forme)),
    )


def compute_chevauchement(
    geographie: Geographie, a: TerritoireCpts, b: TerritoireCpts
) -> Chevauchement:
    """Compare two territories, down to "they only touch" and "nothing in common".

    Unlike the crossing of many territories, neighbours on the map count as touching.
    """
    trouves = build_index(geographie, [b]).contre(a)
    if trouves:
        return trouves[0]
    voisines = _touching_codes(geographie, a.codes, b.codes)
    return _build_chevauchement(a, b, limitrophes=voisines)


def territoire_of_perimetre(
    perimetre: Perimetre,
    identifiant: str = "esquisse",
    statut: StatutCpts = "initiative",
) -> TerritoireCpts:
    """Present a sketch as a territory that can be crossed with those of a register."""
    return TerritoireCpts(
        identifiant=identifiant,
        nom=perimetre.nom or "Esquisse",
        unites=tuple(
            UniteCpts(code, "partiel" if code in perimetre.partielles else "entier")
            for code in sorted(perimetre.codes)
        ),
        statut=statut,
        millesime=perimetre.millesime,
    )


def select_actifs(
    territoires: Iterable[TerritoireCpts], poids: Mapping[StatutCpts, float]
) -> tuple[TerritoireCpts, ...]:
    """Keep the territories whose status still claims something (a weight above zero)."""
    return tuple(territoire for territoire in territoires if poids[territoire.statut] > 0)


def compute_alertes_chevauchement(
    perimetre: Perimetre, index_registre: IndexTerritoires
) -> tuple[Alerte, ...]:
    """Return one alert per known CPTS or project that the sketch overlaps."""
    esquisse = territoire_of_perimetre(perimetre)
    return tuple(
        _build_alerte(trouve)
        for trouve in index_registre.contre(esquisse)
        if trouve.nature in ("partiel", "commune_entiere")
    )


def _build_alerte(trouve: Chevauchement) -> Alerte:
    statut = LIBELLES_STATUT_CPTS[trouve.statut_b]
    codes = trouve.codes + trouve.codes_partiels
    if trouve.part_a == trouve.part_b == 1.0:
        return Alerte(
            "territoire_connu",
            "information",
            f"Ce territoire est exactement celui de « {trouve.b} » ({statut}), déjà au registre.",
            codes,
        )
    communes = accorder(len(codes), "commune")
    if trouve.nature == "partiel":
        return Alerte(
            "chevauchement_incertain",
            "information",
            f"« {trouve.b} » ({statut}) tient une partie de {communes} de votre territoire, sans "
            "que l’on sache laquelle : à vérifier avec son équipe "
            f"({format_nombre(trouve.population_max)} habitants au plus).",
            codes,
        )
    doute = (
        f", et jusqu’à {format_nombre(trouve.population_max)} selon le partage réel"
        if trouve.population_max > trouve.population
        else ""
    )
    return Alerte(
        "chevauchement",
        "attention",
        f"Chevauchement avec « {trouve.b} » ({statut}) : {communes}, "
        f"{accorder(trouve.population, 'habitant')}{doute}.",
        codes,
    )


def _least_common(part_a: Reels, part_b: Reels) -> Reels:
    """Return what two shares of the same unité have at least in common."""
    # the sum rounds: (0.48… + 1) - 1 may exceed 0.48…, hence the ceiling
    commun = np.maximum(0.0, part_a + part_b - 1.0)
    return np.minimum(commun, np.minimum(part_a, part_b))


def _bounds(geographie: Geographie, unites: Iterable[UniteCpts]) -> tuple[Entiers, Reels, Reels]:
    """Return the rows of the unités held, with the least and greatest share of each."""
    position = geographie.position
    bornes: dict[int, tuple[float, float]] = {}
    inconnus = []
    for unite in unites:
        if unite.statut == "limitrophe":
            continue
        couple = (
            (1.0, 1.0)
            if unite.statut == "entier"
            else (0.0, 1.0)
            if unite.part is None
            else (unite.part, unite.part)
        )
        if unite.code in position:
            bornes[position[unite.code]] = couple
        elif membres := geographie.membres("commune", unite.code):
            bornes.update({position[membre]: couple for membre in membres})
        else:
            inconnus.append(unite.code)
    if inconnus:
        raise CodeInconnuError(sorted(inconnus))
    rangs = np.fromiter(sorted(bornes), dtype=np.int64, count=len(bornes))
    valeurs = np.array([bornes[rang] for rang in sorted(bornes)], dtype=np.float64).reshape(-1, 2)
    return rangs, valeurs[:, 0], valeurs[:, 1]


def _join_columns(indptr: npt.NDArray[np.integer]) -> tuple[Entiers, Entiers]:
    """Return every pair of entries that sit in the same column of a CSC matrix."""
    nombre = np.diff(indptr)
    colonnes = np.flatnonzero(nombre > 1)
    nombre, debut = nombre[colonnes].astype(np.int64), indptr[colonnes].astype(np.int64)
    entrees = _ranges(debut, nombre)
    suivantes = np.repeat(debut + nombre, nombre) - entrees - 1
    return np.repeat(entrees, suivantes), _ranges(entrees + 1, suivantes)


def _ranges(debut: Entiers, nombre: Entiers) -> Entiers:
    """Concatenate the ranges [debut, debut + nombre[."""
    total: Entiers = np.cumsum(nombre, dtype=np.int64)
    fin = int(total[-1]) if len(total) else 0
    rangees: Entiers = np.arange(fin, dtype=np.int64) + np.repeat(debut - (total - nombre), nombre)
    return rangees


def _border_contact(a: TerritoireCpts, b: TerritoireCpts) -> Chevauchement | None:
    """Return the contact of two territories that only declare one another's units as touching."""
    bords_a = {unite.code for unite in a.unites} - a.codes
    bords_b = {unite.code for unite in b.unites} - b.codes
    communs = (bords_a & b.codes) | (bords_b & a.codes)
    return _build_chevauchement(a, b, limitrophes=sorted(communs)) if communs else None


def _touching_codes(
    geographie: Geographie, codes_a: frozenset[str], codes_b: frozenset[str]
) -> list[str]:
    """Return the unités of two disjoint territories that touch the other one."""
    rangs_a, rangs_b = geographie.rangs(codes_a), geographie.rangs(codes_b)
    contact = sparse.coo_array(geographie.graphe[rangs_a][:, rangs_b])
    return sorted(
        {
            *geographie.codes[rangs_a[contact.row]],
            *geographie.codes[rangs_b[contact.col]],
        }
    )


def _build_chevauchement(
    a: TerritoireCpts,
    b: TerritoireCpts,
    *,
    entieres: Sequence[str] = (),
    partielles: Sequence[str] = (),
    limitrophes: Sequence[str] = (),
    bornes: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
    totaux: tuple[float, float] = (0.0, 0.0),
) -> Chevauchement:
    population, population_max, surface, surface_max = bornes
    nature: Nature = "aucun"
    if entieres:
        nature = "commune_entiere"
    elif partielles:
        nature = "partiel"
    elif limitrophes:
        nature = "limitrophe"

    def part(habitants: float, total: float) -> float:
        return min(1.0, habitants / total) if total else 0.0

    return Chevauchement(
        a=a.nom,
        b=b.nom,
        nature=nature,
        codes=tuple(str(code) for code in entieres),
        codes_partiels=tuple(str(code) for code in partielles),
        codes_limitrophes=tuple(str(code) for code in limitrophes),
        population=round(population),
        population_max=round(population_max),
        surface_km2=surface,
        surface_max_km2=surface_max,
        part_a=part(population, totaux[0]),
        part_b=part(population, totaux[1]),
        part_max_a=part(population_max, totaux[0]),
        part_max_b=part(population_max, totaux[1]),
        incertain=bool(partielles),
        id_a=a.identifiant,
        id_b=b.identifiant,
        statut_a=a.statut,
        statut_b=b.statut,
    )
