"""Export then import gives the same perimeter, whatever the file."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import PurePosixPath

import pytest

from diagnostic.exports.fond import build_fond
from diagnostic.exports.formats import Entrees, choose_formats
from diagnostic.exports.projet import Projet, load_projet
from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import compute_diagnostic
from geodata.imports.perimetres import Lecteur
from geodata.imports.rattachement import Rattacheur
from geodata.recherche import Recherche

LE = date(2026, 3, 15)
NOM = "CPTS d'un côté à l'autre"


@pytest.fixture(scope="module")
def lecteur(france) -> Lecteur:
    @cache
    def rattacheur() -> Rattacheur:
        return Rattacheur(france.geographie, france.contours("unite"))

    return Lecteur(Recherche(france.geographie), rattacheur)


@pytest.fixture(
    scope="module",
    params=["Redon, trois départements", "Lyon 3e, 6e et Villeurbanne", "Marseille entière"],
)
def entrees_reelles(request, france) -> Entrees:
    geographie = france.geographie
    codes = {
        "Redon, trois départements": geographie.membres("epci", "243500741"),
        "Lyon 3e, 6e et Villeurbanne": {"69383", "69386", "69266"},
        "Marseille entière": geographie.membres("commune", "13055"),
    }[request.param]
    perimetre = Perimetre(NOM, frozenset(codes))
    diagnostic = compute_diagnostic(
        TablesIndicateurs(geographie, LE), perimetre, parametres=load_parametres()
    )
    return Entrees(
        diagnostic, build_fond(france, geographie, perimetre), geographie, Projet(perimetre)
    )


@pytest.mark.parametrize("cle", ["csv", "xlsx", "geojson", "gpkg", "gpkg_l93", "shp", "kml"])
def test_le_perimetre_revient_entier(entrees_reelles, lecteur, cle):
    (format_,) = choose_formats([cle])
    nom = format_.nom_fichier(entrees_reelles.diagnostic)
    rapport = lecteur.read([(nom, format_.exporter(entrees_reelles))])
    (territoire,) = rapport.territoires
    assert territoire.codes == entrees_reelles.diagnostic.territoire.perimetre.codes
    # a sheet of communes has no column for the name: the file gives it
    assert territoire.nom == (NOM if cle != "xlsx" else PurePosixPath(nom).stem)
    assert not [unite for unite in territoire.unites if unite.statut == "partiel"]
    assert not [anomalie for anomalie in rapport.anomalies if anomalie.gravite == "bloquant"]


def test_le_fichier_de_projet_revient_entier(entrees_reelles):
    (format_,) = choose_formats(["projet"])
    ouvert = load_projet(
        format_.exporter(entrees_reelles), geographie=entrees_reelles.geographie, fichier="p"
    )
    assert ouvert.projet.perimetre == entrees_reelles.diagnostic.territoire.perimetre
    assert ouvert.alertes == ()
