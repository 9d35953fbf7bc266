"""Batch intake: drop perimeters, settle the doubts, see who claims what, save if asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import geopandas as gpd
import streamlit as st

from diagnostic.chevauchement import Chevauchement, IndexTerritoires, build_index
from diagnostic.redaction import accorder
from geodata.imports.enregistrement import save_rapport
from geodata.imports.rapport import (
    Anomalie,
    RapportImport,
    TerritoireLu,
    build_territoire,
    export_anomalies,
)
from geodata.schema import LIBELLES_STATUT_CPTS, TerritoireCpts
from pages.composants import etat
from pages.composants.carte_couches import Couche, afficher_carte
from pages.composants.chargement import (
    indexer_registre,
    lire_depot,
    ouvrir_lecteur,
    ouvrir_referentiel,
    ouvrir_registre,
)
from pages.composants.conflits import afficher_conflit, afficher_exports, afficher_liste
from pages.composants.format import formater_nombre
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.sources_cpts import demander_santegraphie

_EXEMPLE: Final = """nom_cpts;code_insee;commune;statut
CPTS Santé Seine Essonne;91228;Évry-Courcouronnes;Refusé
CPTS Santé Seine Essonne;91340;Lisses;Refusé
CPTS Centre Essonne;91228;Évry-Courcouronnes;Projet validé
CPTS Centre Essonne;91340;Lisses;Projet validé
"""
_EXTENSIONS: Final = ("csv", "txt", "xlsx", "ods", "geojson", "json", "gpkg", "zip", "kml")
_CHOIX_MAXIMAUX: Final = 30
_LIGNES_MAXIMALES: Final = 200
_MATRICE_MAXIMALE: Final = 20
_GRAVITES: Final = {"bloquant": "⛔ Bloquant", "attention": "⚠ À vérifier", "information": "ℹ Fait"}
_LAISSER: Final = "laisser de côté"
_LONGUEUR_CODE: Final = 5


def afficher_depot() -> None:
    """Show the whole intake."""
    fichiers = _demander_fichiers()
    if not fichiers:
        return
    lecteur = ouvrir_lecteur()
    barre = st.progress(0.0, "Lecture des fichiers…")
    try:
        rapport = lire_depot(
            fichiers,
            lecteur,
            lambda part, nom: barre.progress(part, f"Lecture de {nom}" if nom else ""),
        )
    finally:
        barre.empty()
    cle = hashlib.sha256(b"".join(contenu for _, contenu in fichiers)).hexdigest()[:12]
    choix = _demander_choix(rapport, cle)
    if choix:
        rapport = lecteur.settle(rapport, choix)
    _afficher_rapport(rapport)
    if not any(lu.codes for lu in rapport.territoires):
        st.warning("Aucune commune reconnue : rien à comparer ni à enregistrer.")
        return
    le = etat.lire_jour()
    territoires = [
        build_territoire(lu, f"depot-{rang}", le=le)
        for rang, lu in enumerate(rapport.territoires)
        if lu.codes
    ]
    index = build_index(ouvrir_referentiel().geographie, territoires)
    _afficher_conflits(index, territoires)
    _afficher_enregistrement(rapport, cle)


def _demander_fichiers() -> tuple[tuple[str, bytes], ...]:
    deposes = st.file_uploader(
        "Périmètres de CPTS ou de projets",
        type=list(_EXTENSIONS),
        accept_multiple_files=True,
        key="depot-fichiers",
        help="Listes (CPTS, commune) par code ou par nom, en CSV, XLSX ou ODS ; polygones en "
        "GeoJSON, GeoPackage, KML ou Shapefile en zip. Un fichier peut contenir une CPTS ou des "
        "centaines. Rien n’est enregistré avant votre accord.",
    )
    if deposes:
        etat.garder("depot-exemple", valeur=False)
        return tuple((fichier.name, fichier.getvalue()) for fichier in deposes)
    if etat.lire("depot-exemple"):
        st.caption(
            "Exemple : Essonne, février 2020. Périmètres réduits aux deux communes que la presse "
            "disait revendiquées (leconcoursmedical.fr), statuts simplifiés."
        )
        return (("essonne-2020.csv", _EXEMPLE.encode()),)
    st.button(
        "Essayer avec un cas réel (Essonne, 2020)",
        on_click=etat.garder,
        args=("depot-exemple", True),
    )
    return demander_santegraphie()


def _demander_choix(rapport: RapportImport, cle: str) -> dict[Anomalie, str | None]:
    """Ask what the doubtful lines mean; a line left aside stays out of its territory."""
    if not rapport.a_trancher:
        return {}
    st.subheader("À trancher", anchor=False)
    st.caption(
        "Choisissez ce qui était voulu ; rien n’est appliqué tant que vous n’avez pas choisi."
    )
    choix: dict[Anomalie, str | None] = {}
    for rang, anomalie in enumerate(rapport.a_trancher[:_CHOIX_MAXIMAUX]):
        libelles = {candidat.code: candidat.libelle for candidat in anomalie.candidats}
        reponse = st.selectbox(
            f"{anomalie.territoire} — {anomalie.message}",
            [*libelles, _LAISSER],
            index=None,
            format_func=lambda code, noms=libelles: _nommer_choix(code, noms),
            placeholder="Choisir…",
            key=f"depot-{cle}-{rang}",
        )
        if reponse is not None:
            choix[anomalie] = None if reponse == _LAISSER else reponse
    if len(rapport.a_trancher) > _CHOIX_MAXIMAUX:
        reste = len(rapport.a_trancher) - _CHOIX_MAXIMAUX
        st.caption(f"{reste} autres lignes douteuses : corrigez-les dans le fichier.")
    return choix


def _nommer_choix(code: str, libelles: Mapping[str, str]) -> str:
    if code not in libelles:
        return code
    return f"{libelles[code]} ({code})" if len(code) == _LONGUEUR_CODE else libelles[code]


def _afficher_rapport(rapport: RapportImport) -> None:
    geographie = ouvrir_referentiel().geographie
    population = dict(zip(geographie.codes, geographie.population(), strict=True))
    afficher_tableau(
        ["Territoire", "Communes", "En partie", "Habitants", "Statut", "Fichier"],
        [
            Ligne(lu.nom, _decrire(lu, sum(population[code] for code in lu.codes)))
            for lu in rapport.territoires[:_LIGNES_MAXIMALES]
        ],
        f"{accorder(len(rapport.territoires), 'territoire lu', 'territoires lus')} ; population "
        "municipale",
    )
    st.subheader("Ce que l’audit a relevé", anchor=False)
    if not rapport.anomalies:
        st.html("<p>Rien : chaque ligne est comprise, aucune commune n’est contestée.</p>")
        return
    comptes = Counter(anomalie.gravite for anomalie in rapport.anomalies)
    st.html(
        "<p>"
        + ", ".join(f"{_GRAVITES[gravite]} : {nombre}" for gravite, nombre in comptes.items())
        + "</p>"
    )
    afficher_tableau(
        ["Gravité", "Constat", "Fichier"],
        [
            Ligne(_GRAVITES[anomalie.gravite], [anomalie.message, anomalie.fichier])
            for anomalie in rapport.anomalies[:_LIGNES_MAXIMALES]
        ],
        "Constats, les plus graves d’abord",
        textes=True,
    )
    st.download_button(
        "Télécharger le rapport d’audit (CSV)",
        lambda: export_anomalies(rapport.anomalies),
        "audit-perimetres.csv",
        "text/csv",
    )


def _decrire(lu: TerritoireLu, habitants: float) -> list[str]:
    partielles = sum(unite.statut == "partiel" for unite in lu.unites)
    return [
        formater_nombre(len(lu.codes)),
        formater_nombre(partielles),
        formater_nombre(habitants),
        LIBELLES_STATUT_CPTS[lu.statut],
        lu.fichier,
    ]


def _afficher_conflits(index: IndexTerritoires, territoires: Sequence[TerritoireCpts]) -> None:
    st.subheader("Chevauchements entre les territoires déposés", anchor=False)
    paires = index.toutes_les_paires().chevauchements()
    if not paires:
        st.html("<p>Aucun : chaque commune déposée n’a qu’un territoire.</p>")
    else:
        afficher_liste(paires, "Chevauchements entre territoires déposés, population municipale")
        if 1 < len(territoires) <= _MATRICE_MAXIMALE:
            _afficher_matrice(territoires, paires)
        _afficher_chaleur(territoires)
        afficher_exports(paires, "depot")
        par_libelle = {f"{p.a} / {p.b}": p for p in paires[:_LIGNES_MAXIMALES]}
        choisi = st.selectbox("Ouvrir un conflit", list(par_libelle), key="depot-conflit")
        paire = par_libelle[choisi]
        rangs = index.rangs
        afficher_conflit(
            territoires[rangs[paire.id_a]], territoires[rangs[paire.id_b]], versions=None
        )
    st.subheader("Chevauchements avec le registre", anchor=False)
    connus = indexer_registre(etat.lire_jour())
    croises = [
        paire
        for territoire in territoires
        for paire in connus.contre(territoire)
        if paire.nature != "limitrophe"
    ]
    if croises:
        afficher_liste(croises, "Territoires déposés (A) et territoires du registre (B)")
    else:
        st.html(
            f"<p>Aucun avec les {len(connus.territoires)} territoires en vigueur du registre, qui "
            "n’en connaît qu’une partie.</p>"
        )


def _afficher_matrice(
    territoires: Sequence[TerritoireCpts], paires: Sequence[Chevauchement]
) -> None:
    valeurs = {(p.id_a, p.id_b): p for p in paires} | {(p.id_b, p.id_a): p for p in paires}
    afficher_tableau(
        ["", *(str(rang) for rang in range(1, len(territoires) + 1))],
        [
            Ligne(
                f"{rang}. {ligne.nom}",
                [
                    "·"
                    if ligne is colonne
                    else formater_nombre(paire.population_max)
                    if (paire := valeurs.get((ligne.identifiant, colonne.identifiant)))
                    else ""
                    for colonne in territoires
                ],
            )
            for rang, ligne in enumerate(territoires, start=1)
        ],
        "Matrice des chevauchements : habitants en commun, au plus",
    )


def _afficher_chaleur(territoires: Sequence[TerritoireCpts]) -> None:
    """Show how many territories claim each commune; density of the pattern grows with claims."""
    comptes = Counter(code for territoire in territoires for code in territoire.codes)
    referentiel = ouvrir_referentiel()

    def formes(retenir: tuple[int, ...], plus: bool = False) -> gpd.GeoSeries:
        codes = [
            code
            for code, nombre in comptes.items()
            if nombre in retenir or (plus and nombre > max(retenir))
        ]
        return referentiel.contours("unite", codes).geometry

    afficher_carte(
        [
            Couche("Un seul territoire", formes((1,)), "plein", "#8a94a6", "#eef2f8", 0.8),
            Couche("Deux", formes((2,)), "hachures", "#8a4b00", "#fdf1df", 0.8),
            Couche("Trois et plus", formes((3,), plus=True), "croix", "#a3161e", "#fdeceb", 0.8),
        ],
        "Nombre de territoires qui revendiquent chaque commune",
    )


def _afficher_enregistrement(rapport: RapportImport, cle: str) -> None:
    st.subheader("Enregistrer", anchor=False)
    bloquants = sum(anomalie.gravite == "bloquant" for anomalie in rapport.anomalies)
    deja = etat.lire("depot-enregistre") == cle
    if deja:
        st.success("Ces territoires sont dans le registre.")
        return
    with st.form("depot-enregistrer"):
        if bloquants:
            st.warning(
                f"{accorder(bloquants, 'constat bloquant', 'constats bloquants')} : les lignes "
                "concernées ne seront pas reprises."
            )
        auteur = st.text_input("Service ou instance", max_chars=120)
        motif = st.text_input("Origine ou motif", max_chars=300)
        accord = st.checkbox("J’ai relu le rapport et je veux enregistrer ces territoires")
        if st.form_submit_button("Ajouter au registre"):
            if not accord:
                st.error("Cochez la case pour confirmer : rien n’a été enregistré.")
                return
            save_rapport(
                ouvrir_registre(), rapport, auteur=auteur, motif=motif, le=datetime.now(tz=UTC)
            )
            etat.garder("depot-enregistre", cle)
            st.rerun()
