"""Zones of the contract of physicians (ARS): communes short of general practitioners."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.grilles import Grille, find_code_commune, find_grilles, try_grilles
from geodata.imports.officiels.tableaux import Defauts, accorder, to_codes
from geodata.noms import normaliser

COLONNES: Final = ("zip", "zac", "partielle", "autre")
# « 1_ZIP », « 4_QPV_ZAC », « 7_GQ_ZAC », « ZIP »: a quartier is not the whole commune
_CODE: Final = re.compile(r"^(?:[1-8] )?((?:qpv|gq) )?(zip|zac|zv|hz|hv)$")
_LIBELLES: Final[Mapping[str, str]] = {
    "zone d intervention prioritaire": "zip",
    "zone d action complementaire": "zac",
    "zone de vigilance": "autre",
    "hors zonage": "autre",
    "hors vivier": "autre",
}
_ABSENTS: Final = frozenset({"", "nc", "nd", "na", "n a", "non concerne"})
_CITES: Final = 8


class FormatZonage:
    """Read the zones of the communes, as C@rtoSanté or an ARS gives them."""

    source = Source(
        cle="zonage",
        titre="Zonage conventionnel des médecins généralistes",
        producteur="ARS, DGOS",
        url="https://cartosante.atlasante.fr",
        obtention="C@rtoSanté, indicateur « Zonage médecins », niveau « commune », bouton "
        "d’export ; ou le classeur de votre ARS. Il faut une colonne du code de la commune et une "
        "colonne du zonage (1_ZIP, 2_ZAC, 3_QPV_ZIP…). Forme non vérifiée sur un fichier publié : "
        "relisez ce qui en est compris.",
        apporte="habitants d’une commune en zone d’intervention prioritaire (ZIP) ou d’action "
        "complémentaire (ZAC)",
        tables=("zonage",),
        licence="conditions de l’ARS qui l’a arrêté",
    )

    def reconnait(self, debut: bytes, membre: Membre, /) -> bool:
        """Tell whether a header has a zone, and its column the codes of the zones."""
        for grille in try_grilles(membre, _choisir, debut):
            if any(_lire_zone(valeur) for valeur in grille.table()["zone"].head(50)):
                return True
        return False

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Say which communes are in a zone whole, which in part; several zones are not chosen from.

        Raises
        ------
        ImportRefuseError
            With every fault, or if the year is neither in the file nor announced.
        """
        grille = find_grilles(membre, _choisir)[0]
        contexte.progres(0.4, "lecture du zonage")
        annee = grille.annee("zone", contexte.annee_annoncee)
        table = _lire_table(grille)
        if not annee:
            raise ImportRefuseError(
                grille.fichier,
                "ce fichier ne dit pas l’année du zonage : indiquez-la avant de le donner.",
            )
        zones = table.groupby("code")["zone"].agg(lambda zones: sorted(set(zones)))
        ambigues = zones.index[zones.map(len) > 1]
        uniques = zones.map(lambda lues: lues[0] if len(lues) == 1 else "")
        # one in the column of the zone, nothing known where it is absent or not unique
        drapeaux = pd.DataFrame(
            {zone: np.where(uniques == "", np.nan, (uniques == zone).astype(float))
             for zone in COLONNES},
            index=zones.index,
        )  # fmt: skip
        return (
            Lue(
                id="zonage",
                titre="zonage conventionnel des médecins",
                millesime=annee,
                libelle_millesime=f"zonage {annee}",
                geographie_origine="",
                valeurs=drapeaux.assign(lignes=1.0),
                compte={
                    "plusieurs_zones": len(ambigues),
                    "zones_repetees": len(table) - len(zones),
                },
                constats=_raconter(grille, ambigues),
                finaliser=_finaliser,
            ),
        )


def _choisir(entete: Sequence[str]) -> Mapping[str, int] | None:
    code = find_code_commune(entete)
    zones = [r for r, nom in enumerate(entete) if "zon" in normaliser(nom) and r != code]
    if code is None or not zones:
        return None
    # the national frame is beside the decision of the ARS in some workbooks
    arretees = [r for r in zones if re.search(r"\b(ars|arrete|retenu)", normaliser(entete[r]))]
    sigles = [r for r in zones if re.search(r"\b(mg|medecin|generaliste)", normaliser(entete[r]))]
    return {"code": code, "zone": (arretees or sigles or zones)[0]}


def _lire_table(grille: Grille) -> pd.DataFrame:
    texte = grille.table()
    # a line of totals or a source below the table has no code
    texte = texte[texte["code"] != ""]
    defauts = Defauts(grille.fichier)
    if texte.empty:
        defauts.add("aucune ligne sous l’en-tête")
    texte = texte.assign(code=to_codes(texte, "code", defauts))
    connues = texte["zone"].map(_lire_zone)
    absentes = texte["zone"].map(lambda zone: normaliser(zone.replace("_", " "))).isin(_ABSENTS)
    fausses = texte["zone"][connues.isna() & ~absentes]
    if len(fausses):
        exemples = ", ".join(f"ligne {n} « {z[:20]} »" for n, z in fausses.head(3).items())
        defauts.add(f"{accorder(len(fausses), 'zone inconnue', 'zones inconnues')} ({exemples})")
    defauts.check()
    return texte.assign(zone=connues.fillna(""))


def _lire_zone(texte: str) -> str | None:
    reduit = normaliser(texte.replace("_", " "))
    if reduit in _LIBELLES:
        return _LIBELLES[reduit]
    lu = _CODE.match(reduit)
    if lu is None:
        return None
    if lu[1]:
        return "partielle"
    return lu[2] if lu[2] in COLONNES else "autre"


def _finaliser(valeurs: pd.DataFrame) -> pd.DataFrame:
    # merged communes keep a zone when they all had it, and none otherwise
    parts = valeurs[list(COLONNES)].div(valeurs["lignes"], axis=0)
    unanimes = parts.isin([0.0, 1.0]).all(axis=1)
    return parts.where(unanimes)


def _raconter(grille: Grille, ambigues: pd.Index[str]) -> tuple[str, ...]:
    notes = [f"Colonne lue : « {grille.entete[grille.rangs['zone']]} »."]
    if len(ambigues):
        suite = "…" if len(ambigues) > _CITES else ""
        notes.append(
            "Communes à plusieurs zones dans le fichier (par quartier ou par territoire de vie) : "
            f"{len(ambigues)}. Aucune zone n’est choisie, leur valeur reste vide "
            f"({', '.join(ambigues[:_CITES])}{suite})."
        )
    return tuple(notes)


FORMATS: Final = (FormatZonage(),)
