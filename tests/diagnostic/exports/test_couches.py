"""Layers read back by GDAL: same geometry as the perimeter, every attribute, the right system."""

from __future__ import annotations

import io
import json
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely
from lxml import etree

from diagnostic.exports.couches import (
    export_geojson,
    export_geopackage,
    export_kml,
    export_shapefile,
)


def _relu(contenu: bytes, **options) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(io.BytesIO(contenu), **options)


def _verifie_communes(couche, diagnostic, fond, tolerance=1e-12):
    attendu = {ligne.code: ligne for ligne in diagnostic.communes}
    assert set(couche["code_insee"]) == set(attendu)
    for ligne in couche.itertuples():
        assert ligne.nom == attendu[ligne.code_insee].nom
        assert int(ligne.population) == attendu[ligne.code_insee].population
        forme = fond.communes.geometry[ligne.code_insee]
        assert shapely.symmetric_difference(ligne.geometry, forme).area <= tolerance


def test_le_geojson_suit_la_rfc_7946(diagnostic, fond):
    collection = json.loads(export_geojson(diagnostic, fond))
    assert "crs" not in collection
    assert collection["bbox"] == pytest.approx(fond.territoire.bounds)
    for entite in collection["features"]:
        forme = shapely.from_geojson(json.dumps(entite["geometry"]))
        for polygone in shapely.get_parts(forme):
            assert polygone.exterior.is_ccw
            assert not any(trou.is_ccw for trou in polygone.interiors)
    tete = collection["features"][0]["properties"]
    assert tete["couche"] == "territoire"
    assert tete["population"] == diagnostic.territoire.population
    assert tete["avertissement"] == "Esquisse sans valeur officielle"
    assert tete["millesime_geographie"] == "2026"


def test_le_geojson_se_relit_par_gdal(diagnostic, fond):
    couche = _relu(export_geojson(diagnostic, fond))
    assert couche.crs.to_epsg() == 4326
    _verifie_communes(couche[couche["couche"] == "communes"], diagnostic, fond)


@pytest.mark.parametrize(("demande", "epsg"), [("EPSG:4326", 4326), ("EPSG:2154", 2154)])
def test_le_geopackage_porte_deux_couches_dans_le_systeme_demande(
    diagnostic, fond, demande, epsg, tmp_path
):
    chemin = tmp_path / "t.gpkg"
    chemin.write_bytes(export_geopackage(diagnostic, fond, crs=demande))
    assert pyogrio.list_layers(chemin)[:, 0].tolist() == ["territoire", "communes"]
    territoire = pyogrio.read_dataframe(chemin, layer="territoire")
    assert territoire.crs.to_epsg() == epsg
    attendu = gpd.GeoSeries([fond.territoire], crs=4326).to_crs(epsg)
    ecart = territoire.geometry[0].symmetric_difference(attendu[0]).area
    assert ecart <= 1e-9 * attendu[0].area
    assert territoire["population"][0] == diagnostic.territoire.population
    assert len(pyogrio.read_dataframe(chemin, layer="communes")) == len(diagnostic.communes)


def test_le_shapefile_se_relit_avec_ses_accents(diagnostic, fond, tmp_path):
    (tmp_path / "t.zip").write_bytes(export_shapefile(diagnostic, fond))
    communes = pyogrio.read_dataframe(tmp_path / "t.zip", layer="communes")
    assert communes.crs.to_epsg() == 2154
    assert "L'Île-Verte" in set(communes["nom"])
    assert set(communes["code_insee"]) == {ligne.code for ligne in diagnostic.communes}
    assert len(pyogrio.read_dataframe(tmp_path / "t.zip", layer="territoire")) == 1


def test_un_nom_interminable_tient_dans_un_dbf(renomme, fond):
    contenu = export_shapefile(renomme("é" * 400), fond)
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        assert {"territoire.dbf", "communes.shp", "communes.cpg", "LISEZMOI.txt"} <= set(
            archive.namelist()
        )


def test_le_kml_se_relit_et_rend_les_noms_en_texte(diagnostic, fond):
    contenu = export_kml(diagnostic, fond)
    racine = etree.fromstring(contenu)
    noms = [element.text for element in racine.iter("{*}name")]
    assert diagnostic.nom in noms
    assert not list(racine.iter("{*}script"))
    couche = _relu(contenu, layer="communes")
    _verifie_communes(couche, diagnostic, fond, tolerance=1e-9)


@pytest.mark.parametrize(
    "export", [export_geojson, export_geopackage, export_shapefile, export_kml]
)
def test_deux_exports_ont_les_memes_octets(diagnostic, fond, export):
    assert export(diagnostic, fond) == export(diagnostic, fond)
