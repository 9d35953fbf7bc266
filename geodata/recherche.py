"""Find a commune, an EPCI or a département from what somebody typed.

The index is two sorted lists of words and of names over some 47 000 entries; a query is a few
bisections and one vector sort, about a millisecond on the whole of France.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from geodata.noms import compute_cle, normaliser, retirer_articles
from geodata.schema import Geographie

TypeResultat = Literal[
    "commune",
    "arrondissement",
    "epci",
    "ept",
    "departement",
    "region",
    "ancienne_commune",
    "code_postal",
]

# a commune comes before the larger entity of the same name unless it is very much smaller:
# Vienne (38) before the département, but the région Bretagne before the two villages
_POIDS: Final[dict[TypeResultat, float]] = {
    "commune": 1.0,
    "arrondissement": 1.0,
    "epci": 0.5,
    "ept": 0.5,
    "departement": 0.05,
    "region": 0.05,
    "ancienne_commune": 0.02,
    "code_postal": 0.5,
}
_LONGUEUR_REQUETE: Final = 200
_FIN: Final = "\U0010ffff"
# below this ratio of common letters, a suggestion looks like noise (Rennes / Reims = 73)
_RESSEMBLANCE: Final = 78


@dataclass(frozen=True)
class Resultat:
    """One place found.

    Parameters
    ----------
    type
        Kind of place.
    code
        INSEE code, SIREN (EPCI, EPT), number of département or région, or postal code.
    libelle
        Name as it is written officially.
    precision
        What tells it from its namesakes, in French.
    codes_unites
        Unités it stands for.
    population
        Inhabitants (municipale, latest year), None where unknown.
    est_approche
        The words typed are not in the name: proposed because it looks like it.
    """

    type: TypeResultat
    code: str
    libelle: str
    precision: str
    codes_unites: frozenset[str]
    population: int | None = None
    est_approche: bool = False


@dataclass(frozen=True)
class Entree:
    """One line of the index."""

    type: TypeResultat
    code: str
    nom: str
    codes_unites: tuple[str, ...] = ()  # only where `Geographie.membres` does not give them


class Recherche:
    """Search the places of a geography.

    Parameters
    ----------
    geographie
        Reference tables; the index is built once, in about a second for France.
    """

    def __init__(self, geographie: Geographie) -> None:
        self.geographie = geographie
        habitants = np.nan_to_num(geographie.population()).tolist()
        self.population: dict[str, float] = dict(zip(geographie.codes, habitants, strict=True))
        self.entrees = tuple(_lister_entrees(geographie))
        self.cles = [compute_cle(entree.nom) for entree in self.entrees]
        self._poids = np.array([self._peser(entree) for entree in self.entrees])
        self._indexer()

    def chercher(self, texte: str, limite: int = 20) -> list[Resultat]:
        """Return the places that answer a query, best first.

        Parameters
        ----------
        texte
            Words of a name in any order, the last ones possibly cut; a code INSEE, a SIREN, a
            postal code, a number of département; `Saint-Denis 93` narrows to a département.
        limite
            Most results returned.
        """
        normalise = retirer_articles(normaliser(texte[:_LONGUEUR_REQUETE]))
        if not normalise:
            return []
        rangs = self._classer(normalise)
        trouves = np.flatnonzero(rangs < _AUCUN)
        if not trouves.size:
            return self.suggerer(normalise, limite=min(limite, 5))
        ordre = np.lexsort((trouves, -self._poids[trouves], rangs[trouves]))[:limite]
        return [self.decrire(int(trouves[i])) for i in ordre]

    def suggerer(self, nom: str, limite: int = 3) -> list[Resultat]:
        """Return the places whose name looks like a misspelt one."""
        cle = compute_cle(nom)
        if len(cle) < 3:
            return []
        proches = process.extract(
            cle, self.cles, scorer=fuzz.ratio, score_cutoff=_RESSEMBLANCE, limit=limite * 4
        )
        # same likeness: the larger place first
        proches.sort(key=lambda trouve: (-round(trouve[1]), -self._poids[trouve[2]]))
        return [self.decrire(rang, est_approche=True) for _, _, rang in proches[:limite]]

    def nommes(self, cle: str) -> list[int]:
        """Return the ranks of the entries of that exact key (`geodata.noms.compute_cle`)."""
        return self._par_cle.get(cle, [])

    def codes(self, code: str) -> list[int]:
        """Return the ranks of the entries of that exact code."""
        return self._par_code.get(code.upper(), [])

    def decrire(self, rang: int, *, est_approche: bool = False) -> Resultat:
        """Return an entry of the index as a result."""
        entree = self.entrees[rang]
        unites = self.unites(entree)
        habitants = sum(self.population[code] for code in unites)
        return Resultat(
            type=entree.type,
            code=entree.code,
            libelle=entree.nom,
            precision=self._preciser(entree, unites),
            codes_unites=unites,
            population=int(habitants) or None,
            est_approche=est_approche,
        )

    def unites(self, entree: Entree) -> frozenset[str]:
        """Return the unités an entry stands for."""
        match entree.type:
            case "arrondissement":
                return frozenset({entree.code})
            case "ancienne_commune" | "code_postal":
                return frozenset(entree.codes_unites)
            case niveau:
                return self.geographie.membres(niveau, entree.code)

    def departement(self, rang: int) -> str:
        """Return the département where an entry has most of its communes."""
        return self._departement_principal(self.unites(self.entrees[rang]))

    def _classer(self, requete: str) -> npt.NDArray[np.int8]:
        """Return the class of each entry: 0 exact, 1 begins so, 2 has the words, _AUCUN."""
        rangs = np.full(len(self.entrees), _AUCUN, dtype=np.int8)
        tous = np.ones(len(self.entrees), dtype=bool)
        for mot in requete.split():
            debut, fin = _intervalle(self._mots, mot)
            porteurs = np.zeros(len(self.entrees), dtype=bool)
            porteurs[self._porteurs[self._bornes[debut] : self._bornes[fin]]] = True
            tous &= porteurs
        rangs[tous] = 2
        debut, fin = _intervalle(self._noms, requete)
        rangs[self._ordre_noms[debut:fin]] = 1
        colle = requete.replace(" ", "")
        if len(colle) >= 4:
            debut, fin = _intervalle(self._colles, colle)
            rangs[self._ordre_colles[debut:fin]] = 1
        rangs[self.nommes(requete)] = 0
        rangs[self.codes(requete)] = 0
        return rangs

    def _indexer(self) -> None:
        par_mot: defaultdict[str, list[int]] = defaultdict(list)
        par_cle: defaultdict[str, list[int]] = defaultdict(list)
        par_code: defaultdict[str, list[int]] = defaultdict(list)
        colles: list[tuple[str, int]] = []
        codes_lieu = _CodesLieu(self.geographie)
        for rang, entree in enumerate(self.entrees):
            nom = normaliser(entree.nom)
            par_cle[self.cles[rang]].append(rang)
            codes = codes_lieu(entree)
            if entree.type != "region":  # its number is that of some département
                par_code[entree.code].append(rang)
                codes = codes | {entree.code.lower()}
            for mot in codes.union(nom.split()):
                par_mot[mot].append(rang)
            colles += {(nom.replace(" ", ""), rang), (self.cles[rang].replace(" ", ""), rang)}
        self._par_cle = dict(par_cle)
        self._par_code = dict(par_code)
        self._mots = sorted(par_mot)
        self._porteurs = np.concatenate(
            [np.array(par_mot[mot], dtype=np.int32) for mot in self._mots]
        )
        self._bornes = np.cumsum([0, *(len(par_mot[mot]) for mot in self._mots)])
        self._ordre_noms = np.array(sorted(range(len(self.cles)), key=self.cles.__getitem__))
        self._noms = [self.cles[rang] for rang in self._ordre_noms]
        colles.sort()
        self._colles = [colle for colle, _ in colles]
        self._ordre_colles = np.array([rang for _, rang in colles])

    def _peser(self, entree: Entree) -> float:
        return _POIDS[entree.type] * sum(self.population[code] for code in self.unites(entree))

    def _preciser(self, entree: Entree, unites: frozenset[str]) -> str:
        departement = self._nommer_departement(self._departement_principal(unites))
        nombre = self._compter(unites)
        noms = sorted(self._noms_communes(unites))
        presentes = " et ".join(noms[:4])
        suite = f" et {len(noms) - 3} autres" if len(noms) > 4 else ""
        debut = ", ".join(noms[:3] if suite else noms)
        formules: dict[TypeResultat, str] = {
            "commune": f"commune, {departement}",
            "arrondissement": f"arrondissement municipal, {departement}",
            "epci": f"intercommunalité, {nombre}, {departement}",
            "ept": f"établissement public territorial, {nombre}",
            "departement": f"département {entree.code}, {nombre}",
            "region": f"région, {nombre}",
            "ancienne_commune": f"ancienne commune ({entree.code}), aujourd’hui {presentes}, "
            f"{departement}",
            "code_postal": f"code postal : {debut}{suite}",
        }
        return formules[entree.type]

    def _compter(self, unites: Iterable[str]) -> str:
        nombre = len(self._communes(unites))
        return f"{nombre} communes" if nombre > 1 else "1 commune"

    def _communes(self, unites: Iterable[str]) -> set[str]:
        return {self._commune_de[code] for code in unites}

    def _noms_communes(self, unites: Iterable[str]) -> list[str]:
        return [self._nom_commune[code] for code in self._communes(unites)]

    def _departement_principal(self, unites: Iterable[str]) -> str:
        comptes = Counter(self._departement_de[code] for code in unites)
        return min(comptes, key=lambda code: (-comptes[code], code)) if comptes else ""

    def _nommer_departement(self, code: str) -> str:
        table = self.geographie.departements
        return f"{table['nom'][code]} ({code})" if code in table.index else code

    @cached_property
    def _commune_de(self) -> dict[str, str]:
        return _colonne(self.geographie.unites, "code_commune")

    @cached_property
    def _departement_de(self) -> dict[str, str]:
        return _colonne(self.geographie.unites, "code_departement")

    @cached_property
    def _nom_commune(self) -> dict[str, str]:
        return _colonne(self.geographie.communes, "nom")


_AUCUN: Final = 3


class _CodesLieu:
    """Give the département and postal codes under which a commune may also be typed."""

    def __init__(self, geographie: Geographie) -> None:
        self._par_type = {
            type_: {
                str(code): {str(departement).lower(), *_decouper(postaux)}
                for code, departement, postaux in table[
                    ["code_departement", "codes_postaux"]
                ].itertuples()
            }
            for type_, table in (
                ("commune", geographie.communes),
                ("arrondissement", geographie.unites),
            )
        }

    def __call__(self, entree: Entree) -> set[str]:
        return self._par_type.get(entree.type, {}).get(entree.code, set())


def _lister_entrees(geographie: Geographie) -> Iterator[Entree]:
    unites = geographie.unites
    for code, nom in geographie.communes["nom"].items():
        yield Entree("commune", str(code), nom)
    arrondissements = unites[unites["code_commune"] != unites.index]
    for code, nom in arrondissements["nom"].items():
        yield Entree("arrondissement", str(code), nom)
    for type_, table in (
        ("epci", geographie.epci),
        ("ept", geographie.ept),
        ("departement", geographie.departements),
        ("region", geographie.regions),
    ):
        for code, nom in table["nom"].items():
            yield Entree(type_, str(code), nom)  # type: ignore[arg-type]
    for ancien in geographie.passage.itertuples():
        presents = [
            unite
            for code in _decouper(ancien.successeurs) or [str(ancien.code)]
            for unite in geographie.membres("commune", code)
        ]
        if presents and isinstance(ancien.nom_ancien, str):
            yield Entree("ancienne_commune", str(ancien.Index), ancien.nom_ancien, tuple(presents))
    par_postal: defaultdict[str, list[str]] = defaultdict(list)
    for code, postaux in unites["codes_postaux"].items():
        for postal in _decouper(postaux):
            par_postal[postal].append(str(code))
    for postal, codes in sorted(par_postal.items()):
        yield Entree("code_postal", postal, postal, tuple(codes))


def _colonne(table: pd.DataFrame, nom: str) -> dict[str, str]:
    return dict(zip(table.index, table[nom], strict=True))


def _decouper(valeur: object) -> list[str]:
    return valeur.split() if isinstance(valeur, str) else []


def _intervalle(tries: list[str], prefixe: str) -> tuple[int, int]:
    """Return the bounds of the strings that begin with a prefix."""
    return bisect_left(tries, prefixe), bisect_left(tries, prefixe + _FIN)
