"""Incomes: INSEE Filosofi, wide until 2021, long since 2023; RSA households of the Cnaf."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

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

_VALEURS: Final = ("niveau_vie_median", "taux_pauvrete", "rapport_interdecile")
_ANCIENNES: Final = {
    "niveau_vie_median": re.compile(r"^(?:MED|Q2)(\d\d)$"),
    "taux_pauvrete": re.compile(r"^TP60(\d\d)$"),
    # « RD » alone in the file of the disposable income
    "rapport_interdecile": re.compile(r"^RD(?:\d\d)?$"),
}
_QUARTILE: Final = re.compile(r"^Q2\d\d$")
# social benefits and taxes: only the disposable income, and so the standard of living, has them
_DISPONIBLE: Final = re.compile(r"^(?:PPSOC|PIMPOT)\d\d$")
_TAUX_A_PART: Final = "DISP_PAUVRES"
_NOUVELLES: Final = {
    "MED_SL": "niveau_vie_median",
    "PR_MD60": "taux_pauvrete",
    "IR_D9_D1_SL": "rapport_interdecile",
}
_NIVEAUX: Final = {"EPCI": "epci", "DEP": "departement", "REG": "region", "FRANCE": "france"}
_LONGUES: Final = ("GEO", "GEO_OBJECT", "FILOSOFI_MEASURE", "CONF_STATUS", "OBS_VALUE")
_RSA: Final = ("dtreffre", "numcomdo", "rsa_type", "indfoy_rsa")

SOURCE_FILOSOFI: Final = Source(
    cle="filosofi",
    titre="Revenus et pauvreté des ménages (Filosofi)",
    producteur="Insee",
    url="https://www.insee.fr/fr/statistiques/8984752",
    obtention="Filosofi 2023 : fichier « FILOSOFI_CC_csv.zip » (communes, intercommunalités, "
    "départements, régions, France). Filosofi 2021 et avant : « base-cc-filosofi-AAAA… », fichier "
    "des communes.",
    apporte="niveau de vie médian, taux de pauvreté et rapport interdécile, publiés par commune "
    "et intercommunalité",
    tables=("filosofi",),
)


class FormatFilosofiLarge:
    """Read the communal file of 2012 to 2021: decimal comma, `s` for secret."""

    source = SOURCE_FILOSOFI

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has the code and a median standard of living with its year.

        A second quartile may also be that of the declared income, which is another figure.
        """
        if "CODGEO" not in colonnes:
            return False
        if any(map(_QUARTILE.match, colonnes)):
            return any(map(_DISPONIBLE.match, colonnes))
        return any(map(_ANCIENNES["niveau_vie_median"].match, colonnes))

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read medians and rates, without ever turning a secret into a zero.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        trouvees = {
            nom: colonne
            for nom, motif in _ANCIENNES.items()
            for colonne in tableau.colonnes
            if motif.match(colonne)
        }
        annee = f"20{trouvees['niveau_vie_median'][-2:]}"
        texte = tableau.read(["CODGEO", *trouvees.values()])
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        codes = to_codes(texte, "CODGEO", defauts)
        check_doublons(codes, defauts)
        nombres, secrets = to_nombres(texte, list(trouvees.values()), defauts)
        check_positifs(nombres, defauts)
        a_part = None if "taux_pauvrete" in trouvees else _lire_taux(contexte, annee, defauts)
        defauts.check()
        nombres.index = pd.Index(codes)
        valeurs = nombres.rename(columns={colonne: nom for nom, colonne in trouvees.items()})
        constats: tuple[str, ...] = ()
        if a_part is not None:
            valeurs["taux_pauvrete"] = a_part.reindex(valeurs.index)
        elif "taux_pauvrete" not in trouvees:
            constats = (
                "Le taux de pauvreté n’est pas dans ce fichier : donnez plutôt l’archive de "
                "l’Insee entière.",
            )
        return (
            Lue(
                id="filosofi",
                titre="revenus et pauvreté (Filosofi)",
                millesime=annee,
                libelle_millesime=f"Filosofi {annee}",
                geographie_origine=str(int(annee) + 3),
                valeurs=valeurs.reindex(columns=list(_VALEURS)),
                non_additives=_VALEURS,
                secrets=sum(secrets.values()),
                compte={f"secrets_{nom}": secrets[colonne] for nom, colonne in trouvees.items()},
                constats=constats,
                notes=("Ni Guadeloupe, ni Guyane, ni Mayotte dans Filosofi.",),
            ),
        )


def _lire_taux(contexte: Contexte, annee: str, defauts: Defauts) -> pd.Series[float] | None:
    """Return the poverty rates that the archive gives beside the median, None without them."""
    colonne = f"TP60{annee[-2:]}"
    for membre in contexte.voisins:
        if _TAUX_A_PART not in membre.nom.upper():
            continue
        tableau = Tableau.open(contexte.fichier, membre)
        if {"CODGEO", colonne} <= set(tableau.colonnes):
            texte = tableau.read(["CODGEO", colonne])
            codes = to_codes(texte, "CODGEO", defauts)
            check_doublons(codes, defauts)
            nombres, _ = to_nombres(texte, [colonne], defauts)
            return nombres[colonne].groupby(codes).first()
    return None


class FormatFilosofiLong:
    """Read the file of 2023: one measure a line, every level mixed, a column for secrecy."""

    source = SOURCE_FILOSOFI

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header is that of the long file."""
        return set(_LONGUES) <= set(colonnes)

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the communal values, and those published at other levels.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        echelle = [nom for nom in ("UNIT_MULT",) if nom in tableau.colonnes]
        texte = tableau.read([*_LONGUES, "TIME_PERIOD", *echelle])
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        texte = texte[texte["FILOSOFI_MEASURE"].isin(_NOUVELLES)]
        annees = sorted(set(texte["TIME_PERIOD"]))
        if not annees:
            defauts.add("aucune des mesures attendues (MED_SL, PR_MD60, IR_D9_D1_SL)")
        texte = texte[texte["TIME_PERIOD"] == (annees[-1] if annees else "")]
        doubles = texte.duplicated(["GEO", "GEO_OBJECT", "FILOSOFI_MEASURE"])
        if doubles.any():
            exemple = texte["GEO"][doubles].iloc[0]
            nombre = accorder(int(doubles.sum()), "valeur présente", "valeurs présentes")
            defauts.add(f"{nombre} plusieurs fois ({exemple})")
        est_commune = texte["GEO_OBJECT"].isin(["COM", "ARM"])
        if not est_commune.any():
            defauts.add("aucune ligne par commune (GEO_OBJECT = COM)")
        texte.loc[est_commune, "GEO"] = to_codes(texte[est_commune], "GEO", defauts)
        nombres, _ = to_nombres(texte, ["OBS_VALUE", *echelle], defauts)
        check_positifs(nombres[["OBS_VALUE"]], defauts)
        defauts.check()
        if echelle:
            # « 3 »: thousands
            nombres["OBS_VALUE"] *= 10.0 ** nombres["UNIT_MULT"].fillna(0)
        est_secret = texte["CONF_STATUS"] == "C"
        texte = texte.assign(valeur=nombres["OBS_VALUE"].mask(est_secret))
        texte["mesure"] = texte["FILOSOFI_MEASURE"].map(_NOUVELLES)
        niveaux = texte["GEO_OBJECT"].map(_NIVEAUX)
        codes = texte["GEO"].mask(texte["GEO_OBJECT"] == "FRANCE", "")
        # « FRANCE » holds both the whole and the métropole: the whole is F
        entiere = "F" if (texte["GEO"] == "F").any() else "FR"
        autres = niveaux.notna() & ((niveaux != "france") | (texte["GEO"] == entiere))
        publiees = texte[autres].assign(cle=(niveaux + ":" + codes)[autres])
        return (
            Lue(
                id="filosofi",
                titre="revenus et pauvreté (Filosofi 2)",
                millesime=annees[-1],
                libelle_millesime=f"Filosofi {annees[-1]}",
                geographie_origine="",
                valeurs=_pivoter(texte[est_commune], "GEO"),
                publiees=_pivoter(publiees, "cle"),
                non_additives=_VALEURS,
                secrets=int((est_secret & est_commune).sum()),
            ),
        )


def _pivoter(texte: pd.DataFrame, cle: str) -> pd.DataFrame:
    large = texte.pivot(index=cle, columns="mesure", values="valeur")
    return large.reindex(columns=list(_VALEURS)).rename_axis(index=None, columns=None)


class FormatRsa:
    """Read the RSA households of the Cnaf: one line per commune, type and date."""

    source = Source(
        cle="rsa",
        titre="Foyers allocataires du RSA par commune",
        producteur="Cnaf",
        url="https://data.caf.fr/explore/dataset/rsa_s_type_com_f/",
        obtention="Onglet « Export », format CSV (séparateur point-virgule), à donner tel quel.",
        apporte="foyers allocataires du RSA pour 1 000 habitants",
        tables=("rsa",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header is that of the file."""
        return set(_RSA) <= {colonne.lower() for colonne in colonnes}

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Add the types of RSA of the latest date; one missing type makes the commune unknown.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        vraies = {colonne.lower(): colonne for colonne in tableau.colonnes}
        texte = tableau.read([vraies[nom] for nom in _RSA]).set_axis(list(_RSA), axis=1)
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        dates = _lire_mois(texte["dtreffre"], defauts)
        defauts.check()
        texte = texte[dates == dates.max()]
        codes = to_codes(texte, "numcomdo", defauts)
        if texte.assign(numcomdo=codes).duplicated(["numcomdo", "rsa_type"]).any():
            defauts.add("une commune a deux lignes pour un même type de RSA")
        nombres, secrets = to_nombres(texte, ["indfoy_rsa"], defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        est_total = texte["rsa_type"].str.lower().str.startswith(("total", "ensemble"))
        lignes = est_total if est_total.any() else pd.Series(data=True, index=texte.index)
        foyers = nombres["indfoy_rsa"][lignes].groupby(codes[lignes])
        somme = foyers.sum().mask(foyers.count() < foyers.size())
        date_lue = str(dates.max())
        return (
            Lue(
                id="rsa",
                titre="foyers allocataires du RSA",
                millesime=date_lue[:4],
                libelle_millesime=f"{date_lue[4:6]}/{date_lue[:4]}",
                geographie_origine=date_lue[:4],
                valeurs=pd.DataFrame({"foyers_rsa": somme.astype("float64")}),
                secrets=sum(secrets.values()),
            ),
        )


def _lire_mois(textes: pd.Series[str], defauts: Defauts) -> pd.Series[str]:
    """Return « 202312 » for « 202312 », « 2023-12-31 » or « 31/12/2023 »."""
    iso = textes.str.extract(r"^(20\d\d)-?(0[1-9]|1[0-2])(?:-?\d\d)?$")
    francais = textes.str.extract(r"^\d\d/(0[1-9]|1[0-2])/(20\d\d)$")
    mois = (iso[0] + iso[1]).fillna(francais[1] + francais[0])
    fausses = textes[mois.isna()]
    if len(fausses):
        exemples = ", ".join(f"ligne {n} « {t[:20]} »" for n, t in fausses.head(3).items())
        nombre = accorder(len(fausses), "date illisible", "dates illisibles")
        defauts.add(f"{nombre} dans « dtreffre » ({exemples})")
    return mois.fillna("")


FORMATS: Final = (FormatFilosofiLong(), FormatFilosofiLarge(), FormatRsa())
