"""A territory as text, for a person at a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final, TextIO

from diagnostic.alertes import Gravite
from diagnostic.financement import Financement
from diagnostic.perimetre import nommer
from diagnostic.plancher import PlancherDeRegion
from diagnostic.redaction import accorder, enumerer, format_nombre, lier_ponctuation
from diagnostic.taille import Taille
from diagnostic.territoire import EpciDuTerritoire, Territoire
from geodata.schema import Geographie

_LARGEUR: Final = 88
_MARQUES: Final[dict[Gravite, str]] = {"bloquant": "✖", "attention": "!", "information": "i"}
_LIMITE_NOMS: Final = 8


def write_territoire(territoire: Territoire, geographie: Geographie, sortie: TextIO) -> None:
    """Write every result of a territory, a section at a time."""
    sortie.writelines(f"{ligne}\n" for ligne in _lignes(territoire, geographie))


def _lignes(territoire: Territoire, geographie: Geographie) -> Iterator[str]:
    titre = " ".join(territoire.nom.split()) or "Territoire sans nom"
    yield titre
    yield "═" * min(len(titre), _LARGEUR)
    yield " · ".join(_resumer(territoire))
    yield f"Communes au 1er janvier {territoire.perimetre.millesime}."
    yield from _section("Taille et minimum régional", _decrire_taille(territoire))
    if territoire.financement:
        yield from _section(
            f"Financement annuel maximal ({territoire.financement.bareme})",
            _decrire_financement(territoire.financement),
        )
    yield from _section("Composition", _decrire_composition(territoire, geographie))
    yield from _section("Continuité", _decrire_continuite(territoire, geographie))
    if territoire.alertes:
        yield from _section("À savoir", _decrire_alertes(territoire))
    if territoire.sources:
        yield from _section("Sources", _decrire_sources(territoire))


def _section(titre: str, lignes: Iterator[str]) -> Iterator[str]:
    yield ""
    yield titre
    yield "─" * len(titre)
    yield from lignes


def _resumer(territoire: Territoire) -> Iterator[str]:
    yield accorder(territoire.nombre_communes, "commune")
    definition = f"population {territoire.type_population} {territoire.millesime_population}"
    if territoire.population is None:
        yield f"{definition} inconnue"
    else:
        yield f"{accorder(territoire.population, 'habitant')} ({definition})"
    yield f"{format_nombre(territoire.surface_km2, 1)} km²"
    if territoire.densite_hab_km2 is not None:
        yield f"{format_nombre(territoire.densite_hab_km2)} hab./km²"


def _decrire_taille(territoire: Territoire) -> Iterator[str]:
    if territoire.taille is None:
        yield "Taille inconnue, faute de population."
    else:
        yield from _replier(f"Taille {territoire.taille.taille} : {_situer(territoire.taille)}.")
    for region in territoire.plancher.regions:
        yield from _replier(f"Minimum en {region.nom} : {_decrire_plancher(region)}.")


def _situer(taille: Taille) -> str:
    morceaux = []
    if taille.seuil_inferieur is not None and taille.habitants_au_dessus_du_seuil is not None:
        morceaux.append(
            f"{accorder(taille.habitants_au_dessus_du_seuil, 'habitant')} au-dessus du seuil de "
            f"{format_nombre(taille.seuil_inferieur)}"
        )
    if taille.seuil_superieur is not None and taille.habitants_avant_taille_superieure is not None:
        morceaux.append(
            f"{accorder(taille.habitants_avant_taille_superieure, 'habitant')} avant le seuil de "
            f"{format_nombre(taille.seuil_superieur)}"
        )
    return ", ".join(morceaux)


def _decrire_plancher(region: PlancherDeRegion) -> str:
    if region.statut == "inconnu":
        return "non établi, à demander à l’ARS"
    if region.habitants is None:
        return "aucun dans le document lu"
    nature = "imposé" if region.statut == "ferme" else "indicatif"
    etat = {True: "respecté", False: "non respecté", None: "non vérifiable"}[region.est_respecte]
    return f"{accorder(region.habitants, 'habitant')} ({nature}), {etat}"


def _decrire_financement(financement: Financement) -> Iterator[str]:
    yield from _tableau("", "Fixe", "Variable", "Total")
    yield from _tableau(
        "Fonctionnement", financement.fonctionnement, None, financement.fonctionnement
    )
    for mission in financement.missions:
        nom = mission.nom if mission.obligatoire else f"{mission.nom} (facultatif)"
        yield from _tableau(nom, mission.fixe, mission.variable, mission.total)
    yield from _tableau(
        "Total hors volet soins non programmés",
        financement.total_fixe,
        financement.total_variable,
        financement.total_hors_volet_snp,
    )
    yield from _tableau("Total avec ce volet", None, None, financement.total_avec_volet_snp)
    yield from _replier(financement.avertissement)


def _tableau(libelle: str, *cellules: str | int | None) -> Iterator[str]:
    textes = [
        cellule if isinstance(cellule, str) else "" if cellule is None else _euros(cellule)
        for cellule in cellules
    ]
    yield (f"{libelle:<56}" + "".join(f"{texte:>12}" for texte in textes)).rstrip()


def _euros(montant: int) -> str:
    return f"{format_nombre(montant)} €"


def _decrire_composition(territoire: Territoire, geographie: Geographie) -> Iterator[str]:
    for epci in (*territoire.epci, *territoire.ept):
        yield from _replier(_decrire_epci(epci, geographie))
    for nom, parts in (
        ("Départements", territoire.departements),
        ("Régions", territoire.regions),
    ):
        liste = ", ".join(
            f"{part.nom} ({accorder(part.nombre_communes, 'commune')}"
            + ("" if part.population is None else f", {format_nombre(part.population)} hab.")
            + ")"
            for part in parts
        )
        yield from _replier(f"{nom} : {liste}")


def _decrire_epci(epci: EpciDuTerritoire, geographie: Geographie) -> str:
    incluses, manquantes = epci.communes_incluses, epci.communes_manquantes
    total = len(incluses) + len(manquantes)
    sont_communes = all(code in geographie.communes.index for code in (*incluses, *manquantes))
    unites = ("commune",) if sont_communes else ("arrondissement", "communes et arrondissements")
    etat = "en entier" if epci.complet else f"dont {len(incluses)} dans le territoire"
    return f"{epci.nom} ({epci.code}) : {accorder(total, *unites)}, {etat}"


def _decrire_continuite(territoire: Territoire, geographie: Geographie) -> Iterator[str]:
    contiguite = territoire.contiguite
    if contiguite.est_contigu:
        yield "Le territoire est d’un seul tenant."
    else:
        for rang, morceau in enumerate(contiguite.morceaux, start=1):
            population = (
                "population inconnue"
                if morceau.population is None
                else accorder(morceau.population, "habitant")
            )
            noms = enumerer(nommer(geographie, morceau.codes), _LIMITE_NOMS)
            yield from _replier(
                f"Morceau {rang} : {accorder(morceau.nombre_communes, 'commune')}, {population} "
                f"({noms})"
            )
    enclavees = sum(enclave.nombre_communes for enclave in contiguite.enclaves)
    if enclavees:
        yield f"{accorder(enclavees, 'commune')} hors du territoire, entourées par lui."


def _decrire_alertes(territoire: Territoire) -> Iterator[str]:
    for alerte in territoire.alertes:
        yield from _replier(alerte.message, marque=f"[{_MARQUES[alerte.gravite]}] ")


def _decrire_sources(territoire: Territoire) -> Iterator[str]:
    for source in territoire.sources:
        yield from _replier(f"{source['titre']}. Source : {source['producteur']}.", marque="– ")


def _replier(texte: str, marque: str = "") -> list[str]:
    return textwrap.wrap(
        lier_ponctuation(texte),
        _LARGEUR,
        initial_indent=marque,
        subsequent_indent=" " * (len(marque) or 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
