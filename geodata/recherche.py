"""Find a commune, an EPCI or a département from what somebody typed.

The index is two sorted lists of words and of names over some 47 000 entries; a query is a few
bisections and one vector sort, about a millisecond on the whole of France.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from geodata.noms import compute_cle, normaliser, retirer_articles, retirer_forme
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
    est_redite: bool = False  # a former code under the present name: found by its code alone


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
        self._commune_de = _colonne(geographie.unites, "code_commune")
        self._departement_de = _colonne(geographie.unites, "code_departement")
        self._nom_commune = _colonne(geographie.communes, "nom")
        self._nom_departement = _colonne(geographie.departements, "nom")
        self.entrees = tuple(_lister_entrees(geographie))
        normalises = [normaliser(entree.nom) for entree in self.entrees]
        self.cles = [retirer_articles(nom) for nom in normalises]
        self._poids = np.array([self._peser(entree) for entree in self.entrees])
        self._indexer(normalises)

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
        normalise = normaliser(texte[:_LONGUEUR_REQUETE])
        requete = retirer_articles(normalise)
        if not requete:
            return []
        rangs = self._classer(requete)
        if propre := retirer_forme(normalise):
            # « CC de Brocéliande »: an EPCI, however its own name says what it is
            rangs = np.minimum(rangs, np.where(self._sont_epci, self._classer(propre), _AUCUN))
        trouves = np.flatnonzero(rangs < _AUCUN)
        if not trouves.size:
            return self.suggerer(requete, limite=min(limite, 5))
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
        rangs = [rang for _, _, rang in proches if not self.entrees[rang].est_redite]
        return [self.decrire(rang, est_approche=True) for rang in rangs[:limite]]

    def nommes(self, cle: str) -> list[int]:
        """Return the ranks of the entries of that exact key (`geodata.noms.compute_cle`)."""
        return self._par_cle.get(cle, [])

    def epci_nommes(self, nom: str) -> list[int]:
        """Return the ranks of the EPCI of a name that says it is one (« CC de Brocéliande »)."""
        propre = retirer_forme(normaliser(nom))
        return self._epci_par_nom.get(propre, []) if propre else []

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

    def _indexer(self, normalises: list[str]) -> None:
        par_mot: defaultdict[str, list[int]] = defaultdict(list)
        par_cle: defaultdict[str, list[int]] = defaultdict(list)
        par_code: defaultdict[str, list[int]] = defaultdict(list)
        epci_par_nom: defaultdict[str, list[int]] = defaultdict(list)
        noms: list[tuple[str, int]] = []
        colles: list[tuple[str, int]] = []
        lieux = _list_codes_lieu(self.geographie)
        for rang, (entree, nom, cle) in enumerate(
            zip(self.entrees, normalises, self.cles, strict=True)
        ):
            mots = {*nom.split(), *lieux.get((entree.type, entree.code), ())}
            if self._est_connue_par_son_code(entree):
                par_code[entree.code].append(rang)
                mots.add(entree.code.lower())
            if not entree.est_redite:
                par_cle[cle].append(rang)
                noms.append((cle, rang))
                colles += {(nom.replace(" ", ""), rang), (cle.replace(" ", ""), rang)}
            else:
                mots = {entree.code.lower()}
            if entree.type == "epci":
                propre = retirer_forme(nom) or cle
                epci_par_nom[propre].append(rang)
                noms.append((propre, rang))
            for mot in mots:
                par_mot[mot].append(rang)
        self._par_cle = dict(par_cle)
        self._par_code = dict(par_code)
        self._epci_par_nom = dict(epci_par_nom)
        self._sont_epci = np.array([entree.type == "epci" for entree in self.entrees])
        self._mots = sorted(par_mot)
        self._porteurs = np.concatenate(
            [np.array(par_mot[mot], dtype=np.int32) for mot in self._mots]
        )
        self._bornes = np.cumsum([0, *(len(par_mot[mot]) for mot in self._mots)])
        self._noms, self._ordre_noms = _trier(noms)
        self._colles, self._ordre_colles = _trier(colles)

    def _est_connue_par_son_code(self, entree: Entree) -> bool:
        """Say no for régions (numbered as départements) and names sharing a commune's code."""
        if entree.type == "ancienne_commune":
            return entree.code not in self._nom_commune
        return entree.type != "region"

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
            "ancienne_commune": f"ancienne commune, aujourd’hui {presentes}, {departement}",
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
        nom = self._nom_departement.get(code)
        return f"{nom} ({code})" if nom else code


_AUCUN: Final = 3


def _list_codes_lieu(geographie: Geographie) -> dict[tuple[TypeResultat, str], set[str]]:
    """Give the département and postal codes under which a commune may also be typed."""
    tables: tuple[tuple[TypeResultat, pd.DataFrame], ...] = (
        ("commune", geographie.communes),
        ("arrondissement", geographie.unites),
    )
    return {
        (type_, code): {departement.lower(), *_decouper(postaux)}
        for type_, table in tables
        for code, departement, postaux in zip(
            table.index.tolist(),
            table["code_departement"].tolist(),
            table["codes_postaux"].tolist(),
            strict=True,
        )
    }


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
    yield from _lister_anciennes(geographie)
    par_postal: defaultdict[str, list[str]] = defaultdict(list)
    for code, postaux in unites["codes_postaux"].items():
        for postal in _decouper(postaux):
            par_postal[postal].append(str(code))
    for postal, codes in sorted(par_postal.items()):
        yield Entree("code_postal", postal, postal, tuple(codes))


def _lister_anciennes(geographie: Geographie) -> Iterator[Entree]:
    """List the former communes: those with a code of their own, then the other former names."""
    noms_presents = _colonne(geographie.communes, "nom")
    passage = geographie.passage
    traduits = set()
    for ancien, code, nom, suites in zip(
        passage.index.tolist(),
        passage["code"].tolist(),
        passage["nom_ancien"].tolist(),
        passage["successeurs"].tolist(),
        strict=True,
    ):
        codes = _decouper(suites) or [code]
        presents = [unite for suite in codes for unite in geographie.membres("commune", suite)]
        if presents and isinstance(nom, str):
            traduits.add((code, nom))
            est_redite = compute_cle(nom) == compute_cle(noms_presents.get(code, ""))
            yield Entree("ancienne_commune", ancien, nom, tuple(presents), est_redite)
    autres = geographie.anciens_noms
    for code, nom in zip(autres["code"].tolist(), autres["nom_ancien"].tolist(), strict=True):
        presents = list(geographie.membres("commune", code))
        if presents and (code, nom) not in traduits and nom != noms_presents.get(code):
            yield Entree("ancienne_commune", code, nom, tuple(presents))


def _trier(noms: list[tuple[str, int]]) -> tuple[list[str], npt.NDArray[np.int64]]:
    noms.sort()
    return [nom for nom, _ in noms], np.array([rang for _, rang in noms], dtype=np.int64)


def _colonne(table: pd.DataFrame, nom: str) -> dict[str, str]:
    return dict(zip(table.index.tolist(), table[nom].tolist(), strict=True))


def _decouper(valeur: object) -> list[str]:
    return valeur.split() if isinstance(valeur, str) else []


def _intervalle(tries: list[str], prefixe: str) -> tuple[int, int]:
    """Return the bounds of the strings that begin with a prefix."""
    return bisect_left(tries, prefixe), bisect_left(tries, prefixe + _FIN)
