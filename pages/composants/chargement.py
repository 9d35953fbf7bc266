"""Open the data once for all sessions: the only module with `st.cache_*`."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from diagnostic.chevauchement import IndexTerritoires, build_index
from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    ValeurSaisie,
    compute_indicateurs,
)
from diagnostic.parametres import Parametres, load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import compute_diagnostic
from diagnostic.territoire import Territoire, compute_territoire
from geodata.magasin import Magasin, dossier_tables
from geodata.recherche import Recherche
from geodata.referentiel import Referentiel
from geodata.registre import load_cpts_reels
from geodata.schema import TableCommunale, TypePopulation
from geodata.tables import load_tables_embarquees
from pages.composants.etat import Dessin

if TYPE_CHECKING:
    from diagnostic.exports.formats import Entrees


@st.cache_resource(show_spinner="Ouverture des données de référence…")
def ouvrir_referentiel() -> Referentiel:
    """Return the embedded reference data, its tables and index warm.

    What is opened here lives as long as the server: frozen, the garbage collector no longer
    walks through it at each run (90 ms under the lock for the tables of France).
    """
    referentiel = Referentiel.ouvrir()
    _indexer(referentiel)
    gc.collect()
    gc.freeze()
    return referentiel


@st.cache_resource(show_spinner=False)
def _indexer(_referentiel: Referentiel) -> Recherche:
    return Recherche(_referentiel.geographie)


def ouvrir_recherche() -> Recherche:
    """Return the index of places."""
    return _indexer(ouvrir_referentiel())


@st.cache_resource(show_spinner=False)
def ouvrir_noms() -> dict[str, str]:
    """Return the name of each unité."""
    unites = ouvrir_referentiel().geographie.unites
    return dict(zip(unites.index, unites["nom"], strict=True))


@st.cache_resource(show_spinner=False)
def ouvrir_parametres() -> Parametres:
    """Return the dated rules."""
    return load_parametres()


def calculer_territoire(
    perimetre: Perimetre, *, type_population: TypePopulation, le: date
) -> Territoire:
    """Apply the rules to a perimeter that is not empty; the last few hundred answers are kept."""
    # one string is hashed at once, a set of 300 codes element by element
    return _calculer(
        perimetre.nom,
        " ".join(sorted(perimetre.codes)),
        " ".join(sorted(perimetre.partielles)),
        type_population,
        le,
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _calculer(
    nom: str, codes: str, partielles: str, type_population: TypePopulation, le: date
) -> Territoire:
    referentiel = ouvrir_referentiel()
    return compute_territoire(
        referentiel.geographie,
        Perimetre(nom, frozenset(codes.split()), frozenset(partielles.split())),
        type_population=type_population,
        le=le,
        parametres=ouvrir_parametres(),
        sources=[source.en_dict() for source in referentiel.manifeste],
    )


def ouvrir_magasin() -> Magasin:
    """Return the folder of the tables that users imported or refreshed."""
    return Magasin(dossier_tables())


def ouvrir_tables(le: date) -> TablesIndicateurs:
    """Return every table of the indicators; read again once a table was stored or removed."""
    return _ouvrir_tables(ouvrir_magasin().empreinte, le)[0]


def lire_tables_abimees(le: date) -> tuple[str, ...]:
    """Return a sentence for each stored table that can no longer be read."""
    return _ouvrir_tables(ouvrir_magasin().empreinte, le)[1]


@st.cache_resource(max_entries=1, show_spinner="Préparation des indicateurs…")
def _ouvrir_tables(
    empreinte: tuple[tuple[str, int], ...],  # noqa: ARG001 - key of the cache
    le: date,
) -> tuple[TablesIndicateurs, tuple[str, ...]]:
    referentiel = ouvrir_referentiel()
    importees, refus = ouvrir_magasin().load_all()
    tables = (*_ouvrir_tables_embarquees(), *importees)
    return TablesIndicateurs(referentiel.geographie, le, tables), refus


@st.cache_resource(show_spinner=False)
def _ouvrir_tables_embarquees() -> tuple[TableCommunale, ...]:
    return load_tables_embarquees(ouvrir_referentiel())


def calculer_indicateurs(
    perimetre: Perimetre, *, le: date, autres: tuple[AutreTerritoire, ...] = ()
) -> tuple[ResultatIndicateur, ...]:
    """Return the indicators of a perimeter that is not empty, with every comparator."""
    return compute_indicateurs(ouvrir_tables(le), perimetre, autres=autres)


def preparer_exports(
    dessin: Dessin, *, le: date, saisies: tuple[ValeurSaisie, ...], notes: Mapping[str, str]
) -> Entrees:
    """Return what the documents of a drawing that is not empty are made from."""
    return _preparer_exports(
        dessin.nom,
        " ".join(sorted(dessin.codes)),
        " ".join(sorted(dessin.partielles)),
        dessin.type_population,
        le,
        repr((saisies, sorted(notes.items()))),
        ouvrir_magasin().empreinte,
        saisies,
        notes,
    )


@st.cache_resource(max_entries=4, show_spinner="Calcul du diagnostic…")
def _preparer_exports(
    nom: str,
    codes: str,
    partielles: str,
    type_population: TypePopulation,
    le: date,
    ajouts: str,  # noqa: ARG001 - key of the cache
    empreinte: tuple[tuple[str, int], ...],  # noqa: ARG001 - key of the cache
    _saisies: tuple[ValeurSaisie, ...],
    _notes: Mapping[str, str],
) -> Entrees:
    # drawing and typesetting libraries: only for who exports
    from diagnostic.exports.fond import build_fond  # noqa: PLC0415
    from diagnostic.exports.formats import build_entrees  # noqa: PLC0415

    referentiel = ouvrir_referentiel()
    perimetre = Perimetre(nom, frozenset(codes.split()), frozenset(partielles.split()))
    diagnostic = compute_diagnostic(
        ouvrir_tables(le),
        perimetre,
        parametres=ouvrir_parametres(),
        type_population=type_population,
        autres_cpts=_indexer_publiees(),
        registre="les CPTS dont le périmètre est publié, liste partielle",
        sources=[source.en_dict() for source in referentiel.manifeste],
        saisies=_saisies,
        notes=_notes,
    )
    fond = build_fond(referentiel, referentiel.geographie, perimetre)
    return build_entrees(diagnostic, fond, referentiel.geographie)


@st.cache_resource(show_spinner=False)
def _indexer_publiees() -> IndexTerritoires:
    geographie = ouvrir_referentiel().geographie
    return build_index(geographie, load_cpts_reels(geographie))
