"""Toy outlines and a toy diagnostic, with hostile names and missing figures."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import affinity

from diagnostic.chevauchement import Chevauchement
from diagnostic.exports.fond import Fond, build_fond
from diagnostic.exports.formats import Entrees
from diagnostic.exports.projet import Projet
from diagnostic.indicateurs import Comparateur, ResultatIndicateur, ValeurLocale, ValeurSaisie
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import Diagnostic, SourceCitee, build_communes
from diagnostic.territoire import compute_territoire
from geodata.schema import Geographie

LE = date(2026, 3, 15)
NOM_HOSTILE = (
    '=HYPERLINK("http://mal.example") <script>alert(1)</script> #panic("x") & *gras* « é »'
)
CODES_JOUET = frozenset({"35001", "35002", "35003", "44001", "44004", "35101"})


@dataclass
class ContoursJouet:
    """The squares of the toy France, one hundredth of a degree per kilometre, at 45° north."""

    unites: gpd.GeoDataFrame
    geographie: Geographie

    def contours(self, niveau, codes=None) -> gpd.GeoDataFrame:
        if niveau == "unite":
            couche = self.unites
        else:
            couche = self.unites.dissolve(self.geographie.unites[f"code_{niveau}"])
            couche.index.name = "code"
        return couche if codes is None else couche[couche.index.isin(list(codes))]


@pytest.fixture(scope="session")
def contours(france_jouet, contours_jouet) -> ContoursJouet:
    places = contours_jouet.geometry.apply(
        lambda forme: affinity.translate(affinity.scale(forme, 0.01, 0.01, origin=(0, 0)), 0, 45)
    )
    return ContoursJouet(contours_jouet.set_geometry(places).set_crs(4326), france_jouet)


def build_indicateurs() -> tuple[ResultatIndicateur, ...]:
    commun = {
        "millesime": "2021",
        "source": "Insee, recensement 2021 (IRIS)",
        "geographie": "COG 2026",
    }
    return (
        ResultatIndicateur(
            "part_65_plus",
            "Part des 65 ans et plus",
            "Âges",
            20.5,
            "%",
            2050.0,
            10_000.0,
            couverture=1.0,
            decimales=1,
            formule="65 ans et plus / population",
            comparateurs=(
                Comparateur("departement", "35", "Ille-et-Vilaine", 18.2),
                Comparateur("region", "53", "Bretagne", 21.9),
                Comparateur("france", "", "France", 20.5),
            ),
            **commun,
        ),
        ResultatIndicateur(
            "chomage",
            "Taux de chômage <b>au sens</b> du recensement",
            "Emploi",
            None,
            "%",
            None,
            None,
            couverture=0.0,
            notes=("Source non chargée.",),
            **commun,
        ),
        ResultatIndicateur(
            "niveau_vie",
            "Niveau de vie médian",
            "Revenus",
            None,
            "€/UC/an",
            None,
            None,
            couverture=0.8,
            decimales=0,
            agregation="N",
            details=(
                ValeurLocale("200000001", "CC du Nord", "epci", 22_480.0, 0.4),
                ValeurLocale("44001", "Clairmont", "commune", None, 0.2),
            ),
            **commun,
        ),
        ResultatIndicateur(
            "prevalence",
            "Patients pris en charge pour diabète, dans le département",
            "État de santé",
            None,
            "%",
            None,
            None,
            couverture=0.7,
            agregation="I",
            details=(
                ValeurLocale("35", "Ille-et-Vilaine", "departement", 6.4, 0.7),
                ValeurLocale("44", "Loire-Atlantique", "departement", None, 0.3),
            ),
            comparateurs=(
                Comparateur("departement", "35", "Ille-et-Vilaine", 6.4),
                Comparateur("departement", "44", "Loire-Atlantique", None),
                Comparateur("region", "53", "Bretagne", 5.8),
                Comparateur("france", "", "France", 6.6),
            ),
            **commun,
        ),
        ResultatIndicateur(
            "population",
            "Population municipale",
            "Population",
            80_300.0,
            "habitants",
            80_300.0,
            None,
            couverture=1.0,
            decimales=0,
            agregation="S",
            serie={"2021": 79_000.0, "2022": 79_900.0, "2023": 80_300.0},
            comparateurs=(Comparateur("france", "", "France", 68_094_280.0),),
            **commun,
        ),
    )


def build_diagnostic(geographie: Geographie, perimetre: Perimetre, **champs) -> Diagnostic:
    territoire = compute_territoire(geographie, perimetre, le=LE, parametres=load_parametres())
    return Diagnostic(
        territoire=territoire,
        communes=build_communes(geographie, territoire),
        le=LE,
        seuils=(40_000, 80_000, 175_000),
        **champs,
    )


@pytest.fixture(scope="session")
def diagnostic(france_jouet) -> Diagnostic:
    return build_diagnostic(
        france_jouet,
        Perimetre(NOM_HOSTILE, CODES_JOUET, frozenset({"44001"})),
        indicateurs=build_indicateurs(),
        chevauchements=(
            Chevauchement(
                NOM_HOSTILE,
                "CPTS =Voisine <i>",
                "commune_entiere",
                ("35002",),
                ("44001",),
                population=12_000,
                surface_km2=16.0,
                part_a=0.15,
                part_b=0.4,
                incertain=True,
                population_max=42_000,
                surface_max_km2=32.0,
                statut_b="aci_signe",
            ),
        ),
        registre="18 CPTS connues, liste partielle",
        saisies=(
            ValeurSaisie("ald", 21.9, date(2026, 2, 1), commentaire="=1+1 lu <b>à l'écran</b>"),
        ),
        libelles_saisies={"ald": "Taux d'exonération ALD (%)"},
        points_attention=("La part des 65 ans et plus dépasse celle du département.",),
        notes={"territoire": "Note de l'équipe : = #danger <script>"},
        sources=(
            SourceCitee("Populations de référence 2023", "Insee", "2023", "Licence Ouverte 2.0"),
        ),
    )


@pytest.fixture(scope="session")
def fond(contours, france_jouet, diagnostic) -> Fond:
    return build_fond(contours, france_jouet, diagnostic.territoire.perimetre)


@pytest.fixture(scope="session")
def renomme(diagnostic):
    """Give the same diagnostic under another name."""

    def renommer(nom: str) -> Diagnostic:
        perimetre = replace(diagnostic.territoire.perimetre, nom=nom)
        return replace(diagnostic, territoire=replace(diagnostic.territoire, perimetre=perimetre))

    return renommer


@pytest.fixture(scope="session")
def entrees(diagnostic, fond, france_jouet) -> Entrees:
    return Entrees(diagnostic, fond, france_jouet, Projet(diagnostic.territoire.perimetre))


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory):
    """Give a function that converts a file to text, or skip: LibreOffice is not installed."""
    soffice, pdftotext = shutil.which("soffice"), shutil.which("pdftotext")
    if soffice is None or pdftotext is None:
        pytest.skip("LibreOffice ou poppler absents : apt-get install libreoffice poppler-utils")
    dossier = tmp_path_factory.mktemp("libreoffice")

    def convertir(nom: str, contenu: bytes) -> str:
        (dossier / nom).write_bytes(contenu)
        subprocess.run(
            [
                soffice,
                f"-env:UserInstallation=file://{dossier}/profil",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(dossier),
                str(dossier / nom),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        pdf = (dossier / nom).with_suffix(".pdf")
        resultat = subprocess.run(
            [pdftotext, "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60
        )
        return " ".join(resultat.stdout.decode().split())

    return convertir


@pytest.fixture(scope="session")
def traces_machine() -> tuple[bytes, ...]:
    """Give what would betray the machine: its folders, in any file."""
    dossiers = (Path.home(), Path(sys.prefix), Path(__file__).parents[3], tempfile.gettempdir())
    return (b"site-packages", *(f"{dossier}/".encode() for dossier in dossiers))
