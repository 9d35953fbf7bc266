"""Measure the documents of a territory of 100 communes, and the memory of a batch of 50.

The cold pack runs in a process of its own, opening of the data and imports included: it is what
the command line takes. The others are measured warm, as in the application.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import psutil

from diagnostic.exports.fond import build_fond
from diagnostic.exports.formats import Entrees, build_entrees, choose_formats, export_dossier
from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import compute_diagnostic
from geodata.referentiel import Referentiel
from geodata.tables import load_tables_embarquees

LE = date(2026, 1, 15)
NOMBRE_COMMUNES = 100
NOMBRE_LOT = 50
REPETITIONS = 3
MEMOIRE_LOT_MO = 1000
FORMATS_LOT = "pdf,docx,xlsx,html,gpkg"
# seconds allowed, by what is measured
OBJECTIFS = {
    "dossier complet, à froid": 20.0,
    "dossier complet, à chaud": 8.0,
    "PDF seul": 4.0,
    "XLSX seul": 1.0,
    "GeoPackage seul": 1.0,
}


def main() -> int:
    """Print the measures; return 1 when a target is missed."""
    referentiel = Referentiel.ouvrir()
    codes = _grow(referentiel, "35238", NOMBRE_COMMUNES)
    mesures = {"dossier complet, à froid": _measure_froid(codes)}
    tables = TablesIndicateurs(referentiel.geographie, LE, load_tables_embarquees(referentiel))
    entrees = _prepare(referentiel, tables, codes)
    export_dossier(entrees)  # fonts and libraries are read once
    mesures["dossier complet, à chaud"] = _measure(
        lambda: export_dossier(_prepare(referentiel, tables, codes))
    )
    for libelle, cle in (("PDF", "pdf"), ("XLSX", "xlsx"), ("GeoPackage", "gpkg")):
        (format_,) = choose_formats([cle])
        mesures[f"{libelle} seul"] = _measure(
            lambda exporter=format_.exporter: exporter(_prepare(referentiel, tables, codes))
        )
    for libelle, duree in mesures.items():
        print(f"{libelle:28} {duree:6.2f} s (objectif : {OBJECTIFS[libelle]:.0f} s)")
    memoire, duree = _measure_lot(referentiel)
    print(
        f"lot de {NOMBRE_LOT} périmètres           {duree:6.1f} s, {memoire:.0f} Mo au plus "
        f"(objectif : {MEMOIRE_LOT_MO} Mo)"
    )
    est_tenu = memoire < MEMOIRE_LOT_MO and all(
        duree < OBJECTIFS[libelle] for libelle, duree in mesures.items()
    )
    return 0 if est_tenu else 1


def _grow(referentiel: Referentiel, depart: str, nombre: int) -> frozenset[str]:
    """Return communes around one, neighbours of neighbours, until there are enough."""
    geographie = referentiel.geographie
    dedans, bord = {depart}, [depart]
    while len(dedans) < nombre:
        code = bord.pop(0)
        for voisin in geographie.graphe[[geographie.position[code]]].indices:
            autre = str(geographie.codes[voisin])
            if autre not in dedans and len(dedans) < nombre:
                dedans.add(autre)
                bord.append(autre)
    return frozenset(dedans)


def _prepare(referentiel: Referentiel, tables: TablesIndicateurs, codes: frozenset[str]) -> Entrees:
    perimetre = Perimetre("CPTS de mesure", codes)
    diagnostic = compute_diagnostic(tables, perimetre, parametres=load_parametres())
    fond = build_fond(referentiel, referentiel.geographie, perimetre)
    return build_entrees(diagnostic, fond, referentiel.geographie)


def _measure(action) -> float:
    durees = []
    for _ in range(REPETITIONS):
        debut = time.perf_counter()
        action()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)


def _measure_froid(codes: frozenset[str]) -> float:
    with tempfile.TemporaryDirectory() as dossier:
        debut = time.perf_counter()
        commande = [sys.executable, "-m", "diagnostic", "exporter", "--commune", *sorted(codes)]
        commande += ["--sortie", dossier, "--le", LE.isoformat()]
        subprocess.run(commande, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - debut


def _measure_lot(referentiel: Referentiel) -> tuple[float, float]:
    """Return the highest resident memory of a batch, in megabytes, and its duration."""
    geographie = referentiel.geographie
    epci = sorted(geographie.epci.index)[:: len(geographie.epci) // NOMBRE_LOT][:NOMBRE_LOT]
    with tempfile.TemporaryDirectory() as dossier:
        liste = Path(dossier) / "lot.csv"
        liste.write_text(
            "cpts;code_insee\n"
            + "".join(
                f"Territoire {code};{commune}\n"
                for code in epci
                for commune in sorted(geographie.membres("epci", code))
            ),
            encoding="utf-8",
        )
        debut = time.perf_counter()
        commande = [sys.executable, "-m", "diagnostic", "exporter", "--lot", str(liste)]
        commande += ["--sortie", f"{dossier}/s", "--le", LE.isoformat(), "--formats", FORMATS_LOT]
        processus = subprocess.Popen(commande, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        suivi, memoire = psutil.Process(processus.pid), 0.0
        while processus.poll() is None:
            try:
                memoire = max(memoire, suivi.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.2)
        if processus.wait():
            raise RuntimeError("la commande exporter a échoué")
        return memoire, time.perf_counter() - debut


if __name__ == "__main__":
    sys.exit(main())
