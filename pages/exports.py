"""Choose, preview and download the documents of the territory; reopen a saved project."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from diagnostic.exports.dessins import render_png
from diagnostic.exports.formats import FORMATS, Entrees, Format, export_dossier
from diagnostic.exports.pdf import render_pages
from diagnostic.exports.projet import EXTENSION, ProjetOuvert, compare_bilan, load_projet
from diagnostic.exports.texte import build_nom_fichier
from diagnostic.exports.trames import list_trames
from diagnostic.exports.typographie import format_date, format_nombre, format_valeur
from geodata.errors import CptsError
from pages.composants import etat
from pages.composants.chargement import (
    calculer_territoire,
    ouvrir_referentiel,
    preparer_exports,
)
from pages.composants.html import Ligne, afficher_image, afficher_tableau
from pages.composants.jour import demander_jour
from pages.composants.mise_en_page import afficher_vide, page
from pages.composants.phrases import lire_phrases
from pages.composants.saisie_rezone import afficher_doute, garder_saisies, lire_saisies

NOTE: Final = "Contexte"
_CLE_NOTE: Final = "exports.note"
_CLE_DOSSIER: Final = "exports.dossier"
_APERCUS: Final = ("Rapport", "Carte", "Communes", "Indicateurs")
_LIGNES_APERCU: Final = 12
_PAGES_APERCU: Final = 3
_COLONNES: Final = 3


def _garder_note() -> None:
    etat.garder(_CLE_NOTE, etat.lire("exports-note", ""))


def _nommer() -> None:
    etat.modifier_dessin(nom=str(etat.lire("exports-nom")))


def _regler(dessin: etat.Dessin) -> Entrees:
    """Ask for the name, the day and a note; return what the exports need."""
    gauche, droite = st.columns([3, 1])
    etat.garder("exports-nom", dessin.nom)
    gauche.text_input(
        "Nom du territoire, imprimé sur chaque document",
        key="exports-nom",
        on_change=_nommer,
        max_chars=etat.LONGUEUR_NOM,
        placeholder="CPTS…",
    )
    with droite:
        jour = demander_jour(
            "Date des documents",
            etat.lire_jour(),
            "exports-jour",
            aide="Les règles en vigueur ce jour-là s’appliquent.",
        )
    etat.garder("exports-note", etat.lire(_CLE_NOTE, ""))
    st.text_area(
        "Note de l’équipe, reprise dans le rapport (facultative)",
        key="exports-note",
        on_change=_garder_note,
        max_chars=4_000,
        height=80,
    )
    note = str(etat.lire(_CLE_NOTE, "")).strip()
    return preparer_exports(
        etat.lire_dessin(),
        le=jour or etat.lire_jour(),
        saisies=lire_saisies(),
        reecritures=lire_phrases(),
        notes={NOTE: note} if note else {},
    )


def _afficher_dossier(entrees: Entrees) -> None:
    """Offer the whole pack: prepared on demand, with its progress."""
    nom = f"{build_nom_fichier(entrees.diagnostic.nom)}-{entrees.diagnostic.le.isoformat()}.zip"
    pret = etat.lire(_CLE_DOSSIER)
    with st.container(border=True):
        st.subheader("Tout le dossier", anchor=False)
        st.markdown(
            f"Les {len(FORMATS)} documents ci-dessous, un mode d’emploi et leurs empreintes, dans "
            "une archive."
        )
        if isinstance(pret, tuple) and pret[0] is entrees:
            st.download_button(
                "Télécharger le dossier",
                pret[1],
                nom,
                "application/zip",
                type="primary",
                icon=":material/download:",
                on_click="ignore",
            )
        elif st.button("Préparer le dossier", type="primary", icon=":material/folder_zip:"):
            barre = st.progress(0.0, "Préparation…")
            octets = export_dossier(
                entrees,
                progression=lambda fait, total, libelle: barre.progress(
                    fait / total, f"{fait} sur {total} : {libelle}"
                ),
            )
            etat.garder(_CLE_DOSSIER, (entrees, octets))
            st.rerun()


def _afficher_formats(entrees: Entrees) -> None:
    """Offer every document, those of the région first."""
    ordre = {trame.cle: rang for rang, trame in enumerate(list_trames(entrees.diagnostic))}
    for famille in dict.fromkeys(format_.famille for format_ in FORMATS):
        st.subheader(famille, anchor=False)
        choisis = sorted(
            (format_ for format_ in FORMATS if format_.famille == famille),
            key=lambda format_: ordre.get(format_.cle, -1),
        )
        for debut in range(0, len(choisis), _COLONNES):
            colonnes = st.columns(_COLONNES)
            for colonne, format_ in zip(colonnes, choisis[debut:], strict=False):
                with colonne.container(gap="xsmall"):
                    _offrir(entrees, format_)


def _offrir(entrees: Entrees, format_: Format) -> None:
    # made only when clicked: the page opens at once
    st.download_button(
        format_.libelle,
        lambda: format_.exporter(entrees),
        format_.nom_fichier(entrees.diagnostic),
        format_.mime,
        key=f"exports-fichier-{format_.cle}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.caption(format_.usage[0].upper() + format_.usage[1:])


def _afficher_apercu(entrees: Entrees) -> None:
    """Show what the documents look like before they are downloaded."""
    st.subheader("Aperçu", anchor=False)
    choix = st.segmented_control(
        "Document à voir",
        list(_APERCUS),
        default=_APERCUS[0],
        key="exports-apercu",
        required=True,
        label_visibility="collapsed",
    )
    if choix == "Rapport":
        _apercevoir_rapport(entrees)
    elif choix == "Carte":
        carte = entrees.carte
        afficher_image(render_png(carte.figure, 130), carte.alternative, f"{carte.legende}.")
    elif choix == "Communes":
        _apercevoir_communes(entrees)
    else:
        _apercevoir_indicateurs(entrees)


def _apercevoir_rapport(entrees: Entrees) -> None:
    with st.spinner("Mise en page du rapport…"):
        pages = render_pages(entrees.rapport, ppi=75)
    for numero, (colonne, image) in enumerate(
        zip(st.columns(_PAGES_APERCU), pages, strict=False), start=1
    ):
        with colonne.container(border=True):
            afficher_image(image, f"Page {numero} sur {len(pages)}")


def _apercevoir_communes(entrees: Entrees) -> None:
    communes = entrees.diagnostic.communes
    afficher_tableau(
        ["Commune", "Code", "Intercommunalité", "Population"],
        [
            Ligne(
                ligne.nom,
                [ligne.code, ligne.nom_epci or "aucune", format_nombre(ligne.population)],
            )
            for ligne in communes[:_LIGNES_APERCU]
        ],
        f"{min(len(communes), _LIGNES_APERCU)} premières lignes sur {len(communes)}.",
        textes=True,
    )


def _apercevoir_indicateurs(entrees: Entrees) -> None:
    indicateurs = entrees.diagnostic.indicateurs
    afficher_tableau(
        ["Indicateur", "Valeur", "Millésime", "Source"],
        [
            Ligne(
                indicateur.libelle,
                [
                    format_valeur(indicateur.valeur, indicateur.unite, indicateur.decimales),
                    indicateur.millesime,
                    indicateur.source,
                ],
            )
            for indicateur in indicateurs[:_LIGNES_APERCU]
        ],
        f"{min(len(indicateurs), _LIGNES_APERCU)} premières lignes sur {len(indicateurs)}.",
        textes=True,
    )


def _ouvrir(ouvert: ProjetOuvert) -> None:
    """Put a reopened project in the place of the present drawing."""
    projet = ouvert.projet
    etat.modifier_dessin(
        codes=projet.perimetre.codes,
        partielles=projet.perimetre.partielles,
        nom=projet.perimetre.nom,
        type_population=projet.type_population,
    )
    garder_saisies(projet.saisies, confirmees=projet.saisies)
    etat.garder(_CLE_NOTE, projet.notes.get(NOTE, ""))


def _afficher_reouverture() -> None:
    """Read a project file, say what changed since, and open it on demand."""
    with st.expander(f"Rouvrir un projet enregistré ({EXTENSION})"):
        fichier = st.file_uploader("Fichier de projet", type=["json"], key="exports-projet")
        if fichier is None:
            return
        try:
            ouvert = load_projet(
                fichier.getvalue(),
                geographie=ouvrir_referentiel().geographie,
                fichier=etat.nettoyer_nom(fichier.name),
            )
            messages = [alerte.message for alerte in ouvert.alertes]
            messages += _comparer(ouvert)
        except CptsError as erreur:
            _lister([str(erreur)], "bloquant", "Refusé")
            return
        nom = ouvert.projet.perimetre.nom or "Projet sans nom"
        st.html(
            f"<p><strong>{escape(nom)}</strong>, enregistré le "
            f"{format_date(ouvert.enregistre_le)}.</p>"
        )
        _lister(messages or ["Rien n’a changé depuis l’enregistrement."], "information", "À savoir")
        st.button(
            "Ouvrir ce projet à la place du territoire en cours",
            on_click=_ouvrir,
            args=(ouvert,),
            type="primary",
        )


def _comparer(ouvert: ProjetOuvert) -> list[str]:
    projet = ouvert.projet
    territoire = calculer_territoire(
        projet.perimetre, type_population=projet.type_population, le=etat.lire_jour()
    )
    if territoire.population is None or territoire.taille is None:
        return []
    changements = compare_bilan(
        ouvert, population=territoire.population, taille=territoire.taille.taille
    )
    return [alerte.message for alerte in changements]


def _lister(messages: list[str], gravite: str, titre: str) -> None:
    elements = "".join(
        f'<li data-gravite="{gravite}"><strong>{titre}</strong>{escape(message)}</li>'
        for message in messages
    )
    st.html(f'<ul class="cpts-alertes">{elements}</ul>')


with page(
    "Exporter",
    chapeau="Les documents à envoyer, à modifier ou à archiver : rapport, trames des ARS, "
    "tableaux, cartes et couches.",
):
    dessin = etat.lire_dessin()
    if dessin.codes:
        afficher_doute()
        entrees = _regler(dessin)
        _afficher_dossier(entrees)
        _afficher_formats(entrees)
        _afficher_apercu(entrees)
    else:
        afficher_vide("Le territoire est vide : dessinez-le, ou rouvrez un projet.")
    _afficher_reouverture()
