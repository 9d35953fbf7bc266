"""The two official sources on CPTS that can be read online, when there is a network."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

import streamlit as st

from geodata.clients.finess import SOURCE as SOURCE_FINESS
from geodata.clients.finess import ClientFiness, SiegeCpts
from geodata.clients.geo_api import Lecture
from geodata.clients.santegraphie import NOM_FICHIER, ClientSantegraphie
from geodata.clients.santegraphie import SOURCE as SOURCE_SANTEGRAPHIE
from geodata.magasin import dossier_donnees
from geodata.telechargement import CacheDisque, Reglages, Telechargeur
from pages.composants import etat
from pages.composants.chargement import lire_territoires, ouvrir_noms, ouvrir_referentiel
from pages.composants.format import formater_nombre
from pages.composants.html import Ligne, afficher_tableau

_REGLAGES: Final = Reglages(
    essais=2, pauses=(1.0,), delai_total=120.0, taille_maximale=150 * 1024 * 1024
)
_SIEGES_MONTRES: Final = 200


def demander_santegraphie() -> tuple[tuple[str, bytes], ...]:
    """Offer to read the national layer; return it as a dropped file once read."""
    if st.button("Lire la couche nationale de Santégraphie (en ligne)"):
        with st.spinner("Lecture de Santégraphie, deux minutes au plus…"):
            lecture = ClientSantegraphie(_open(SOURCE_SANTEGRAPHIE)).load_couche()
        etat.garder("depot-santegraphie", lecture)
    lecture = etat.lire("depot-santegraphie")
    if not isinstance(lecture, Lecture):
        return ()
    st.caption(
        f"Santégraphie (DGOS), couche « CPTS et projets de CPTS », {_dater(lecture)}. Champs et "
        "licence non documentés : relisez l’audit avant d’enregistrer."
    )
    return ((NOM_FICHIER, lecture.valeur),)


def afficher_finess(niveau: str, code: str) -> None:
    """Show the head offices of CPTS in FINESS+, to see whom the register does not know."""
    with st.expander("Sièges de CPTS dans FINESS+ (en ligne)"):
        st.html(
            "<p>FINESS donne le nom, le numéro et la commune du siège de chaque CPTS, jamais son "
            "périmètre. Une cinquantaine de mégaoctets à lire.</p>"
        )
        if st.button("Lire FINESS+"):
            with st.spinner("Lecture de FINESS+, deux minutes au plus…"):
                etat.garder("registre-finess", ClientFiness(_open(SOURCE_FINESS)).load_sieges())
        lecture = etat.lire("registre-finess")
        if isinstance(lecture, Lecture):
            _afficher_sieges(lecture, niveau, code)


def _afficher_sieges(lecture: Lecture[tuple[SiegeCpts, ...]], niveau: str, code: str) -> None:
    geographie = ouvrir_referentiel().geographie
    membres = geographie.membres(niveau, code) if code else None  # type: ignore[arg-type]
    sieges = [s for s in lecture.valeur if membres is None or s.code_commune in membres]
    connus = {t.finess for t in lire_territoires() if t.finess}
    noms = ouvrir_noms()
    comptes = Counter(siege.finess in connus for siege in sieges)
    afficher_tableau(
        ["CPTS", "FINESS", "Commune du siège", "Au registre"],
        [
            Ligne(
                siege.nom,
                [
                    siege.finess,
                    noms.get(siege.code_commune, siege.code_commune or "inconnue"),
                    "oui" if siege.finess in connus else "numéro inconnu",
                ],
            )
            for siege in sieges[:_SIEGES_MONTRES]
        ],
        f"{formater_nombre(len(sieges))} sièges ouverts, dont {formater_nombre(comptes[True])} au "
        f"registre par leur numéro. FINESS+ (ANS), {_dater(lecture)}",
        textes=True,
    )


def _open(source: str) -> Telechargeur:
    cache = CacheDisque(dossier_donnees() / "cache")
    return Telechargeur(source, cache=cache, reglages=_REGLAGES)


def _dater(lecture: Lecture[bytes] | Lecture[tuple[SiegeCpts, ...]]) -> str:
    jour: datetime = lecture.recupere_le
    reserve = ", copie gardée : la source n’a pas répondu" if lecture.est_perime else ""
    return f"lu le {jour:%d/%m/%Y}{reserve}"
