"""Build the series of populations municipales, each year moved to the present communes.

The year of a population is not the year of the package: inside one package `communes.json` is
one year ahead of the members of `epci.json`. Each figure is therefore taken by name here.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from geodata.construction.administratif import Cog, Fiche, read_etalab
from geodata.construction.paquets import Archives
from geodata.errors import SchemaError
from geodata.schema import ANNEES_POPULATION, colonne_population

Effectifs = dict[str, int]

FICHIER_BLOCS: Final = Path(__file__).parents[1] / "blocs.toml"
DEPARTEMENT_MAYOTTE: Final = "976"
# published sums outside Mayotte (INSEE); 2018 has no published counterpart on this perimeter
SOMMES_HORS_MAYOTTE: Final[Mapping[int, int]] = {
    2019: 66_988_403,
    2020: 67_162_154,
    2021: 67_408_052,
    2022: 67_760_573,
    2023: 68_094_280,
}


def load_blocs(fichier: Path = FICHIER_BLOCS) -> dict[str, tuple[str, ...]]:
    """Return the restored communes: main code → all codes of its block."""
    blocs = tomllib.loads(fichier.read_text(encoding="utf-8"))["bloc"]
    return {bloc["code"]: tuple(bloc["codes"]) for bloc in blocs}


def read_series(archives: Archives) -> dict[int, Effectifs]:
    """Return the population municipale of each year, on the communes of that year's package."""
    communes_2022 = _communes(read_etalab(archives, "populations-2022", "communes"))
    communes_2021 = _communes(read_etalab(archives, "populations-2021", "communes"))
    membres_2021 = _membres(read_etalab(archives, "populations-2022", "epci"))
    membres_2022 = _membres(read_etalab(archives, "communes-2026", "epci"))
    communes_2019 = read_etalab(archives, "populations-2019", "communes")
    return {
        2018: _membres(read_etalab(archives, "populations-2019", "epci")),
        2019: _communes(communes_2019),
        2020: _communes(read_etalab(archives, "populations-2020", "communes")),
        # the members of EPCI miss the four islands without EPCI and the arrondissements
        2021: _complete(membres_2021, communes_2021),
        2022: _complete(membres_2022, communes_2022),
        2023: _communes(read_etalab(archives, "communes-2026", "communes")),
    }


def _communes(fiches: list[Fiche]) -> Effectifs:
    return {
        fiche["code"]: fiche["population"]
        for fiche in fiches
        if fiche["type"] in ("commune-actuelle", "arrondissement-municipal")
        and fiche.get("population") is not None
    }


def _membres(fiches: list[Fiche], colonne: str = "populationMunicipale") -> Effectifs:
    return {membre["code"]: membre[colonne] for epci in fiches for membre in epci["membres"]}


def _complete(membres: Effectifs, communes: Effectifs) -> Effectifs:
    """Add to the members of EPCI the islands and arrondissements of the other file."""
    absents = ("22016", "29083", "29155", "85113")
    ajouts = {c: p for c, p in communes.items() if c in absents or _is_arrondissement(c)}
    return membres | ajouts


def _is_arrondissement(code: str) -> bool:
    return code.startswith("751") or "13201" <= code <= "13216" or "69381" <= code <= "69389"


def project_series(series: Mapping[int, Effectifs], cog: Cog) -> pd.DataFrame:
    """Move every year to the present codes, summing the communes that merged.

    Returns
    -------
    One row per present commune and arrondissement, one Int32 column per year.

    Raises
    ------
    SchemaError
        When a code of a source leads to no present commune.
    """
    lignes: dict[int, Effectifs] = {}
    inconnus: set[str] = set()
    for annee, effectifs in series.items():
        somme: defaultdict[str, int] = defaultdict(int)
        for code, population in effectifs.items():
            present = cog.translate(code)
            if present is not None:
                somme[present] += population
            elif not _is_outside(code):
                inconnus.add(code)
        lignes[annee] = dict(somme)
    if inconnus:
        raise SchemaError("populations", [f"code sans commune actuelle : {sorted(inconnus)}"])
    codes = sorted([*cog.communes, *cog.arrondissements])
    return pd.DataFrame(
        {
            colonne_population("municipale", annee): pd.Series(lignes[annee]).reindex(codes)
            for annee in ANNEES_POPULATION
        },
        index=pd.Index(codes, name="code", dtype="str"),
    ).astype("Int32")


def _is_outside(code: str) -> bool:
    return code.startswith("98") or code[:3] in ("975", "977", "978")


def split_blocs(
    projetees: pd.DataFrame, blocs: Mapping[str, tuple[str, ...]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blank the years when a restored commune was still counted with its neighbours.

    Returns
    -------
    The series by commune, and the series of each block (index: its main code).
    """
    communes = projetees.copy()
    lignes = {}
    for principal, codes in blocs.items():
        membres = projetees.loc[list(codes)]
        lignes[principal] = membres.sum(min_count=1)
        # one member without a figure: the others hold its inhabitants, in part or in whole
        for colonne in membres.columns[membres.isna().any()]:
            communes.loc[list(codes), colonne] = pd.NA
    sommes = pd.DataFrame.from_dict(lignes, orient="index").astype("Int32")
    sommes.index.name = "code"
    sommes.insert(0, "codes", pd.Series({p: " ".join(c) for p, c in blocs.items()}, dtype="str"))
    return communes, sommes


def freeze_mayotte(communes: pd.DataFrame) -> pd.DataFrame:
    """Keep of Mayotte only the 2017 census, which every package repeats year after year."""
    gelees = communes.copy()
    mayotte = gelees.index.str.startswith(DEPARTEMENT_MAYOTTE)
    for annee in ANNEES_POPULATION[:-1]:
        gelees.loc[mayotte, colonne_population("municipale", annee)] = pd.NA
    gelees["millesime_population_municipale"] = ANNEES_POPULATION[-1]
    gelees.loc[mayotte, "millesime_population_municipale"] = 2017
    return gelees.astype({"millesime_population_municipale": "Int16"})


def read_populations_totales(archives: Archives, cog: Cog) -> pd.Series[int]:
    """Return the population totale 2022 of the communes that belong to an EPCI."""
    fiches = read_etalab(archives, "communes-2026", "epci")
    totales = _membres(fiches, "populationTotale")
    presentes = {code: total for code, total in totales.items() if code in cog.communes}
    return pd.Series(presentes, name=colonne_population("totale", 2022)).astype("Int32")
