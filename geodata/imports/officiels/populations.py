"""Legal populations of the communes (PMUN, PCAP, PTOT), whose file does not say its year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    accorder,
    check_doublons,
    check_positifs,
    to_codes,
    to_nombres,
)

_MESURES: Final = ("PMUN", "PCAP", "PTOT")
# share of communes with exactly the figure we know: a year recognises itself
_ACCORD_MINIMUM: Final = 0.9
_DECALAGE_GEOGRAPHIE: Final = 2


class FormatPopulations:
    """Read the file of legal populations, in the three layouts seen since 2017."""

    source = Source(
        cle="populations_legales",
        titre="Populations de référence (ex-populations légales) des communes",
        producteur="Insee",
        url="https://www.insee.fr/fr/statistiques",
        obtention="Cherchez « Populations de référence », ensemble des communes, fichier CSV "
        "« donnees_communes ».",
        apporte="population totale et population comptée à part, par commune",
        tables=("populations_reference",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has the three populations."""
        return set(_MESURES) <= set(colonnes) and "COM" in colonnes

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the three populations, and find out the year by the figures.

        Raises
        ------
        ImportRefuseError
            With every fault, or if the year can neither be recognised nor was announced.
        """
        decoupe = next(
            (
                (dep, com)
                for dep, com in (("CODDEP", "CODCOM"), ("DEP", "CODCOM"))
                if {dep, com} <= set(tableau.colonnes)
            ),
            None,
        )
        texte = tableau.read([*_MESURES, "COM", *(decoupe or ())])
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        if decoupe:
            # « 2A » + « 004 », but « 974 » + « 401 »: overseas, the third digit is in both
            texte = texte.assign(COM=texte[decoupe[0]].str[:2] + texte[decoupe[1]].str.zfill(3))
        codes = to_codes(texte, "COM", defauts)
        check_doublons(codes, defauts)
        nombres, secrets = to_nombres(texte, list(_MESURES), defauts)
        check_positifs(nombres, defauts)
        ecarts = nombres["PMUN"] + nombres["PCAP"] - nombres["PTOT"]
        fausses = ecarts.index[ecarts.abs() > 0]
        if len(fausses):
            defauts.add(
                f"{accorder(len(fausses), 'ligne', 'lignes')} où PTOT n’est pas PMUN + PCAP "
                f"(ligne {fausses[0]})"
            )
        defauts.check()
        nombres.index = pd.Index(codes)
        annee = _reconnaitre_annee(tableau.fichier, nombres["PMUN"], contexte)
        return (
            Lue(
                id="populations_reference",
                titre="populations de référence",
                millesime=annee,
                libelle_millesime=annee,
                geographie_origine=str(int(annee) + _DECALAGE_GEOGRAPHIE),
                valeurs=nombres.rename(columns=str.lower),
                secrets=sum(secrets.values()),
            ),
        )


def _reconnaitre_annee(fichier: str, pmun: pd.Series[float], contexte: Contexte) -> str:
    accords = _accords(pmun, contexte.populations)
    annee = max(accords, key=lambda a: accords[a], default="")
    if annee and accords[annee] >= _ACCORD_MINIMUM:
        return annee
    if not contexte.annee_annoncee:
        raise ImportRefuseError(
            fichier,
            "ce fichier ne dit pas son année et ses chiffres ne sont d’aucune année connue : "
            "indiquez l’année des populations avant de le donner.",
        )
    if contexte.annee_annoncee in accords:
        raise ImportRefuseError(
            fichier,
            f"ses chiffres ne sont pas ceux de {contexte.annee_annoncee}, l’année indiquée : "
            f"{100 * accords[contexte.annee_annoncee]:.0f} % des communes seulement ont la "
            "population connue de cette année-là. Corrigez l’année.",
        )
    return contexte.annee_annoncee


def _accords(
    pmun: pd.Series[float], populations: Mapping[str, pd.Series[float]]
) -> dict[str, float]:
    """Return the share of communes that have the figure we know of each year, where we know any."""
    communes = {annee: connues.reindex(pmun.index) for annee, connues in populations.items()}
    return {
        annee: float((pmun == connues).sum() / connues.notna().sum())
        for annee, connues in communes.items()
        if connues.notna().any()
    }


FORMATS: Final = (FormatPopulations(),)
