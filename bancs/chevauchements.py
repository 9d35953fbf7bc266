"""Measure overlaps against geometry peers, the import of a large list, and a large register."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csgraph
from sqlalchemy import create_engine, insert

from diagnostic.chevauchement import IndexTerritoires, build_index
from geodata.imports.perimetres import Lecteur
from geodata.imports.rattachement import Rattacheur
from geodata.recherche import Recherche
from geodata.referentiel import Referentiel
from geodata.registre import Registre
from geodata.registre.tables import TERRITOIRE, UNITE, VERSION
from geodata.schema import Geographie, TerritoireCpts, UniteCpts

Resultat = TypeVar("Resultat")

NOMBRE_CPTS = 1_000
PART_CHEVAUCHANTE = 0.10
# an edge drawn twice never differs by so much; the smallest commune is forty times larger
SURFACE_MINIMALE_DEG2 = 1e-7
RAPPORT_OVERLAY_MINIMAL = 500
RAPPORT_ARBRE_MINIMAL = 50
ESQUISSE_MAXIMALE_MS = 5.0
IMPORT_MAXIMAL_S = 3.0
LISTE_MAXIMALE_MS = 200.0
TERRITOIRES_REGISTRE, VERSIONS_REGISTRE = 5_000, 100


def main() -> int:
    """Print the measures; return 1 when a target is missed."""
    referentiel = Referentiel.ouvrir()
    geographie = referentiel.geographie
    manques = [
        *measure_pairs(referentiel, geographie),
        *measure_import(referentiel, geographie),
        *measure_registre(),
    ]
    for manque in manques:
        print(f"OBJECTIF MANQUÉ : {manque}", file=sys.stderr)
    return 1 if manques else 0


def draw_territoires(geographie: Geographie) -> list[TerritoireCpts]:
    """Cover France with contiguous territories, one in ten of which bites on its neighbours."""
    alea = np.random.default_rng(2026)
    departs = np.sort(alea.choice(len(geographie.codes), NOMBRE_CPTS, replace=False))
    _, _, sources = csgraph.dijkstra(
        geographie.graphe, indices=departs, unweighted=True, min_only=True, return_predecessors=True
    )
    membres = [np.flatnonzero(sources == depart) for depart in departs]
    territoires = []
    for rang, rangs in enumerate(membres):
        if rang < NOMBRE_CPTS * PART_CHEVAUCHANTE:
            rangs = np.union1d(rangs, geographie.graphe[rangs].indices)  # noqa: PLW2901
        unites = tuple(UniteCpts(str(code)) for code in geographie.codes[rangs])
        territoires.append(TerritoireCpts(f"t{rang}", f"CPTS {rang}", unites))
    return territoires


def measure_pairs(referentiel: Referentiel, geographie: Geographie) -> list[str]:
    """Compare the membership with geometry, on the same territories and for the same pairs."""
    territoires = draw_territoires(geographie)
    contours = referentiel.contours("unite").geometry
    formes = gpd.GeoSeries(
        [shapely.coverage_union_all(contours[sorted(t.codes)].to_numpy()) for t in territoires],
        crs="EPSG:4326",
    )
    index = build_index(geographie, territoires)
    notre, paires = _time(index.toutes_les_paires, 21)
    rapport, _ = _time(lambda: index.toutes_les_paires().chevauchements(), 5)
    arbre, par_arbre = _time(lambda: _pairs_by_tree(formes), 1)
    overlay, par_overlay = _time(lambda: _pairs_by_overlay(formes), 1)
    notres = set(zip(paires.a.tolist(), paires.b.tolist(), strict=True))
    assert notres == par_arbre, "l'arbre et les codes ne trouvent pas les mêmes paires"
    assert notres == par_overlay, "overlay et les codes ne trouvent pas les mêmes paires"
    esquisse, _ = _time(lambda: _cross_one(index, territoires[0]), 21)
    print(f"{NOMBRE_CPTS} CPTS fictives, {len(notres)} paires, les mêmes pour les trois méthodes")
    print(f"  toutes les paires, codes           {1000 * notre:9.2f} ms")
    print(f"  avec le rapport de chaque paire    {1000 * rapport:9.2f} ms")
    print(f"  STRtree + intersection             {1000 * arbre:9.0f} ms  ×{arbre / notre:.0f}")
    print(f"  geopandas.overlay                  {1000 * overlay:9.0f} ms  ×{overlay / notre:.0f}")
    print(f"  une esquisse contre toutes         {1000 * esquisse:9.2f} ms")
    return [
        message
        for message, est_atteint in (
            (f"overlay ×{RAPPORT_OVERLAY_MINIMAL}", overlay / notre >= RAPPORT_OVERLAY_MINIMAL),
            (f"STRtree ×{RAPPORT_ARBRE_MINIMAL}", arbre / notre >= RAPPORT_ARBRE_MINIMAL),
            (f"esquisse {ESQUISSE_MAXIMALE_MS} ms", 1000 * esquisse < ESQUISSE_MAXIMALE_MS),
        )
        if not est_atteint
    ]


def _cross_one(index: IndexTerritoires, esquisse: TerritoireCpts) -> int:
    autre = TerritoireCpts("esquisse", "Esquisse", esquisse.unites)
    return len(index.contre(autre))


def _pairs_by_tree(formes: gpd.GeoSeries) -> set[tuple[int, int]]:
    geometries: npt.NDArray[np.object_] = formes.to_numpy()
    gauche, droite = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    garde = gauche < droite
    gauche, droite = gauche[garde], droite[garde]
    surfaces = shapely.area(shapely.intersection(geometries[gauche], geometries[droite]))
    retenues = surfaces > SURFACE_MINIMALE_DEG2
    return set(zip(gauche[retenues].tolist(), droite[retenues].tolist(), strict=True))


def _pairs_by_overlay(formes: gpd.GeoSeries) -> set[tuple[int, int]]:
    gauche = gpd.GeoDataFrame({"a": range(len(formes))}, geometry=formes)
    droite = gpd.GeoDataFrame({"b": range(len(formes))}, geometry=formes)
    communs = gpd.overlay(gauche, droite, how="intersection", keep_geom_type=True)
    communs = communs[(communs["a"] < communs["b"])]
    surfaces = shapely.area(communs.geometry.to_numpy())
    communs = communs[surfaces > SURFACE_MINIMALE_DEG2]
    return set(zip(communs["a"].tolist(), communs["b"].tolist(), strict=True))


def measure_import(referentiel: Referentiel, geographie: Geographie) -> list[str]:
    """Read and audit a list of every commune of France, by code then by name."""
    recherche = Recherche(geographie)
    rattacheur = Rattacheur(geographie, referentiel.contours("unite", []))
    lecteur = Lecteur(recherche, lambda: rattacheur)
    cpts = [
        (territoire.nom, unite.code)
        for territoire in draw_territoires(geographie)
        for unite in territoire.unites
    ]
    noms, departements = geographie.unites["nom"], geographie.unites["code_departement"]
    par_code = "nom_cpts;code_insee\n" + "\n".join(f"{nom};{code}" for nom, code in cpts)
    par_nom = "nom_cpts;commune;departement\n" + "\n".join(
        f"{nom};{noms[code]};{departements[code]}" for nom, code in cpts
    )
    durees = {
        libelle: _time(lambda texte=texte: lecteur.read([("liste.csv", texte.encode())]), 3)[0]
        for libelle, texte in (("codes", par_code), ("noms", par_nom))
    }
    for libelle, duree in durees.items():
        print(f"  import et audit, {len(cpts)} lignes par {libelle:5} {duree:9.2f} s")
    return [f"import {IMPORT_MAXIMAL_S} s"] if durees["codes"] > IMPORT_MAXIMAL_S else []


def measure_registre() -> list[str]:
    """Time the list page of a register with many territories and versions."""
    le = datetime(2026, 11, 22, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as dossier:
        registre = Registre.ouvrir(dossier=Path(dossier), le=le)
        _fill(Path(dossier), le)
        page, (lignes, total) = _time(lambda: registre.lister(departements=["35"], limite=50), 7)
        recherche, _ = _time(lambda: registre.lister(texte="4999"), 7)
        registre.fermer()
    print(f"  registre de {TERRITOIRES_REGISTRE} territoires × {VERSIONS_REGISTRE} versions")
    print(f"    une page de liste ({len(lignes)} sur {total})   {1000 * page:9.1f} ms")
    print(f"    une recherche par nom            {1000 * recherche:9.1f} ms")
    lente = max(page, recherche)
    return [f"liste {LISTE_MAXIMALE_MS} ms"] if 1000 * lente > LISTE_MAXIMALE_MS else []


def _fill(dossier: Path, le: datetime) -> None:
    contenu = json.loads('{"nom": "essai", "unites": []}')
    engine = create_engine(f"sqlite:///{dossier / 'registre.sqlite3'}")
    with engine.begin() as connexion:
        for debut in range(0, TERRITOIRES_REGISTRE, 500):
            cles = range(debut, debut + 500)
            connexion.execute(
                insert(TERRITOIRE),
                [
                    {
                        "identifiant": f"t{cle}",
                        "nom": f"CPTS {cle}",
                        "nom_cherche": f"cpts {cle}",
                        "statut": "aci_signe",
                        "source": "banc",
                        "source_url": "",
                        "millesime": "2026",
                        "departements": f" {cle % 95 + 1:02d} ",
                        "nombre_unites": 40,
                        "version": VERSIONS_REGISTRE,
                        "est_retire": False,
                        "modifie_le": le,
                    }
                    for cle in cles
                ],
            )
            connexion.execute(
                insert(UNITE),
                [
                    {
                        "identifiant": f"t{cle}",
                        "code": f"{cle % 95 + 1:02d}{rang:03d}",
                        "statut": "entier",
                        "commentaire": "",
                    }
                    for cle in cles
                    for rang in range(40)
                ],
            )
            connexion.execute(
                insert(VERSION),
                [
                    {
                        "identifiant": f"t{cle}",
                        "numero": numero,
                        "le": le,
                        "auteur": "",
                        "action": "modification",
                        "motif": "",
                        "contenu": contenu,
                    }
                    for cle in cles
                    for numero in range(1, VERSIONS_REGISTRE + 1)
                ],
            )
    engine.dispose()


def _time(faire: Callable[[], Resultat], fois: int) -> tuple[float, Resultat]:
    """Return the median time in seconds, and the last result."""
    durees = []
    for _ in range(fois):
        debut = time.perf_counter()
        resultat = faire()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees), resultat


if __name__ == "__main__":
    sys.exit(main())
