"""Priority neighbourhoods (QPV): the national list of the ANCT, and their populations (INSEE).

A neighbourhood that lies in several communes is never split: what it weighs goes to these communes
together.
"""

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
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    accorder,
    check_doublons,
    check_positifs,
    to_codes,
    to_nombres,
)
from geodata.noms import normaliser

# « QN00101M »: geography of 2024, the only one in force; « QP001001 » was that of 2015
_CODE: Final = re.compile(r"^QN[0-9A-Z]{6}$")
_CODE_2015: Final = re.compile(r"^QP[0-9A-Z]{6}$")
_COMMUNE: Final = re.compile(r"^\d[\dAB]\d{3}$")
_GENERATION: Final = "2024"
_RECENSEMENT: Final = re.compile(r"\brp ?(\d\d)\b")
_ANNEE: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_DE_QUARTIER: Final = re.compile(r"\b(?:qpv|qp|quartiers?)[a-z ]*?(?:20)?24\b")

SOURCE_LISTE: Final = Source(
    cle="qpv_liste",
    titre="Liste des quartiers prioritaires (QPV 2024)",
    producteur="ANCT",
    url="https://www.data.gouv.fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv",
    obtention="Fichier CSV « listeqp2024-cogAAAA.csv » (un quartier par ligne : code_qp, lib_qp, "
    "insee_com…), à donner tel quel. Forme non vérifiée sur un fichier publié.",
    apporte="nombre et noms des quartiers prioritaires du territoire",
    tables=("qpv",),
)
SOURCE_POPULATIONS: Final = Source(
    cle="qpv_populations",
    titre="Populations des quartiers prioritaires (QPV 2024)",
    producteur="Insee",
    url="https://www.insee.fr/fr/statistiques/8186239",
    obtention="Page « Données sur les quartiers 2024 de la politique de la ville », rubrique "
    "« Population » : prenez de préférence les populations communales vivant en QPV (une ligne par "
    "commune), sinon une base par quartier (codeQPV, popMuniQPV, listeDepcom). Indiquez l’année du "
    "recensement si le fichier ne la porte pas. Forme non vérifiée sur un fichier publié : relisez "
    "ce qui en est compris.",
    apporte="part de la population en quartier prioritaire",
    tables=("qpv_population", "qpv"),
)


class FormatListe:
    """Read the national list: one neighbourhood a line, in one commune or several."""

    source = SOURCE_LISTE

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has the code of the neighbourhood and its communes."""
        return {"code_qp", "insee_com"} <= {colonne.lower() for colonne in colonnes}

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Say in which communes each neighbourhood lies.

        Raises
        ------
        ImportRefuseError
            With every fault, or if the list is of the former geography.
        """
        vraies = {colonne.lower(): colonne for colonne in tableau.colonnes}
        noms = [nom for nom in ("code_qp", "insee_com", "lib_qp") if nom in vraies]
        texte = tableau.read([vraies[nom] for nom in noms]).set_axis(noms, axis=1)
        contexte.progres(0.4, "lecture des quartiers")
        quartiers = _lire_quartiers(
            tableau.fichier,
            texte.rename(columns={"code_qp": "code", "insee_com": "communes", "lib_qp": "nom"}),
        )
        return (_liste(quartiers),)


class FormatPopulations:
    """Read populations by commune, or by neighbourhood with the list of its communes."""

    source = SOURCE_POPULATIONS

    def reconnait(self, debut: bytes, membre: Membre, /) -> bool:
        """Tell whether a header is one of the two."""
        return bool(
            try_grilles(membre, _choisir_quartiers, debut)
            or try_grilles(membre, _choisir_communes, debut)
        )

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the populations; neighbourhoods that share communes are counted together.

        Raises
        ------
        ImportRefuseError
            With every fault, or if the year is neither in the file nor announced.
        """
        # figures by commune need no grouping: a workbook that holds both gives these
        par_commune = find_grilles(membre, _choisir_communes)
        contexte.progres(0.4, "lecture des populations")
        if par_commune:
            return (_lire_communes(par_commune[0], contexte),)
        (grille, *_) = find_grilles(membre, _choisir_quartiers)
        return _lire_par_quartier(grille, contexte)


def _choisir_quartiers(entete: Sequence[str]) -> Mapping[str, int] | None:
    rangs = {nom.strip().lower(): rang for rang, nom in enumerate(entete)}
    attendues = {"code": "codeqpv", "communes": "listedepcom", "population": "popmuniqpv"}
    if not rangs.keys() >= set(attendues.values()):
        return None
    lues = {nom: rangs[colonne] for nom, colonne in attendues.items()}
    return lues | ({"nom": rangs["libqpv"]} if "libqpv" in rangs else {})


def _choisir_communes(entete: Sequence[str]) -> Mapping[str, int] | None:
    reduits = [normaliser(nom.replace("_", " ")) for nom in entete]
    code = find_code_commune(entete)
    if code is None or any(nom.startswith(("code qp", "codeqp")) for nom in reduits):
        return None
    candidates = [
        rang
        for rang, nom in enumerate(reduits)
        if nom.startswith("pop")
        and re.search(r"\bqp(?:v|\d\d)?\b|quartier", nom)
        and not re.search(r"\bpart\b|taux|pourcent", nom)
    ]
    # « population totale » counts students twice: the municipal one is published beside it
    municipales = [rang for rang in candidates if "muni" in reduits[rang]]
    if not candidates:
        return None
    return {"code": code, "population": (municipales or candidates)[0]}


def _lire_communes(grille: Grille, contexte: Contexte) -> Lue:
    annee = _lire_annee(grille, contexte)
    texte = grille.table()
    # a total or a source below the table has no code
    texte = texte[texte["code"] != ""]
    defauts = Defauts(grille.fichier)
    if texte.empty:
        defauts.add("aucune ligne sous l’en-tête")
    codes = to_codes(texte, "code", defauts)
    check_doublons(codes, defauts)
    nombres, secrets = to_nombres(texte, ["population"], defauts)
    check_positifs(nombres, defauts)
    defauts.check()
    valeurs = nombres.set_axis(pd.Index(codes), axis=0)
    colonne = grille.entete[grille.rangs["population"]]
    return _population(valeurs["population"], annee, secrets, (f"Colonne lue : « {colonne} ».",))


def _lire_par_quartier(grille: Grille, contexte: Contexte) -> tuple[Lue, ...]:
    annee = _lire_annee(grille, contexte)
    texte = grille.table()
    texte = texte[texte["code"] != ""]
    defauts = Defauts(grille.fichier)
    nombres, secrets = to_nombres(texte, ["population"], defauts)
    check_positifs(nombres, defauts)
    defauts.check()
    quartiers = _lire_quartiers(grille.fichier, texte)
    quartiers["population"] = nombres["population"].set_axis(quartiers.index)
    ensembles = _reunir(quartiers["communes"])
    sommes = quartiers["population"].groupby(ensembles).agg(lambda p: p.sum(skipna=False))
    reunies = [cle for cle in sommes.index if " " in cle]
    constats = ["Populations par quartier : préférez celles par commune, que l’Insee publie aussi."]
    if reunies:
        constats.append(
            f"Groupes de communes qui partagent un quartier : {len(reunies)}. Ses habitants ne "
            "sont pas répartis : la part n’est connue que pour un territoire qui contient tout le "
            "groupe."
        )
    return _population(sommes, annee, secrets, tuple(constats)), _liste(quartiers)


def _lire_annee(grille: Grille, contexte: Contexte) -> str:
    colonne = normaliser(grille.entete[grille.rangs["population"]].replace("_", " "))
    recensement = _RECENSEMENT.search(colonne)
    # « population 2020 en QPV 2024 »: the second year is that of the neighbourhoods
    annees = set(_ANNEE.findall(_DE_QUARTIER.sub("", colonne)))
    if recensement:
        return f"20{recensement[1]}"
    if len(annees) == 1:
        return str(annees.pop())
    if not contexte.annee_annoncee:
        raise ImportRefuseError(
            grille.fichier,
            "ce fichier ne dit pas l’année du recensement des populations : indiquez-la avant de "
            "le donner.",
        )
    return contexte.annee_annoncee


def _lire_quartiers(fichier: str, texte: pd.DataFrame) -> pd.DataFrame:
    texte = texte[texte["code"] != ""]
    defauts = Defauts(fichier)
    if texte.empty:
        defauts.add("aucun quartier")
    codes = texte["code"].str.upper()
    if codes.str.match(_CODE_2015).any():
        raise ImportRefuseError(
            fichier,
            "ses quartiers (codes QP…) sont ceux de 2015, remplacés en 2024 : prenez la liste des "
            "quartiers 2024 (codes QN…).",
        )
    faux = codes[~codes.str.match(_CODE)]
    if len(faux):
        exemples = ", ".join(f"ligne {n} « {c[:12]} »" for n, c in faux.head(3).items())
        nombre = accorder(len(faux), "code de quartier illisible", "codes de quartier illisibles")
        defauts.add(f"{nombre} ({exemples})")
    check_doublons(codes, defauts)
    communes = texte["communes"].map(_lire_codes)
    vides = communes.index[communes == ""]
    if len(vides):
        defauts.add(f"communes illisibles ou absentes (ligne {', '.join(map(str, vides[:3]))})")
    defauts.check()
    noms = texte.get("nom", codes)
    return pd.DataFrame({"nom": noms.to_numpy(), "communes": communes.to_numpy()}, index=codes)


def _lire_codes(texte: str) -> str:
    # « 2571; 2691 »: several communes, and the zero a spreadsheet ate
    lus = [code.zfill(5) for code in re.split(r"[;,/\s]+", texte.upper()) if code]
    return " ".join(sorted(set(lus))) if all(map(_COMMUNE.match, lus)) else ""


def _reunir(communes: pd.Series[str]) -> pd.Series[str]:
    """Return, for each neighbourhood, all the communes linked to its own by a shared one."""
    ensemble: dict[str, set[str]] = {}
    for cle in communes:
        membres = set(cle.split())
        for voisin in tuple(membres):
            membres |= ensemble.get(voisin, set())
        ensemble.update(dict.fromkeys(membres, membres))
    return communes.map(lambda cle: " ".join(sorted(ensemble[cle.split()[0]])))


def _population(
    valeurs: pd.Series[float], annee: str, secrets: Mapping[str, int], constats: tuple[str, ...]
) -> Lue:
    return Lue(
        id="qpv_population",
        titre="populations des quartiers prioritaires",
        millesime=annee,
        libelle_millesime=f"RP {annee}, QPV {_GENERATION}",
        geographie_origine="",
        valeurs=valeurs.astype("float64").rename("population_qpv").to_frame(),
        secrets=sum(secrets.values()),
        constats=constats,
        zero_si_absente=True,
    )


def _liste(quartiers: pd.DataFrame) -> Lue:
    par_commune = quartiers["communes"].str.split().explode()
    comptes = par_commune.value_counts().astype(np.float64)
    a_cheval = int(quartiers["communes"].str.contains(" ").sum())
    constats = (
        (f"Quartiers à cheval sur plusieurs communes : {a_cheval} sur {len(quartiers)}.",)
        if a_cheval
        else ()
    )
    return Lue(
        id="qpv",
        titre="liste des quartiers prioritaires",
        millesime=_GENERATION,
        libelle_millesime=f"QPV {_GENERATION}",
        geographie_origine="",
        valeurs=comptes.rename("quartiers").rename_axis(None).to_frame(),
        lieux=quartiers[["nom", "communes"]].rename(index=lambda code: f"qpv:{code}"),
        compte={"quartiers": len(quartiers), "quartiers_a_cheval": a_cheval},
        constats=constats,
        zero_si_absente=True,
    )


FORMATS: Final = (FormatListe(),)
FORMATS_MEMBRE: Final = (FormatPopulations(),)
