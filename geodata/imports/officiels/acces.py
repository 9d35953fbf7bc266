"""APL workbook of the Drees: one sheet a year, a header below a title, a line of units."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.tableaux import (
    Defauts,
    check_doublons,
    check_positifs,
    to_codes,
    to_nombres,
)

_FEUILLE: Final = re.compile(r"APL\D*(20\d\d)", re.IGNORECASE)
_LIGNES_TITRE_MAXIMUM: Final = 30
# column of the table → how its header begins, what it must hold; wording varies by year
_ENTETES: Final[Mapping[str, tuple[str, str]]] = {
    "apl": ("apl aux médecins généralistes", ""),
    "apl_65": ("apl aux médecins généralistes", "65 ans"),
    "population_standardisee": ("population standardisée", ""),
    "population_totale": ("population totale", ""),
}


class FormatApl:
    """Read the workbook of general practitioners."""

    source = Source(
        cle="apl",
        titre="Accessibilité potentielle localisée (APL) aux médecins généralistes",
        producteur="Drees",
        url="https://data.drees.solidarites-sante.gouv.fr/explore/dataset/"
        "530_l-accessibilite-potentielle-localisee-apl/",
        obtention="Pièce jointe « Indicateur d’APL aux médecins généralistes » (xlsx), à donner "
        "telle quelle.",
        apporte="APL aux médecins généralistes, part d’habitants en commune sous-dense",
        tables=("apl",),
    )

    def reconnait(self, debut: bytes, membre: Membre) -> bool:
        """Tell whether it is a workbook with an APL sheet."""
        if not debut.startswith(b"PK"):
            return False
        try:
            noms = CalamineWorkbook.from_filelike(io.BytesIO(membre.read())).sheet_names
        except CalamineError:
            return False
        return any(_FEUILLE.search(nom) for nom in noms)

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the sheet of the latest year.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(membre.read()))
        feuilles = {
            lu[1]: nom for nom in classeur.sheet_names if (lu := _FEUILLE.search(nom)) is not None
        }
        annee = max(feuilles)
        lignes = classeur.get_sheet_by_name(feuilles[annee]).to_python(skip_empty_area=False)
        contexte.progres(0.5, f"lecture de la feuille « {feuilles[annee]} »")
        fichier = f"{contexte.fichier} › {feuilles[annee]}"
        debut, rangs = _trouver_entete(fichier, lignes)
        # below the header: a line of units, a « Total » somewhere, a source at the end
        corps = {
            numero: [_texte(ligne[rang]) for rang in rangs.values()]
            for numero, ligne in enumerate(lignes[debut + 1 :], start=debut + 2)
        }
        table = pd.DataFrame.from_dict(corps, orient="index", columns=list(rangs), dtype=str)
        chiffrees = (table.drop(columns="code") != "").any(axis=1)
        totaux = table["code"].str.lower().str.startswith("total")
        table = table[(table["code"] != "") & chiffrees & ~totaux]
        defauts = Defauts(fichier)
        if table.empty:
            defauts.add("aucune ligne ne commence par un code de commune")
        table = table.assign(code=to_codes(table, "code", defauts))
        check_doublons(table["code"], defauts)
        nombres, secrets = to_nombres(table, [nom for nom in rangs if nom != "code"], defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        nombres.index = pd.Index(table["code"])
        return (
            Lue(
                id="apl",
                titre="accessibilité potentielle localisée aux médecins généralistes",
                millesime=annee,
                libelle_millesime=f"APL {annee}",
                geographie_origine="",
                valeurs=_ponderer(nombres),
                secrets=sum(secrets.values()),
                finaliser=_deponderer,
                notes=("France hors Mayotte.",),
            ),
        )


def _ponderer(nombres: pd.DataFrame) -> pd.DataFrame:
    # the weighted mean is exact when communes merge: move the products, divide after
    poids = nombres["population_standardisee"]
    return nombres.assign(apl=nombres["apl"] * poids, apl_65=nombres["apl_65"] * poids)


def _deponderer(nombres: pd.DataFrame) -> pd.DataFrame:
    poids = nombres["population_standardisee"].where(nombres["population_standardisee"] > 0)
    return nombres.assign(apl=nombres["apl"] / poids, apl_65=nombres["apl_65"] / poids)


def _trouver_entete(fichier: str, lignes: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    for numero, ligne in enumerate(lignes[:_LIGNES_TITRE_MAXIMUM]):
        noms = [" ".join(_texte(cellule).lower().split()) for cellule in ligne]
        if not any(nom.startswith("code commune") for nom in noms):
            continue
        rangs = {"code": next(r for r, nom in enumerate(noms) if nom.startswith("code commune"))}
        for colonne, (debut, dedans) in _ENTETES.items():
            candidats = [r for r, nom in enumerate(noms) if nom.startswith(debut) and dedans in nom]
            if candidats:
                # the shortest wording is the one without an age limit
                rangs[colonne] = min(candidats, key=lambda r: len(noms[r]))
        manquantes = [debut for nom, (debut, _) in _ENTETES.items() if nom not in rangs]
        if manquantes:
            raise ImportRefuseError(
                fichier,
                f"colonnes introuvables : {', '.join(sorted(set(manquantes)))}. Est-ce bien le "
                "classeur des médecins généralistes ?",
            )
        return numero, rangs
    raise ImportRefuseError(fichier, "aucune ligne d’en-tête « Code commune INSEE » trouvée.")


def _texte(cellule: object) -> str:
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    return str(cellule).strip() if cellule is not None else ""


FORMATS: Final = (FormatApl(),)
