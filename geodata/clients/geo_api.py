"""Client of geo.api.gouv.fr: communes, EPCI, départements, régions, and their outlines.

Known behaviour of the service: GET only, no paging, errors in plain text (400, 404), absent
fields instead of nulls, `code=a,b` answered by an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

from geodata.errors import CodeInconnuError, SourceModifieeError
from geodata.telechargement import Reponse, Telechargeur

SOURCE: Final = "API Découpage administratif (geo.api.gouv.fr)"
RACINE: Final = "https://geo.api.gouv.fr"
_CHAMPS: Final = {"fields": "nom,code,codeDepartement,codeRegion,codeEpci,codesPostaux,population"}


T = TypeVar("T")


@dataclass(frozen=True)
class CommuneApi:
    """Hold one commune as the service describes it; None for what it does not say."""

    code: str
    nom: str
    code_departement: str | None
    code_region: str | None
    code_epci: str | None
    codes_postaux: tuple[str, ...]
    population: int | None


@dataclass(frozen=True)
class Lecture(Generic[T]):
    """Hold what was read and its date; `est_perime` when the service failed meanwhile."""

    valeur: T
    recupere_le: datetime
    est_perime: bool


class ClientGeoApi:
    """Read geo.api.gouv.fr through one bounded gate."""

    def __init__(
        self,
        telechargeur: Telechargeur,
        racine: str = RACINE,
        fraicheur: timedelta = timedelta(days=7),
    ) -> None:
        self._telechargeur = telechargeur
        self._racine = racine.rstrip("/")
        self._fraicheur = fraicheur

    def load_commune(self, code: str) -> Lecture[CommuneApi]:
        """Return one present commune.

        Raises
        ------
        CodeInconnuError
            If the service knows no such commune.
        """
        return self._load(f"/communes/{quote(code, safe='')}", _CHAMPS, _lire_commune, code)

    def load_communes_epci(self, code_epci: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes of an EPCI.

        Raises
        ------
        CodeInconnuError
            If the service knows no such EPCI.
        """
        chemin = f"/epcis/{quote(code_epci, safe='')}/communes"
        return self._load(chemin, _CHAMPS, _lire_communes, code_epci)

    def load_communes_departement(self, code: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes of a département."""
        return self._load("/communes", {"codeDepartement": code, **_CHAMPS}, _lire_communes)

    def load_arrondissements(self, code_commune: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the municipal arrondissements of Paris, Lyon or Marseille."""
        demande = {"type": "arrondissement-municipal", "codeParent": code_commune, **_CHAMPS}
        return self._load("/communes", demande, _lire_communes)

    def find_communes(self, nom: str, limite: int = 10) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes whose name resembles, the most populated first."""
        if not nom.strip():
            raise ValueError("nom vide")
        demande = {"nom": nom, **_CHAMPS, "boost": "population", "limit": str(limite)}
        return self._load("/communes", demande, _lire_communes)

    def load_contours_epci(self, code_epci: str) -> Lecture[Mapping[str, Any]]:
        """Return the outlines of the communes of an EPCI, a GeoJSON collection in WGS84.

        Raises
        ------
        CodeInconnuError
            If the service knows no such EPCI.
        """
        return self._load(
            f"/epcis/{quote(code_epci, safe='')}/communes",
            {"fields": "nom,code", "format": "geojson", "geometry": "contour"},
            _lire_collection,
            code_epci,
        )

    def _load(
        self,
        chemin: str,
        parametres: Mapping[str, str],
        lire: Callable[[Reponse], T],
        code: str | None = None,
    ) -> Lecture[T]:
        """Read one page; with a code, a 404 means that the service does not know it."""
        reponse = self._telechargeur.get(
            self._racine + chemin,
            dict(parametres),
            fraicheur=self._fraicheur,
            statuts_admis=frozenset({200} if code is None else {200, 404}),
            controle=lire,
        )
        if code is not None and reponse.statut == 404:
            raise CodeInconnuError([code])
        return Lecture(lire(reponse), reponse.recupere_le, reponse.est_perime)


def _modifiee(reponse: Reponse, detail: str) -> SourceModifieeError:
    return SourceModifieeError(
        f"La source « {SOURCE} » a changé de format ({detail}) : {reponse.url}."
    )


def _objet(reponse: Reponse) -> Mapping[str, Any]:
    lu = reponse.json(SOURCE)
    if not isinstance(lu, dict):
        raise _modifiee(reponse, "un objet était attendu")
    return lu


def _lire_collection(reponse: Reponse) -> Mapping[str, Any]:
    collection = _objet(reponse)
    entites = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(entites, list):
        raise _modifiee(reponse, "une collection GeoJSON était attendue")
    return collection


def _lire_communes(reponse: Reponse) -> tuple[CommuneApi, ...]:
    lu = reponse.json(SOURCE)
    if not isinstance(lu, list) or not all(isinstance(e, dict) for e in lu):
        raise _modifiee(reponse, "une liste était attendue")
    return tuple(_commune(reponse, commune) for commune in lu)


def _lire_commune(reponse: Reponse) -> CommuneApi:
    return _commune(reponse, _objet(reponse))


def _commune(reponse: Reponse, lu: Mapping[str, Any]) -> CommuneApi:
    codes_postaux = lu.get("codesPostaux", [])
    if (
        not isinstance(lu.get("code"), str)
        or not isinstance(lu.get("nom"), str)
        or not isinstance(codes_postaux, list)
    ):
        raise _modifiee(reponse, "une commune sans code ni nom")
    population = lu.get("population")
    return CommuneApi(
        code=lu["code"],
        nom=lu["nom"],
        code_departement=lu.get("codeDepartement"),
        code_region=lu.get("codeRegion"),
        code_epci=lu.get("codeEpci"),
        codes_postaux=tuple(codes_postaux),
        population=int(population) if isinstance(population, int | float) else None,
    )
