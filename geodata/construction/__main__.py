"""Build the embedded tables: `python -m geodata.construction [--dossier D] [--cache C]`.

Everything is computed and checked first; files are written only then.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.construction import adjacence, communes, contours, ecriture, iris, passage
from geodata.construction.administratif import Cog, build_cog, read_etalab
from geodata.construction.paquets import Archives, fetch_archives
from geodata.construction.populations import (
    freeze_mayotte,
    load_blocs,
    project_series,
    read_populations_totales,
    read_series,
    split_blocs,
)
from geodata.errors import CptsError
from geodata.sources import SourceDonnees, load_sources
from geodata.verification import check_tables

RACINE: Final = Path(__file__).parents[2]
DOSSIER: Final = RACINE / "geodata" / "donnees"
CACHE: Final = RACINE / ".cache" / "paquets"

ETALAB: Final = ("communes-2026", "epci-2026")
POPULATIONS: Final = tuple(f"populations-{annee}" for annee in (2022, 2021, 2020, 2019))
SOURCES_TABLES: Final[Mapping[str, Sequence[str]]] = {
    "communes": (*ETALAB, *POPULATIONS, "contours-2024"),
    "arrondissements": (*ETALAB, *POPULATIONS, "contours-2024"),
    "blocs": ("communes-2026", *POPULATIONS),
    "epci": ("epci-2026",),
    "ept": ("communes-2026",),
    "departements": ("communes-2026",),
    "regions": ("communes-2026",),
    "passage": ("communes-2026", "communes-2025", *POPULATIONS, "historique-communes"),
    "anciens_noms": ("communes-2026", "communes-2025", *POPULATIONS, "historique-communes"),
    "adjacence": ("contours-2024", "liaisons"),
    "iris": ("iris-2021",),
}

Geometries = npt.NDArray[np.object_]
Couches = dict[str, tuple[npt.NDArray[np.object_], Geometries]]


def build_tables(
    archives: Archives,
) -> tuple[dict[str, pd.DataFrame], Couches, contours.Couverture]:
    """Compute every table and layer from the archives."""
    cog = build_cog(read_etalab(archives, "communes-2026", "communes"))
    _check_codes_2025(archives, cog)
    blocs = load_blocs()
    series, populations_blocs = split_blocs(project_series(read_series(archives), cog), blocs)
    series = freeze_mayotte(series)
    totales = read_populations_totales(archives, cog)
    epci, code_epci = communes.build_epci(archives)
    ept, code_ept = communes.build_ept(archives)
    departements, regions = communes.build_departements(archives, cog)
    couverture = contours.build_couverture(contours.read_contours(archives, cog))
    frontieres, exterieures = adjacence.build_frontieres(couverture.codes, couverture.contours)
    mesures = pd.DataFrame(
        {
            "surface_km2": couverture.surfaces_km2.round(6),
            "longueur_exterieure_m": exterieures.round(1),
        },
        index=pd.Index(couverture.codes, dtype="str"),
    )
    points = communes.locate_points(
        couverture.codes, couverture.contours, communes.read_mairies(archives)
    )
    unites = communes.build_identites(
        [
            *(f for c, f in cog.communes.items() if c in mesures.index),
            *cog.arrondissements.values(),
        ],
        code_epci,
        code_ept,
    )
    couches = build_couches(unites, couverture)
    villes, contours_villes = couches["contours_ville"]
    mesures_communes = pd.concat([mesures, _sum_villes(mesures, unites, villes)])
    points_communes = pd.concat(
        [points, communes.locate_points(villes, contours_villes, communes.read_mairies(archives))]
    )

    def complete(identites: pd.DataFrame) -> pd.DataFrame:
        table = identites.set_index("code", drop=False)
        for chiffres in (series, totales.to_frame(), mesures_communes, points_communes):
            table = table.join(chiffres)
        return table

    identites = communes.build_identites(list(cog.communes.values()), code_epci, code_ept)
    arrondissements = unites[unites["code"].isin(cog.arrondissements)]
    tables = {
        "communes": complete(identites.drop(columns="code_commune")).reset_index(drop=True),
        "arrondissements": complete(arrondissements).reset_index(drop=True),
        "blocs": populations_blocs.reset_index(),
        "epci": epci,
        "ept": ept,
        "departements": departements,
        "regions": regions,
        "passage": passage.build_passage(archives, cog),
        "anciens_noms": passage.build_anciens_noms(archives, cog),
        "adjacence": adjacence.build_adjacence(frontieres, adjacence.load_liaisons()),
        "iris": iris.build_iris(archives, cog, blocs),
    }
    return tables, couches, couverture


def _check_codes_2025(archives: Archives, cog: Cog) -> None:
    """Make sure that the codes of COG 2026 are those of COG 2025, as INSEE's notes say."""
    cog_2025 = build_cog(read_etalab(archives, "communes-2025", "communes"))
    if cog_2025.communes.keys() != cog.communes.keys():
        raise CptsError("Les codes des communes de 2026 ne sont plus ceux de 2025.")


def _sum_villes(
    mesures: pd.DataFrame, unites: pd.DataFrame, villes: npt.NDArray[np.object_]
) -> pd.DataFrame:
    code_commune = unites.set_index("code")["code_commune"]
    sommes = mesures.groupby(code_commune.reindex(mesures.index)).sum()
    return sommes.loc[list(villes)]


def build_couches(unites: pd.DataFrame, couverture: contours.Couverture) -> Couches:
    """Dissolve the contours of the units into those of every level above them."""
    attaches = unites.set_index("code").loc[list(couverture.codes)]
    couches: Couches = {"contours_unite": (couverture.codes, couverture.contours)}
    for niveau in ("epci", "ept", "departement", "region"):
        groupes = attaches[f"code_{niveau}"].to_numpy(dtype=object)
        couches[f"contours_{niveau}"] = contours.dissolve(couverture.contours, groupes)
    divisees = attaches["code_commune"].where(attaches["code_commune"] != attaches.index)
    couches["contours_ville"] = contours.dissolve(
        couverture.contours, divisees.to_numpy(dtype=object)
    )
    return couches


def write_tables(
    tables: Mapping[str, pd.DataFrame],
    couches: Couches,
    couverture: contours.Couverture,
    sources: Mapping[str, SourceDonnees],
    dossier: Path,
) -> int:
    """Write every file and the manifest; return the total size in bytes."""
    dossier.mkdir(parents=True, exist_ok=True)
    lignes = {nom: ecriture.write_table(nom, table, dossier) for nom, table in tables.items()}
    noms = {
        str(code): str(nom)
        for table in tables.values()
        if {"code", "nom"} <= set(table.columns)
        for code, nom in zip(table["code"], table["nom"], strict=True)
    }
    for nom, (codes, geometries) in couches.items():
        lignes[nom] = ecriture.write_couche(nom, codes, noms, geometries, dossier)
    utiles = {nom: SOURCES_TABLES.get(nom, ("contours-2024", *ETALAB)) for nom in lignes}
    entrees = [
        ecriture.describe_fichier(dossier / f"{nom}.parquet", lignes[nom], utiles[nom])
        for nom in lignes
    ]
    changements = {
        champ.name: getattr(couverture, champ.name)
        for champ in dataclasses.fields(couverture)
        if champ.type in ("int", "float", "str")
    }
    listes = {
        "trou": [dataclasses.asdict(trou) for trou in couverture.trous],
        "table": entrees,
        "source": [_describe_source(source, utiles) for source in sources.values()],
    }
    ecriture.write_manifeste(dossier, changements, listes)
    return sum(int(str(entree["octets"])) for entree in entrees)


def _describe_source(
    source: SourceDonnees, utiles: Mapping[str, Sequence[str]]
) -> dict[str, ecriture.Valeur]:
    tables = sorted(nom for nom, sources in utiles.items() if source.id in sources)
    return {
        "id": source.id,
        "titre": source.titre,
        "producteur": source.producteur,
        "url": source.url,
        "millesime": source.millesime,
        "licence": source.licence,
        "recupere_le": source.recupere_le,
        "sha256": source.sha256,
        "tables": tables,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the build; return the exit status."""
    lecteur = argparse.ArgumentParser(
        prog="python -m geodata.construction",
        description="Construit les tables embarquées depuis les paquets publics épinglés.",
    )
    lecteur.add_argument("--dossier", type=Path, default=DOSSIER, help="où écrire les tables")
    lecteur.add_argument("--cache", type=Path, default=CACHE, help="où garder les archives")
    options = lecteur.parse_args(arguments)
    try:
        sources = load_sources()
        tables, couches, couverture = build_tables(fetch_archives(sources, options.cache))
        check_tables(tables)
        octets = write_tables(tables, couches, couverture, sources, options.dossier)
    except CptsError as erreur:
        print(erreur, file=sys.stderr)
        return 2
    print(f"{len(tables) + len(couches)} fichiers, {octets / 1e6:.1f} Mo, dans {options.dossier}")
    print(
        f"Contours : {couverture.modifiees} unités modifiées de plus d’un mètre carré, au plus "
        f"{couverture.ecart_maximal_m2:.0f} m² ({couverture.code_ecart_maximal})"
    )
    for trou in couverture.trous:
        print(f"Trou laissé : {trou.surface_m2:.0f} m², {trou.raison}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
