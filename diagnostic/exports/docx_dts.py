"""The report as a Word file: the same blocks as the PDF, in styles that a coordinator edits."""

from __future__ import annotations

from datetime import date

from diagnostic.exports.contenu import (
    Bloc,
    Chiffres,
    Encadre,
    Figure,
    Liste,
    Paragraphe,
    Rapport,
    Tableau,
    Titre,
    build_rapport,
)
from diagnostic.exports.dessins import render_png
from diagnostic.exports.fond import Fond
from diagnostic.exports.word import STYLE_NOTE, Redaction
from diagnostic.rapport import Diagnostic

_DPI = 200


def export_docx(diagnostic: Diagnostic, fond: Fond) -> bytes:
    """Write the report of a territory as a Word file."""
    return render_docx(build_rapport(diagnostic, fond), diagnostic.le)


def render_docx(rapport: Rapport, le: date) -> bytes:
    """Write a report as a Word file."""
    redaction = Redaction(f"{rapport.titre} – {rapport.nom}", le)
    redaction.paragraphe(f"{rapport.titre}, {rapport.sous_titre.lower()}", STYLE_NOTE)
    redaction.titre(rapport.nom, 0)
    redaction.paragraphe(rapport.resume)
    redaction.paragraphe(f"Établi le {rapport.date}.")
    for mention in rapport.mentions:
        if mention:
            redaction.paragraphe(mention, STYLE_NOTE)
    redaction.sommaire(
        [bloc.texte for bloc in rapport.blocs if isinstance(bloc, Titre) and bloc.niveau == 1]
    )
    for rang, bloc in enumerate(rapport.blocs):
        _write(redaction, bloc, est_premier=rang == 0)
    return redaction.octets()


def _write(redaction: Redaction, bloc: Bloc, *, est_premier: bool) -> None:
    match bloc:
        case Titre():
            redaction.titre(bloc.texte, bloc.niveau, saut=bloc.saut or est_premier)
        case Paragraphe():
            redaction.paragraphe(bloc.texte, STYLE_NOTE if bloc.style == "note" else None)
        case Liste():
            redaction.liste(bloc.elements)
        case Encadre():
            redaction.encadre(bloc.titre, bloc.texte)
        case Chiffres():
            redaction.tableau(
                ("Chiffre clé", "", "Précision"),
                [(valeur, libelle, precision) for valeur, libelle, precision in bloc.elements],
                largeurs=(2, 3, 5),
            )
        case Tableau():
            redaction.tableau(
                bloc.entetes,
                bloc.lignes,
                largeurs=bloc.largeurs,
                droite=[alignement == "droite" for alignement in bloc.alignements],
                legende=bloc.legende,
                source=bloc.source,
                total=bloc.total,
            )
        case Figure():
            redaction.image(
                render_png(bloc.dessin.figure, _DPI),
                largeur_cm=bloc.dessin.largeur_cm,
                alternative=bloc.dessin.alternative,
                legende=bloc.dessin.legende,
            )
