"""Client of INSEE Melodi: the datasets of the census, the legal populations, incomes, facilities.

Known behaviour of the service: no key; 30 calls a minute, so territories are asked for in one
call with `EPCI-x*COM` or `DEP-x*COM`; arrondissements are `ARM-`, never `COM-`; GEO comes back
prefixed by the year of the geography; one measure per observation, of varying name; an unknown
dataset is a HTTP 500 in plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pandas as pd

from geodata.errors import MillesimeError, SourceModifieeError
from geodata.telechargement import Reglages, Reponse, Telechargeur

SOURCE: Final = "INSEE Melodi (api.insee.fr)"
RACINE: Final = "https://api.insee.fr/melodi"
REGLAGES: Final = Reglages(appels_par_minute=30, delai_lecture=45.0, delai_total=120.0)
_PAGE: Final = 100_000
_PAGES_MAXIMUM: Final = 50


@dataclass(frozen=True)
class Observations:
    """Hold the observations of one request.

    Parameters
    ----------
    table
        One row per observation: `niveau` (COM, ARM, EPCI, DEP…), `code`, the dimensions of the
        dataset, `valeur` (NaN when secret or missing) and `statut_confidentialite`.
    millesime_geographie
        Year of the geography read in the GEO dimension; empty when nothing came back.
    recupere_le
        Oldest moment among the pages.
    est_perime
        True when at least one page is an older copy served because the service failed.
    """

    jeu: str
    titre: str
    table: pd.DataFrame
    millesime_geographie: str
    recupere_le: datetime
    est_perime: bool

    @property
    def periodes(self) -> tuple[str, ...]:
        """Values of TIME_PERIOD, sorted; the slice slides every year, so it is read."""
        if "TIME_PERIOD" not in self.table:
            return ()
        return tuple(sorted(set(self.table["TIME_PERIOD"])))


class ClientMelodi:
    """Read INSEE Melodi through one bounded gate."""

    def __init__(
        self,
        telechargeur: Telechargeur,
        racine: str = RACINE,
        fraicheur: timedelta = timedelta(days=7),
    ) -> None:
        self._telechargeur = telechargeur
        self._racine = racine.rstrip("/")
        self._fraicheur = fraicheur

    def count(self, jeu: str, filtres: Mapping[str, str | list[str]]) -> int:
        """Return the number of observations a request would yield."""
        reponse = self._get(
            f"{self._racine}/data/{quote(jeu, safe='')}",
            {**filtres, "totalCount": "TRUE", "maxResult": "0"},
            _corps,
        )
        compte = _corps(reponse)["paging"].get("count")
        if not isinstance(compte, int):
            raise SourceModifieeError(f"La source « {SOURCE} » ne dit plus combien de lignes.")
        return compte

    def load(
        self,
        jeu: str,
        filtres: Mapping[str, str | list[str]],
        *,
        vide_admis: bool = True,
    ) -> Observations:
        """Return every observation of a dataset that passes the filters.

        Parameters
        ----------
        jeu
            Identifier of the dataset (`DS_POPULATIONS_REFERENCE`).
        filtres
            Dimension → value or list of values, of which one must match.
        vide_admis
            False when an answer without observations can only be a fault.

        Raises
        ------
        SourceIndisponibleError, SourceModifieeError
            As the gate; an unknown dataset is indistinguishable from a failure of the service.
        MillesimeError
            If the answer mixes geographies of several years.
        """
        url: str | None = f"{self._racine}/data/{quote(jeu, safe='')}"
        parametres: Mapping[str, str | list[str]] | None = {
            **filtres,
            "idTerritoire": "TRUE",
            "maxResult": str(_PAGE),
        }
        lignes: list[dict[str, Any]] = []
        dates: list[datetime] = []
        perime, titre, vues = False, jeu, set[str]()
        while url:
            if url in vues or len(vues) >= _PAGES_MAXIMUM:
                raise SourceModifieeError(f"La source « {SOURCE} » tourne en rond : {url}.")
            vues.add(url)
            controle = _lire_page if vide_admis or lignes else _lire_pleine
            reponse = self._get(url, parametres, controle)
            corps, lues = _lire_page(reponse)
            titre = _titre(corps, titre)
            lignes.extend(lues)
            dates.append(reponse.recupere_le)
            perime = perime or reponse.est_perime
            url, parametres = self._suivante(corps["paging"]), None
        return _observations(jeu, titre, lignes, min(dates), perime)

    def load_communes(
        self,
        jeu: str,
        territoires: Sequence[str],
        filtres: Mapping[str, str | list[str]] | None = None,
    ) -> Observations:
        """Return the observations of every commune of EPCI or départements, in one call.

        Parameters
        ----------
        territoires
            "EPCI-244400404", "DEP-44"…
        """
        geo = [f"{territoire}*COM" for territoire in territoires]
        return self.load(jeu, {**(filtres or {}), "GEO": geo}, vide_admis=False)

    def load_catalogue(self) -> dict[str, str]:
        """Return the French title of every dataset, by identifier."""
        reponse = self._get(f"{self._racine}/catalog/all", None, _controle_liste)
        return {
            str(jeu["identifier"]): _libelle(jeu.get("title", ()))
            for jeu in reponse.json(SOURCE)
            if isinstance(jeu, dict) and "identifier" in jeu
        }

    def _get(
        self,
        url: str,
        parametres: Mapping[str, str | list[str]] | None,
        controle: Callable[[Reponse], object],
    ) -> Reponse:
        return self._telechargeur.get(url, parametres, fraicheur=self._fraicheur, controle=controle)

    def _suivante(self, paging: Mapping[str, Any]) -> str | None:
        suivante = paging.get("next")
        if paging.get("isLast") or not isinstance(suivante, str):
            return None
        # only the query is trusted: a hostile answer must not send us to another host
        return f"{self._racine}{_chemin(suivante)}"


def _chemin(url: str) -> str:
    morceaux = urlsplit(url)
    chemin = morceaux.path[morceaux.path.index("/data/") :] if "/data/" in morceaux.path else ""
    if not chemin:
        raise SourceModifieeError(f"La source « {SOURCE} » donne une page suivante inconnue.")
    return f"{chemin}?{morceaux.query}"


def _lire_page(reponse: Reponse) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """Return the body and its observations, of one geography."""
    corps = _corps(reponse)
    lignes = [_ligne(observation) for observation in corps["observations"]]
    _check_annees(lignes)
    return corps, lignes


def _lire_pleine(reponse: Reponse) -> None:
    """Refuse an answer without observations."""
    if not _lire_page(reponse)[1]:
        raise SourceModifieeError(
            f"La source « {SOURCE} » ne renvoie aucune commune : {reponse.url}. Le jeu a "
            "peut-être changé ; les données présentes sont gardées."
        )


def _controle_liste(reponse: Reponse) -> None:
    if not isinstance(reponse.json(SOURCE), list):
        raise SourceModifieeError(f"La source « {SOURCE} » a changé de format : {reponse.url}.")


def _corps(reponse: Reponse) -> Mapping[str, Any]:
    corps = reponse.json(SOURCE)
    if (
        not isinstance(corps, dict)
        or not isinstance(corps.get("observations"), list)
        or not isinstance(corps.get("paging"), dict)
    ):
        raise SourceModifieeError(
            f"La source « {SOURCE} » a changé de format (observations ou paging absents) : "
            f"{reponse.url}."
        )
    return corps


def _titre(corps: Mapping[str, Any], defaut: str) -> str:
    titre = corps.get("title")
    return str(titre.get("fr", defaut)) if isinstance(titre, dict) else defaut


def _libelle(titres: Iterable[Mapping[str, str]]) -> str:
    return next(
        (
            str(t.get("content", ""))
            for t in titres
            if isinstance(t, dict) and t.get("lang") == "fr"
        ),
        "",
    )


def _ligne(observation: Mapping[str, Any]) -> dict[str, Any]:
    try:
        dimensions = dict(observation["dimensions"])
        # the name of the measure varies by dataset: there is exactly one
        (mesure,) = observation["measures"].values()
        annee, niveau, code = str(dimensions.pop("GEO")).split("-", 2)
    except (KeyError, TypeError, ValueError, AttributeError) as erreur:
        raise SourceModifieeError(
            f"La source « {SOURCE} » a changé de format : observation illisible."
        ) from erreur
    attributs = observation.get("attributes") or {}
    statut = str(attributs.get("CONF_STATUS", ""))
    valeur = mesure.get("value") if isinstance(mesure, dict) else None
    est_connue = isinstance(valeur, int | float) and statut != "C"
    return {
        "annee_geographie": annee,
        "niveau": niveau,
        "code": code,
        **dimensions,
        "valeur": float(valeur) if est_connue else float("nan"),  # type: ignore[arg-type]
        "statut_confidentialite": statut,
    }


def _observations(
    jeu: str, titre: str, lignes: list[dict[str, Any]], le: datetime, perime: bool
) -> Observations:
    annee = _check_annees(lignes)
    table = pd.DataFrame(
        lignes, columns=None if lignes else ["annee_geographie", "niveau", "code", "valeur"]
    )
    return Observations(jeu, titre, table.drop(columns="annee_geographie"), annee, le, perime)


def _check_annees(lignes: Sequence[Mapping[str, Any]]) -> str:
    """Return the year of the geography of all lines, empty when there is none."""
    annees = sorted({str(ligne["annee_geographie"]) for ligne in lignes})
    if len(annees) > 1:
        raise MillesimeError(
            f"La réponse de « {SOURCE} » mêle les géographies {', '.join(annees)} : "
            "elle n’a pas été gardée."
        )
    return annees[0] if annees else ""
