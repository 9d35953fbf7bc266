"""Who claims what: conflicts of a zone or of the sketch, intake of perimeters, register."""

from __future__ import annotations

import streamlit as st

from diagnostic.chevauchement import territoire_of_perimetre
from geodata.schema import LIBELLES_STATUT_CPTS
from pages.composants import etat
from pages.composants.chargement import (
    indexer_registre,
    lire_territoires,
    ouvrir_referentiel,
    ouvrir_registre,
)
from pages.composants.conflits import (
    afficher_carte_conflits,
    afficher_conflit,
    afficher_exports,
    afficher_liste,
)
from pages.composants.depot import afficher_depot
from pages.composants.fiches import afficher_registre
from pages.composants.mise_en_page import afficher_vide, page
from pages.composants.registre_affiche import afficher_completude, choisir_zone, select_zone

_VUES = ("Conflits connus", "Mon esquisse", "Déposer des périmètres", "Registre")


def _afficher_conflits(niveau: str, code: str, nom: str) -> None:
    geographie = ouvrir_referentiel().geographie
    index = indexer_registre(etat.lire_jour())
    afficher_completude(select_zone(index.territoires, geographie, niveau, code), niveau, code, nom)
    statuts = st.multiselect(
        "Statuts d’au moins un des deux territoires",
        list(LIBELLES_STATUT_CPTS),
        format_func=LIBELLES_STATUT_CPTS.__getitem__,
        placeholder="Tous",
        key="conflits-statuts",
    )
    membres = geographie.membres(niveau, code) if code else None  # type: ignore[arg-type]
    paires = [
        paire
        for paire in index.toutes_les_paires().chevauchements()
        if (membres is None or not membres.isdisjoint(paire.codes + paire.codes_partiels))
        and (not statuts or {paire.statut_a, paire.statut_b} & set(statuts))
    ]
    if not paires:
        st.html(
            "<p><strong>Aucun chevauchement entre les territoires connus.</strong> Pour en "
            "chercher entre vos propres fichiers, choisissez « Déposer des périmètres ».</p>"
        )
        return
    afficher_liste(paires, f"Chevauchements connus, {nom} ; population municipale")
    afficher_exports(paires, "conflits")
    rangs = index.rangs
    concernes = sorted({cle for paire in paires for cle in (paire.id_a, paire.id_b)})
    afficher_carte_conflits(
        [index.territoires[rangs[cle]] for cle in concernes],
        paires,
        f"Territoires en conflit, {nom} ; communes en commun hachurées",
    )
    libelles = {(p.id_a, p.id_b): f"{p.a} / {p.b}" for p in paires}
    choisi = st.selectbox(
        "Ouvrir un conflit",
        list(libelles),
        format_func=libelles.__getitem__,
        index=None,
        placeholder="Choisir un conflit…",
        key="conflits-choix",
    )
    if choisi is not None:
        a, b = (index.territoires[rangs[cle]] for cle in choisi)
        afficher_conflit(a, b, versions=ouvrir_registre().versions())


def _afficher_esquisse(niveau: str, code: str, nom: str) -> None:
    dessin = etat.lire_dessin()
    if not dessin.codes:
        afficher_vide(
            "Votre esquisse est vide : dessinez-la, ou reprenez le périmètre d’une fiche du "
            "registre."
        )
        return
    index = indexer_registre(etat.lire_jour())
    afficher_completude(
        select_zone(index.territoires, ouvrir_referentiel().geographie, niveau, code),
        niveau,
        code,
        nom,
    )
    esquisse = territoire_of_perimetre(dessin.perimetre)
    paires = [p for p in index.contre(esquisse) if p.nature in ("partiel", "commune_entiere")]
    if not paires:
        st.html("<p><strong>Votre esquisse ne touche aucun territoire connu.</strong></p>")
        return
    afficher_liste(paires, "Votre esquisse (A) et les territoires connus (B)")
    afficher_exports(paires, "esquisse")
    libelles = {p.id_b: p.b for p in paires}
    choisi = st.selectbox(
        "Ouvrir un conflit", list(libelles), format_func=libelles.__getitem__, key="esquisse-choix"
    )
    afficher_conflit(esquisse, index.territoires[index.rangs[choisi]], versions=None)


with page(
    "Chevauchements",
    chapeau="Un même territoire ne peut pas abriter plusieurs CPTS : voyez qui revendique quoi, "
    "commune par commune, et ce que chaque issue donnerait.",
    sources=(
        "Registre : 18 périmètres publiés par les CPTS elles-mêmes, les ARS ou l’Assurance "
        "maladie (source sur chaque fiche), plus ce que vous y ajoutez. Poids des statuts : "
        "convention de cette application.",
    ),
):
    vue = st.segmented_control(
        "Vue",
        _VUES,
        default=_VUES[0],
        key="chevauchements-vue",
        required=True,
        label_visibility="collapsed",
    )
    if vue == _VUES[2]:
        afficher_depot()
    else:
        zone = choisir_zone(ouvrir_referentiel().geographie, "chevauchements")
        if vue == _VUES[0]:
            _afficher_conflits(*zone)
        elif vue == _VUES[1]:
            _afficher_esquisse(*zone)
        else:
            afficher_completude(
                select_zone(lire_territoires(), ouvrir_referentiel().geographie, zone[0], zone[1]),
                *zone,
            )
            afficher_registre(*zone)
