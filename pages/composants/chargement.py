"""Open the data once for all sessions: the only module with `st.cache_*`."""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from gzip import compress
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import shapely
import streamlit as st

from diagnostic.chevauchement import (
    IndexTerritoires,
    build_index,
    compute_alertes_chevauchement,
    select_actifs,
)
from diagnostic.exports.territoires import export_geojson
from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    ValeurSaisie,
    compute_indicateurs,
    compute_locales,
)
from diagnostic.maillage import Couverture, compute_evolution, list_changements
from diagnostic.parametres import Parametres, load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import compute_diagnostic
from diagnostic.territoire import Territoire, compute_territoire
from geodata.errors import RegistreError
from geodata.imports.perimetres import Lecteur
from geodata.imports.rapport import RapportImport
from geodata.imports.rattachement import Rattacheur
from geodata.magasin import Magasin, dossier_tables
from geodata.recherche import Recherche
from geodata.referentiel import Referentiel
from geodata.registre import Registre, load_cpts_reels
from geodata.schema import (
    LIBELLES_STATUT_CPTS,
    TableCommunale,
    TerritoireCpts,
    TypePopulation,
)
from geodata.tables import SOURCE_POPULATIONS, load_tables_embarquees
from pages.composants.classement import Variable
from pages.composants.etat import Dessin

if TYPE_CHECKING:
    from diagnostic.exports.formats import Entrees
    from pages.composants.carte_indicateur import CarteIndicateur

_CARTES_GARDEES: Final = 64
_DEPOTS_GARDES: Final = 8
_FINESSE_DEGRES: Final = 0.001  # a pixel or two at the scale of a département


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
        lire_revision(),
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _calculer(
    nom: str,
    codes: str,
    partielles: str,
    type_population: TypePopulation,
    le: date,
    revision: int,
) -> Territoire:
    del revision  # it only makes the cache follow the register, whose overlaps are among the alerts
    referentiel = ouvrir_referentiel()
    perimetre = Perimetre(nom, frozenset(codes.split()), frozenset(partielles.split()))
    return compute_territoire(
        referentiel.geographie,
        perimetre,
        type_population=type_population,
        le=le,
        parametres=ouvrir_parametres(),
        alertes=compute_alertes_chevauchement(perimetre, indexer_registre_ou_amorce(le)),
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
    prises_le = next(s.recupere_le for s in referentiel.manifeste if s.id == SOURCE_POPULATIONS)
    return TablesIndicateurs(referentiel.geographie, le, tables, populations_le=prises_le), refus


@st.cache_resource(show_spinner=False)
def _ouvrir_tables_embarquees() -> tuple[TableCommunale, ...]:
    return load_tables_embarquees(ouvrir_referentiel())


def calculer_indicateurs(
    perimetre: Perimetre, *, le: date, autres: tuple[AutreTerritoire, ...] = ()
) -> tuple[ResultatIndicateur, ...]:
    """Return the indicators of a perimeter that is not empty, with every comparator."""
    return compute_indicateurs(ouvrir_tables(le), perimetre, autres=autres)


def dessiner_indicateur(
    perimetre: Perimetre, cle: str, variable: Variable, methode: str, *, le: date
) -> str:
    """Return the map of an indicator as HTML, its frame served by `lire_choroplethe`."""
    codes = " ".join(sorted(perimetre.codes))
    carte = _dessiner_indicateur(codes, cle, variable, methode, ouvrir_magasin().empreinte, le)
    cartes = _ouvrir_cartes()
    # kept from the moment it is shown, whatever the two caches forget; never absent meanwhile
    if carte.empreinte not in cartes:
        cartes[carte.empreinte] = compress(carte.page, 6, mtime=0)
    cartes.move_to_end(carte.empreinte)
    while len(cartes) > _CARTES_GARDEES:
        cartes.popitem(last=False)
    return carte.figure


@st.cache_resource(max_entries=_CARTES_GARDEES, show_spinner=False)
def _dessiner_indicateur(
    codes: str,
    cle: str,
    variable: Variable,
    methode: str,
    empreinte: tuple[tuple[str, int], ...],  # noqa: ARG001 - key of the cache
    le: date,
) -> CarteIndicateur:
    # folium: only for who looks at the map
    from pages.composants.carte_indicateur import build_carte_indicateur  # noqa: PLC0415

    perimetre = Perimetre("", frozenset(codes.split()))
    return build_carte_indicateur(
        ouvrir_referentiel().contours("unite", codes.split()),
        compute_locales(ouvrir_tables(le), cle, perimetre),
        variable,
        methode,
    )


@st.cache_resource(show_spinner=False)
def _ouvrir_cartes() -> OrderedDict[str, bytes]:
    return OrderedDict()


def lire_choroplethe(empreinte: str) -> bytes | None:
    """Return the page of a map shown lately, compressed."""
    return _ouvrir_cartes().get(empreinte)


def preparer_exports(
    dessin: Dessin,
    *,
    le: date,
    saisies: tuple[ValeurSaisie, ...],
    reecritures: Mapping[str, str],
    notes: Mapping[str, str],
) -> Entrees:
    """Return what the documents of a drawing that is not empty are made from."""
    return _preparer_exports(
        dessin.nom,
        " ".join(sorted(dessin.codes)),
        " ".join(sorted(dessin.partielles)),
        dessin.type_population,
        le,
        repr((saisies, sorted(reecritures.items()), sorted(notes.items()))),
        (*ouvrir_magasin().empreinte, ("registre", lire_revision())),
        saisies,
        reecritures,
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
    _reecritures: Mapping[str, str],
    _notes: Mapping[str, str],
) -> Entrees:
    # drawing and typesetting libraries: only for who exports
    from diagnostic.exports.fond import build_fond  # noqa: PLC0415
    from diagnostic.exports.formats import build_entrees  # noqa: PLC0415

    referentiel = ouvrir_referentiel()
    index = indexer_registre_ou_amorce(le)
    perimetre = Perimetre(nom, frozenset(codes.split()), frozenset(partielles.split()))
    diagnostic = compute_diagnostic(
        ouvrir_tables(le),
        perimetre,
        parametres=ouvrir_parametres(),
        type_population=type_population,
        autres_cpts=index,
        registre=f"{len(index.territoires)} territoires du registre en vigueur, liste partielle",
        sources=[source.en_dict() for source in referentiel.manifeste],
        saisies=_saisies,
        reecritures=_reecritures,
        notes=_notes,
    )
    fond = build_fond(referentiel, referentiel.geographie, perimetre)
    return build_entrees(diagnostic, fond, referentiel.geographie)


@st.cache_resource(show_spinner="Ouverture du registre des CPTS…")
def ouvrir_registre() -> Registre:
    """Return the register, seeded with the published perimeters when it is new."""
    return Registre.ouvrir(
        amorce=load_cpts_reels(ouvrir_referentiel().geographie), le=datetime.now(tz=UTC)
    )


def lire_revision() -> int:
    """Return a number that changes when the register does, -1 when it fails."""
    try:
        return ouvrir_registre().revision()
    except RegistreError:
        return -1


@st.cache_resource(max_entries=4, show_spinner=False)
def _lire_territoires(revision: int) -> tuple[TerritoireCpts, ...]:
    del revision  # it only makes the cache follow the register
    return ouvrir_registre().territoires()


def lire_territoires() -> tuple[TerritoireCpts, ...]:
    """Return every territory of the register, as it is now.

    Raises
    ------
    RegistreError
        When the register cannot be opened or read.
    """
    return _lire_territoires(ouvrir_registre().revision())


@st.cache_resource(max_entries=8, show_spinner=False)
def _indexer_registre(revision: int, le: date) -> IndexTerritoires:
    return _build_index(_lire_territoires(revision), le)


@st.cache_resource(max_entries=2, show_spinner=False)
def _indexer_amorce(le: date) -> IndexTerritoires:
    return _build_index(load_cpts_reels(ouvrir_referentiel().geographie), le)


def _build_index(territoires: Iterable[TerritoireCpts], le: date) -> IndexTerritoires:
    poids = ouvrir_parametres().poids_statut(le).poids
    valides = (territoire for territoire in territoires if territoire.est_valide(le))
    return build_index(ouvrir_referentiel().geographie, select_actifs(valides, poids))


def indexer_registre(le: date) -> IndexTerritoires:
    """Return the territories that count on a day, ready to be crossed.

    Raises
    ------
    RegistreError
        When the register cannot be opened or read.
    """
    return _indexer_registre(ouvrir_registre().revision(), le)


def indexer_registre_ou_amorce(le: date) -> IndexTerritoires:
    """Return the same, or the embedded list when the register fails: drawing must go on."""
    try:
        return indexer_registre(le)
    except RegistreError:
        return _indexer_amorce(le)


def calculer_evolution(codes: frozenset[str], le: date) -> tuple[tuple[date, Couverture], ...]:
    """Return the coverage of a zone each time it changed, until a day.

    Raises
    ------
    RegistreError
        When the register cannot be opened or read.
    """
    return _calculer_evolution(ouvrir_registre().revision(), " ".join(sorted(codes)), le)


@st.cache_resource(max_entries=16, show_spinner="Calcul de l’évolution…")
def _calculer_evolution(revision: int, codes: str, le: date) -> tuple[tuple[date, Couverture], ...]:
    zone = codes.split()
    poids = ouvrir_parametres().poids_statut(le).poids
    # one that ended counted until then, whatever became of it
    actifs = [
        territoire
        for territoire in _lire_territoires(revision)
        if poids[territoire.statut] > 0 or territoire.valide_au is not None
    ]
    jours = list_changements(actifs, zone, le)
    if not jours:
        return ()
    suite = [*jours, *([le] if jours[-1] < le else [])]
    return compute_evolution(ouvrir_referentiel().geographie, actifs, zone, suite, poids=poids)


@st.cache_resource(show_spinner="Ouverture des contours des communes…")
def ouvrir_rattacheur() -> Rattacheur:
    """Return the outlines of the unités, ready to be crossed with polygons."""
    referentiel = ouvrir_referentiel()
    return Rattacheur(referentiel.geographie, referentiel.contours("unite"))


def ouvrir_lecteur() -> Lecteur:
    """Return the reader of perimeters, which knows the names of the register."""
    connus = {territoire.identifiant: territoire.nom for territoire in lire_territoires()}
    return Lecteur(ouvrir_recherche(), ouvrir_rattacheur, connus)


@st.cache_resource(max_entries=64, show_spinner=False)
def dissoudre(codes: str) -> shapely.Geometry:
    """Return the outline of unités, given as one string of sorted codes."""
    formes = ouvrir_referentiel().contours("unite", codes.split())
    return shapely.coverage_union_all(formes.geometry.to_numpy())


def dessiner_cpts() -> bytes:
    """Return the outlines of the territories that count today, light enough for a map."""
    return _dessiner_cpts(lire_revision(), datetime.now(tz=ZoneInfo("Europe/Paris")).date())


@st.cache_resource(max_entries=2, show_spinner=False)
def _dessiner_cpts(revision: int, le: date) -> bytes:
    del revision  # it only makes the cache follow the register
    territoires = indexer_registre_ou_amorce(le).territoires
    return export_geojson(
        (
            (
                shapely.simplify(dissoudre(" ".join(sorted(territoire.codes))), _FINESSE_DEGRES),
                {"nom": territoire.nom, "statut": LIBELLES_STATUT_CPTS[territoire.statut]},
            )
            for territoire in territoires
            if territoire.codes
        ),
        le,
    )


@st.cache_resource(show_spinner=False)
def _ouvrir_depots() -> OrderedDict[str, RapportImport]:
    return OrderedDict()


def lire_depot(
    fichiers: tuple[tuple[str, bytes], ...],
    lecteur: Lecteur,
    avancer: Callable[[float, str], None],
) -> RapportImport:
    """Read dropped files once; a choice made in the page does not read them again.

    Not a cached function: those cannot move a progress bar drawn outside them.
    """
    cle = hashlib.sha256()
    cle.update(f"{lire_revision()}".encode())
    for nom, contenu in fichiers:
        cle.update(f"{nom}\0{len(contenu)}\0".encode() + contenu)
    depots, empreinte = _ouvrir_depots(), cle.hexdigest()
    if empreinte not in depots:
        depots[empreinte] = lecteur.read(fichiers, avancer)
        while len(depots) > _DEPOTS_GARDES:
            depots.popitem(last=False)
    return depots[empreinte]
