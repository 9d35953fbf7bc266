"""The summary workbook of a batch: one row per territory, for an ARS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from diagnostic.exports.tableur import Classeur, Colonne
from diagnostic.exports.typographie import format_date
from diagnostic.rapport import AVERTISSEMENT, Diagnostic


@dataclass(frozen=True)
class LigneSynthese:
    """Hold what the summary keeps of one territory, and nothing heavier.

    Parameters
    ----------
    dossier
        Folder of its documents.
    conflits
        Other CPTS that claim some of its communes.
    """

    dossier: str
    nom: str
    regions: str
    departements: str
    communes: int
    population: int | None
    surface_km2: float
    densite: float | None
    taille: int | None
    financement: int | None
    est_contigu: bool
    epci_entiers: int
    epci_partiels: int
    conflits: str
    population_contestee: int
    alertes: str


def summarise(dossier: str, diagnostic: Diagnostic) -> LigneSynthese:
    """Keep of a diagnostic what its row prints."""
    territoire = diagnostic.territoire
    reels = [
        chevauchement
        for chevauchement in diagnostic.chevauchements
        if chevauchement.nature in ("commune_entiere", "partiel")
    ]
    financement = territoire.financement
    return LigneSynthese(
        dossier=dossier,
        nom=diagnostic.nom,
        regions=", ".join(part.nom for part in territoire.regions),
        departements=", ".join(part.code for part in territoire.departements),
        communes=territoire.nombre_communes,
        population=territoire.population,
        surface_km2=territoire.surface_km2,
        densite=territoire.densite_hab_km2,
        taille=diagnostic.taille,
        financement=financement.total_hors_volet_snp if financement else None,
        est_contigu=territoire.contiguite.est_contigu,
        epci_entiers=sum(epci.complet for epci in territoire.epci),
        epci_partiels=sum(not epci.complet for epci in territoire.epci),
        conflits=" ; ".join(chevauchement.b for chevauchement in reels),
        population_contestee=sum(chevauchement.population for chevauchement in reels),
        alertes=" ".join(
            alerte.message for alerte in territoire.alertes if alerte.gravite != "information"
        ),
    )


def export_synthese(lignes: Sequence[LigneSynthese], remarques: Sequence[str], le: date) -> bytes:
    """Write the summary: the territories, then what the reading of the files reported."""
    classeur = Classeur(
        "Synthèse des périmètres",
        f"Lot de périmètres, {format_date(le)}",
        datetime(le.year, le.month, le.day),  # noqa: DTZ001 the format has no time zone
    )
    feuille = classeur.feuille("Territoires", paysage=True)
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Territoire", 34),
            Colonne("Régions", 20),
            Colonne("Dép.", 10),
            Colonne("Communes", 10, "entier"),
            Colonne("Population", 12, "entier"),
            Colonne("Surface (km²)", 11, "decimal"),
            Colonne("Densité", 10, "decimal"),
            Colonne("Taille ACI", 8, "entier"),
            Colonne("Financement maximal hors volet SNP", 15, "euros"),
            Colonne("D’un seul tenant", 10),
            Colonne("EPCI entiers", 9, "entier"),
            Colonne("EPCI en partie", 9, "entier"),
            Colonne("Autres CPTS sur les mêmes communes", 34),
            Colonne("Habitants contestés", 12, "entier"),
            Colonne("À vérifier", 60),
            Colonne("Dossier", 28),
        ),
        (
            (
                ligne.nom,
                ligne.regions,
                ligne.departements,
                ligne.communes,
                ligne.population,
                ligne.surface_km2,
                ligne.densite,
                ligne.taille,
                ligne.financement,
                "oui" if ligne.est_contigu else "non",
                ligne.epci_entiers,
                ligne.epci_partiels,
                ligne.conflits,
                ligne.population_contestee,
                ligne.alertes,
                ligne.dossier,
            )
            for ligne in lignes
        ),
    )
    classeur.ecrire(
        feuille, suivante + 1, 0, f"{AVERTISSEMENT}. Établi le {format_date(le)}.", "note"
    )
    feuille.print_area(0, 0, suivante + 1, 15)
    if remarques:
        classeur.tableau(
            classeur.feuille("Lecture des fichiers"),
            (Colonne("Remarque", 110),),
            ((remarque,) for remarque in remarques),
        )
    return classeur.octets()
