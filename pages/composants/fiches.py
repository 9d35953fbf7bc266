"""The register on screen: its list, one card with its history, changes under optimistic locking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit

import geopandas as gpd
import streamlit as st

from diagnostic.perimetre import compacter, nommer
from diagnostic.redaction import accorder
from geodata.registre import Completude, LigneRegistre, nouvel_identifiant
from geodata.schema import LIBELLES_STATUT_CPTS, StatutCpts, TerritoireCpts, UniteCpts
from pages.composants import etat
from pages.composants.carte_couches import Couche, afficher_carte
from pages.composants.chargement import dissoudre, ouvrir_referentiel, ouvrir_registre
from pages.composants.format import formater_nombre
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.jour import demander_jour
from pages.composants.sources_cpts import afficher_finess

_PAR_PAGE: Final = 20
_STATUTS: Final = list(LIBELLES_STATUT_CPTS)


def afficher_registre(niveau: str, code: str, nom: str) -> None:
    """Show the list of a zone, and the card chosen."""
    registre = ouvrir_registre()
    gauche, droite = st.columns([2, 3])
    texte = gauche.text_input("Chercher un nom", key="registre-texte", max_chars=100)
    statuts = droite.multiselect(
        "Statuts",
        _STATUTS,
        format_func=LIBELLES_STATUT_CPTS.__getitem__,
        placeholder="Tous",
        key="registre-statuts",
    )
    departements = _departements(niveau, code)
    debut = int(etat.lire("registre-debut", 0))  # type: ignore[call-overload]
    lignes, total = registre.lister(
        texte=texte, statuts=statuts, departements=departements, debut=debut, limite=_PAR_PAGE
    )
    if debut and not lignes:
        etat.garder("registre-debut", 0)
        st.rerun()
    afficher_tableau(
        ["Territoire", "Statut", "Départements", "Communes", "Source", "Version"],
        [
            Ligne(
                ligne.nom,
                [
                    LIBELLES_STATUT_CPTS[ligne.statut],
                    " ".join(ligne.departements),
                    formater_nombre(ligne.nombre_unites),
                    _nommer_source(ligne),
                    formater_nombre(ligne.version),
                ],
            )
            for ligne in lignes
        ],
        f"{accorder(total, 'territoire', 'territoires')} : {nom}",
        textes=True,
    )
    _afficher_pages(debut, total)
    if lignes:
        noms = {ligne.identifiant: ligne.nom for ligne in lignes}
        choisi = st.selectbox(
            "Ouvrir une fiche",
            list(noms),
            index=None,
            format_func=noms.__getitem__,
            placeholder="Choisir un territoire…",
            key="registre-fiche",
        )
        if choisi is not None:
            _afficher_fiche(choisi)
    _afficher_ajout()
    afficher_finess(niveau, code)
    if code:
        _afficher_completude(niveau, code, nom)


def _nommer_source(ligne: LigneRegistre) -> str:
    hote = (urlsplit(ligne.source_url).hostname or "").removeprefix("www.")
    return f"{ligne.source}, {hote}" if hote else ligne.source


def _departements(niveau: str, code: str) -> list[str]:
    departements = ouvrir_referentiel().geographie.departements
    if niveau == "departement":
        return [code]
    if niveau == "region":
        return list(departements.index[departements["code_region"] == code])
    return []


def _afficher_pages(debut: int, total: int) -> None:
    if total <= _PAR_PAGE:
        return
    with st.container(horizontal=True):
        st.button(
            "Précédents",
            disabled=debut == 0,
            on_click=etat.garder,
            args=("registre-debut", max(0, debut - _PAR_PAGE)),
        )
        st.button(
            "Suivants",
            disabled=debut + _PAR_PAGE >= total,
            on_click=etat.garder,
            args=("registre-debut", debut + _PAR_PAGE),
        )


def _afficher_fiche(identifiant: str) -> None:
    registre = ouvrir_registre()
    territoire, version = registre.charger(identifiant)
    geographie = ouvrir_referentiel().geographie
    entieres = territoire.codes - territoire.partielles
    forme = dissoudre(" ".join(sorted(territoire.codes)))
    departements = ouvrir_referentiel().contours(
        "departement",
        sorted({str(geographie.unites["code_departement"][code]) for code in territoire.codes}),
    )
    st.subheader(territoire.nom, anchor=False)
    afficher_tableau(
        ["Champ", "Valeur"],
        [
            Ligne("Statut", [LIBELLES_STATUT_CPTS[territoire.statut]]),
            Ligne("Numéro FINESS", [territoire.finess or "inconnu"]),
            Ligne("En vigueur", [_periode(territoire)]),
            Ligne("Source", [f"{territoire.source}, lue le {_jour(territoire.source_le)}"]),
            Ligne("Adresse de la source", [territoire.source_url or "–"]),
            Ligne("Géographie", [f"communes au 1er janvier {territoire.millesime}"]),
            Ligne(
                accorder(len(compacter(geographie, territoire.codes)), "commune"),
                [", ".join(nommer(geographie, entieres)) or "–"],
            ),
            *(
                Ligne(
                    f"En partie : {geographie.unites['nom'][unite.code]}",
                    [
                        (f"{round(100 * unite.part)} % des habitants. " if unite.part else "")
                        + unite.commentaire
                    ],
                )
                for unite in territoire.unites
                if unite.statut == "partiel"
            ),
        ],
        f"Fiche de {territoire.nom}, version {version}",
        textes=True,
    )
    afficher_carte(
        [
            Couche("", departements.geometry, "fond", "#8a94a6", "#ffffff", 1.0),
            Couche("Territoire", gpd.GeoSeries([forme]), "plein"),
        ],
        f"Périmètre de {territoire.nom}",
        cadre=gpd.GeoSeries([forme]),
    )
    st.button(
        "Reprendre ce périmètre dans l’esquisse",
        on_click=etat.modifier_dessin,
        kwargs={
            "codes": territoire.codes,
            "partielles": territoire.partielles,
            "nom": territoire.nom,
        },
        key=f"fiche-esquisse-{identifiant}",
    )
    _afficher_modification(territoire, version)
    afficher_tableau(
        ["Version", "Date", "Action", "Par", "Motif"],
        [
            Ligne(
                str(v.numero),
                [f"{v.le:%d/%m/%Y %H:%M} UTC", v.action, v.auteur or "non précisé", v.motif],
            )
            for v in registre.historique(identifiant)
        ],
        "Historique : chaque changement est gardé",
        textes=True,
    )


def _afficher_modification(territoire: TerritoireCpts, version: int) -> None:
    with (
        st.expander("Modifier le statut ou la période"),
        st.form(f"modifier-{territoire.identifiant}"),
    ):
        nom = st.text_input("Nom", territoire.nom, max_chars=300)
        statut: StatutCpts = st.selectbox(
            "Statut",
            _STATUTS,
            index=_STATUTS.index(territoire.statut),
            format_func=LIBELLES_STATUT_CPTS.__getitem__,
        )
        cle = territoire.identifiant
        statut_le = demander_jour("Depuis le", territoire.statut_le, f"statut-le-{cle}")
        valide_du = demander_jour(
            "Périmètre en vigueur du", territoire.valide_du, f"valide-du-{cle}"
        )
        valide_au = demander_jour(
            "au (vide s’il l’est encore)", territoire.valide_au, f"valide-au-{cle}"
        )
        auteur = st.text_input("Service ou instance", max_chars=120)
        motif = st.text_input("Motif", max_chars=300)
        # the version read when the form was drawn: a change made meanwhile is a conflict, said
        lue = etat.lire(f"version-lue-{territoire.identifiant}", version)
        etat.garder(f"version-lue-{territoire.identifiant}", lue)
        if st.form_submit_button("Enregistrer une nouvelle version"):
            etat.garder(f"version-lue-{territoire.identifiant}", version)
            ouvrir_registre().enregistrer(
                replace(
                    territoire,
                    nom=nom.strip(),
                    statut=statut,
                    statut_le=statut_le,
                    valide_du=valide_du,
                    valide_au=valide_au,
                ),
                version=int(lue),  # type: ignore[call-overload]
                auteur=auteur,
                motif=motif,
                le=datetime.now(tz=UTC),
            )
            etat.garder(f"version-lue-{territoire.identifiant}", version + 1)
            st.rerun()


def _afficher_ajout() -> None:
    dessin = etat.lire_dessin()
    if not dessin.codes:
        return
    with st.expander("Ajouter mon esquisse au registre"), st.form("registre-ajout"):
        nom = st.text_input("Nom", dessin.nom, max_chars=300)
        statut = st.selectbox(
            "Statut",
            _STATUTS,
            index=_STATUTS.index("initiative"),
            format_func=LIBELLES_STATUT_CPTS.__getitem__,
        )
        source = st.text_input("Source du périmètre", max_chars=300)
        auteur = st.text_input("Service ou instance", max_chars=120)
        if st.form_submit_button("Ajouter"):
            maintenant = datetime.now(tz=UTC)
            ouvrir_registre().enregistrer(
                TerritoireCpts(
                    identifiant=nouvel_identifiant(),
                    nom=nom.strip(),
                    unites=tuple(
                        UniteCpts(c, "partiel" if c in dessin.partielles else "entier")
                        for c in sorted(dessin.codes)
                    ),
                    statut=statut,
                    source=source or "Esquisse de cette application",
                    source_le=maintenant.date(),
                ),
                version=None,
                auteur=auteur,
                motif="Ajout de l’esquisse",
                le=maintenant,
            )
            st.success("L’esquisse est dans le registre.")


def _afficher_completude(niveau: str, code: str, nom: str) -> None:
    with (
        st.expander(f"Déclarer le registre complet ou non pour {nom}"),
        st.form("registre-complet"),
    ):
        est_complet = st.checkbox("Toutes les CPTS et tous les projets connus y figurent")
        source = st.text_input("Source", max_chars=300)
        auteur = st.text_input("Service ou instance", max_chars=120)
        if st.form_submit_button("Déclarer"):
            ouvrir_registre().declarer_completude(
                Completude(niveau, code, est_complet, source, auteur, datetime.now(tz=UTC))  # type: ignore[arg-type]
            )
            st.rerun()


def _periode(territoire: TerritoireCpts) -> str:
    if territoire.valide_du is None and territoire.valide_au is None:
        return "dates inconnues, tenu pour en vigueur"
    if territoire.valide_au is None:
        return f"depuis le {_jour(territoire.valide_du)}"
    if territoire.valide_du is None:
        return f"jusqu’au {_jour(territoire.valide_au)}"
    return f"du {_jour(territoire.valide_du)} au {_jour(territoire.valide_au)}"


def _jour(jour: date | None) -> str:
    return f"{jour:%d/%m/%Y}" if jour else "(non précisé)"
