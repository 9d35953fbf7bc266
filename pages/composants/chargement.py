"""Open the data once for all sessions: the only module with `st.cache_*`."""

from __future__ import annotations

import gc
from datetime import date

import streamlit as st

from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    compute_indicateurs,
)
from diagnostic.parametres import Parametres, load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.territoire import Territoire, compute_territoire
from geodata.magasin import Magasin, dossier_tables
from geodata.recherche import Recherche
from geodata.referentiel import Referentiel
from geodata.schema import TableCommunale, TypePopulation
from geodata.tables import load_tables_embarquees


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
