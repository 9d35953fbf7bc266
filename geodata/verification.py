"""Check the reference tables against published facts and against their manifest.

Volumes are checked twice: before anything is written, and on the committed files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from geodata.errors import SchemaError
from geodata.schema import colonne_population

Tables = Mapping[str, pd.DataFrame]

LIGNES: Final[Mapping[str, int]] = {
    "communes": 34_875,
    "arrondissements": 45,
    "blocs": 3,
    "epci": 1_253,
    "ept": 11,
    "departements": 101,
    "regions": 18,
    "passage": 4_240,
    "iris": 49_280,
}
EPCI_PAR_NATURE: Final[Mapping[str, int]] = {"CC": 987, "CA": 230, "CU": 14, "ME": 22}
SANS_EPCI: Final = frozenset({"22016", "29083", "29155", "85113"})
POPULATIONS_HORS_MAYOTTE: Final[Mapping[int, int]] = {
    2019: 66_988_403,
    2020: 67_162_154,
    2021: 67_408_052,
    2022: 67_760_573,
    2023: 68_094_280,
}
POPULATION_MAYOTTE_2017: Final = 256_518
POPULATION_IRIS: Final = 67_408_104
# métropole, in Lambert-93; the source is generalised, hence the tolerance
SURFACE_METROPOLE_KM2: Final = 548_861
TOLERANCE_SURFACE_KM2: Final = 10
VILLES_DIVISEES: Final[Mapping[str, int]] = {"75056": 20, "13055": 16, "69123": 9}
COMMUNES_SCINDEES: Final = 6
# métropole, Corse, Guadeloupe, Martinique, Guyane, La Réunion, Mayotte
TERRITOIRES_SEPARES: Final = 7


@dataclass(frozen=True)
class Controle:
    """Say what was compared, what was expected and what was found."""

    libelle: str
    attendu: object
    trouve: object

    @property
    def est_bon(self) -> bool:
        """Tell whether the figure found is the one expected."""
        return self.attendu == self.trouve


def check_tables(tables: Tables) -> None:
    """Refuse tables whose volumes are not the published ones.

    Raises
    ------
    SchemaError
        With every figure that differs.
    """
    ecarts = [
        f"{c.libelle} : attendu {c.attendu}, trouvé {c.trouve}"
        for c in list_controles(tables)
        if not c.est_bon
    ]
    if ecarts:
        raise SchemaError("données embarquées", ecarts)


def list_controles(tables: Tables) -> list[Controle]:
    """Compare the tables with the published facts."""
    familles: tuple[Callable[[Tables], list[Controle]], ...] = (
        _count_rows,
        _sum_populations,
        _check_villes,
        _check_appartenances,
        _check_territoire,
        _check_iris,
    )
    return [controle for famille in familles for controle in famille(tables)]


def _count_rows(tables: Tables) -> list[Controle]:
    natures = tables["epci"]["nature"].value_counts().to_dict()
    return [
        *(Controle(f"lignes de {nom}", nombre, len(tables[nom])) for nom, nombre in LIGNES.items()),
        Controle(
            "natures des EPCI", dict(EPCI_PAR_NATURE), {str(k): v for k, v in natures.items()}
        ),
        Controle(
            "communes scindées", COMMUNES_SCINDEES, int(tables["passage"]["est_scindee"].sum())
        ),
    ]


def _sum_populations(tables: Tables) -> list[Controle]:
    communes, blocs = tables["communes"], tables["blocs"]
    mayotte = communes["code_departement"] == "976"
    controles = []
    for annee, attendue in POPULATIONS_HORS_MAYOTTE.items():
        colonne = colonne_population("municipale", annee)
        # a block counts for its members when they have no figure of their own
        absents = communes.set_index("code")[colonne].isna()
        en_bloc = blocs["code"].map(absents).astype(bool)
        somme = communes.loc[~mayotte, colonne].sum() + blocs.loc[en_bloc, colonne].sum()
        controles.append(
            Controle(f"population municipale {annee} hors Mayotte", attendue, int(somme))
        )
    somme = communes.loc[mayotte, colonne_population("municipale", 2023)].sum()
    anciennes = communes.loc[mayotte, colonne_population("municipale", 2022)].notna().sum()
    millesimes = communes.loc[mayotte, "millesime_population_municipale"].unique().tolist()
    return [
        *controles,
        Controle("population de Mayotte (recensement 2017)", POPULATION_MAYOTTE_2017, int(somme)),
        Controle("communes de Mayotte avec une série", 0, int(anciennes)),
        Controle("millésime de la population de Mayotte", [2017], millesimes),
    ]


def _check_villes(tables: Tables) -> list[Controle]:
    arrondissements = tables["arrondissements"]
    communes = tables["communes"].set_index("code")
    controles = []
    for code, nombre in VILLES_DIVISEES.items():
        parties = arrondissements[arrondissements["code_commune"] == code]
        controles.append(Controle(f"arrondissements de {code}", nombre, len(parties)))
        for annee in POPULATIONS_HORS_MAYOTTE:
            colonne = colonne_population("municipale", annee)
            controles.append(
                Controle(
                    f"population municipale {annee} de {code}, somme de ses arrondissements",
                    int(communes[colonne].loc[[code]].sum()),
                    int(parties[colonne].sum()),
                )
            )
    return controles


def _check_appartenances(tables: Tables) -> list[Controle]:
    communes = tables["communes"]
    orphelines = communes.loc[communes["code_epci"].isna(), "code"]
    inconnus = {
        niveau: sorted(set(communes[f"code_{niveau}"].dropna()) ^ set(tables[table]["code"]))
        for niveau, table in (
            ("epci", "epci"),
            ("ept", "ept"),
            ("departement", "departements"),
            ("region", "regions"),
        )
    }
    totales = communes.loc[communes[colonne_population("totale", 2022)].isna(), "code"]
    return [
        Controle("communes sans EPCI", sorted(SANS_EPCI), sorted(orphelines)),
        Controle("communes sans population totale", sorted(SANS_EPCI), sorted(totales)),
        *(Controle(f"codes {n} sans commune ou inconnus", [], c) for n, c in inconnus.items()),
        Controle(
            "anciens codes redevenus actuels",
            0,
            int(tables["passage"]["code_ancien"].isin(communes["code"]).sum()),
        ),
        Controle(
            "anciens codes sans commune actuelle",
            0,
            int((~tables["passage"]["code"].isin(communes["code"])).sum()),
        ),
    ]


def _check_territoire(tables: Tables) -> list[Controle]:
    communes, adjacence = tables["communes"], tables["adjacence"]
    outre_mer = communes["code"].str.startswith("97")
    surface = communes.loc[~outre_mer, "surface_km2"].sum()
    proche = abs(surface - SURFACE_METROPOLE_KM2) <= TOLERANCE_SURFACE_KM2
    chiffres = communes[["surface_km2", "longitude", "latitude"]].to_numpy()
    morceaux = count_territoires(tables)
    unites = {*communes["code"], *tables["arrondissements"]["code"]}
    voisines = {*adjacence["code_a"], *adjacence["code_b"]}
    ordonnees = (adjacence["code_a"] < adjacence["code_b"]).all()
    return [
        Controle(
            f"surface de la métropole, à {TOLERANCE_SURFACE_KM2} km² près",
            SURFACE_METROPOLE_KM2,
            SURFACE_METROPOLE_KM2 if proche else round(float(surface), 1),
        ),
        Controle("surfaces et points tous connus", True, bool(np.isfinite(chiffres).all())),
        Controle("surfaces toutes positives", True, bool((communes["surface_km2"] > 0).all())),
        Controle("paires voisines ordonnées", True, bool(ordonnees)),
        Controle("voisines inconnues", [], sorted(voisines - unites)),
        Controle("territoires séparés par la mer", TERRITOIRES_SEPARES, morceaux),
    ]


def count_territoires(tables: Tables) -> int:
    """Count the connected parts of the country, links over water included."""
    communes, arrondissements = tables["communes"], tables["arrondissements"]
    divisees = set(arrondissements["code_commune"])
    unites = pd.Index({*communes["code"], *arrondissements["code"]} - divisees)
    a = unites.get_indexer(tables["adjacence"]["code_a"])
    b = unites.get_indexer(tables["adjacence"]["code_b"])
    connus = (a >= 0) & (b >= 0)
    a, b = a[connus], b[connus]
    graphe = sparse.coo_array((np.ones(len(a)), (a, b)), shape=(len(unites), len(unites)))
    nombre, _ = csgraph.connected_components(graphe, directed=False)
    return int(nombre)


def _check_iris(tables: Tables) -> list[Controle]:
    iris = tables["iris"]
    unites = set(tables["communes"]["code"]) | set(tables["arrondissements"]["code"])
    ages = iris[["population_0_19", "population_20_64", "population_65_plus"]].sum(axis=1)
    return [
        Controle("population des IRIS (2021)", POPULATION_IRIS, int(iris["population"].sum())),
        Controle("IRIS d’une commune inconnue", [], sorted(set(iris["code"]) - unites)),
        Controle(
            "IRIS dont les âges s’écartent de plus d’un habitant",
            0,
            int(((ages - iris["population"]).abs() > 1).sum()),
        ),
    ]


def check_fichiers(dossier: Path, manifeste: Mapping[str, Any]) -> list[Controle]:
    """Compare the files with what the manifest says of them."""
    attendus = {entree["fichier"]: entree for entree in manifeste["table"]}
    presents = {chemin.name for chemin in dossier.glob("*.parquet")}
    controles = [Controle("fichiers présents", sorted(attendus), sorted(presents))]
    for nom in sorted(presents & attendus.keys()):
        empreinte = hashlib.sha256((dossier / nom).read_bytes()).hexdigest()
        controles.append(Controle(f"empreinte de {nom}", attendus[nom]["sha256"], empreinte))
    return controles
