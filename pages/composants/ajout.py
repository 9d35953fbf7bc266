"""Add places to the territory without a map: search, browse, paste a list."""

from __future__ import annotations

from typing import Final

import streamlit as st

from diagnostic.redaction import accorder
from geodata.listes import ElementCompris, ListeComprise, analyser_liste
from geodata.recherche import Resultat
from geodata.schema import Geographie
from pages.composants import etat
from pages.composants.chargement import ouvrir_noms, ouvrir_recherche
from pages.composants.format import formater_habitants
from pages.composants.html import Ligne, afficher_tableau

_LISTE: Final = "ajout.liste"
_RESULTATS: Final = 8
_LIGNES_MONTREES: Final = 200
_CHOIX_MONTRES: Final = 40
_AUCUN: Final = "Ne pas retenir"


def afficher_recherche() -> None:
    """Show the search box and its results, each with its button."""
    texte = st.text_input(
        "Chercher une commune, une intercommunalité, un code postal, un département",
        placeholder="Ex. : Brocéliande, St-Malo, 35131, ancienne commune…",
        key="ajout-recherche",
        max_chars=120,
    )
    if not texte:
        return
    resultats = ouvrir_recherche().chercher(texte, limite=_RESULTATS)
    if not resultats:
        st.info("Aucun lieu ne porte ce nom. Essayez avec moins de lettres, ou le code INSEE.")
    elif resultats[0].est_approche:
        st.info("Aucun lieu ne porte exactement ce nom. Peut-être :")
    for resultat in resultats:
        _afficher_resultat(resultat)


def afficher_parcours(geographie: Geographie) -> None:
    """Show the choice of région, département, then intercommunalités and communes."""
    regions = geographie.regions["nom"].to_dict()
    gauche, droite = st.columns(2)
    region = gauche.selectbox(
        "Région", sorted(regions, key=regions.__getitem__), index=None, key="ajout-region",
        format_func=regions.__getitem__, placeholder="Choisir une région",
    )  # fmt: skip
    tous = geographie.departements
    departements = tous[tous["code_region"] == region]["nom"].to_dict() if region else {}
    departement = droite.selectbox(
        "Département", list(departements), index=None, key="ajout-departement",
        format_func=lambda code: f"{departements[code]} ({code})",
        placeholder="Choisir un département", disabled=not region,
    )  # fmt: skip
    if not departement:
        return
    unites = geographie.unites[geographie.unites["code_departement"] == departement]
    codes_epci = sorted(unites["code_epci"].dropna().unique())
    noms_epci = geographie.epci["nom"].reindex(codes_epci).to_dict()
    noms = ouvrir_noms()
    with st.form("ajout-parcours", border=False):
        epci = st.multiselect(
            "Intercommunalités entières", sorted(noms_epci, key=noms_epci.__getitem__),
            format_func=noms_epci.__getitem__, placeholder="Choisir",
        )  # fmt: skip
        communes = st.multiselect(
            "Communes", sorted(unites.index, key=noms.__getitem__),
            format_func=lambda code: f"{noms[code]} ({code})", placeholder="Choisir",
        )  # fmt: skip
        if st.form_submit_button("Ajouter au territoire", type="primary"):
            ajouts = frozenset(communes).union(*(geographie.membres("epci", c) for c in epci))
            etat.modifier_dessin(codes=etat.lire_dessin().codes | ajouts)
            st.rerun()


def afficher_collage() -> None:
    """Show the box where a list is pasted, then what was understood of it before it applies."""
    with st.form("ajout-collage", border=False):
        texte = st.text_area(
            "Coller une liste de codes ou de noms",
            placeholder="35051\nSaint-Gilles (35)\nCC de Brocéliande",
            help="Un élément par ligne, ou séparés par des virgules, points-virgules ou "
            "tabulations. Un tableau copié d’un tableur convient.",
            height=140,
        )
        if st.form_submit_button("Lire la liste") and texte.strip():
            etat.garder(_LISTE, analyser_liste(texte, ouvrir_recherche()))
    liste = etat.lire(_LISTE)
    if isinstance(liste, ListeComprise):
        _afficher_liste(liste)


def _afficher_resultat(resultat: Resultat) -> None:
    codes = etat.lire_dessin().codes
    deja = resultat.codes_unites <= codes
    habitants = f" · {formater_habitants(resultat.population)}" if resultat.population else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{resultat.libelle}**{habitants}  \n{resultat.precision}", width="stretch")
        st.button(
            "Retirer" if deja else "Ajouter",
            key=f"ajout-{resultat.type}-{resultat.code}-{resultat.libelle}",
            help=f"{'Retirer' if deja else 'Ajouter'} {resultat.libelle} ({resultat.precision})",
            on_click=etat.modifier_dessin,
            kwargs={
                "codes": codes - resultat.codes_unites if deja else codes | resultat.codes_unites
            },
        )


def _afficher_liste(liste: ListeComprise) -> None:
    compris = liste.comprises + liste.traduites
    st.markdown(
        f"**{accorder(len(compris), 'élément compris', 'éléments compris')}**, "
        f"{accorder(len(liste.ambigues), 'à choisir', 'à choisir')}, "
        f"{accorder(len(liste.inconnues), 'inconnu')}"
        + (f", {accorder(liste.repetitions, 'répétition')}." if liste.repetitions else ".")
    )
    _afficher_traduits(liste.traduites)
    ajouts = liste.codes_unites.union(*_choisir(liste))
    with st.container(horizontal=True):
        st.button(
            f"Ajouter au territoire ({accorder(len(ajouts), 'commune')})",
            type="primary",
            disabled=not ajouts,
            key="ajout-appliquer",
            on_click=_appliquer,
            args=(etat.lire_dessin().codes | ajouts,),
        )
        st.button(
            "Remplacer le territoire",
            disabled=not ajouts,
            key="ajout-remplacer",
            on_click=_appliquer,
            args=(ajouts,),
        )
        st.button("Abandonner la liste", key="ajout-abandonner", on_click=_appliquer, args=(None,))


def _appliquer(codes: frozenset[str] | None) -> None:
    if codes is not None:
        etat.modifier_dessin(codes=codes)
    etat.garder(_LISTE, None)


def _afficher_traduits(elements: tuple[ElementCompris, ...]) -> None:
    if elements:
        afficher_tableau(
            ["Écrit", "Lu"],
            [Ligne(e.texte, [e.remarque]) for e in elements[:_LIGNES_MONTREES]],
            "Compris par un ancien nom, un ancien code ou un zéro rétabli : à vérifier.",
            textes=True,
        )


def _demander_choix(
    cle: str, ligne: int, texte: str, candidats: tuple[Resultat, ...]
) -> frozenset[str]:
    """Ask which place an item means; none is taken unless the person says so."""
    options = [_AUCUN, *(f"{c.libelle}, {c.precision}" for c in candidats)]
    choisi = st.selectbox(
        f"Ligne {ligne}, « {texte} »",
        range(len(options)),
        format_func=options.__getitem__,
        key=f"ajout-choix-{cle}",
    )
    return candidats[choisi - 1].codes_unites if choisi else frozenset()


def _choisir(liste: ListeComprise) -> list[frozenset[str]]:
    """Ask for each item that is ambiguous or misspelt; the others are only listed."""
    ambigus = liste.ambigues[:_CHOIX_MONTRES]
    fautifs = [e for e in liste.inconnues if e.suggestions][:_CHOIX_MONTRES]
    choix = []
    if ambigus:
        st.markdown("**Plusieurs lieux possibles**")
        choix += [
            _demander_choix(f"ambigu-{rang}", e.ligne, e.texte, e.candidats)
            for rang, e in enumerate(ambigus)
        ]
    if fautifs:
        st.markdown("**Inconnus, peut-être mal écrits**")
        choix += [
            _demander_choix(f"inconnu-{rang}", e.ligne, e.texte, e.suggestions)
            for rang, e in enumerate(fautifs)
        ]
    reste = [e for e in liste.inconnues if e not in fautifs]
    if reste:
        afficher_tableau(
            ["Inconnu", "Ligne"],
            [Ligne(e.texte, [str(e.ligne)]) for e in reste[:_LIGNES_MONTREES]],
            f"{accorder(len(reste), 'élément inconnu', 'éléments inconnus')} : rien n’en sera "
            "ajouté. Essayez le code INSEE.",
        )
    if len(liste.ambigues) > len(ambigus):
        st.warning(
            f"{len(liste.ambigues) - len(ambigus)} autres éléments ambigus ne sont pas montrés : "
            "collez la liste avec le département, « Nom (35) », ou avec les codes INSEE."
        )
    return choix
