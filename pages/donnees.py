"""Sources: what is there, how old it is, what it gives, how to obtain the rest."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from html import escape
from typing import Final, cast

import streamlit as st

from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.indicateurs.themes import REGISTRE
from diagnostic.redaction import accorder, typographier
from geodata.errors import CptsError
from geodata.imports.officiels import SOURCES, ImportOfficiel, analyse_fichier
from geodata.imports.officiels.formats import Source
from geodata.schema import TableCommunale
from pages.composants import etat
from pages.composants.actualisation import (
    afficher_actualisation,
    afficher_ameli,
    est_perimee,
    lire_echecs,
)
from pages.composants.chargement import (
    lire_tables_abimees,
    ouvrir_magasin,
    ouvrir_referentiel,
    ouvrir_tables,
)
from pages.composants.format import INSECABLE, formater_nombre, formater_part, majuscule
from pages.composants.html import Ligne, afficher_note, afficher_tableau
from pages.composants.mise_en_page import echapper_markdown, page

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
    par_source: dict[tuple[str, ...], list[TableCommunale]] = {}
    for table in tables.par_id.values():
        par_source.setdefault(_identite(table), []).append(table)
    afficher_tableau(
        ["Table", "Millésime", "État", "Prise le", "Couverture", "Sert à", "Licence"],
        [
            Ligne(
                f"{majuscule(table.titre)} ({table.producteur})",
                [
                    table.libelle_millesime,
                    _dire_etat(table),
                    f"{table.recupere_le:%d/%m/%Y}",
                    formater_part(_couverture(tables, table)),
                    _usages([t.id for t in jumelles]),
                    table.licence,
                ],
            )
            for jumelles in par_source.values()
            for table in jumelles[:1]
        ],
        "Couverture : part des habitants de la France dont la commune est renseignée. De deux "
        "millésimes, le plus récent sert.",
        textes=True,
    )
    servies = {(_identite(table), table.id) for table in tables.par_id.values()}
    en_reserve = [t for t in ouvrir_magasin().load_all()[0] if (_identite(t), t.id) not in servies]
    if en_reserve:
        afficher_note(
            "Rangé, mais remplacé par plus récent : "
            + ", ".join(f"{t.titre} {t.libelle_millesime} ({_ETATS[t.etat]})" for t in en_reserve)
            + "."
        )
    for phrase in lire_tables_abimees(le):
        st.warning(phrase)


def _identite(table: TableCommunale) -> tuple[str, ...]:
    # one file may fill several roles: it is told once
    return (table.titre, table.libelle_millesime, table.etat, table.recupere_le.isoformat())


def _dire_etat(table: TableCommunale) -> str:
    etat_dit = _ETATS[table.etat]
    if est_perimee(table):
        etat_dit = "copie gardée, le service n’a pas répondu"
    echec = lire_echecs().get(table.id)
    return f"{etat_dit} ; actualisation manquée le {echec:%d/%m/%Y}" if echec else etat_dit


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


def _usages(ids: Collection[str]) -> str:
    servis = [i for i in REGISTRE if not set(ids).isdisjoint(i.sources)]
    if not servis:
        dits = [_USAGES_HORS_REGISTRE.get(id_table, "Pyramide des âges") for id_table in ids]
        return ", ".join(dict.fromkeys(dits))
    themes = ", ".join(dict.fromkeys(i.theme for i in servis))
    return f"{themes} ({accorder(len(servis), 'indicateur')})"


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
        etat.garder(_CLE_IMPORT, None)
        if annee and not re.fullmatch("(19|20)[0-9]{2}", annee):
            st.error(f"« {echapper_markdown(annee)} » n’est pas une année, comme 2024.")
        else:
            _lire(depot.name, depot.getvalue(), depot.file_id, annee, le)
    lu = cast("tuple[str, str, ImportOfficiel] | None", etat.lire(_CLE_IMPORT))
    # what was understood of another file must not be taken for this one
    if lu is not None and (depot is None or depot.file_id == lu[0]):
        _afficher_compris(lu[1], lu[2])
    bilan = str(etat.lire(_CLE_BILAN, ""))
    if bilan:
        st.success(bilan)
        etat.garder(_CLE_BILAN, "")


def _lire(nom: str, contenu: bytes, fichier: str, annee: str, le: date) -> None:
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
    except CptsError as erreur:
        # the rest of the page says which files are expected, and where to find them
        st.error(echapper_markdown(typographier(str(erreur))))
        return
    finally:
        barre.empty()
    etat.garder(_CLE_IMPORT, (fichier, nom, compris))


def _afficher_compris(nom: str, compris: ImportOfficiel) -> None:
    with st.container(border=True):
        st.html(f"<h3>Compris{INSECABLE}: {escape(compris.source.titre)}</h3>")
        afficher_note(
            f"{nom} : {compris.source.producteur}. Tables tirées de ce fichier : "
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
            st.write(echapper_markdown(note))
        with st.container(horizontal=True):
            if st.button("Ranger ces tables", type="primary", key="donnees-ranger"):
                for table in compris.tables:
                    ouvrir_magasin().store(table)
                etat.garder(_CLE_IMPORT, None)
                etat.garder(_CLE_BILAN, _dire_range(compris))
                st.rerun()
            if st.button("Abandonner", key="donnees-abandonner"):
                etat.garder(_CLE_IMPORT, None)
                st.rerun()


def _dire_range(compris: ImportOfficiel) -> str:
    servies = ouvrir_tables(etat.lire_jour()).par_id
    sert = any(_identite(servies[t.id]) == _identite(t) for t in compris.tables)
    suite = (
        "Le diagnostic s’en sert déjà."
        if sert
        else "Un millésime plus récent reste en service : retirez-le pour vous servir de celui-ci."
    )
    return f"{compris.source.titre}{INSECABLE}: rangé. {suite}"


def _dire_geographie(table: TableCommunale) -> str:
    if table.valeurs.empty:
        return "Publié par département : aucun chiffre communal."
    origine = table.geographie_origine or "non dite"
    return f"Géographie du fichier : {origine}, reportée sur les communes de 2026."


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
        elif echec := lire_echecs().get(source.tables[0]):
            marque += f" ; actualisation manquée le {echec:%d/%m/%Y}"
        with st.expander(f"{source.titre}{INSECABLE}: {marque}"):
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
    afficher_actualisation(jour)
    afficher_ameli(jour)
