"""Size of a CPTS: the tier of the ACI that its population falls in."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic.alertes import Alerte
from diagnostic.parametres import BaremeTaille
from diagnostic.redaction import accorder, format_nombre
from geodata.schema import MILLESIME_POPULATION


@dataclass(frozen=True)
class Taille:
    """Tier of a population, and its distance to the thresholds on each side.

    Parameters
    ----------
    taille
        1 to 4.
    seuil_inferieur, seuil_superieur
        In inhabitants; None below the first tier and above the last.
    habitants_avant_taille_superieure
        Inhabitants between the population and `seuil_superieur`.
    habitants_au_dessus_du_seuil
        Inhabitants between `seuil_inferieur` and the population.
    """

    taille: int
    seuil_inferieur: int | None
    seuil_superieur: int | None
    habitants_avant_taille_superieure: int | None
    habitants_au_dessus_du_seuil: int | None


def compute_taille(population: int, bareme: BaremeTaille) -> Taille:
    """Find the tier of a population.

    A population exactly on a threshold follows `taille_a_la_borne` of that threshold.
    """
    taille = 1
    for rang, seuil in enumerate(bareme.seuils, start=1):
        if population > seuil.habitants:
            taille = rang + 1
        elif population == seuil.habitants:
            taille = seuil.taille_a_la_borne
    inferieur = bareme.seuils[taille - 2].habitants if taille > 1 else None
    superieur = bareme.seuils[taille - 1].habitants if taille <= len(bareme.seuils) else None
    return Taille(
        taille=taille,
        seuil_inferieur=inferieur,
        seuil_superieur=superieur,
        habitants_avant_taille_superieure=None if superieur is None else superieur - population,
        habitants_au_dessus_du_seuil=None if inferieur is None else population - inferieur,
    )


def build_alertes_seuil(population: int, bareme: BaremeTaille) -> list[Alerte]:
    """Warn when the population lies on a threshold or near one."""
    alertes = []
    for rang, seuil in enumerate(bareme.seuils, start=1):
        ecart = population - seuil.habitants
        if ecart == 0 and not seuil.est_tranche_par_le_texte:
            alertes.append(
                Alerte(
                    "seuil_non_tranche",
                    "attention",
                    f"La population est exactement de {format_nombre(population)} habitants : le "
                    f"texte ne dit pas si c’est la taille {rang} ou {rang + 1}. La taille "
                    f"{seuil.taille_a_la_borne} est retenue par prudence ; à confirmer auprès de "
                    "l’ARS et de l’Assurance maladie.",
                )
            )
        elif abs(ecart) <= bareme.marge_alerte * seuil.habitants:
            alertes.append(_build_alerte_proche(population, ecart, seuil.habitants, rang))
    return alertes


def _build_alerte_proche(population: int, ecart: int, seuil: int, rang: int) -> Alerte:
    distance = accorder(abs(ecart), "habitant")
    if ecart == 0:
        position = f"exactement au seuil de {format_nombre(seuil)} habitants"
    else:
        sens = "au-dessus" if ecart > 0 else "en dessous"
        position = f"à {distance} {sens} du seuil de {format_nombre(seuil)} habitants"
    return Alerte(
        "proche_seuil",
        "attention",
        f"Avec {accorder(population, 'habitant')}, le territoire est {position} qui sépare les "
        f"tailles {rang} et {rang + 1} : une commune de plus ou de moins, ou la prochaine mise à "
        "jour des populations, peut changer la taille et le financement.",
    )


def build_alerte_definition(
    municipale: int | None, totale: int | None, bareme: BaremeTaille
) -> Alerte | None:
    """Warn when population municipale and population totale lead to different tiers."""
    if municipale is None or totale is None:
        return None
    tailles = [compute_taille(population, bareme).taille for population in (municipale, totale)]
    if tailles[0] == tailles[1]:
        return None
    return Alerte(
        "taille_selon_population",
        "attention",
        f"La taille dépend de la définition de la population : taille {tailles[0]} avec la "
        f"population municipale {MILLESIME_POPULATION['municipale']} "
        f"({format_nombre(municipale)} habitants), taille {tailles[1]} avec la population totale "
        f"{MILLESIME_POPULATION['totale']} ({format_nombre(totale)}). Aucun texte lu ne dit "
        "laquelle retenir ; à confirmer auprès de l’ARS et de l’Assurance maladie.",
    )
