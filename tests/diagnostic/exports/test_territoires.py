"""Files about many territories, reopened by independent readers."""

from __future__ import annotations

import csv
import io
from datetime import date

import pyogrio
import python_calamine
import shapely

from diagnostic.chevauchement import build_index
from diagnostic.exports.territoires import (
    build_chevauchements_geojson,
    build_zones_geojson,
    export_chevauchements_csv,
    export_chevauchements_xlsx,
    export_couvertures_csv,
    export_maillage_xlsx,
)
from diagnostic.maillage import compute_couvertures, compute_zones_blanches
from diagnostic.parametres import load_parametres
from geodata.schema import Geographie
from tests.diagnostic.carroyage import build_carroyage, territoire

LE = date(2026, 11, 22)
CARRE: Geographie = build_carroyage()
INDEX = build_index(
    CARRE, [territoire("=1+1", "00001", "00002"), territoire("B", "00002", "00003?")]
)
PAIRES = INDEX.toutes_les_paires().chevauchements()
NOMS = dict(CARRE.unites["nom"])
POIDS = load_parametres().poids_statut(LE).poids


def carre(codes: object) -> shapely.Geometry:
    """Give one unit square per unité, side by side."""
    return shapely.union_all([shapely.box(int(c), 45, int(c) + 1, 46) for c in codes])  # type: ignore[attr-defined]


def test_a_spreadsheet_reads_the_pairs_and_runs_no_formula() -> None:
    texte = export_chevauchements_csv(PAIRES, NOMS).decode("utf-8-sig")
    (ligne,) = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    assert ligne["Territoire A"] == "'=1+1"
    assert ligne["Population en commun"] == "1001"
    assert ligne["Communes"] == "Commune 00002 (00002)"


def test_the_workbook_lists_pairs_and_contested_communes() -> None:
    classeur = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(export_chevauchements_xlsx(PAIRES, NOMS, LE))
    )
    assert classeur.sheet_names == ["Chevauchements", "Communes contestées", "Sources"]
    lignes = classeur.get_sheet_by_name("Communes contestées").to_python()
    assert lignes[1][:4] == ["00002", "Commune 00002", "=1+1", "B"]


def test_the_coverage_adds_up_in_its_files() -> None:
    couvertures = compute_couvertures(INDEX, "departement", poids=POIDS)
    zones = compute_zones_blanches(INDEX, CARRE.unites.index, taille=lambda _: 1)
    texte = export_couvertures_csv(couvertures).decode("utf-8-sig")
    lignes = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
    for ligne in lignes:
        assert int(ligne["Couverte (nette)"]) + int(ligne["Non couverte"]) == int(
            ligne["Population totale"]
        )
    classeur = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(export_maillage_xlsx(couvertures, zones, NOMS, LE))
    )
    blanches = classeur.get_sheet_by_name("Zones blanches").to_python()
    assert len(blanches) == 1 + len(zones)


def test_gdal_reads_the_layers_with_their_attributes() -> None:
    couche = pyogrio.read_dataframe(build_chevauchements_geojson(PAIRES, carre, LE))
    assert couche.crs.to_epsg() == 4326
    assert couche.loc[0, "population"] == 1_001
    assert couche.geometry.iloc[0].equals(carre(["00002"]))
    zones = compute_zones_blanches(INDEX, CARRE.unites.index, taille=lambda _: 1)
    blanches = pyogrio.read_dataframe(build_zones_geojson(zones, carre, LE))
    assert blanches["population"].sum() == sum(zone.population for zone in zones)
