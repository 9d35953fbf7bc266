"""Health professionals and facilities of the INSEE permanent database of facilities (BPE)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    check_positifs,
    to_codes,
    to_nombres,
)

_CODES: Final[Mapping[str, str]] = {
    "D265": "generalistes",
    "D281": "infirmiers",
    "D279": "kinesitherapeutes",
    "D277": "dentistes",
    "D278": "sages_femmes",
    "D282": "orthophonistes",
    "D280": "pedicures",
    "D266": "cardiologues",
    "D267": "dermatologues",
    "D270": "ophtalmologues",
    "D272": "pediatres",
    "D269": "psychiatres",
    "D276": "gynecologues",
    "D274": "radiologues",
    "D307": "pharmacies",
    "D302": "laboratoires",
    "D113": "maisons_sante",
    "D108": "centres_sante",
    "D101": "court_sejour",
    "D102": "moyen_sejour",
    "D104": "psychiatrie",
    "D111": "dialyse",
    "D106": "urgences",
    "D107": "maternites",
    "D401": "hebergement_personnes_agees",
    "D402": "soins_domicile_pa",
}
_COLONNES: Final = ("GEO", "GEO_OBJECT", "FACILITY_TYPE", "BPE_MEASURE", "TIME_PERIOD", "OBS_VALUE")


class FormatBpe:
    """Read the long file: one line per commune and type; what does not exist has no line."""

    source = Source(
        cle="bpe",
        titre="Base permanente des équipements (BPE)",
        producteur="Insee",
        url="https://www.insee.fr/fr/statistiques/8217527",
        obtention="Fichier « DS_BPE_CSV_FR.zip » (tous les équipements, toutes les géographies), à "
        "donner tel quel.",
        apporte="médecins, infirmiers, kinésithérapeutes, pharmacies et autres professionnels pour "
        "100 000 habitants ; maisons de santé, hôpitaux, urgences, hébergement de personnes âgées",
        tables=("bpe",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header is that of the file, old or new."""
        return set(_COLONNES) <= set(colonnes) or {"DEPCOM", "TYPEQU", "NB_EQUIP"} <= set(colonnes)

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Count the facilities of each commune.

        Raises
        ------
        ImportRefuseError
            With every fault, or if the file is of before 2024, whose type codes differ.
        """
        if "TYPEQU" in tableau.colonnes:
            raise ImportRefuseError(
                tableau.fichier,
                "c’est une BPE d’avant 2024, dont les codes d’équipement sont autres. Prenez la "
                "BPE 2024 ou une suivante (fichier « DS_BPE »).",
            )
        texte = tableau.read(list(_COLONNES))
        contexte.progres(0.5, "comptage des équipements")
        texte = texte[
            texte["GEO_OBJECT"].isin(["COM", "ARM"])
            & texte["BPE_MEASURE"].isin(["FACILITIES", ""])
            & texte["FACILITY_TYPE"].str.fullmatch(r"[A-Z]\d{3}")
        ]
        defauts = Defauts(tableau.fichier)
        if texte.empty:
            defauts.add("aucune ligne par commune (GEO_OBJECT = COM)")
        annee = max(texte["TIME_PERIOD"], default="")
        texte = texte[texte["TIME_PERIOD"] == annee]
        presentes = sorted(set(to_codes(texte, "GEO", defauts)))
        texte = texte[texte["FACILITY_TYPE"].isin(_CODES)]
        if texte.empty:
            defauts.add("aucun équipement de santé (types D265, D281, D307…)")
        codes = to_codes(texte, "GEO", Defauts(tableau.fichier))
        if texte.assign(GEO=codes).duplicated(["GEO", "FACILITY_TYPE"]).any():
            defauts.add("une commune a deux lignes pour un même équipement")
        nombres, secrets = to_nombres(texte, ["OBS_VALUE"], defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        texte = texte.assign(GEO=codes, colonne=texte["FACILITY_TYPE"].map(_CODES))
        texte = texte.assign(valeur=nombres["OBS_VALUE"], ligne=1.0)
        large = texte.pivot(index="GEO", columns="colonne", values=["valeur", "ligne"])
        large = large.reindex(presentes)
        # no line for a type: none of it; a line without a value: unknown
        valeurs = pd.DataFrame(large["valeur"]).mask(large["ligne"].isna(), 0.0)
        return (
            Lue(
                id="bpe",
                titre="base permanente des équipements",
                millesime=annee,
                libelle_millesime=f"BPE {annee}",
                geographie_origine=annee,
                valeurs=valeurs.rename_axis(index=None, columns=None),
                zero_si_absente=True,
                secrets=sum(secrets.values()),
            ),
        )
