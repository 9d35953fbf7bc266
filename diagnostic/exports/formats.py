"""The catalogue of the exports, and the pack that holds them all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from diagnostic.errors import DiagnosticError
from diagnostic.exports.archives import build_zip
from diagnostic.exports.carte_html import export_carte_html
from diagnostic.exports.carte_image import draw_carte
from diagnostic.exports.contenu import Rapport, build_rapport
from diagnostic.exports.couches import (
    export_geojson,
    export_geopackage,
    export_kml,
    export_shapefile,
)
from diagnostic.exports.dessins import Dessin, render_png, render_svg
from diagnostic.exports.docx_dts import render_docx
from diagnostic.exports.fond import Fond
from diagnostic.exports.listes import export_csv_communes, export_csv_indicateurs, export_json
from diagnostic.exports.pdf import render_pdf
from diagnostic.exports.projet import EXTENSION, Bilan, Projet, export_projet
from diagnostic.exports.tableur import export_xlsx, phrases_methode
from diagnostic.exports.texte import build_nom_fichier
from diagnostic.exports.trames import TRAMES, CarteTrame, Trame, build_carte_trame, export_trame
from diagnostic.exports.typographie import format_date
from diagnostic.rapport import Diagnostic
from geodata.schema import Geographie

Famille = Literal["Documents", "Tableaux", "Cartes", "Couches", "Projet"]
Progression = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Entrees:
    """Hold all an export may need.

    Parameters
    ----------
    diagnostic, fond
        What is said, and the outlines to draw it on.
    geographie
        Tables the project file takes names and figures from.
    projet
        What the project file keeps.
    """

    diagnostic: Diagnostic
    fond: Fond
    geographie: Geographie
    projet: Projet

    @cached_property
    def rapport(self) -> Rapport:
        """The report, drawn once for all the formats that print it."""
        return build_rapport(self.diagnostic, self.fond)

    @cached_property
    def carte(self) -> Dessin:
        """The map, drawn once for all the formats that show it."""
        return draw_carte(self.diagnostic, self.fond)

    @cached_property
    def carte_trame(self) -> CarteTrame:
        """The map of the regional forms."""
        return build_carte_trame(self.diagnostic, self.fond)


def build_entrees(
    diagnostic: Diagnostic, fond: Fond, geographie: Geographie, projet: Projet | None = None
) -> Entrees:
    """Gather the inputs of the exports; the project takes the figures of the diagnostic."""
    territoire = diagnostic.territoire
    bilan = None
    if territoire.population is not None and diagnostic.taille is not None:
        bilan = Bilan(territoire.nombre_communes, territoire.population, diagnostic.taille)
    return Entrees(
        diagnostic,
        fond,
        geographie,
        Projet(
            perimetre=territoire.perimetre,
            type_population=territoire.type_population,
            saisies=diagnostic.saisies,
            notes=diagnostic.notes,
            bilan=bilan,
            autres=projet.autres if projet else {},
        ),
    )


@dataclass(frozen=True)
class Format:
    """Hold one export of the catalogue.

    Parameters
    ----------
    cle
        Name given to the command line.
    libelle, usage
        What the screen shows: the document, and what it is for.
    suffixe
        End of the file name, extension included.
    """

    cle: str
    famille: Famille
    libelle: str
    usage: str
    suffixe: str
    mime: str
    exporter: Callable[[Entrees], bytes]

    def nom_fichier(self, diagnostic: Diagnostic) -> str:
        """Return a file name that every system accepts."""
        return f"{build_nom_fichier(diagnostic.nom)}{self.suffixe}"


class FormatInconnuError(DiagnosticError):
    """Formats asked for that the catalogue does not hold."""

    def __init__(self, cles: Iterable[str]) -> None:
        super().__init__(
            f"Format inconnu : {', '.join(cles)}. "
            f"Formats proposés : {', '.join(format_.cle for format_ in FORMATS)}."
        )


def _carte(entrees: Entrees, render: Callable[..., bytes]) -> bytes:
    return render(entrees.carte.figure, titre=entrees.diagnostic.nom)


def _trame(trame: Trame) -> Format:
    return Format(
        cle=trame.cle,
        famille="Documents",
        libelle=f"{trame.libelle} (Word)",
        usage=f"{trame.origine} : prérempli, le reste est marqué à compléter",
        suffixe=f"-{trame.cle.replace('_', '-')}.docx",
        mime=_DOCX,
        exporter=lambda entrees: export_trame(entrees.diagnostic, entrees.carte_trame, trame),
    )


_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Final[tuple[Format, ...]] = (
    Format(
        "pdf",
        "Documents",
        "Diagnostic (PDF)",
        "à envoyer ou à imprimer ; balisé pour les lecteurs d’écran",
        "-diagnostic.pdf",
        "application/pdf",
        lambda entrees: render_pdf(entrees.rapport, entrees.diagnostic.le),
    ),
    Format(
        "docx",
        "Documents",
        "Diagnostic (Word)",
        "même contenu que le PDF, à modifier",
        "-diagnostic.docx",
        _DOCX,
        lambda entrees: render_docx(entrees.rapport, entrees.diagnostic.le),
    ),
    *(_trame(trame) for trame in TRAMES),
    Format(
        "xlsx",
        "Tableaux",
        "Classeur (Excel)",
        "communes, indicateurs, chevauchements, financement, sources",
        ".xlsx",
        _XLSX,
        lambda entrees: export_xlsx(entrees.diagnostic),
    ),
    Format(
        "csv",
        "Tableaux",
        "Communes (CSV)",
        "liste des communes, s’ouvre dans Excel et se réimporte",
        "-communes.csv",
        "text/csv",
        lambda entrees: export_csv_communes(entrees.diagnostic),
    ),
    Format(
        "csv_indicateurs",
        "Tableaux",
        "Indicateurs (CSV)",
        "valeurs, références et sources",
        "-indicateurs.csv",
        "text/csv",
        lambda entrees: export_csv_indicateurs(entrees.diagnostic),
    ),
    Format(
        "csv_simple",
        "Tableaux",
        "Communes (CSV simple)",
        "virgules et points décimaux, pour les programmes",
        "-communes-simple.csv",
        "text/csv",
        lambda entrees: export_csv_communes(entrees.diagnostic, dialecte="simple"),
    ),
    Format(
        "csv_indicateurs_simple",
        "Tableaux",
        "Indicateurs (CSV simple)",
        "virgules et points décimaux, pour les programmes",
        "-indicateurs-simple.csv",
        "text/csv",
        lambda entrees: export_csv_indicateurs(entrees.diagnostic, dialecte="simple"),
    ),
    Format(
        "json",
        "Tableaux",
        "Résultats complets (JSON)",
        "pour les programmes",
        "-diagnostic.json",
        "application/json",
        lambda entrees: export_json(entrees.diagnostic),
    ),
    Format(
        "html",
        "Cartes",
        "Carte interactive (HTML)",
        "un seul fichier, s’ouvre sans internet",
        "-carte.html",
        "text/html",
        lambda entrees: export_carte_html(entrees.diagnostic, entrees.fond),
    ),
    Format(
        "png",
        "Cartes",
        "Carte (PNG)",
        "image à 300 points par pouce",
        "-carte.png",
        "image/png",
        lambda entrees: _carte(entrees, render_png),
    ),
    Format(
        "svg",
        "Cartes",
        "Carte (SVG)",
        "dessin vectoriel, à retoucher",
        "-carte.svg",
        "image/svg+xml",
        lambda entrees: _carte(entrees, render_svg),
    ),
    Format(
        "geojson",
        "Couches",
        "GeoJSON",
        "territoire et communes, RFC 7946",
        ".geojson",
        "application/geo+json",
        lambda entrees: export_geojson(entrees.diagnostic, entrees.fond),
    ),
    Format(
        "gpkg",
        "Couches",
        "GeoPackage (WGS 84)",
        "deux couches, pour QGIS",
        ".gpkg",
        "application/geopackage+sqlite3",
        lambda entrees: export_geopackage(entrees.diagnostic, entrees.fond),
    ),
    Format(
        "gpkg_l93",
        "Couches",
        "GeoPackage (Lambert 93)",
        "deux couches, dans le système légal du territoire",
        "-lambert93.gpkg",
        "application/geopackage+sqlite3",
        lambda entrees: export_geopackage(entrees.diagnostic, entrees.fond, crs="EPSG:2154"),
    ),
    Format(
        "shp",
        "Couches",
        "Shapefile",
        "deux couches zippées, Lambert 93",
        "-shapefile.zip",
        "application/zip",
        lambda entrees: export_shapefile(entrees.diagnostic, entrees.fond),
    ),
    Format(
        "kml",
        "Couches",
        "KML",
        "pour Google Earth et les globes",
        ".kml",
        "application/vnd.google-earth.kml+xml",
        lambda entrees: export_kml(entrees.diagnostic, entrees.fond),
    ),
    Format(
        "projet",
        "Projet",
        "Fichier de projet",
        "à rouvrir ici, même l’année prochaine",
        EXTENSION,
        "application/json",
        lambda entrees: export_projet(entrees.geographie, entrees.projet, le=entrees.diagnostic.le),
    ),
)


def choose_formats(cles: Iterable[str]) -> tuple[Format, ...]:
    """Return the formats of some keys, in the order of the catalogue; all of them for no key.

    Raises
    ------
    FormatInconnuError
        With every unknown key.
    """
    demandes = [cle.strip().lower() for cle in cles if cle.strip()]
    connus = {format_.cle for format_ in FORMATS}
    if inconnus := [cle for cle in demandes if cle not in connus]:
        raise FormatInconnuError(inconnus)
    return tuple(format_ for format_ in FORMATS if not demandes or format_.cle in demandes)


def export_fichiers(
    entrees: Entrees,
    formats: Iterable[Format] = FORMATS,
    progression: Progression | None = None,
) -> dict[str, bytes]:
    """Return the files of a territory by name, with a LISEZMOI and their checksums.

    Parameters
    ----------
    progression
        Told, before each file: how many are done, how many there are, what comes.
    """
    choisis = tuple(formats)
    fichiers: dict[str, bytes] = {}
    for rang, format_ in enumerate(choisis):
        if progression is not None:
            progression(rang, len(choisis), format_.libelle)
        fichiers[format_.nom_fichier(entrees.diagnostic)] = format_.exporter(entrees)
    if progression is not None:
        progression(len(choisis), len(choisis), "terminé")
    fichiers["LISEZMOI.txt"] = _lisezmoi(entrees.diagnostic, choisis).encode("utf-8-sig")
    fichiers["SHA256SUMS.txt"] = "".join(
        f"{hashlib.sha256(contenu).hexdigest()}  {nom}\n" for nom, contenu in fichiers.items()
    ).encode()
    return fichiers


def export_dossier(
    entrees: Entrees,
    formats: Iterable[Format] = FORMATS,
    progression: Progression | None = None,
) -> bytes:
    """Return the whole pack as one archive; same inputs, same bytes."""
    return build_zip(export_fichiers(entrees, formats, progression), entrees.diagnostic.le)


def _lisezmoi(diagnostic: Diagnostic, formats: Iterable[Format]) -> str:
    lignes = [
        diagnostic.nom,
        f"Dossier établi le {format_date(diagnostic.le)}",
        "",
        *(
            f"{format_.nom_fichier(diagnostic)} : {format_.libelle}, {format_.usage}"
            for format_ in formats
        ),
        "SHA256SUMS.txt : empreintes, à vérifier par « sha256sum -c SHA256SUMS.txt »",
        "",
        *phrases_methode(diagnostic),
        "",
        "Sources",
        *(
            f"- {source.producteur}, {source.titre} ({source.millesime}), {source.licence}. "
            f"{source.url}".strip()
            for source in diagnostic.sources
        ),
    ]
    return "\r\n".join(lignes) + "\r\n"
