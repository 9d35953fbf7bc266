"""The report as a tagged PDF (PDF/UA-1), fonts embedded."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

import typst

from diagnostic.exports.contenu import Bloc, Figure, Rapport, build_rapport
from diagnostic.exports.dessins import render_svg
from diagnostic.exports.fond import Fond
from diagnostic.exports.ressources import dossier_polices, glyphes, modele_dts
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import typographier

NORME: Final[typst.PDFStandard] = "ua-1"
SANS_GLYPHE: Final = "□"
_LONGUEUR_ENTETE: Final = 80


def export_pdf(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write the report of a territory."""
    return render_pdf(build_rapport(diagnostic, fond), diagnostic.le)


def render_pdf(rapport: Rapport, le: date) -> bytes:
    """Typeset a report; same report and date, same bytes."""
    return bytes(
        typst.compile(
            modele_dts(),
            format="pdf",
            sys_inputs=_entrees(rapport),
            timestamp=datetime(le.year, le.month, le.day, tzinfo=UTC),
            pdf_standards=[NORME],
            font_paths=_polices(),
        )
    )


def render_pages(rapport: Rapport, *, ppi: int = 80) -> list[bytes]:
    """Return the pages as PNG images, for a preview."""
    pages: bytes | list[bytes] = typst.compile(
        modele_dts(),
        format="png",
        ppi=float(ppi),
        sys_inputs=_entrees(rapport),
        font_paths=_polices(),
    )
    return list(pages) if isinstance(pages, list) else [pages]


@cache
def _polices() -> typst.Fonts:
    """Return the fonts of the package, and none of the machine: same bytes everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(dossier_polices())])


def _entrees(rapport: Rapport) -> dict[str, str]:
    """Return the data of the model: one JSON text, and the figures as SVG."""
    entrees: dict[str, str] = {}
    blocs = []
    for rang, bloc in enumerate(rapport.blocs):
        if isinstance(bloc, Figure):
            cle = f"figure{rang}"
            entrees[cle] = render_svg(bloc.dessin.figure).decode()
            blocs.append(
                {
                    "type": "figure",
                    "cle": cle,
                    "legende": bloc.dessin.legende,
                    "alternative": bloc.dessin.alternative,
                    "largeur_cm": bloc.dessin.largeur_cm,
                }
            )
        else:
            blocs.append(_bloc(bloc))
    nom = rapport.nom
    donnees = json.dumps(
        {
            "titre": rapport.titre,
            "sous_titre": rapport.sous_titre,
            "nom": nom,
            "nom_court": nom if len(nom) <= _LONGUEUR_ENTETE else nom[:_LONGUEUR_ENTETE] + "…",
            "resume": rapport.resume,
            "date": rapport.date,
            "avertissement": AVERTISSEMENT,
            "mentions": [mention for mention in rapport.mentions if mention],
            "blocs": blocs,
        },
        ensure_ascii=False,
    )
    # PDF/UA refuses a character that no font draws (an emoji in a name)
    entrees["donnees"] = "".join(
        caractere if caractere in glyphes() else SANS_GLYPHE for caractere in typographier(donnees)
    )
    return entrees


def _bloc(bloc: Bloc) -> dict[str, Any]:
    return {"type": type(bloc).__name__.lower(), **asdict(bloc)}
