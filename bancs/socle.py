"""Measure the opening of the reference data, and the summary of a territory of 100 communes.

Each opening runs in a process of its own, which says its time and its resident memory; the
yardstick is geopandas and pandas alone reading the very same Parquet files.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.territoire import compute_territoire
from geodata.referentiel import Referentiel

REPETITIONS = 7
RAPPORT_OUVERTURE_MAXIMAL = 1.5
MEMOIRE_MAXIMALE_MO = 450
RAPPORT_SYNTHESE_MINIMAL = 20
NOMBRE_COMMUNES = 100

# what each process reads; modules are imported before the clock starts
OUVERTURES = {
    "référentiel, chiffres": (
        "from geodata.referentiel import Referentiel",
        "geographie = Referentiel.ouvrir().geographie",
    ),
    "pandas, mêmes fichiers": (
        "from geodata.referentiel import DOSSIER_DONNEES; import pandas",
        "tables = [pandas.read_parquet(f) for f in DOSSIER_DONNEES.glob('*.parquet')"
        " if not f.name.startswith(('contours', 'iris'))]",
    ),
    "référentiel, tout": (
        "from geodata.referentiel import Referentiel; import geopandas",
        "r = Referentiel.ouvrir(); r.geographie; r.iris; couches = [r.contours(n) for n in"
        " ('unite', 'epci', 'ept', 'departement', 'region')]",
    ),
    "geopandas, mêmes fichiers": (
        "from geodata.referentiel import DOSSIER_DONNEES; import geopandas, pandas",
        "tables = [(geopandas if f.name.startswith('contours') else pandas).read_parquet(f)"
        " for f in DOSSIER_DONNEES.glob('*.parquet')]",
    ),
}
PROGRAMME = """
import json, time, psutil
{imports}
debut = time.perf_counter()
{lecture}
duree = time.perf_counter() - debut
print(json.dumps([duree, psutil.Process().memory_info().rss / 1e6]))
"""


def main() -> int:
    """Print the measures; return 1 when a target is missed."""
    objectifs = [*measure_ouvertures(), measure_synthese()]
    return 0 if all(objectifs) else 1


def measure_ouvertures() -> list[bool]:
    """Compare our opening with a bare reading of the same files, in time and memory."""
    essais: dict[str, list[tuple[float, float]]] = {nom: [] for nom in OUVERTURES}
    for _ in range(REPETITIONS):  # in turn, so that a busy moment does not fall on one side only
        for nom, programme in OUVERTURES.items():
            essais[nom].append(_run_ouverture(*programme))
    mesures = {
        nom: (min(duree for duree, _ in faits), min(memoire for _, memoire in faits))
        for nom, faits in essais.items()
    }
    for nom, (duree, memoire) in mesures.items():
        print(f"{nom:<28} {duree * 1000:7.0f} ms {memoire:7.0f} Mo")
    tenus = []
    for ouverture, etalon in (
        ("référentiel, chiffres", "pandas, mêmes fichiers"),
        ("référentiel, tout", "geopandas, mêmes fichiers"),
    ):
        rapports = [
            nous / eux for nous, eux in zip(mesures[ouverture], mesures[etalon], strict=True)
        ]
        memoire = mesures[ouverture][1]
        print(
            f"{ouverture} / {etalon} : {rapports[0]:.2f} en temps, {rapports[1]:.2f} en mémoire "
            f"(objectif < {RAPPORT_OUVERTURE_MAXIMAL}, et < {MEMOIRE_MAXIMALE_MO} Mo)"
        )
        tenus.append(max(rapports) < RAPPORT_OUVERTURE_MAXIMAL and memoire < MEMOIRE_MAXIMALE_MO)
    return tenus


def _run_ouverture(imports: str, lecture: str) -> tuple[float, float]:
    programme = PROGRAMME.format(imports=imports, lecture=lecture)
    duree, memoire = json.loads(
        subprocess.check_output([sys.executable, "-c", programme], text=True)
    )
    return duree, memoire


def measure_synthese() -> bool:
    """Compare the summary of 100 communes with a geopandas dissolve and sums."""
    referentiel = Referentiel.ouvrir()
    geographie, parametres = referentiel.geographie, load_parametres()
    codes = _grow(geographie, "35238", NOMBRE_COMMUNES)
    perimetre = Perimetre(nom="Cent communes autour de Rennes", codes=codes)

    def nous() -> Any:
        return compute_territoire(geographie, perimetre, le=date(2026, 1, 1), parametres=parametres)

    couche = referentiel.contours("unite").join(
        geographie.unites[["population_municipale_2023", "code_epci", "code_departement"]]
    )

    def naif() -> Any:
        retenues = couche[couche.index.isin(codes)]
        fondues = retenues.dissolve().to_crs(2154)
        par_epci = retenues.dissolve("code_epci", aggfunc={"population_municipale_2023": "sum"})
        return (
            retenues["population_municipale_2023"].sum(),
            fondues.area.iloc[0] / 1e6,
            len(fondues.explode()),
            par_epci,
        )

    # only the population can be compared: the parts of a polygon are not those of a territory
    assert nous().en_dict()["population"] == naif()[0]
    duree, duree_naive = _time(nous, 200), _time(naif, 10)
    rapport = duree_naive / duree
    print(
        f"synthèse de {NOMBRE_COMMUNES} communes : {duree * 1000:.2f} ms ; par fusion geopandas : "
        f"{duree_naive * 1000:.1f} ms ; rapport {rapport:.0f} "
        f"(objectif ≥ {RAPPORT_SYNTHESE_MINIMAL})"
    )
    return rapport >= RAPPORT_SYNTHESE_MINIMAL


def _grow(geographie: Any, depart: str, nombre: int) -> frozenset[str]:
    """Return neighbours of a unit, nearest first, until there are enough."""
    codes, rang = [depart], 0
    while len(codes) < nombre:
        voisines = geographie.graphe[[geographie.position[codes[rang]]]].indices
        codes += [c for c in sorted(geographie.codes[voisines]) if c not in codes]
        rang += 1
    return frozenset(codes[:nombre])


def _time(faire: Callable[[], Any], fois: int) -> float:
    durees = []
    for _ in range(fois):
        debut = time.perf_counter()
        faire()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)


if __name__ == "__main__":
    sys.exit(main())
