"""What each side of an overlap becomes, commune by commune and for a few ranked ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from diagnostic.chevauchement import Chevauchement, compute_chevauchement
from diagnostic.parametres import Parametres
from diagnostic.perimetre import Perimetre, nommer
from diagnostic.redaction import accorder, enumerer, format_nombre
from diagnostic.territoire import Territoire, compute_territoire
from geodata.schema import LIBELLES_STATUT_CPTS, Geographie, TerritoireCpts

Cle = Literal["a", "b", "proche", "epci", "epci_a", "epci_b"]
_LIBELLES: Final[Mapping[Cle, str]] = {
    "a": "Toutes à « {a} »",
    "b": "Toutes à « {b} »",
    "proche": "Chacune au territoire le plus proche",
    "epci": "Chacune au territoire qui tient déjà le reste de son intercommunalité",
    "epci_a": "À « {a} », intercommunalités entières",
    "epci_b": "À « {b} », intercommunalités entières",
}


@dataclass(frozen=True)
class EtatCote:
    """State of one side after an arbitration; None fields when it is left without a commune."""

    nombre_communes: int
    population: int | None
    taille: int | None
    financement: int | None
    est_contigu: bool
    epci_coupes: int
    ecart_plancher: int | None

    @property
    def est_vide(self) -> bool:
        """Nothing is left on that side."""
        return self.nombre_communes == 0


@dataclass(frozen=True)
class CommuneContestee:
    """One commune claimed by both, and what each side is with it or without it."""

    code: str
    nom: str
    population: int | None
    est_partielle: bool
    nom_epci: str
    distance_a_km: float | None
    distance_b_km: float | None
    sans_elle_a: EtatCote
    sans_elle_b: EtatCote


@dataclass(frozen=True)
class OptionArbitrage:
    """One way out.

    Parameters
    ----------
    attributions
        Contested or moved unité → identifier of the territory that keeps it.
    reserves
        What speaks against it, in French; the option with the fewest comes first.
    cede_du_plus_avance
        The side whose project is the more advanced gives communes up.
    """

    cle: Cle
    libelle: str
    attributions: Mapping[str, str]
    a: EtatCote
    b: EtatCote
    reserves: tuple[str, ...]
    cede_du_plus_avance: bool


@dataclass(frozen=True)
class Arbitrage:
    """Hold an overlap, its contested communes, and the options from best to worst."""

    chevauchement: Chevauchement
    avant_a: EtatCote
    avant_b: EtatCote
    communes: tuple[CommuneContestee, ...]
    options: tuple[OptionArbitrage, ...]


def compute_arbitrage(
    geographie: Geographie,
    a: TerritoireCpts,
    b: TerritoireCpts,
    *,
    parametres: Parametres,
    le: date,
) -> Arbitrage:
    """Compute what each way out of an overlap makes of both territories.

    Communes held in part on a side are listed but stay as they are: dividing a commune is for
    people who know its quartiers.
    """
    trouve = compute_chevauchement(geographie, a, b)
    juge = _Juge(geographie, a, b, trouve, parametres, le)
    communes = tuple(juge.contestee(code) for code in (*trouve.codes, *trouve.codes_partiels))
    options = [juge.option(cle, attributions) for cle, attributions in juge.propositions().items()]
    return Arbitrage(
        chevauchement=trouve,
        avant_a=juge.etat(a, a.codes),
        avant_b=juge.etat(b, b.codes),
        communes=communes,
        # as many objections on both sides: the more advanced project keeps its communes
        options=tuple(sorted(options, key=lambda o: (len(o.reserves), o.cede_du_plus_avance))),
    )


class _Juge:
    """Hold what every option needs: both sides, what they contest, and the rules."""

    def __init__(
        self,
        geographie: Geographie,
        a: TerritoireCpts,
        b: TerritoireCpts,
        trouve: Chevauchement,
        parametres: Parametres,
        le: date,
    ) -> None:
        self.geographie = geographie
        self.a, self.b = a, b
        self.trouve = trouve
        self.contestes = frozenset(trouve.codes)
        self.parametres, self.le = parametres, le
        self.poids = parametres.poids_statut(le).poids
        self.centres = {
            cote.identifiant: _compute_centre(
                geographie, (cote.codes - self.contestes) or cote.codes
            )
            for cote in (a, b)
        }
        self._etats: dict[tuple[str, frozenset[str]], EtatCote] = {}

    def etat(self, cote: TerritoireCpts, codes: frozenset[str]) -> EtatCote:
        """Return the state of one side with these unités, computed once."""
        cle = (cote.identifiant, codes)
        if cle not in self._etats:
            self._etats[cle] = self._compute_etat(cote, codes)
        return self._etats[cle]

    def _compute_etat(self, cote: TerritoireCpts, codes: frozenset[str]) -> EtatCote:
        if not codes:
            return EtatCote(0, 0, None, None, est_contigu=True, epci_coupes=0, ecart_plancher=None)
        territoire = compute_territoire(
            self.geographie,
            Perimetre(cote.nom, codes, cote.partielles & codes),
            le=self.le,
            parametres=self.parametres,
        )
        return _read_etat(territoire)

    def contestee(self, code: str) -> CommuneContestee:
        """Describe one contested commune."""
        unite = self.geographie.unites.loc[code]
        seule = frozenset({code})
        epci = unite["code_epci"]
        population = self.geographie.population()[self.geographie.position[code]]
        return CommuneContestee(
            code=code,
            nom=str(unite["nom"]),
            population=None if np.isnan(population) else int(population),
            est_partielle=code in self.trouve.codes_partiels,
            nom_epci=(str(self.geographie.epci.at[epci, "nom"]) if isinstance(epci, str) else ""),
            distance_a_km=self._distance(code, self.a),
            distance_b_km=self._distance(code, self.b),
            sans_elle_a=self.etat(self.a, self.a.codes - seule),
            sans_elle_b=self.etat(self.b, self.b.codes - seule),
        )

    def _distance(self, code: str, cote: TerritoireCpts) -> float | None:
        centre = self.centres[cote.identifiant]
        if centre is None:
            return None
        return _compute_distance_km(_compute_centre(self.geographie, {code}) or centre, centre)

    def propositions(self) -> dict[Cle, dict[str, str]]:
        """Return who gets what in each option; empty when nothing is wholly contested."""
        if not self.contestes:
            return {}
        a, b = self.a.identifiant, self.b.identifiant
        propositions: dict[Cle, dict[str, str]] = {
            "a": dict.fromkeys(sorted(self.contestes), a),
            "b": dict.fromkeys(sorted(self.contestes), b),
            "proche": {code: self._nearest(code) for code in sorted(self.contestes)},
            "epci": {code: self._same_epci(code) for code in sorted(self.contestes)},
            "epci_a": self._whole_epci(self.a, self.b),
            "epci_b": self._whole_epci(self.b, self.a),
        }
        vues: set[tuple[tuple[str, str], ...]] = set()
        differentes: dict[Cle, dict[str, str]] = {}
        for cle, attributions in propositions.items():
            signature = tuple(sorted(attributions.items()))
            if signature not in vues:
                vues.add(signature)
                differentes[cle] = attributions
        return differentes

    def _nearest(self, code: str) -> str:
        distance_a, distance_b = self._distance(code, self.a), self._distance(code, self.b)
        if distance_a is None or distance_b is None:
            return self._advanced()
        return self.a.identifiant if distance_a <= distance_b else self.b.identifiant

    def _advanced(self) -> str:
        """Return the side whose project is the more advanced, A when equal."""
        est_a = self.poids[self.a.statut] >= self.poids[self.b.statut]
        return self.a.identifiant if est_a else self.b.identifiant

    def _same_epci(self, code: str) -> str:
        epci = self.geographie.unites.at[code, "code_epci"]
        membres = self.geographie.membres("epci", epci) if isinstance(epci, str) else frozenset()
        habitants = Counter(
            {
                cote.identifiant: self._inhabitants(membres & cote.codes - self.contestes)
                for cote in (self.a, self.b)
            }
        )
        if habitants[self.a.identifiant] == habitants[self.b.identifiant]:
            return self._nearest(code)
        return habitants.most_common(1)[0][0]

    def _inhabitants(self, codes: frozenset[str]) -> float:
        return float(np.nansum(self.geographie.population()[self.geographie.rangs(codes)]))

    def _whole_epci(self, gagne: TerritoireCpts, perd: TerritoireCpts) -> dict[str, str]:
        communes = set(self.contestes)
        for code in self.contestes:
            epci = self.geographie.unites.at[code, "code_epci"]
            if isinstance(epci, str):
                communes |= self.geographie.membres("epci", epci) & perd.codes
        return dict.fromkeys(sorted(communes), gagne.identifiant)

    def option(self, cle: Cle, attributions: dict[str, str]) -> OptionArbitrage:
        """Compute both sides after one way out, and what speaks against it."""
        apres = []
        for cote in (self.a, self.b):
            gagnees = {code for code, qui in attributions.items() if qui == cote.identifiant}
            apres.append(self.etat(cote, cote.codes.difference(attributions) | gagnees))
        etat_a, etat_b = apres
        cedees = self._objections_statut(attributions)
        return OptionArbitrage(
            cle=cle,
            libelle=_LIBELLES[cle].format(a=self.a.nom, b=self.b.nom),
            attributions=attributions,
            a=etat_a,
            b=etat_b,
            reserves=(
                *self._objections(self.a, etat_a),
                *self._objections(self.b, etat_b),
                *cedees,
            ),
            cede_du_plus_avance=bool(cedees),
        )

    def _objections(self, cote: TerritoireCpts, apres: EtatCote) -> list[str]:
        avant = self.etat(cote, cote.codes)
        nom = f"« {cote.nom} »"
        if apres.est_vide:
            return [f"{nom} n’a plus aucune commune"] * 3
        reserves = []
        if apres.ecart_plancher is not None and apres.ecart_plancher < 0:
            manque = format_nombre(-apres.ecart_plancher)
            reserves.append(f"{nom} passe à {manque} habitants sous le plancher régional")
        if avant.est_contigu and not apres.est_contigu:
            reserves.append(f"{nom} se retrouve en plusieurs morceaux")
        if apres.epci_coupes > avant.epci_coupes:
            nombre = accorder(apres.epci_coupes - avant.epci_coupes, "intercommunalité")
            reserves.append(f"{nom} coupe {nombre} de plus")
        if apres.taille is not None and avant.taille is not None and apres.taille < avant.taille:
            reserves.append(f"{nom} descend de la taille {avant.taille} à {apres.taille}")
        return reserves

    def _objections_statut(self, attributions: Mapping[str, str]) -> list[str]:
        avance = self._advanced()
        if self.poids[self.a.statut] == self.poids[self.b.statut]:
            return []
        cote = self.a if avance == self.a.identifiant else self.b
        perdues = [
            code for code, qui in attributions.items() if qui != avance and code in cote.codes
        ]
        if not perdues:
            return []
        statut = LIBELLES_STATUT_CPTS[cote.statut]
        cedees = enumerer(nommer(self.geographie, perdues))
        return [f"« {cote.nom} », plus avancé ({statut}), cède {cedees}"]


def _read_etat(territoire: Territoire) -> EtatCote:
    plancher = territoire.plancher.habitants
    return EtatCote(
        nombre_communes=territoire.nombre_communes,
        population=territoire.population,
        taille=territoire.taille.taille if territoire.taille else None,
        financement=(
            territoire.financement.total_hors_volet_snp if territoire.financement else None
        ),
        est_contigu=territoire.contiguite.est_contigu,
        epci_coupes=sum(not epci.complet for epci in territoire.epci),
        ecart_plancher=(
            None
            if plancher is None or territoire.population is None
            else territoire.population - plancher
        ),
    )


def _compute_centre(
    geographie: Geographie, codes: frozenset[str] | set[str]
) -> tuple[float, float] | None:
    """Return the population-weighted centre of unités, longitude and latitude in degrees."""
    if not codes:
        return None
    rangs = geographie.rangs(codes)
    poids = np.nan_to_num(geographie.population()[rangs]) + 1.0  # nobody lives in a few communes
    longitudes = geographie.unites["longitude"].to_numpy(dtype=np.float64)[rangs]
    latitudes = geographie.unites["latitude"].to_numpy(dtype=np.float64)[rangs]
    return float(np.average(longitudes, weights=poids)), float(np.average(latitudes, weights=poids))


def _compute_distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance between two points, in kilometres."""
    (lon_a, lat_a), (lon_b, lat_b) = np.radians(a), np.radians(b)
    demi = (
        np.sin((lat_b - lat_a) / 2) ** 2
        + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    )
    return float(2 * 6_371.0 * np.arcsin(np.sqrt(demi)))
