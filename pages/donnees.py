"""Sources: what is there, how old it is, what it gives, how to obtain the rest."""

from __future__ import annotations

from datetime import date
from typing import Final, cast

import streamlit as st

from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.indicateurs.themes import REGISTRE
from geodata.actualisation import ACTUALISATIONS, refresh_ameli, refresh_table
from geodata.clients import ameli
from geodata.clients.melodi import REGLAGES, SOURCE, ClientMelodi
from geodata.errors import CptsError
from geodata.imports.officiels import SOURCES, ImportOfficiel, analyse_fichier
from geodata.imports.officiels.formats import Source
from geodata.magasin import dossier_donnees
from geodata.schema import TableCommunale
from geodata.telechargement import CacheDisque, Telechargeur
from pages.composants import etat
from pages.composants.chargement import (
    lire_tables_abimees,
    ouvrir_magasin,
    ouvrir_referentiel,
    ouvrir_tables,
)
from pages.composants.format import formater_nombre, formater_part
from pages.composants.html import Ligne, afficher_note, afficher_tableau
from pages.composants.mise_en_page import page

_CLE_IMPORT: Final = "donnees.import"
_CLE_BILAN: Final = "donnees.bilan"
_ETATS: Final = {
    "embarquee": "embarquée",
    "importee": "importée",
    "actualisee": "actualisée en ligne",
}
# properties of the territory are not in the registry of indicators
_USAGES_HORS_REGISTRE: Final = {"qpv": "Revenus et précarité (1 indicateur)"}
_COMPTES: Final = {
    "lignes": "Lignes lues",
    "departements": "Départements",
    "communes": "Communes d’aujourd’hui reconnues",
    "traduites": "Lignes d’anciennes communes ou de communes regroupées, reportées",
    "perdues": "Lignes sans commune d’aujourd’hui",
    "hors_champ": "Lignes de collectivités d’outre-mer, hors champ",
    "secrets": "Valeurs sous secret, laissées vides",
    "ehpad": "EHPAD du flux des structures",
    "ehpad_sans_capacite": "EHPAD sans capacité dans ce flux",
    "quartiers": "Quartiers lus",
    "quartiers_a_cheval": "Quartiers à cheval sur plusieurs communes",
    "plusieurs_zones": "Communes à plusieurs zones, laissées vides",
}


def _afficher_tables(tables: TablesIndicateurs, le: date) -> None:
    st.subheader("Tables en service", anchor=False)
    afficher_tableau(
        ["Table", "Millésime", "État", "Prise le", "Couverture", "Sert à", "Licence"],
        [
            Ligne(
                f"{table.titre[0].upper()}{table.titre[1:]} ({table.producteur})",
                [
                    table.libelle_millesime,
                    _ETATS[table.etat],
                    f"{table.recupere_le:%d/%m/%Y}",
                    formater_part(_couverture(tables, table)),
                    _usages(table.id),
                    table.licence,
                ],
            )
            for table in tables.par_id.values()
        ],
        "Couverture : part des habitants de la France dont la commune est renseignée. De deux "
        "millésimes, le plus récent sert.",
        textes=True,
    )
    for phrase in lire_tables_abimees(le):
        st.warning(phrase)


def _couverture(tables: TablesIndicateurs, table: TableCommunale) -> float:
    if table.valeurs.empty:
        return _couverture_departements(tables, table)
    position = tables.geographie.position
    remplies = table.valeurs.index[table.valeurs.notna().any(axis=1)]
    codes = {code for cle in remplies for code in str(cle).split()}
    total = float(tables.habitants.sum())
    rangs = [position[code] for code in codes if code in position]
    return float(tables.habitants[rangs].sum()) / total if total else 0.0


def _couverture_departements(tables: TablesIndicateurs, table: TableCommunale) -> float:
    remplies = table.publiees.index[table.publiees.notna().any(axis=1)]
    codes = {str(cle).removeprefix("departement:") for cle in remplies}
    departements = tables.geographie.unites["code_departement"].astype(str)
    total = float(tables.habitants.sum())
    dedans = float(tables.habitants[departements.isin(sorted(codes)).to_numpy()].sum())
    return dedans / total if total else 0.0


def _usages(id_table: str) -> str:
    themes = dict.fromkeys(i.theme for i in REGISTRE if id_table in i.sources)
    nombre = sum(id_table in i.sources for i in REGISTRE)
    if not nombre:
        return _USAGES_HORS_REGISTRE.get(id_table, "Pyramide des âges")
    return f"{', '.join(themes)} ({nombre} indicateur{'s' if nombre > 1 else ''})"


def _afficher_import(le: date) -> None:
    st.subheader("Donner un fichier officiel", anchor=False)
    st.write(
        "Le fichier est reconnu à son contenu, tel que le producteur le publie : CSV, classeur, "
        "archive zip ou json.gz. Vous voyez ce qui en est compris avant que rien ne soit rangé ; "
        "il ne quitte pas cette machine."
    )
    depot = st.file_uploader(
        "Fichier officiel", type=["csv", "zip", "gz", "xlsx", "json", "txt"], key="donnees-depot"
    )
    annee = st.text_input(
        "Année des chiffres, si le fichier ne la dit pas (populations, quartiers, zonage)",
        max_chars=4,
        placeholder="ex. 2024",
        key="donnees-annee",
    )
    if depot is not None and st.button("Lire ce fichier", type="primary"):
        _lire(depot.name, depot.getvalue(), annee if annee.isdigit() else "", le)
    compris = cast("ImportOfficiel | None", etat.lire(_CLE_IMPORT))
    if compris is not None:
        _afficher_compris(compris)
    bilan = str(etat.lire(_CLE_BILAN, ""))
    if bilan:
        st.success(bilan)
        etat.garder(_CLE_BILAN, "")


def _lire(nom: str, contenu: bytes, annee: str, le: date) -> None:
    etat.garder(_CLE_IMPORT, None)
    geographie = ouvrir_referentiel().geographie
    barre = st.progress(0.0, "Lecture…")
    try:
        compris = analyse_fichier(
            nom,
            contenu,
            geographie,
            le=le,
            blocs=tuple(set(geographie.blocs.values())),
            annee_annoncee=annee,
            connues=ouvrir_tables(le).par_id,
            progres=lambda part, etape: barre.progress(part, f"{etape.capitalize()}…") and None,
        )
    finally:
        barre.empty()
    etat.garder(_CLE_IMPORT, compris)


def _afficher_compris(compris: ImportOfficiel) -> None:
    with st.container(border=True):
        st.html(f"<h3>Compris : {_echapper(compris.source.titre)}</h3>")
        afficher_note(
            f"{compris.source.producteur}. Tables tirées de ce fichier : "
            + ", ".join(f"{t.titre} ({t.libelle_millesime})" for t in compris.tables)
            + "."
        )
        afficher_tableau(
            ["Ce qui a été lu", *(table.titre for table in compris.tables)],
            [
                Ligne(libelle, [formater_nombre(t.compte.get(cle)) for t in compris.tables])
                for cle, libelle in _COMPTES.items()
                if any(t.compte.get(cle) for t in compris.tables)
            ],
            _dire_geographie(compris.tables[0]),
        )
        for note in compris.notes:
            st.write(note)
        with st.container(horizontal=True):
            if st.button("Ranger ces tables", type="primary", key="donnees-ranger"):
                for table in compris.tables:
                    ouvrir_magasin().store(table)
                etat.garder(_CLE_IMPORT, None)
                etat.garder(
                    _CLE_BILAN, f"{compris.source.titre} : rangé. Le diagnostic s’en sert déjà."
                )
                st.rerun()
            if st.button("Abandonner", key="donnees-abandonner"):
                etat.garder(_CLE_IMPORT, None)
                st.rerun()


def _dire_geographie(table: TableCommunale) -> str:
    if table.valeurs.empty:
        return "Publié par département : aucun chiffre communal."
    origine = table.geographie_origine or "non dite"
    return f"Géographie du fichier : {origine}, reportée sur les communes de 2026."


def _echapper(texte: str) -> str:
    return texte.replace("&", "&amp;").replace("<", "&lt;")


def _afficher_actualisation(le: date) -> None:
    st.subheader("Actualiser auprès de l’Insee", anchor=False)
    geographie = ouvrir_referentiel().geographie
    st.write(
        "Le service ouvert Melodi de l’Insee est interrogé pour les départements choisis, en un "
        "appel par table. S’il ne répond pas, les données présentes restent, avec leur date."
    )
    croises = sorted(
        {str(geographie.unites["code_departement"][c]) for c in etat.lire_dessin().codes}
    )
    departements = st.multiselect(
        "Départements",
        list(geographie.departements.index),
        default=croises,
        format_func=lambda code: f"{code} {geographie.nom('departement', code)}",
        placeholder="Choisir des départements",
        key="donnees-departements",
    )
    if departements and st.button("Actualiser"):
        _actualiser(departements, le)


def _actualiser(departements: list[str], le: date) -> None:
    geographie = ouvrir_referentiel().geographie
    client = ClientMelodi(
        Telechargeur(SOURCE, cache=CacheDisque(dossier_donnees() / "cache"), reglages=REGLAGES)
    )
    for actualisation in ACTUALISATIONS:
        with st.spinner(f"{actualisation.titre.capitalize()}…"):
            try:
                table = refresh_table(
                    actualisation,
                    client,
                    departements,
                    geographie,
                    le=le,
                    blocs=tuple(set(geographie.blocs.values())),
                )
            except CptsError as erreur:
                st.error(f"{actualisation.titre.capitalize()} : {erreur}")
                continue
            ouvrir_magasin().store(table)
        perime = _dire_perime(table)
        st.success(
            f"{actualisation.titre.capitalize()} {table.libelle_millesime} : "
            f"{formater_nombre(table.compte['communes'])} communes{perime}."
        )


def _dire_perime(table: TableCommunale) -> str:
    est_perime = bool(table.notes) and "copie" in table.notes[0]
    return " (copie gardée, le service n’a pas répondu)" if est_perime else ""


def _afficher_ameli(le: date) -> None:
    st.subheader("Actualiser auprès de l’Assurance maladie", anchor=False)
    st.write(
        "Le portail ouvert data.ameli.fr donne, par département seulement, les patients par "
        "pathologie, les libéraux et la patientèle des médecins traitants. Ces chiffres sont "
        "montrés comme ceux du département, jamais comme ceux du territoire."
    )
    if st.button("Actualiser les chiffres départementaux"):
        _actualiser_ameli(le)


def _actualiser_ameli(le: date) -> None:
    client = ameli.ClientAmeli(
        Telechargeur(
            ameli.SOURCE,
            cache=CacheDisque(dossier_donnees() / "cache"),
            reglages=ameli.REGLAGES,
        )
    )
    for jeu in ameli.JEUX:
        titre = jeu.titre.capitalize()
        with st.spinner(f"{titre}…"):
            try:
                table = refresh_ameli(jeu, client, ouvrir_referentiel().geographie, le=le)
            except CptsError as erreur:
                st.error(f"{titre} : {erreur}")
                continue
            ouvrir_magasin().store(table)
        st.success(
            f"{titre} {table.libelle_millesime} : "
            f"{formater_nombre(table.compte['departements'])} départements{_dire_perime(table)}."
        )


def _afficher_retrait() -> None:
    tables, _ = ouvrir_magasin().load_all()
    if not tables:
        return
    with st.expander("Retirer une table importée"):
        choix = st.selectbox(
            "Table",
            list(range(len(tables))),
            format_func=lambda r: (
                f"{tables[r].titre}, {tables[r].libelle_millesime} ({_ETATS[tables[r].etat]})"
            ),
            key="donnees-retrait",
        )
        if st.button("Retirer cette table"):
            ouvrir_magasin().remove(tables[choix])
            st.rerun()


def _afficher_catalogue(tables: TablesIndicateurs) -> None:
    st.subheader("Où prendre chaque fichier officiel", anchor=False)
    st.write(
        "Beaucoup de réseaux d’établissement bloquent le téléchargement automatique, et l’Insee "
        "refuse les robots : prenez le fichier avec votre navigateur, puis donnez-le ci-dessus."
    )
    for source in SOURCES:
        # its first table is its own; the others may come from a neighbouring file
        table = tables.par_id.get(source.tables[0])
        marque = "à charger"
        if table is not None and table.etat != "embarquee":
            marque = f"chargé, {table.libelle_millesime}"
        with st.expander(f"{source.titre} : {marque}"):
            _afficher_source(source)


def _afficher_source(source: Source) -> None:
    st.markdown(
        f"**Apporte** : {source.apporte}.\n\n"
        f"**Producteur** : {source.producteur}, {source.licence}.\n\n"
        f"**Où** : {source.url}\n\n**Comment** : {source.obtention}"
    )


def _afficher_embarquees() -> None:
    with st.expander("Données embarquées dans l’application"):
        afficher_tableau(
            ["Donnée", "Producteur", "Millésime", "Licence", "Prise le"],
            [
                Ligne(
                    source.titre,
                    [
                        source.producteur,
                        source.millesime,
                        source.licence,
                        f"{source.recupere_le:%d/%m/%Y}",
                    ],
                )
                for source in ouvrir_referentiel().manifeste
            ],
            "Toujours là, sans internet.",
            textes=True,
        )


with page(
    "Données",
    chapeau="D’où vient chaque chiffre, de quand il date, et comment en ajouter.",
):
    jour = etat.lire_jour()
    en_service = ouvrir_tables(jour)
    _afficher_tables(en_service, jour)
    _afficher_embarquees()
    _afficher_retrait()
    _afficher_import(jour)
    _afficher_catalogue(en_service)
    _afficher_actualisation(jour)
    _afficher_ameli(jour)
