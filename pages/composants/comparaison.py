"""Two perimeters side by side: what is gained, what is lost, and what the figures become."""

from __future__ import annotations

from typing import Final

import streamlit as st

from diagnostic.exports.projet import load_projet
from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    compute_indicateurs,
)
from diagnostic.perimetre import Perimetre
from diagnostic.redaction import accorder, enumerer, typographier
from geodata.listes import analyser_liste
from geodata.schema import Geographie
from pages.composants.chargement import ouvrir_recherche
from pages.composants.format import (
    ABSENT,
    INSECABLE,
    formater_habitants,
    formater_nombre,
    formater_part,
)
from pages.composants.graphiques import COUVERTURE_PLEINE, formater_valeur
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.mise_en_page import echapper_markdown

_FACONS: Final = ("Une intercommunalité", "Une liste de communes", "Un projet enregistré")
_NOMS_MAXIMUM: Final = 12


def afficher_comparaison(tables: TablesIndicateurs, ici: Perimetre) -> None:
    """Choose another perimeter, then show gains, losses and figures."""
    autre = _choisir(tables.geographie)
    if autre is None or not autre.codes:
        st.info(
            "Choisissez l’autre périmètre. Il n’est comparé qu’ici : votre dessin ne change pas."
        )
        return
    _afficher_communes(tables, ici, autre)
    _afficher_chiffres(tables, ici, autre)


def _choisir(geographie: Geographie) -> Perimetre | None:
    facon = st.segmented_control(
        "Autre périmètre", list(_FACONS), default=_FACONS[0], key="comparer-facon", required=True
    )
    if facon == "Une intercommunalité":
        code = st.selectbox(
            "Intercommunalité",
            list(geographie.epci.index),
            index=None,
            format_func=lambda c: geographie.nom("epci", c),
            placeholder="Chercher par le nom",
            key="comparer-epci",
        )
        if not code:
            return None
        return Perimetre.from_niveau(geographie, "epci", code, geographie.nom("epci", code))
    if facon == "Une liste de communes":
        texte = st.text_area(
            "Codes ou noms, un par ligne", key="comparer-liste", max_chars=200_000, height=120
        )
        return _lire_liste(texte) if texte.strip() else None
    depot = st.file_uploader("Projet (.cpts.json)", type=["json"], key="comparer-projet")
    if depot is None:
        return None
    ouvert = load_projet(depot.getvalue(), geographie=geographie, fichier=depot.name)
    return ouvert.projet.perimetre


def _lire_liste(texte: str) -> Perimetre:
    comprise = analyser_liste(texte, ouvrir_recherche())
    for laissees, faute in (
        ([element.texte for element in comprise.inconnues], "inconnu"),
        ([element.texte for element in comprise.ambigues], "ambigu (précisez le département)"),
    ):
        if laissees:
            cites = enumerer([f"« {texte[:40]} »" for texte in laissees])
            st.warning(
                echapper_markdown(typographier(f"Laissé de côté, {faute}{INSECABLE}: {cites}."))
            )
    return Perimetre("Liste collée", comprise.codes_unites)


def _afficher_communes(tables: TablesIndicateurs, ici: Perimetre, autre: Perimetre) -> None:
    lignes = []
    for titre, codes in (
        ("Dans les deux", ici.codes & autre.codes),
        ("Seulement dans votre dessin", ici.codes - autre.codes),
        ("Seulement dans l’autre", autre.codes - ici.codes),
    ):
        rangs = tables.geographie.rangs(codes)
        noms = [str(tables.geographie.noms[rang]) for rang in rangs]
        habitants = float(tables.habitants[rangs].sum())
        lignes.append(
            Ligne(
                titre,
                [
                    accorder(len(noms), "commune"),
                    formater_habitants(habitants),
                    enumerer(noms, _NOMS_MAXIMUM) if noms else ABSENT,
                ],
            )
        )
    afficher_tableau(
        ["Communes", "Nombre", "Population municipale", "Lesquelles"],
        lignes,
        f"Votre dessin et l’autre périmètre ({autre.nom or 'sans nom'}).",
        textes=True,
    )


def _afficher_chiffres(tables: TablesIndicateurs, ici: Perimetre, autre: Perimetre) -> None:
    resultats = compute_indicateurs(
        tables,
        ici,
        comparateurs=(),
        autres=(AutreTerritoire("perimetre", autre.nom or "Autre périmètre", autre),),
    )
    # what neither side knows would fill the table with dashes
    comparables = [
        resultat
        for resultat in resultats
        if (la_bas := resultat.comparateur("perimetre")) is not None
        and (resultat.valeur is not None or la_bas.valeur is not None)
    ]
    afficher_tableau(
        ["Indicateur", "Votre dessin", "L’autre", "Écart"],
        [_ligne(resultat) for resultat in comparables],
        "Mêmes calculs, mêmes sources des deux côtés. « couvre » : part des habitants dont la "
        "valeur est connue, quand ce n’est pas tous. Écart : votre dessin moins l’autre ; pour "
        "une part, il est en points.",
    )


def _ligne(resultat: ResultatIndicateur) -> Ligne:
    autre = resultat.comparateur("perimetre")
    la_bas = autre.valeur if autre else None
    ecart = None if resultat.valeur is None or la_bas is None else resultat.valeur - la_bas
    dit = formater_nombre(ecart, resultat.decimales)
    signe = "+" if ecart is not None and ecart > 0 and set(dit) - set("0,") else ""
    return Ligne(
        resultat.libelle,
        [
            _valeur(resultat, resultat.valeur, resultat.couverture),
            _valeur(resultat, la_bas, autre.couverture if autre else 0.0),
            f"{signe}{dit}",
        ],
    )


def _valeur(resultat: ResultatIndicateur, valeur: float | None, couverture: float) -> str:
    """Write a value, and how much of the population it stands for when that is not everyone."""
    texte = formater_valeur(resultat, valeur)
    if couverture >= COUVERTURE_PLEINE or (valeur is None and couverture == 0):
        return texte
    return f"{texte} (couvre {formater_part(couverture, 0)})"
