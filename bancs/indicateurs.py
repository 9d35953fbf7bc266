"""Measure the indicators: one territory, all EPCI, a large official file.

The yardstick of one territory sums the very same numerators, denominators and covered inhabitants
by `groupby` on each level at each call, which is what one writes first.
"""

import io
import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from diagnostic.indicateurs import TablesIndicateurs, compute_indicateurs, compute_lot
from diagnostic.indicateurs.themes import REGISTRE
from diagnostic.perimetre import Perimetre
from geodata.imports.officiels import analyse_fichier
from geodata.referentiel import Referentiel
from geodata.tables import load_tables_embarquees

LE = date(2026, 11, 22)
NOMBRE_COMMUNES = 100
REPETITIONS = 15
TERRITOIRE_MAXIMAL_MS = 100
RAPPORT_MINIMAL = 20
LOT_MAXIMAL_S = 3
IMPORT_MAXIMAL_S = 5
COLONNES_FICHIER = 300


def main() -> int:
    """Print the measures; return 1 when a target is missed."""
    referentiel = Referentiel.ouvrir()
    geographie = referentiel.geographie
    tables = TablesIndicateurs(geographie, LE, load_tables_embarquees(referentiel))
    codes = frozenset(sorted(geographie.membres("departement", "35"))[:NOMBRE_COMMUNES])
    perimetre = Perimetre("banc", codes)
    debut = time.perf_counter()
    resultats = compute_indicateurs(tables, perimetre)
    print(f"préparation, une fois               {time.perf_counter() - debut:7.2f} s")
    ici = measure(lambda: compute_indicateurs(tables, perimetre))
    etalon_fait = build_etalon(tables, codes)
    etalon = measure(etalon_fait)
    print(
        f"{len(resultats)} indicateurs, {NOMBRE_COMMUNES} communes      {ici * 1000:7.1f} ms, "
        f"groupby {etalon * 1000:.1f} ms, rapport {etalon / ici:.0f}"
    )
    tous = [Perimetre.from_niveau(geographie, "epci", code) for code in geographie.epci.index]
    lot = measure(lambda: compute_lot(tables, tous), 3)
    print(f"{len(tous)} intercommunalités à la fois  {lot * 1000:7.0f} ms")
    fichier = build_fichier(geographie.unites.index)
    blocs = tuple(set(geographie.blocs.values()))
    lecture = measure(
        lambda: analyse_fichier("banc.csv", fichier, geographie, le=LE, blocs=blocs), 3
    )
    print(
        f"import, {len(geographie.unites)} lignes × {COLONNES_FICHIER} colonnes "
        f"({len(fichier) / 1e6:.0f} Mo)  {lecture:7.2f} s"
    )
    objectifs = (
        ici * 1000 <= TERRITOIRE_MAXIMAL_MS,
        etalon / ici >= RAPPORT_MINIMAL,
        lot <= LOT_MAXIMAL_S,
        lecture <= IMPORT_MAXIMAL_S,
    )
    return 0 if all(objectifs) else 1


def measure(faire: Callable[[], object], fois: int = REPETITIONS) -> float:
    """Return the shortest time of several runs, in seconds."""
    durees = []
    for _ in range(fois):
        debut = time.perf_counter()
        faire()
        durees.append(time.perf_counter() - debut)
    return min(durees)


def build_etalon(tables: TablesIndicateurs, codes: frozenset[str]) -> Callable[[], list[object]]:
    """Return the calculation that groups the whole country again at each call."""
    unites = tables.geographie.unites
    n = len(unites)
    colonnes: dict[str, np.ndarray] = {}
    for indicateur in REGISTRE:
        try:
            haut, bas = indicateur.calcul(tables)
        except KeyError:
            continue
        colonnes[f"{indicateur.cle}_haut"] = haut[:n]
        colonnes[f"{indicateur.cle}_bas"] = np.zeros(n) if bas is None else bas[:n]
        connues = np.isfinite(haut[:n]) & np.isfinite(colonnes[f"{indicateur.cle}_bas"])
        colonnes[f"{indicateur.cle}_couverts"] = np.where(connues, tables.habitants, 0.0)
    table = pd.DataFrame(colonnes, index=unites.index)
    niveaux = [unites[f"code_{niveau}"] for niveau in ("departement", "region", "epci")]
    voulus = sorted(codes)

    def faire() -> list[object]:
        return [
            table.loc[voulus].sum(),
            table.sum(),
            *(table.groupby(niveau).sum() for niveau in niveaux),
        ]

    return faire


def build_fichier(codes: pd.Index) -> bytes:
    """Return a communal census file of the size INSEE publishes."""
    alea = np.random.default_rng(7)
    tranches = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
    noms = [
        "P22_POP",
        *(f"P22_POP{tranche}" for tranche in tranches),
        *(f"P22_{sexe}{tranche}" for sexe in "HF" for tranche in tranches),
        *(f"P22_{sexe}{bande}" for sexe in "HF" for bande in ("0019", "2064", "65P")),
    ]
    noms += [f"P16_AUTRE{rang}" for rang in range(COLONNES_FICHIER - len(noms) - 1)]
    table = pd.DataFrame(
        alea.uniform(0, 5000, (len(codes), len(noms))).round(6), columns=noms, index=codes
    )
    tampon = io.BytesIO()
    table.rename_axis("CODGEO").to_csv(tampon, sep=";")
    return tampon.getvalue()


if __name__ == "__main__":
    sys.exit(main())
