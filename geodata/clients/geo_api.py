"""Client of geo.api.gouv.fr: communes, EPCI, départements, régions, and their outlines.

Known behaviour of the service: GET only, no paging, errors in plain text (400, 404), absent
fields instead of nulls, `code=a,b` answered by an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

from geodata.errors import CodeInconnuError, SourceModifieeError
from geodata.telechargement import Reponse, Telechargeur

SOURCE: Final = "API Découpage administratif (geo.api.gouv.fr)"
RACINE: Final = "https://geo.api.gouv.fr"
_CHAMPS_COMMUNE: Final = (
    "nom", "code", "codeDepartement", "codeRegion", "codeEpci", "codesPostaux", "population",
)  # fmt: skip


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
        reponse = self._get(
            f"/communes/{quote(code, safe='')}", {"fields": ",".join(_CHAMPS_COMMUNE)}, (200, 404)
        )
        if reponse.statut == 404:
            raise CodeInconnuError([code])
        return _lecture(reponse, _commune(_objet(reponse)))

    def load_communes_epci(self, code_epci: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes of an EPCI.

        Raises
        ------
        CodeInconnuError
            If the service knows no such EPCI.
        """
        reponse = self._get(
            f"/epcis/{quote(code_epci, safe='')}/communes",
            {"fields": ",".join(_CHAMPS_COMMUNE)},
            (200, 404),
        )
        if reponse.statut == 404:
            raise CodeInconnuError([code_epci])
        return _lecture(reponse, tuple(_commune(c) for c in _liste(reponse)))

    def load_communes_departement(self, code: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes of a département."""
        reponse = self._get(
            "/communes", {"codeDepartement": code, "fields": ",".join(_CHAMPS_COMMUNE)}
        )
        return _lecture(reponse, tuple(_commune(c) for c in _liste(reponse)))

    def load_arrondissements(self, code_commune: str) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the municipal arrondissements of Paris, Lyon or Marseille."""
        reponse = self._get(
            "/communes",
            {
                "type": "arrondissement-municipal",
                "codeParent": code_commune,
                "fields": ",".join(_CHAMPS_COMMUNE),
            },
        )
        return _lecture(reponse, tuple(_commune(c) for c in _liste(reponse)))

    def find_communes(self, nom: str, limite: int = 10) -> Lecture[tuple[CommuneApi, ...]]:
        """Return the communes whose name resembles, the most populated first."""
        if not nom.strip():
            raise ValueError("nom vide")
        reponse = self._get(
            "/communes",
            {
                "nom": nom,
                "fields": ",".join(_CHAMPS_COMMUNE),
                "boost": "population",
                "limit": str(limite),
            },
        )
        return _lecture(reponse, tuple(_commune(c) for c in _liste(reponse)))

    def load_contours_epci(self, code_epci: str) -> Lecture[Mapping[str, Any]]:
        """Return the outlines of the communes of an EPCI, a GeoJSON collection in WGS84.

        Raises
        ------
        CodeInconnuError
            If the service knows no such EPCI.
        """
        reponse = self._get(
            f"/epcis/{quote(code_epci, safe='')}/communes",
            {"fields": "nom,code", "format": "geojson", "geometry": "contour"},
            (200, 404),
        )
        if reponse.statut == 404:
            raise CodeInconnuError([code_epci])
        collection = _objet(reponse)
        if collection.get("type") != "FeatureCollection" or not isinstance(
            collection.get("features"), list
        ):
            raise _modifiee(reponse, "une collection GeoJSON était attendue")
        return _lecture(reponse, collection)

    def _get(
        self, chemin: str, parametres: Mapping[str, str], statuts: Sequence[int] = (200,)
    ) -> Reponse:
        return self._telechargeur.get(
            self._racine + chemin,
            dict(parametres),
            fraicheur=self._fraicheur,
            statuts_admis=frozenset(statuts),
            controle=lambda reponse: reponse.json(SOURCE),
        )


def _lecture(reponse: Reponse, valeur: T) -> Lecture[T]:
    return Lecture(valeur, reponse.recupere_le, reponse.est_perime)


def _modifiee(reponse: Reponse, detail: str) -> SourceModifieeError:
    return SourceModifieeError(
        f"La source « {SOURCE} » a changé de format ({detail}) : {reponse.url}."
    )


def _objet(reponse: Reponse) -> Mapping[str, Any]:
    lu = reponse.json(SOURCE)
    if not isinstance(lu, dict):
        raise _modifiee(reponse, "un objet était attendu")
    return lu


def _liste(reponse: Reponse) -> list[Mapping[str, Any]]:
    lu = reponse.json(SOURCE)
    if not isinstance(lu, list) or not all(isinstance(e, dict) for e in lu):
        raise _modifiee(reponse, "une liste était attendue")
    return lu


def _commune(lu: Mapping[str, Any]) -> CommuneApi:
    if not isinstance(lu.get("code"), str) or not isinstance(lu.get("nom"), str):
        raise SourceModifieeError(
            f"La source « {SOURCE} » a changé de format : une commune sans code ni nom."
        )
    population = lu.get("population")
    return CommuneApi(
        code=lu["code"],
        nom=lu["nom"],
        code_departement=lu.get("codeDepartement"),
        code_region=lu.get("codeRegion"),
        code_epci=lu.get("codeEpci"),
        codes_postaux=tuple(lu.get("codesPostaux", ())),
        population=int(population) if isinstance(population, int | float) else None,
    )
