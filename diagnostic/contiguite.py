"""Pieces of a territory, and communes that it surrounds without taking them.

Both questions are asked to the neighbourhood graph, not to the polygons: a commune that is
itself made of several polygons, an island reached by ferry, or the outline of the coast would all
give false answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from diagnostic.alertes import Alerte
from diagnostic.perimetre import compacter, nommer
from diagnostic.population import additionner, compute_habitants
from diagnostic.redaction import accorder, enumerer
from geodata.schema import Geographie, TypePopulation

_Rangs = npt.NDArray[np.int64]

_LIMITE_MORCEAUX = 3


@dataclass(frozen=True)
class Groupe:
    """Unités in one piece, sorted; `population` is None when nothing is known."""

    codes: tuple[str, ...]
    codes_compacts: tuple[str, ...]
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
    group of unités left out, which shares a border with the territory and has no neighbour but it;
    when it has a coast or a foreign border, only a single commune counts, so that a territory
    across a peninsula is not said to surround what lies beyond it.
    """
    rangs = geographie.rangs(codes)
    return Contiguite(
        morceaux=_build_groupes(geographie, _find_morceaux(geographie, rangs), type_population),
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
                f"Le territoire est en {len(contiguite.morceaux)} morceaux. À l’écart du "
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
    geographie: Geographie, composantes: Iterable[_Rangs], type_population: TypePopulation
) -> tuple[Groupe, ...]:
    communes = geographie.appartenance["commune"]
    groupes = [
        Groupe(
            codes=(codes := tuple(geographie.codes[rangs])),
            codes_compacts=compacter(geographie, frozenset(codes)),
            nombre_communes=len(set(communes[rangs])),
            population=additionner(compute_habitants(geographie, rangs, type_population)),
        )
        for rangs in composantes
    ]
    return tuple(sorted(groupes, key=lambda groupe: (-(groupe.population or 0), groupe.codes)))


def _find_morceaux(geographie: Geographie, rangs: _Rangs) -> Iterator[_Rangs]:
    """Yield the connected groups of some unités, each sorted."""
    voisins = _Voisins(geographie.graphe)
    restants = set(rangs.tolist())
    while restants:
        groupe = {restants.pop()}
        file = list(groupe)
        while file:
            nouveaux = restants.intersection(voisins(file.pop()))
            restants -= nouveaux
            groupe |= nouveaux
            file.extend(nouveaux)
        yield _trier(groupe)


def _find_enclaves(geographie: Geographie, rangs: _Rangs) -> Iterator[_Rangs]:
    """Yield the groups of unités left out that border the territory and no other unité.

    Each group in contact with the territory is explored from that contact, and left as soon as it
    proves open: it reaches the sea or another country, or a département away from the territory.
    """
    voisins, frontaliers = _Voisins(geographie.graphe), _Voisins(geographie.graphe_terrestre)
    exterieures, departements = geographie.est_exterieure, geographie.numero_departement
    dedans = set(rangs.tolist())
    # an island facing the territory is not surrounded by it: contact is by land
    contacts = set().union(*(frontaliers(rang) for rang in dedans)) - dedans
    proches = {departements[contact] for contact in contacts}
    vus: set[int] = set()
    for contact in sorted(contacts):
        if contact in vus:
            continue
        groupe, file, est_ouvert = {contact}, [contact], False
        while file and not est_ouvert:
            nouveaux = set(voisins(file.pop())) - dedans - groupe
            groupe |= nouveaux
            file.extend(nouveaux)
            est_ouvert = not vus.isdisjoint(nouveaux) or any(
                exterieures[rang] or departements[rang] not in proches for rang in nouveaux
            )
        vus |= groupe
        if not est_ouvert and (len(groupe) == 1 or not exterieures[contact]):
            yield _trier(groupe)


class _Voisins:
    """Neighbours of one row of the graph, without the cost of slicing a sparse array."""

    def __init__(self, graphe: sparse.csr_array) -> None:
        self._debuts = graphe.indptr
        self._voisins = graphe.indices

    def __call__(self, rang: int) -> list[int]:
        voisins: list[int] = self._voisins[self._debuts[rang] : self._debuts[rang + 1]].tolist()
        return voisins


def _trier(groupe: set[int]) -> _Rangs:
    return np.array(sorted(groupe), dtype=np.int64)
