"""Regional floor: the least population that a région asks of a CPTS territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from diagnostic.alertes import Alerte
from diagnostic.parametres import Parametres, StatutPlancher
from diagnostic.redaction import enumerer, format_nombre

# strictest first
_RIGUEUR: Final[tuple[StatutPlancher, ...]] = ("ferme", "indicatif", "inconnu", "aucun")


@dataclass(frozen=True)
class PlancherDeRegion:
    """What one région asks for; `est_respecte` is None without a threshold or a population."""

    code: str
    nom: str
    statut: StatutPlancher
    habitants: int | None
    est_respecte: bool | None
    reference: str | None


@dataclass(frozen=True)
class Plancher:
    """Strictest rule of the régions crossed, and the rule of each."""

    statut: StatutPlancher
    habitants: int | None
    est_respecte: bool | None
    regions: tuple[PlancherDeRegion, ...]

    def en_dict(self) -> dict[str, Any]:
        """Return the stable JSON shape."""
        return asdict(self) | {"regions": [asdict(region) for region in self.regions]}


def compute_plancher(
    population: int | None, regions: Mapping[str, str], le: date, parametres: Parametres
) -> Plancher:
    """Compare the population with the rule of each région crossed.

    Parameters
    ----------
    population
        Of the whole territory, not of its part in each région.
    regions
        Name of each région crossed, by code.
    """
    regles = []
    for code, nom in regions.items():
        regle = parametres.plancher(code, le)
        habitants = regle.habitants if regle else None
        regles.append(
            PlancherDeRegion(
                code=code,
                nom=nom,
                statut=regle.statut if regle else "inconnu",
                habitants=habitants,
                est_respecte=(
                    None if habitants is None or population is None else population >= habitants
                ),
                reference=regle.reference if regle else None,
            )
        )
    stricte = min(regles, key=lambda regle: _RIGUEUR.index(regle.statut))
    return Plancher(stricte.statut, stricte.habitants, stricte.est_respecte, tuple(regles))


def build_alertes_plancher(population: int | None, plancher: Plancher) -> list[Alerte]:
    """Warn about each floor that is not reached, and about régions whose rule is not known."""
    alertes = []
    for regle in plancher.regions:
        if regle.est_respecte is not False or population is None or regle.habitants is None:
            continue
        alertes.append(
            Alerte(
                "sous_plancher",
                "bloquant" if regle.statut == "ferme" else "attention",
                f"{format_nombre(population)} habitants : c’est moins que "
                + (
                    f"le minimum de {format_nombre(regle.habitants)} habitants imposé en région "
                    f"{regle.nom}."
                    if regle.statut == "ferme"
                    else f"l’ordre de grandeur de {format_nombre(regle.habitants)} habitants "
                    f"attendu en région {regle.nom} (repère, non imposé)."
                ),
                (regle.code,),
            )
        )
    inconnues = [regle for regle in plancher.regions if regle.statut == "inconnu"]
    if inconnues:
        alertes.append(
            Alerte(
                "plancher_inconnu",
                "information",
                "Population minimale non établie pour "
                f"{enumerer([regle.nom for regle in inconnues])} : aucun document régional n’a "
                "été lu. À demander à l’ARS.",
                tuple(regle.code for regle in inconnues),
            )
        )
    return alertes
