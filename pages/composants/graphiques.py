"""Charts of the diagnostic, in plain HTML and SVG: nothing to fetch, both themes, good on paper.

Every chart is doubled by a table or by figures in the text: screen readers skip the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

from diagnostic.indicateurs import Comparateur, ResultatIndicateur
from diagnostic.indicateurs.repartition import Repartition
from diagnostic.indicateurs.resultats import GenreComparateur
from diagnostic.indicateurs.tranches import Pyramide
from diagnostic.redaction import typographier
from pages.composants.format import ABSENT, INSECABLE, formater_nombre, formater_part

STYLE: Final = Path(__file__).with_name("graphiques.css")
GENRES: Final[Mapping[GenreComparateur, str]] = {
    "departement": "Département",
    "region": "Région",
    "france": "France",
    "epci": "Intercommunalités",
    "ressemblant": "Territoires ressemblants",
    "perimetre": "Autre périmètre",
}
# one column each; the others are only dots, with their figures in the notes
_COLONNES: Final[tuple[GenreComparateur, ...]] = ("departement", "region", "france")
# how many of each kind the columns have already shown
_DEJA_DITS: Final[tuple[tuple[GenreComparateur, int], ...]] = (
    ("departement", 2), ("region", 2), ("epci", 0), ("ressemblant", 0),
)  # fmt: skip
COUVERTURE_PLEINE: Final = 0.9995
_MARGE: Final = 0.04
_ETATS: Final = {
    "embarquee": "",
    "importee": "fichier importé",
    "actualisee": "actualisé en ligne",
    "saisie": "saisi",
    "calculee": "",
}


def formater_valeur(resultat: ResultatIndicateur, valeur: float | None) -> str:
    """Return a value with its unit, a dash when there is none."""
    nombre = formater_nombre(valeur, resultat.decimales)
    return nombre if nombre == ABSENT else f"{nombre}{INSECABLE}{resultat.unite}".strip()


@dataclass(frozen=True)
class Reperes:
    """Hold what the indicators are compared with.

    Parameters
    ----------
    genres
        Comparators to show.
    repartitions
        Spread among comparable EPCI, by key of indicator: the scale of the dots.
    """

    genres: Sequence[GenreComparateur]
    repartitions: Mapping[str, Repartition]


def _build_legende(reperes: Reperes, *, avec_bande: bool) -> str:
    cles = [("territoire", "Territoire"), *((genre, GENRES[genre]) for genre in reperes.genres)]
    puces = "".join(
        f'<li><span class="cpts-point" data-genre="{genre}" aria-hidden="true"></span>'
        f"{escape(libelle)}</li>"
        for genre, libelle in cles
    )
    if avec_bande:
        puces += (
            '<li><span class="cpts-bande" aria-hidden="true"></span>'
            "La moitié des intercommunalités de taille comparable</li>"
        )
    return f'<ul class="cpts-legende">{puces}</ul>'


def build_tableau_indicateurs(
    resultats: Sequence[ResultatIndicateur], reperes: Reperes, legende: str
) -> str:
    """Return one row per indicator: value, comparators in columns, dots and their key."""
    colonnes = [genre for genre in _COLONNES if genre in reperes.genres]
    tete = "".join(
        f'<th scope="col" role="columnheader" class="cpts-nombre">{escape(GENRES[genre])}</th>'
        for genre in colonnes
    )
    corps = "".join(_ligne(resultat, colonnes, reperes) for resultat in resultats)
    cle = ""
    if "cpts-points" in corps:
        cle = _build_legende(reperes, avec_bande="cpts-bande" in corps)
    # the roles are those of a table: laid out in blocks on a telephone, it would lose them
    return (
        f'{cle}<div class="cpts-tableau cpts-blocs cpts-indicateurs" tabindex="0" role="group" '
        f'aria-label="{escape(legende)}"><table role="table"><thead role="rowgroup">'
        '<tr role="row"><th scope="col" role="columnheader">Indicateur</th>'
        '<th scope="col" role="columnheader" class="cpts-nombre">Territoire</th>'
        f'{tete}<th scope="col" aria-hidden="true">{"Position" if cle else ""}</th></tr></thead>'
        f'<tbody role="rowgroup">{corps}</tbody></table></div>'
    )


def _ligne(
    resultat: ResultatIndicateur,
    colonnes: Sequence[GenreComparateur],
    reperes: Reperes,
) -> str:
    cellules = "".join(
        f'<td role="cell" class="cpts-nombre" data-colonne="{escape(GENRES[genre])}">'
        f"{_references(resultat, genre)}</td>"
        for genre in colonnes
    )
    return (
        f'<tr role="row"><th scope="row" role="rowheader">{_ecrire(resultat.libelle)}'
        f'{_badges(resultat)}<span class="cpts-source">{_ecrire(resultat.source)}</span>'
        f"{_details(resultat, reperes)}</th>"
        f'<td role="cell" class="cpts-nombre cpts-valeur"><strong>'
        f"{escape(formater_valeur(resultat, resultat.valeur))}</strong></td>{cellules}"
        f'<td aria-hidden="true">{_points(resultat, reperes)}</td></tr>'
    )


def _ecrire(texte: str) -> str:
    return escape(typographier(texte))


def _references(resultat: ResultatIndicateur, genre: GenreComparateur) -> str:
    trouves = [c for c in resultat.comparateurs if c.genre == genre]
    # two départements at most: the one that holds most of the territory comes first
    return "".join(
        f'<div title="{escape(c.libelle)}">{_reference(resultat, c)}'
        + (f"<small>{escape(c.libelle)}</small>" if len(trouves) > 1 or _est_a_dire(c) else "")
        + "</div>"
        for c in trouves[:2]
    )


def _est_a_dire(comparateur: Comparateur) -> bool:
    return comparateur.libelle.endswith("hors Mayotte")


def _reference(resultat: ResultatIndicateur, comparateur: Comparateur) -> str:
    texte = escape(formater_nombre(comparateur.valeur, resultat.decimales))
    if comparateur.est_partiel:
        texte += f"<small>couvert à {escape(formater_part(comparateur.couverture, 0))}</small>"
    return texte


def _badges(resultat: ResultatIndicateur) -> str:
    badges = []
    if 0 < resultat.couverture < COUVERTURE_PLEINE:
        badges.append(f"couvre {formater_part(resultat.couverture, 0)} de la population")
    if resultat.couverture == 0 and resultat.agregation != "T":
        badges.append("aucune donnée ici")
    if _ETATS[resultat.etat]:
        badges.append(_ETATS[resultat.etat])
    return "".join(f' <span class="cpts-badge">{escape(texte)}</span>' for texte in badges)


def _details(resultat: ResultatIndicateur, reperes: Reperes) -> str:
    lignes = [
        resultat.formule,
        _fraction(resultat),
        f"Géographie{INSECABLE}: {resultat.geographie}." if resultat.geographie else "",
        *resultat.notes,
        _sans_partielles(resultat),
        _rang(resultat),
        _repartition(resultat, reperes),
        *(_autres(resultat, genre, deja_dits, reperes) for genre, deja_dits in _DEJA_DITS),
    ]
    corps = "".join(f"<p>{_ecrire(ligne)}</p>" for ligne in lignes if ligne)
    return f"<details><summary>Formule et précautions</summary>{corps}</details>"


def _fraction(resultat: ResultatIndicateur) -> str:
    if resultat.numerateur is None or resultat.denominateur is None:
        return ""
    haut, bas = formater_nombre(resultat.numerateur), formater_nombre(resultat.denominateur)
    return f"Ici{INSECABLE}: {haut} rapporté à {bas}."


def _sans_partielles(resultat: ResultatIndicateur) -> str:
    if resultat.sans_partielles is None:
        return ""
    valeur = formater_valeur(resultat, resultat.sans_partielles)
    return f"Sans les communes partielles{INSECABLE}: {valeur}."


def _rang(resultat: ResultatIndicateur) -> str:
    if resultat.rang is None:
        return ""
    place, combien = resultat.rang
    if place > combien:
        return (
            "De la plus forte valeur à la plus faible, viendrait après les "
            f"{formater_nombre(combien)} intercommunalités de taille comparable à une CPTS."
        )
    ordinal = "1re" if place == 1 else f"{formater_nombre(place)}e"
    return (
        f"De la plus forte valeur à la plus faible, serait {ordinal} parmi les "
        f"{formater_nombre(combien)} intercommunalités de taille comparable à une CPTS."
    )


def _repartition(resultat: ResultatIndicateur, reperes: Reperes) -> str:
    repartition = reperes.repartitions.get(resultat.cle)
    if repartition is None:
        return ""
    debut = formater_nombre(repartition.premier_quartile, resultat.decimales)
    fin = formater_valeur(resultat, repartition.dernier_quartile)
    return f"La moitié des intercommunalités de taille comparable sont entre {debut} et {fin}."


def _autres(
    resultat: ResultatIndicateur, genre: GenreComparateur, deja_dits: int, reperes: Reperes
) -> str:
    if genre not in reperes.genres:
        return ""
    tous = [c for c in resultat.comparateurs if c.genre == genre]
    trouves = [c for c in tous[deja_dits:] if c.valeur is not None]
    dits = " ; ".join(
        f"{c.libelle} {formater_nombre(c.valeur, resultat.decimales)}" for c in trouves[:6]
    )
    return f"{GENRES[genre]}{INSECABLE}: {dits}." if dits else ""


def _points(resultat: ResultatIndicateur, reperes: Reperes) -> str:
    if resultat.agregation not in ("R", "P", "I"):
        return ""
    points = [
        (comparateur.genre, comparateur.libelle, comparateur.valeur)
        for comparateur in resultat.comparateurs
        if comparateur.genre in reperes.genres and comparateur.valeur is not None
    ]
    valeurs = [valeur for *_, valeur in points]
    if resultat.valeur is not None:
        valeurs.append(resultat.valeur)
    repartition = reperes.repartitions.get(resultat.cle)
    if repartition is not None and valeurs:
        valeurs += [repartition.bas, repartition.haut]
    if len(valeurs) < 2:
        return ""
    echelle = _echelle(valeurs)
    marques = _bande(repartition, echelle) if repartition is not None else ""
    marques += "".join(
        _point(genre, libelle, valeur, echelle, resultat) for genre, libelle, valeur in points
    )
    if resultat.valeur is not None:
        marques += _point("territoire", "Territoire", resultat.valeur, echelle, resultat)
    return f'<div class="cpts-points">{marques}</div>'


def _bande(repartition: Repartition, echelle: Callable[[float], float]) -> str:
    debut, fin = echelle(repartition.premier_quartile), echelle(repartition.dernier_quartile)
    return (
        f'<span class="cpts-bande" style="left:{debut:.1f}%;width:{max(0.5, fin - debut):.1f}%">'
        "</span>"
    )


def _echelle(valeurs: Sequence[float]) -> Callable[[float], float]:
    """Return the place of a value, in percent of the track.

    The spread of comparable EPCI is in the scale, so that a small gap looks small.
    """
    bas, haut = min(valeurs), max(valeurs)
    etendue = (haut - bas) or 1.0
    return lambda valeur: 100 * (_MARGE + (1 - 2 * _MARGE) * (valeur - bas) / etendue)


def _point(
    genre: str,
    libelle: str,
    valeur: float,
    echelle: Callable[[float], float],
    resultat: ResultatIndicateur,
) -> str:
    bulle = f"{libelle}{INSECABLE}: {formater_valeur(resultat, valeur)}"
    return (
        f'<span class="cpts-point" data-genre="{genre}" style="left:{echelle(valeur):.1f}%" '
        f'title="{escape(bulle)}"></span>'
    )


@dataclass(frozen=True)
class Courbe:
    """One line of a chart: its name, and its points in order."""

    libelle: str
    genre: str
    points: Mapping[str, float]


def build_ages(ici: Pyramide, la_bas: Pyramide | None, nom_la_bas: str) -> str:
    """Return the age bands as bars, with a mark where the département stands."""
    maximum = max(
        tranche.part for pyramide in (ici, la_bas or ici) for tranche in pyramide.tranches
    )
    autres = {t.libelle: t.part for t in la_bas.tranches} if la_bas else {}
    lignes = []
    for tranche in reversed(ici.tranches):
        autre = autres.get(tranche.libelle)
        repere = (
            ""
            if autre is None
            else f'<span class="cpts-repere" style="left:{100 * autre / maximum:.1f}%"></span>'
        )
        compare = "" if autre is None else f" <small>({formater_nombre(autre, 1)})</small>"
        sexes = (
            ""
            if tranche.hommes is None
            else f" <small>F {formater_nombre(tranche.femmes, 1)} · "
            f"H {formater_nombre(tranche.hommes, 1)}</small>"
        )
        lignes.append(
            f'<tr><th scope="row">{escape(tranche.libelle)}</th>'
            f'<td class="cpts-nombre">{formater_nombre(tranche.part, 1)}{INSECABLE}%{compare}'
            f'{sexes}</td><td aria-hidden="true" class="cpts-barre-cellule">'
            f'<div class="cpts-piste"><div class="cpts-barre" '
            f'style="width:{100 * tranche.part / maximum:.1f}%"></div>{repere}</div></td></tr>'
        )
    suite = f" Trait et parenthèses{INSECABLE}: {nom_la_bas}." if la_bas else ""
    legende = f"Répartition des habitants par âge.{suite} Source{INSECABLE}: {ici.source}."
    return (
        f'<div class="cpts-tableau cpts-ages"><table><caption>{escape(legende)}</caption>'
        f"<tbody>{''.join(lignes)}</tbody></table></div>"
    )


_LARGEUR: Final = 640
_HAUTEUR: Final = 260
_GAUCHE: Final = 48
_DROITE: Final = 170
_HAUT: Final = 14
_BAS: Final = 28
# between two names, large enough for the letters of a telephone
_INTERLIGNE: Final = 18
_LONGUEUR_LIBELLE: Final = 20


def build_evolution(courbes: Sequence[Courbe], legende: str) -> str:
    """Return lines indexed at 100 on their first point, and the table of their figures."""
    annees = list(courbes[0].points)
    indices = {
        courbe.libelle: [100 * courbe.points[a] / courbe.points[annees[0]] for a in annees]
        for courbe in courbes
    }
    tous = [valeur for serie in indices.values() for valeur in serie]
    bas, haut = min(tous), max(tous)
    marge = max(0.3, 0.12 * (haut - bas))
    bas, haut = bas - marge, haut + marge

    def x(rang: int) -> float:
        return _GAUCHE + rang * (_LARGEUR - _GAUCHE - _DROITE) / max(1, len(annees) - 1)

    y = _hauteurs(bas, haut)
    axes = "".join(_annee(x(rang), annee) for rang, annee in enumerate(annees))
    traces, etiquettes = [], []
    fins = sorted(courbes, key=lambda courbe: -indices[courbe.libelle][-1])
    precedent = -100.0
    for courbe in fins:
        serie = indices[courbe.libelle]
        points = " ".join(f"{x(r):.1f},{y(v):.1f}" for r, v in enumerate(serie))
        traces.append(f'<polyline data-genre="{courbe.genre}" points="{points}"/>')
        # labels keep clear of one another
        hauteur = max(y(serie[-1]) + 4, precedent + _INTERLIGNE)
        precedent = hauteur
        etiquettes.append(
            f'<text class="nom" data-genre="{courbe.genre}" x="{x(len(annees) - 1) + 8:.0f}" '
            f'y="{hauteur:.1f}"><tspan class="libelle">{escape(_abreger(courbe.libelle))} </tspan>'
            f"{formater_nombre(serie[-1], 1)}</text>"
        )
    tableau = "".join(
        f'<tr><th scope="row">{escape(courbe.libelle)}</th>'
        + "".join(
            f'<td class="cpts-nombre">{formater_nombre(v, 1)}</td>' for v in indices[courbe.libelle]
        )
        + "</tr>"
        for courbe in courbes
    )
    tete = "".join(f'<th scope="col" class="cpts-nombre">{escape(a)}</th>' for a in annees)
    return (
        f'<figure class="cpts-figure"><svg viewBox="0 0 {_LARGEUR} {_HAUTEUR}" '
        f'class="cpts-courbes" aria-hidden="true">{_reperes(bas, haut)}{"".join(traces)}'
        f"{''.join(etiquettes)}{axes}</svg>{_legende_courbes(courbes)}<figcaption>{escape(legende)}</figcaption></figure>"
        '<details class="cpts-details"><summary>Chiffres de la courbe</summary>'
        '<div class="cpts-tableau"><table><thead><tr><th scope="col">Indice</th>'
        f"{tete}</tr></thead>"
        f"<tbody>{tableau}</tbody></table></div></details>"
    )


def _abreger(libelle: str) -> str:
    return libelle if len(libelle) <= _LONGUEUR_LIBELLE else f"{libelle[: _LONGUEUR_LIBELLE - 1]}…"


def _legende_courbes(courbes: Sequence[Courbe]) -> str:
    """Return the key of the lines, for screens too narrow to name them in the drawing."""
    cles = "".join(
        f'<li><svg class="cpts-courbes" viewBox="0 0 28 8" width="28" height="8">'
        f'<polyline data-genre="{courbe.genre}" points="0,4 28,4"/></svg>'
        f"{escape(courbe.libelle)}</li>"
        for courbe in courbes
    )
    return f'<ul class="cpts-legende cpts-etroit" aria-hidden="true">{cles}</ul>'


@dataclass(frozen=True)
class Palier:
    """A day, the value from that day on, and what to say of it."""

    jour: date
    valeur: float
    bulle: str


def build_paliers(paliers: Sequence[Palier], legende: str, tableau: str) -> str:
    """Return shares that hold until the next day known, as steps; and the table behind.

    Parameters
    ----------
    paliers
        At least two, in order of days; values in percent.
    tableau
        The same figures, as HTML.
    """
    debut, fin = paliers[0].jour, paliers[-1].jour
    haut = min(105.0, 1.15 * max(5.0, *(palier.valeur for palier in paliers)))
    y = _hauteurs(0.0, haut)
    droite = _LARGEUR - _DROITE

    def x(jour: date) -> float:
        return _GAUCHE + (jour - debut).days * (droite - _GAUCHE) / (fin - debut).days

    points = [(x(palier.jour), y(palier.valeur)) for palier in paliers]
    marches = f"M{points[0][0]:.1f},{points[0][1]:.1f}" + "".join(
        f"H{abscisse:.1f}V{ordonnee:.1f}" for abscisse, ordonnee in points[1:]
    )
    ronds = "".join(
        f'<circle cx="{abscisse:.1f}" cy="{ordonnee:.1f}" r="4.5">'
        f"<title>{escape(palier.bulle)}</title></circle>"
        for palier, (abscisse, ordonnee) in zip(paliers, points, strict=True)
    )
    annees = _annees(debut, fin)
    axes = "".join(_annee(x(jour), texte) for jour, texte in annees)
    dernier = formater_nombre(paliers[-1].valeur, 1)
    return (
        f'<figure class="cpts-figure"><svg viewBox="0 0 {_LARGEUR} {_HAUTEUR}" '
        f'class="cpts-courbes cpts-paliers" aria-hidden="true">'
        f'<path class="aire" d="{marches}V{y(0):.1f}H{_GAUCHE}Z"/>'
        f"{_reperes(0.0, haut, f'{INSECABLE}%')}"
        f'<path d="{marches}"/>{ronds}'
        f'<text class="nom" data-genre="territoire" x="{droite + 12}" '
        f'y="{points[-1][1] + 4:.1f}">{dernier}{INSECABLE}%</text>{axes}</svg>'
        f"<figcaption>{escape(legende)}</figcaption></figure>"
        f'<details class="cpts-details"><summary>Chiffres de la courbe</summary>{tableau}</details>'
    )


def _annees(debut: date, fin: date) -> list[tuple[date, str]]:
    """Return the first days of years to write under the axis; the two ends within one year."""
    annees = range(debut.year + 1, fin.year + 1)
    saut = 1 + len(annees) // 8
    premiers = [(date(annee, 1, 1), str(annee)) for annee in annees[::saut]]
    return premiers or [(jour, f"{jour:%d/%m/%Y}") for jour in (debut, fin)]


def _annee(abscisse: float, texte: str) -> str:
    return (
        f'<text x="{abscisse:.0f}" y="{_HAUTEUR - 8}" text-anchor="middle">{escape(texte)}</text>'
    )


def _hauteurs(bas: float, haut: float) -> Callable[[float], float]:
    return lambda valeur: _HAUT + (haut - valeur) * (_HAUTEUR - _HAUT - _BAS) / (haut - bas)


def _reperes(bas: float, haut: float, unite: str = "") -> str:
    """Return the lines of the grid, each with its value."""
    pas, y = _pas(haut - bas), _hauteurs(bas, haut)
    return "".join(
        f'<line class="grille" x1="{_GAUCHE}" x2="{_LARGEUR - _DROITE}" y1="{y(valeur):.1f}" '
        f'y2="{y(valeur):.1f}"/><text x="{_GAUCHE - 6}" y="{y(valeur) + 4:.1f}" '
        f'text-anchor="end">{formater_nombre(valeur, 0 if pas >= 1 else 1)}{unite}</text>'
        for valeur in _graduations(bas, haut, pas)
    )


def _pas(etendue: float) -> float:
    return next(p for p in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 1e9) if etendue / p <= 6)


def _graduations(bas: float, haut: float, pas: float) -> list[float]:
    premiere = math.ceil(bas / pas)
    nombre = int((haut - bas) // pas) + 1
    return [pas * (premiere + r) for r in range(nombre) if pas * (premiere + r) <= haut]
