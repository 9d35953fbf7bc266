"""Everything known about a territory on a given day: the one object that screens and exports read.

An export takes a `Diagnostic` and returns bytes. It computes nothing again: a figure printed in two
files comes from the same field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from diagnostic.alertes import Alerte
from diagnostic.chevauchement import (
    Chevauchement,
    IndexTerritoires,
    compute_alertes_chevauchement,
)
from diagnostic.composition import CodeTraduit
from diagnostic.exports.texte import clean_ligne
from diagnostic.indicateurs import (
    ResultatIndicateur,
    TablesIndicateurs,
    ValeurSaisie,
    compute_indicateurs,
)
from diagnostic.indicateurs.attention import compute_points_attention
from diagnostic.indicateurs.saisie import CHAMPS
from diagnostic.parametres import Parametres
from diagnostic.perimetre import Perimetre
from diagnostic.population import additionner, compute_habitants
from diagnostic.territoire import Territoire, compute_territoire
from geodata.schema import Geographie, TerritoireCpts, TypePopulation, UniteCpts

AVERTISSEMENT: Final = "Esquisse sans valeur officielle"
NOM_ABSENT: Final = "Territoire sans nom"


@dataclass(frozen=True)
class LigneCommune:
    """Hold one commune of the territory (or arrondissement, in Paris, Lyon and Marseille).

    Parameters
    ----------
    population
        Inhabitants, of the definition and vintage of the territory; None when unknown.
    est_partielle
        Held in part only: the figures are those of the whole commune, an upper bound.
    """

    code: str
    nom: str
    code_epci: str
    nom_epci: str
    code_departement: str
    nom_departement: str
    population: int | None
    surface_km2: float
    est_partielle: bool

    @property
    def densite(self) -> float | None:
        """Inhabitants per square kilometre."""
        if self.population is None or not self.surface_km2:
            return None
        return self.population / self.surface_km2


@dataclass(frozen=True)
class SourceCitee:
    """Hold what a reader needs to find a source again."""

    titre: str
    producteur: str
    millesime: str
    licence: str
    url: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """Hold every result about a territory, with its doubts and its sources.

    Parameters
    ----------
    territoire
        What was drawn, and what the rules say about it.
    communes
        Its communes in compact form, sorted by département then name.
    seuils
        Inhabitants at the bounds between the four sizes, on that day.
    indicateurs
        In the order of the registry.
    chevauchements
        With the CPTS known to the register; `registre` says what that register covers.
    saisies
        Values typed in from REZONE CPTS, `libelles_saisies` naming their fields.
    points_attention
        Sentences proposed to the reader, who edits them.
    notes
        Free texts of the user by section, never trusted.
    sources
        Sources used, for the last page of every document.
    le
        Date of the documents, and of the rules applied.
    """

    territoire: Territoire
    communes: tuple[LigneCommune, ...]
    le: date
    seuils: tuple[int, ...] = ()
    indicateurs: tuple[ResultatIndicateur, ...] = ()
    chevauchements: tuple[Chevauchement, ...] = ()
    registre: str = ""
    saisies: tuple[ValeurSaisie, ...] = ()
    libelles_saisies: Mapping[str, str] = field(default_factory=dict)
    points_attention: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[SourceCitee, ...] = ()

    @property
    def nom(self) -> str:
        """Name to print, never empty."""
        return clean_ligne(self.territoire.nom) or NOM_ABSENT

    @property
    def millesime_geographie(self) -> str:
        """Year of the communal geography."""
        return self.territoire.perimetre.millesime

    @property
    def taille(self) -> int | None:
        """Size of the ACI, from 1 to 4; None when no population is known."""
        return self.territoire.taille.taille if self.territoire.taille else None

    @cached_property
    def themes(self) -> Mapping[str, tuple[ResultatIndicateur, ...]]:
        """Indicators by theme, in the order of the registry."""
        themes: dict[str, list[ResultatIndicateur]] = {}
        for indicateur in self.indicateurs:
            themes.setdefault(indicateur.theme, []).append(indicateur)
        return {theme: tuple(liste) for theme, liste in themes.items()}


def build_diagnostic(
    geographie: Geographie,
    territoire: Territoire,
    *,
    le: date,
    parametres: Parametres,
    indicateurs: Sequence[ResultatIndicateur] = (),
    chevauchements: Sequence[Chevauchement] = (),
    registre: str = "",
    saisies: Sequence[ValeurSaisie] = (),
    libelles_saisies: Mapping[str, str] | None = None,
    points_attention: Sequence[str] = (),
    notes: Mapping[str, str] | None = None,
) -> Diagnostic:
    """Gather everything known about a territory, with the communes and sources it comes from."""
    return Diagnostic(
        territoire=territoire,
        communes=build_communes(geographie, territoire),
        le=le,
        seuils=tuple(seuil.habitants for seuil in parametres.taille(le).seuils),
        indicateurs=tuple(indicateurs),
        chevauchements=tuple(chevauchements),
        registre=registre,
        saisies=tuple(saisies),
        libelles_saisies=libelles_saisies or {},
        points_attention=tuple(points_attention),
        notes=notes or {},
        sources=cite_sources(territoire.sources),
    )


def compute_diagnostic(
    tables: TablesIndicateurs,
    perimetre: Perimetre,
    *,
    parametres: Parametres,
    type_population: TypePopulation = "municipale",
    autres_cpts: IndexTerritoires | None = None,
    registre: str = "",
    codes_traduits: Sequence[CodeTraduit] = (),
    alertes: Sequence[Alerte] = (),
    sources: Sequence[Mapping[str, Any]] = (),
    saisies: Sequence[ValeurSaisie] = (),
    reecritures: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Diagnostic:
    """Apply every rule and every indicator to a perimeter, on the day of the tables.

    Parameters
    ----------
    autres_cpts
        Territories to look for overlaps with; `registre` says what they cover.
    sources
        Description of the reference data; the sources of the indicators are added.
    reecritures
        Sentence proposed as a point to look at → the user's own words.
    """
    geographie = tables.geographie
    mots = reecritures or {}
    chevauchements: Sequence[Chevauchement] = ()
    if autres_cpts is not None:
        declare = _declare(perimetre, autres_cpts)
        chevauchements = autres_cpts.contre(declare)
        if not declare.identifiant:
            alertes = (*alertes, *compute_alertes_chevauchement(perimetre, autres_cpts))
    territoire = compute_territoire(
        geographie,
        perimetre,
        type_population=type_population,
        le=tables.le,
        parametres=parametres,
        codes_traduits=codes_traduits,
        alertes=alertes,
        sources=[*sources, *_describe_importees(tables)],
    )
    indicateurs = compute_indicateurs(
        tables, perimetre, comparateurs=("departement", "region", "france")
    )
    return build_diagnostic(
        geographie,
        territoire,
        le=tables.le,
        parametres=parametres,
        indicateurs=indicateurs,
        chevauchements=chevauchements,
        registre=registre,
        saisies=saisies,
        libelles_saisies={champ.cle: f"{champ.libelle} ({champ.unite})" for champ in CHAMPS},
        points_attention=[
            mots.get(point.phrase) or point.phrase
            for point in compute_points_attention(tables, indicateurs)
        ],
        notes=notes,
    )


def _describe_importees(tables: TablesIndicateurs) -> list[Mapping[str, Any]]:
    """Describe the tables that do not come with the application."""
    return [
        {
            "titre": table.titre,
            "producteur": table.producteur,
            "millesime": table.libelle_millesime,
            "licence": table.licence,
            "url": table.url,
        }
        for table in tables.sources
        if table.etat != "embarquee"
    ]


def _declare(perimetre: Perimetre, autres: IndexTerritoires) -> TerritoireCpts:
    """Return the perimeter as a territory; a known CPTS of the same codes is no rival."""
    identique = next(
        (
            autre.identifiant
            for autre in autres.territoires
            if autre.codes == perimetre.codes and autre.partielles == perimetre.partielles
        ),
        "",
    )
    return TerritoireCpts(
        identifiant=identique,
        nom=perimetre.nom,
        unites=tuple(
            UniteCpts(code, "partiel" if code in perimetre.partielles else "entier")
            for code in sorted(perimetre.codes)
        ),
    )


def build_communes(geographie: Geographie, territoire: Territoire) -> tuple[LigneCommune, ...]:
    """List the communes of a territory with the population the territory was computed with."""
    lignes = []
    for code in territoire.codes:
        est_unite = code in geographie.position
        table = geographie.unites if est_unite else geographie.communes
        ligne = table.loc[code]
        unites = [code] if est_unite else geographie.membres("commune", code)
        rangs = geographie.rangs(unites)
        habitants = compute_habitants(geographie, rangs, territoire.type_population)
        code_epci = ligne["code_epci"] if isinstance(ligne["code_epci"], str) else ""
        lignes.append(
            LigneCommune(
                code=code,
                nom=str(ligne["nom"]),
                code_epci=code_epci,
                nom_epci=str(geographie.epci.at[code_epci, "nom"]) if code_epci else "",
                code_departement=str(ligne["code_departement"]),
                nom_departement=str(
                    geographie.departements.at[str(ligne["code_departement"]), "nom"]
                ),
                population=None if np.isnan(habitants).any() else additionner(habitants),
                surface_km2=float(geographie.surface_km2[rangs].sum()),
                est_partielle=bool(territoire.perimetre.partielles.intersection(unites)),
            )
        )
    return tuple(sorted(lignes, key=lambda ligne: (ligne.code_departement, ligne.nom, ligne.code)))


def cite_sources(sources: Iterable[Mapping[str, Any]]) -> tuple[SourceCitee, ...]:
    """Keep of the sources described by a territory what a document prints."""
    return tuple(
        SourceCitee(
            titre=str(source["titre"]),
            producteur=str(source["producteur"]),
            millesime=str(source["millesime"]),
            licence=str(source["licence"]),
            url=str(source.get("url", "")),
        )
        for source in sources
    )
