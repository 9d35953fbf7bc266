"""Everything the rules say about a territory, gathered in one value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from diagnostic.alertes import Alerte
from diagnostic.composition import CodeTraduit
from diagnostic.contiguite import (
    Contiguite,
    Groupe,
    build_alertes_contiguite,
    compute_contiguite,
)
from diagnostic.errors import PerimetreVideError
from diagnostic.financement import Financement, compute_financement
from diagnostic.parametres import Parametres
from diagnostic.perimetre import Perimetre, compacter, nommer
from diagnostic.plancher import Plancher, build_alertes_plancher, compute_plancher
from diagnostic.population import Habitants, additionner, compute_habitants
from diagnostic.redaction import accorder, enumerer, lier_ponctuation
from diagnostic.taille import (
    Taille,
    build_alerte_definition,
    build_alertes_seuil,
    compute_taille,
)
from geodata.errors import CodeInconnuError, MillesimeError
from geodata.schema import MILLESIME_POPULATION, Geographie, Niveau, TypePopulation

_GRAVITES: Final = ("bloquant", "attention", "information")
_LIMITE_EPCI = 4

_Rangs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class EpciDuTerritoire:
    """An intercommunalité (EPCI or EPT) of the territory, whole or in part.

    `communes_incluses` and `communes_manquantes` are compact codes; `population` is that of the
    part inside the territory.
    """

    code: str
    nom: str
    complet: bool
    communes_incluses: tuple[str, ...]
    communes_manquantes: tuple[str, ...]
    population: int | None


@dataclass(frozen=True)
class PartTraversee:
    """What a territory takes of one département or région."""

    code: str
    nom: str
    nombre_communes: int
    population: int | None
    surface_km2: float


@dataclass(frozen=True)
class Territoire:
    """Result of `compute_territoire`; `en_dict` gives the JSON of the command line."""

    perimetre: Perimetre
    codes: tuple[str, ...]
    nombre_communes: int
    population: int | None
    type_population: TypePopulation
    millesime_population: int
    surface_km2: float
    taille: Taille | None
    plancher: Plancher
    financement: Financement | None
    contiguite: Contiguite
    epci: tuple[EpciDuTerritoire, ...]
    ept: tuple[EpciDuTerritoire, ...]
    departements: tuple[PartTraversee, ...]
    regions: tuple[PartTraversee, ...]
    codes_traduits: tuple[CodeTraduit, ...]
    alertes: tuple[Alerte, ...]
    sources: tuple[Mapping[str, Any], ...]

    @property
    def nom(self) -> str:
        """Name given by the user; free text, never trusted."""
        return self.perimetre.nom

    @property
    def densite_hab_km2(self) -> float | None:
        """Inhabitants per square kilometre."""
        if self.population is None or self.surface_km2 <= 0:
            return None
        return self.population / self.surface_km2

    def en_dict(self) -> dict[str, Any]:
        """Return the stable JSON shape of the command line."""
        taille = self.taille
        densite = self.densite_hab_km2
        return {
            "nom": self.nom,
            "millesime_geographie": self.perimetre.millesime,
            "codes": list(self.codes),
            "nombre_communes": self.nombre_communes,
            "population": self.population,
            "type_population": self.type_population,
            "millesime_population": self.millesime_population,
            "surface_km2": round(self.surface_km2, 2),
            "densite_hab_km2": None if densite is None else round(densite, 1),
            "taille": taille.taille if taille else None,
            "seuil_inferieur": taille.seuil_inferieur if taille else None,
            "seuil_superieur": taille.seuil_superieur if taille else None,
            "habitants_avant_taille_superieure": (
                taille.habitants_avant_taille_superieure if taille else None
            ),
            "habitants_au_dessus_du_seuil": (
                taille.habitants_au_dessus_du_seuil if taille else None
            ),
            "plancher": self.plancher.en_dict(),
            "financement": self.financement.en_dict() if self.financement else None,
            "est_contigu": self.contiguite.est_contigu,
            "morceaux": [_dict_groupe(groupe) for groupe in self.contiguite.morceaux],
            "enclaves": [_dict_groupe(groupe) for groupe in self.contiguite.enclaves],
            "epci": [
                {
                    "code": epci.code,
                    "nom": epci.nom,
                    "complet": epci.complet,
                    "communes_incluses": list(epci.communes_incluses),
                    "communes_manquantes": list(epci.communes_manquantes),
                }
                for epci in self.epci
            ],
            "departements": [_dict_part(part) for part in self.departements],
            "regions": [_dict_part(part) for part in self.regions],
            "codes_traduits": [asdict(code) for code in self.codes_traduits],
            "alertes": [asdict(alerte) | {"codes": list(alerte.codes)} for alerte in self.alertes],
            "sources": [dict(source) for source in self.sources],
        }


def compute_territoire(
    geographie: Geographie,
    perimetre: Perimetre,
    *,
    type_population: TypePopulation = "municipale",
    le: date,
    parametres: Parametres,
    codes_traduits: Sequence[CodeTraduit] = (),
    alertes: Sequence[Alerte] = (),
    sources: Sequence[Mapping[str, Any]] = (),
) -> Territoire:
    """Apply every rule of a CPTS territory to a perimeter.

    Parameters
    ----------
    le
        Day whose rules apply (size tiers, amounts, regional floors).
    codes_traduits, alertes
        What the composition of the perimeter reported, carried into the result.
    sources
        Description of the data behind the figures, carried into the result.

    Raises
    ------
    PerimetreVideError
        If the perimeter holds no unité.
    CodeInconnuError
        If some codes are not unités of this geography.
    MillesimeError
        If the perimeter follows the geography of another year.
    ParametreIntrouvableError
        If no agreement was in force at that date.
    """
    _validate_perimetre(geographie, perimetre)
    rangs = geographie.rangs(perimetre.codes)
    habitants = compute_habitants(geographie, rangs, type_population)
    population = additionner(habitants)
    regions = _build_parts(geographie, "region", rangs, habitants)
    bareme_taille = parametres.taille(le)
    bareme_financement = parametres.financement(le)
    taille = None if population is None else compute_taille(population, bareme_taille)
    plancher = compute_plancher(
        population, {region.code: region.nom for region in regions}, le, parametres
    )
    contiguite = compute_contiguite(geographie, perimetre.codes, type_population)
    epci = _build_epci(geographie, "epci", perimetre.codes, rangs, habitants)
    ept = _build_epci(geographie, "ept", perimetre.codes, rangs, habitants)
    departements = _build_parts(geographie, "departement", rangs, habitants)
    trouvees = [
        *alertes,
        *build_alertes_codes(codes_traduits),
        *build_alertes_plancher(population, plancher),
        *_build_alertes_population(geographie, perimetre, rangs, habitants, type_population),
        *([] if population is None else build_alertes_seuil(population, bareme_taille)),
        *_build_alertes_definition(geographie, rangs, parametres, le),
        *build_alertes_contiguite(geographie, contiguite),
        *_build_alertes_traversees(departements, regions),
        *_build_alertes_epci(geographie, rangs, epci, ept),
    ]
    return Territoire(
        perimetre=perimetre,
        codes=compacter(geographie, perimetre.codes),
        nombre_communes=len(set(geographie.appartenance["commune"][rangs])),
        population=population,
        type_population=type_population,
        millesime_population=MILLESIME_POPULATION[type_population],
        surface_km2=float(geographie.surface_km2[rangs].sum()),
        taille=taille,
        plancher=plancher,
        financement=compute_financement(taille.taille, bareme_financement) if taille else None,
        contiguite=contiguite,
        epci=epci,
        ept=ept,
        departements=departements,
        regions=regions,
        codes_traduits=tuple(codes_traduits),
        alertes=tuple(
            replace(alerte, message=lier_ponctuation(alerte.message))
            for alerte in sorted(trouvees, key=lambda alerte: _GRAVITES.index(alerte.gravite))
        ),
        sources=tuple(sources),
    )


def _validate_perimetre(geographie: Geographie, perimetre: Perimetre) -> None:
    if not perimetre.codes:
        raise PerimetreVideError
    if perimetre.millesime != geographie.millesime:
        raise MillesimeError(
            f"Le périmètre suit la géographie {perimetre.millesime}, les données la géographie "
            f"{geographie.millesime} : recomposez le périmètre à partir de ses codes."
        )
    if inconnus := [code for code in perimetre.codes if code not in geographie.position]:
        raise CodeInconnuError(sorted(inconnus))


def _dict_groupe(groupe: Groupe) -> dict[str, Any]:
    return {
        "codes": list(groupe.codes_compacts),
        "nombre_communes": groupe.nombre_communes,
        "population": groupe.population,
    }


def _dict_part(part: PartTraversee) -> dict[str, Any]:
    return asdict(part) | {"surface_km2": round(part.surface_km2, 2)}


def _group_positions(codes: npt.NDArray[np.object_]) -> dict[str, list[int]]:
    """Return the positions of each code, in the order of the codes, None left out."""
    groupes: defaultdict[str, list[int]] = defaultdict(list)
    for position, code in enumerate(codes):
        if code is not None:
            groupes[code].append(position)
    return dict(sorted(groupes.items()))


def _build_parts(
    geographie: Geographie, niveau: Niveau, rangs: _Rangs, habitants: Habitants
) -> tuple[PartTraversee, ...]:
    communes = geographie.appartenance["commune"][rangs]
    surfaces = geographie.surface_km2[rangs]
    return tuple(
        PartTraversee(
            code=code,
            nom=geographie.nom(niveau, code),
            nombre_communes=len(set(communes[positions])),
            population=additionner(habitants[positions]),
            surface_km2=float(surfaces[positions].sum()),
        )
        for code, positions in _group_positions(geographie.appartenance[niveau][rangs]).items()
    )


def _build_epci(
    geographie: Geographie,
    niveau: Niveau,
    codes: frozenset[str],
    rangs: _Rangs,
    habitants: Habitants,
) -> tuple[EpciDuTerritoire, ...]:
    resultat = []
    for code, positions in _group_positions(geographie.appartenance[niveau][rangs]).items():
        membres = geographie.membres(niveau, code)
        manquants = membres - codes
        resultat.append(
            EpciDuTerritoire(
                code=code,
                nom=geographie.nom(niveau, code),
                complet=not manquants,
                communes_incluses=compacter(geographie, membres & codes),
                communes_manquantes=compacter(geographie, manquants),
                population=additionner(habitants[positions]),
            )
        )
    return tuple(resultat)


def build_alertes_codes(codes_traduits: Sequence[CodeTraduit]) -> Iterable[Alerte]:
    """Say which former codes were replaced by a present commune."""
    if not codes_traduits:
        return
    liste = enumerer([f"{c.nom_ancien} ({c.ancien}) → {c.nouveau}" for c in codes_traduits])
    yield Alerte(
        "code_traduit",
        "information",
        f"{accorder(len(codes_traduits), 'ancien code', 'anciens codes')} de commune "
        f"{'remplacé' if len(codes_traduits) == 1 else 'remplacés'} par la commune actuelle : "
        f"{liste}. La commune actuelle peut être plus étendue que l’ancienne.",
        tuple(sorted({c.nouveau for c in codes_traduits})),
    )


def _build_alertes_population(
    geographie: Geographie,
    perimetre: Perimetre,
    rangs: _Rangs,
    habitants: Habitants,
    type_population: TypePopulation,
) -> Iterable[Alerte]:
    inconnus = np.isnan(habitants)
    if inconnus.any():
        codes = tuple(geographie.codes[rangs[inconnus]])
        yield Alerte(
            "population_manquante",
            "attention",
            f"Population {type_population} inconnue pour "
            f"{enumerer(nommer(geographie, codes))} : {_decrire_couverture(inconnus)}",
            codes,
        )
    millesime = MILLESIME_POPULATION["municipale"]
    annees = geographie.unites["millesime_population_municipale"].to_numpy()[rangs]
    for annee in sorted({int(a) for a in annees[~inconnus]} - {millesime}):
        codes = tuple(geographie.codes[rangs[(annees == annee) & ~inconnus]])
        yield Alerte(
            "population_ancienne",
            "attention",
            f"{enumerer(nommer(geographie, codes))} : population du recensement de {annee}, faute "
            "de chiffre plus récent. Elle est probablement sous-estimée.",
            codes,
        )
    if perimetre.partielles:
        codes = tuple(sorted(perimetre.partielles))
        yield Alerte(
            "communes_partielles",
            "attention",
            f"{enumerer(nommer(geographie, codes))} : une partie seulement est dans le "
            "territoire, mais la population et la surface comptées sont celles de la commune "
            "entière. Les totaux sont donc des maximums.",
            codes,
        )


def _decrire_couverture(inconnus: npt.NDArray[np.bool_]) -> str:
    connus = len(inconnus) - int(inconnus.sum())
    if connus == 0:
        return "aucun total ne peut être donné."
    part = 100 * connus / len(inconnus)
    return (
        f"le total ne porte que sur {connus} des {len(inconnus)} communes et arrondissements "
        f"({part:.0f}\u202f%)."
    )


def _build_alertes_definition(
    geographie: Geographie, rangs: _Rangs, parametres: Parametres, le: date
) -> Iterable[Alerte]:
    """Compare the two definitions only where both are known everywhere."""
    totaux = []
    for definition in ("municipale", "totale"):
        habitants = compute_habitants(geographie, rangs, definition)
        totaux.append(None if np.isnan(habitants).any() else additionner(habitants))
    alerte = build_alerte_definition(totaux[0], totaux[1], parametres.taille(le))
    if alerte:
        yield alerte


def _build_alertes_traversees(
    departements: Sequence[PartTraversee], regions: Sequence[PartTraversee]
) -> Iterable[Alerte]:
    for parts, code, nom, gravite, suite in (
        (regions, "plusieurs_regions", "régions", "attention", "plusieurs ARS sont concernées"),
        (
            departements,
            "plusieurs_departements",
            "départements",
            "information",
            "plusieurs délégations de l’ARS et plusieurs CPAM peuvent être concernées",
        ),
    ):
        if len(parts) > 1:
            liste = enumerer([f"{p.nom} ({_decrire_part(p)})" for p in parts])
            yield Alerte(
                code,
                "attention" if gravite == "attention" else "information",
                f"Le territoire s’étend sur {len(parts)} {nom} : {liste}. {suite[0].upper()}"
                f"{suite[1:]}.",
                tuple(part.code for part in parts),
            )


def _decrire_part(part: PartTraversee) -> str:
    if part.population is None:
        return accorder(part.nombre_communes, "commune")
    return accorder(part.population, "habitant")


def _build_alertes_epci(
    geographie: Geographie,
    rangs: _Rangs,
    epci: Sequence[EpciDuTerritoire],
    ept: Sequence[EpciDuTerritoire],
) -> Iterable[Alerte]:
    # the Grand Paris métropole is never a CPTS: its territoires (EPT) are the useful grain there
    coiffantes = geographie.epci_a_ept
    for entites, code_alerte in (
        ([e for e in epci if e.code not in coiffantes], "epci_incomplet"),
        (list(ept), "ept_incomplet"),
    ):
        incomplets = [entite for entite in entites if not entite.complet]
        if incomplets:
            yield Alerte(
                code_alerte,
                "information",
                _decrire_incomplets(geographie, incomplets),
                tuple(entite.code for entite in incomplets),
            )
    isolees = geographie.appartenance["epci"][rangs] == None  # noqa: E711
    if isolees.any():
        codes = tuple(geographie.codes[rangs[isolees]])
        yield Alerte(
            "communes_sans_epci",
            "information",
            f"Hors de toute intercommunalité : {enumerer(nommer(geographie, codes))}.",
            codes,
        )


def _decrire_incomplet(geographie: Geographie, epci: EpciDuTerritoire) -> str:
    """Name the shorter of what is in and what is out."""
    incluses, manquantes = epci.communes_incluses, epci.communes_manquantes
    cite, mot = (incluses, "seulement") if len(incluses) < len(manquantes) else (manquantes, "sans")
    noms = enumerer(nommer(geographie, cite), limite=4)
    return f"{epci.nom} ({len(incluses)} sur {len(incluses) + len(manquantes)} ; {mot} {noms})"


def _decrire_incomplets(geographie: Geographie, incomplets: Sequence[EpciDuTerritoire]) -> str:
    descriptions = [_decrire_incomplet(geographie, epci) for epci in incomplets[:_LIMITE_EPCI]]
    if len(incomplets) > _LIMITE_EPCI:
        descriptions.append(f"et {len(incomplets) - _LIMITE_EPCI} de plus")
    sujet = accorder(len(incomplets), "intercommunalité")
    verbe = "n’est retenue" if len(incomplets) == 1 else "ne sont retenues"
    return f"{sujet} {verbe} qu’en partie : {', '.join(descriptions)}."
