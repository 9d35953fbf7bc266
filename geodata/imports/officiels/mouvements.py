"""Births and deaths between two censuses (INSEE), and what they leave to migrations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.recensement import DECALAGE_GEOGRAPHIE
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    check_doublons,
    check_positifs,
    to_codes,
    to_nombres,
)

# « NAIS1621 »: born from the first of January 2016 to the end of 2021, between RP 2016 and RP 2022
_NAISSANCES: Final = re.compile(r"^NAIS([0-6]\d)([0-6]\d)$")


class FormatMouvements:
    """Read the latest period between two censuses."""

    source = Source(
        cle="rp_mouvements",
        titre="Série historique de la population (communes)",
        producteur="Insee",
        url="https://www.insee.fr/fr/statistiques",
        obtention="Cherchez « Séries historiques du recensement », base des communes, fichier "
        "« base-cc-serie-historique-AAAA_csv.zip », à donner tel quel ; celui du comparateur de "
        "communes porte les mêmes colonnes. Forme lue dans du code public, non vérifiée sur un "
        "fichier publié.",
        apporte="part du solde naturel et du solde migratoire dans l’évolution de la population",
        tables=("mouvements",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has births and deaths between censuses."""
        return "CODGEO" in colonnes and any(
            lu and f"DECE{lu[1]}{lu[2]}" in colonnes for lu in map(_NAISSANCES.match, colonnes)
        )

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Give both balances as yearly means of the period.

        Raises
        ------
        ImportRefuseError
            With every fault, or without the populations at both ends.
        """
        debut, dernier = max(
            (lu[1], lu[2]) for lu in map(_NAISSANCES.match, tableau.colonnes) if lu
        )
        fin = f"{int(dernier) + 1:02d}"
        colonnes = {
            "naissances": f"NAIS{debut}{dernier}",
            "deces": f"DECE{debut}{dernier}",
            "pop_debut": f"P{debut}_POP",
            "pop_fin": f"P{fin}_POP",
        }
        manquantes = [nom for nom in colonnes.values() if nom not in tableau.colonnes]
        if manquantes:
            raise ImportRefuseError(
                tableau.fichier, f"colonnes manquantes : {', '.join(manquantes)}."
            )
        texte = tableau.read(["CODGEO", *colonnes.values()])
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        codes = to_codes(texte, "CODGEO", defauts)
        check_doublons(codes, defauts)
        nombres, secrets = to_nombres(texte, list(colonnes.values()), defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        lus = nombres.set_axis(list(colonnes), axis=1).set_axis(pd.Index(codes), axis=0)
        naturel = lus["naissances"] - lus["deces"]
        annees = int(fin) - int(debut)
        return (
            Lue(
                id="mouvements",
                titre="recensement et état civil, soldes naturel et migratoire",
                millesime=f"20{fin}",
                libelle_millesime=f"RP 20{debut}-20{fin}",
                geographie_origine=str(2000 + int(fin) + DECALAGE_GEOGRAPHIE),
                valeurs=pd.DataFrame(
                    {
                        "pop_debut": lus["pop_debut"],
                        "solde_naturel": naturel / annees,
                        "solde_migratoire": (lus["pop_fin"] - lus["pop_debut"] - naturel) / annees,
                    }
                ),
                secrets=sum(secrets.values()),
            ),
        )


FORMATS: Final = (FormatMouvements(),)
