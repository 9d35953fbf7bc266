"""Ask the services of INSEE and of the Assurance maladie again; what fails leaves what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, cast

import streamlit as st

from diagnostic.redaction import enumerer
from geodata.actualisation import ACTUALISATIONS, Actualisation, refresh_ameli, refresh_table
from geodata.clients import ameli
from geodata.clients.melodi import REGLAGES, SOURCE, ClientMelodi
from geodata.errors import CptsError
from geodata.magasin import dossier_donnees
from geodata.schema import TableCommunale
from geodata.telechargement import CacheDisque, Telechargeur
from pages.composants import etat
from pages.composants.chargement import ouvrir_magasin, ouvrir_referentiel
from pages.composants.format import INSECABLE, formater_nombre, majuscule
from pages.composants.mise_en_page import echapper_markdown

_CLE_MESSAGES: Final = "donnees.messages"
_CLE_ECHECS: Final = "donnees.echecs"
_TABLES_AMELI: Final = {
    "effectifs": "ameli_pathologies",
    "demographie-effectifs-et-les-densites": "ameli_demographie",
    "patientele-medecintraitant-generalistes-annuelle": "ameli_patientele",
}


def afficher_actualisation(le: date) -> None:
    """Show the section of Melodi: départements to ask for, and what came of it."""
    st.subheader("Actualiser auprès de l’Insee", anchor=False)
    geographie = ouvrir_referentiel().geographie
    st.write(
        "Le service ouvert Melodi de l’Insee est interrogé pour les départements choisis, en un "
        "appel par table. S’il ne répond pas, les données présentes restent, avec leur date."
    )
    deja = _departements_actualises()
    croises = {str(geographie.unites["code_departement"][c]) for c in etat.lire_dessin().codes}
    departements = st.multiselect(
        "Départements",
        list(geographie.departements.index),
        default=sorted(croises | deja),
        format_func=lambda code: f"{code} {geographie.nom('departement', code)}",
        placeholder="Choisir des départements",
        key="donnees-departements",
    )
    if laisses := deja - set(departements):
        noms = [geographie.nom("departement", code) for code in sorted(laisses)]
        st.warning(
            "Une actualisation remplace la précédente : les chiffres déjà pris pour ces "
            f"départements ne seraient plus là : {enumerer(noms)}."
        )
    if departements and st.button("Actualiser"):
        _actualiser(
            [(a.id, a.titre, _preparer_melodi(a, departements, le)) for a in ACTUALISATIONS]
        )
    _afficher_messages(*(actualisation.id for actualisation in ACTUALISATIONS))


def _departements_actualises() -> set[str]:
    """Départements of the tables already drawn from Melodi."""
    unites = ouvrir_referentiel().geographie.unites["code_departement"].astype(str)
    ids = {actualisation.id for actualisation in ACTUALISATIONS}
    return {
        unites[code]
        for table in ouvrir_magasin().load_all()[0]
        if table.id in ids and table.etat == "actualisee"
        for cle in table.valeurs.index
        for code in str(cle).split()
        if code in unites.index
    }


def _preparer_melodi(
    actualisation: Actualisation, departements: Sequence[str], le: date
) -> Callable[[], TableCommunale]:
    geographie = ouvrir_referentiel().geographie
    client = ClientMelodi(
        Telechargeur(SOURCE, cache=CacheDisque(dossier_donnees() / "cache"), reglages=REGLAGES)
    )
    return lambda: refresh_table(
        actualisation,
        client,
        departements,
        geographie,
        le=le,
        blocs=tuple(set(geographie.blocs.values())),
    )


def _actualiser(demandes: Sequence[tuple[str, str, Callable[[], TableCommunale]]]) -> None:
    """Refresh tables one by one; a service that fails leaves what is there."""
    messages, echecs = _lire_messages(), lire_echecs()
    barre = st.progress(0.0, "Actualisation…")
    for rang, (cle, titre, demander) in enumerate(demandes):
        barre.progress(rang / len(demandes), f"{majuscule(titre)}…")
        try:
            table = demander()
            ouvrir_magasin().store(table)
        except CptsError as erreur:
            messages[cle] = (False, f"{majuscule(titre)}{INSECABLE}: {erreur}")
            echecs[cle] = etat.lire_jour()
        else:
            messages[cle] = (True, _dire_actualisee(titre, table))
            echecs.pop(cle, None)
    etat.garder(_CLE_MESSAGES, messages)
    etat.garder(_CLE_ECHECS, echecs)
    # the tables at the top of the page are those before the refresh
    st.rerun()


def _dire_actualisee(titre: str, table: TableCommunale) -> str:
    unite = "departements" if table.valeurs.empty else "communes"
    nombre = formater_nombre(table.compte[unite])
    perime = " (copie gardée, le service n’a pas répondu)" if est_perimee(table) else ""
    return (
        f"{majuscule(titre)} {table.libelle_millesime}{INSECABLE}: {nombre} "
        f"{unite.replace('departements', 'départements')}{perime}."
    )


def _lire_messages() -> dict[str, tuple[bool, str]]:
    return dict(cast("dict[str, tuple[bool, str]]", etat.lire(_CLE_MESSAGES, {})))


def lire_echecs() -> dict[str, date]:
    """Return the day of the last refresh that failed in this session, by table."""
    return dict(cast("dict[str, date]", etat.lire(_CLE_ECHECS, {})))


def _afficher_messages(*cles: str) -> None:
    messages = _lire_messages()
    for cle in cles:
        if cle in messages:
            reussie, texte = messages.pop(cle)
            (st.success if reussie else st.error)(echapper_markdown(texte))
    etat.garder(_CLE_MESSAGES, messages)


def est_perimee(table: TableCommunale) -> bool:
    """Tell whether a table is the copy kept for want of an answer."""
    return bool(table.notes) and "copie" in table.notes[0]


def afficher_ameli(le: date) -> None:
    """Show the section of data.ameli, whose figures are those of départements."""
    st.subheader("Actualiser auprès de l’Assurance maladie", anchor=False)
    st.write(
        "Le portail ouvert data.ameli.fr donne, par département seulement, les patients par "
        "pathologie, les libéraux et la patientèle des médecins traitants. Ces chiffres sont "
        "montrés comme ceux du département, jamais comme ceux du territoire."
    )
    if st.button("Actualiser les chiffres départementaux"):
        _actualiser(
            [
                (_TABLES_AMELI[jeu.identifiant], jeu.titre, _preparer_ameli(jeu, le))
                for jeu in ameli.JEUX
            ]
        )
    _afficher_messages(*(_TABLES_AMELI[jeu.identifiant] for jeu in ameli.JEUX))


def _preparer_ameli(jeu: ameli.Jeu, le: date) -> Callable[[], TableCommunale]:
    client = ameli.ClientAmeli(
        Telechargeur(
            ameli.SOURCE,
            cache=CacheDisque(dossier_donnees() / "cache"),
            reglages=ameli.REGLAGES,
        )
    )
    return lambda: refresh_ameli(jeu, client, ouvrir_referentiel().geographie, le=le)
