"""Pieces of a territory, and communes that it surrounds without taking them.

Both questions are asked to the neighbourhood graph, not to the polygons: a commune that is
itself made of several polygons, an island reached by ferry, or the outline of the coast would all
give false answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from diagnostic.alertes import Alerte
from diagnostic.perimetre import nommer
from diagnostic.population import additionner, compute_habitants
from diagnostic.redaction import accorder, enumerer
from geodata.schema import Geographie, TypePopulation

_Rangs = npt.NDArray[np.int64]

_LIMITE_MORCEAUX = 3


@dataclass(frozen=True)
class Groupe:
    """Unités in one piece; `codes` are sorted, `population` is None when nothing is known."""

    codes: tuple[str, ...]
    nombre_communes: int
    population: int | None


@dataclass(frozen=True)
class Contiguite:
    """Pieces of the territory, most populated first, and the enclaves it surrounds."""

    morceaux: tuple[Groupe, ...]
    enclaves: tuple[Groupe, ...]

    @property
    def est_contigu(self) -> bool:
        """Tell whether one may cross the territory without leaving it."""
        return len(self.morceaux) == 1


def compute_contiguite(
    geographie: Geographie, codes: frozenset[str], type_population: TypePopulation = "municipale"
) -> Contiguite:
    """Find the pieces and the enclaves of a set of unités.

    Two unités hold together when they share a border or a curated link over water. An enclave is a
    group of unités left out whose every neighbour by land is inside the territory; when it has a
    coast or a foreign border, only a single commune counts, so that a territory across a peninsula
    is not said to surround what lies beyond it.
    """
    rangs = geographie.rangs(codes)
    return Contiguite(
        morceaux=_build_groupes(
            geographie, _find_composantes(geographie.graphe, rangs), type_population
        ),
        enclaves=_build_groupes(geographie, _find_enclaves(geographie, rangs), type_population),
    )


def build_alertes_contiguite(geographie: Geographie, contiguite: Contiguite) -> list[Alerte]:
    """Name the pieces of a broken territory, and the communes it surrounds."""
    alertes = []
    if len(contiguite.morceaux) > 1:
        principal, *autres = contiguite.morceaux
        descriptions = [_decrire(geographie, morceau) for morceau in autres[:_LIMITE_MORCEAUX]]
        if len(autres) > _LIMITE_MORCEAUX:
            descriptions.append(f"et {len(autres) - _LIMITE_MORCEAUX} de plus")
        alertes.append(
            Alerte(
                "morceaux",
                "attention",
                f"Le territoire est en {len(contiguite.morceaux)} morceaux. À l'écart du "
                f"morceau principal ({accorder(principal.nombre_communes, 'commune')}) : "
                f"{' ; '.join(descriptions)}.",
                tuple(code for morceau in autres for code in morceau.codes),
            )
        )
    if contiguite.enclaves:
        codes = tuple(code for enclave in contiguite.enclaves for code in enclave.codes)
        noms = nommer(geographie, codes)
        alertes.append(
            Alerte(
                "enclave",
                "attention",
                f"{noms[0]} est hors du territoire alors que toutes les communes voisines en "
                "font partie : est-ce voulu ?"
                if len(noms) == 1
                else f"{accorder(len(noms), 'commune')} hors du territoire sont entourées par "
                f"lui : {enumerer(noms)}. Est-ce voulu ?",
                codes,
            )
        )
    return alertes


def _decrire(geographie: Geographie, morceau: Groupe) -> str:
    noms = enumerer(nommer(geographie, morceau.codes), limite=3)
    habitants = (
        "population inconnue"
        if morceau.population is None
        else accorder(morceau.population, "habitant")
    )
    return f"{noms} ({habitants})"


def _build_groupes(
    geographie: Geographie, composantes: list[_Rangs], type_population: TypePopulation
) -> tuple[Groupe, ...]:
    communes = geographie.appartenance["commune"]
    groupes = [
        Groupe(
            codes=tuple(geographie.codes[rangs]),
            nombre_communes=len(set(communes[rangs])),
            population=additionner(compute_habitants(geographie, rangs, type_population)),
        )
        for rangs in composantes
    ]
    return tuple(sorted(groupes, key=lambda groupe: (-(groupe.population or 0), groupe.codes)))


def _find_composantes(graphe: sparse.csr_array, rangs: _Rangs) -> list[_Rangs]:
    """Return the connected groups of some rows of the graph, each sorted."""
    if len(rangs) == 0:
        return []
    nombre, etiquettes = csgraph.connected_components(graphe[rangs][:, rangs], directed=False)
    return [rangs[etiquettes == numero] for numero in range(nombre)]


def _find_enclaves(geographie: Geographie, rangs: _Rangs) -> list[_Rangs]:
    """Return the groups of unités left out whose every land neighbour is in the territory."""
    graphe = geographie.graphe_terrestre
    dedans = np.zeros(len(geographie.codes), dtype=np.bool_)
    dedans[rangs] = True
    contact = np.unique(graphe[rangs].indices)
    contact = contact[~dedans[contact]]
    fenetre = _find_fenetre(geographie, dedans, contact)
    exterieures = geographie.est_exterieure
    en_contact = set(contact.tolist())
    enclaves = []
    for composante in _find_composantes(graphe, fenetre):
        if en_contact.isdisjoint(composante.tolist()):
            continue
        if len(composante) > 1 and exterieures[composante].any():
            continue
        voisins = graphe[composante].indices
        est_fermee = dedans[voisins] | np.isin(voisins, composante)
        if est_fermee.all():
            enclaves.append(composante)
    return enclaves


def _find_fenetre(geographie: Geographie, dedans: npt.NDArray[np.bool_], contact: _Rangs) -> _Rangs:
    """Return the unités left out of the départements where an enclave may lie.

    An enclave lies wholly in the départements of the unités that touch the territory, unless it
    is larger than a département: then it is the rest of the country.
    """
    departements = geographie.numero_departement
    est_concerne = np.isin(departements, np.unique(departements[contact]))
    return np.flatnonzero(est_concerne & ~dedans).astype(np.int64)
