"""The workbook: one can print it, sort it and compute with it without touching anything first."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from diagnostic.chevauchement import Chevauchement
from diagnostic.exports.listes import Valeur, list_references, valeurs_comparateurs
from diagnostic.exports.texte import clean_ligne, clean_texte
from diagnostic.exports.typographie import (
    format_date,
    format_habitants,
    format_valeur,
)
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import accorder
from geodata.schema import LIBELLES_STATUT_CPTS

LIBELLES_NATURE: Final[Mapping[str, str]] = {
    "commune_entiere": "communes entières",
    "partiel": "communes en partie",
    "limitrophe": "limitrophes",
    "aucun": "aucun",
}
_BLEU: Final = "#1F4A8A"
_LIMITE_FEUILLE: Final = 1_048_000


@dataclass(frozen=True)
class Colonne:
    """Hold one column of a sheet.

    Parameters
    ----------
    titre
        Header, wrapped on several lines if needed.
    largeur
        In characters.
    format
        Key of `_FORMATS`.
    """

    titre: str
    largeur: float
    format: str = "texte"


_FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    "texte": {"num_format": "@", "quote_prefix": True, "text_wrap": True, "indent": 1},
    "code": {"num_format": "@"},
    "entier": {"num_format": "#,##0", "align": "right"},
    "decimal": {"num_format": "#,##0.0"},
    "decimal2": {"num_format": "#,##0.00"},
    "part": {"num_format": "0.0%"},
    "euros": {"num_format": '#,##0 "€"'},
    "nombre": {"num_format": "#,##0.##"},
    "entete": {
        "bold": True,
        "font_color": "white",
        "bg_color": _BLEU,
        "text_wrap": True,
        "valign": "vcenter",
        "border": 1,
        "border_color": "#FFFFFF",
    },
    "titre": {"bold": True, "font_size": 16, "font_color": _BLEU, "quote_prefix": True},
    "sous_titre": {"bold": True, "font_size": 12, "font_color": _BLEU},
    "note": {"italic": True, "font_color": "#5A5F66", "text_wrap": True, "quote_prefix": True},
    "libelle": {"bold": True, "text_wrap": True},
    "total": {"bold": True, "num_format": "#,##0", "top": 1},
    "total_euros": {"bold": True, "num_format": '#,##0 "€"', "top": 1},
    "alerte": {"text_wrap": True, "quote_prefix": True, "bg_color": "#FBEFE6"},
}


@dataclass
class Classeur:
    """Write a workbook whose bytes depend on its contents only."""

    titre: str
    sujet: str
    cree_le: datetime
    tampon: io.BytesIO = field(default_factory=io.BytesIO)
    classeur: Workbook = field(init=False)
    formats: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.classeur = xlsxwriter.Workbook(
            self.tampon,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self.classeur.set_properties(
            {
                "title": clean_ligne(self.titre)[:250],
                "subject": self.sujet,
                "author": "CPTS Territoires",
                "comments": AVERTISSEMENT,
                "created": self.cree_le,
            }
        )
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.formats = {
            cle: self.classeur.add_format({**base, **aspect}) for cle, aspect in _FORMATS.items()
        }

    def feuille(self, nom: str, *, paysage: bool = False) -> Worksheet:
        """Add a sheet ready to print: A4, one page wide, header and footer."""
        feuille = self.classeur.add_worksheet(nom)
        feuille.set_paper(9)
        feuille.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
        feuille.fit_to_pages(1, 0)
        if paysage:
            feuille.set_landscape()
        feuille.hide_gridlines(2)
        # & starts a code in headers and footers
        entete = clean_ligne(self.titre).replace("&", "&&")[:120]
        feuille.set_header(f"&L&9{entete}&R&9{AVERTISSEMENT}")
        feuille.set_footer("&L&9&A&R&9Page &P sur &N")
        return feuille

    def ecrire(
        self, feuille: Worksheet, ligne: int, colonne: int, valeur: Valeur, cle: str
    ) -> None:
        """Write a cell: text as text, numbers as numbers, unknown as an empty cell."""
        if isinstance(valeur, str):
            texte = clean_texte(valeur)[:32_000]
            feuille.write_string(ligne, colonne, texte, self.formats[cle])
        elif valeur is None or math.isnan(valeur):
            feuille.write_blank(ligne, colonne, None, self.formats[cle])
        else:
            feuille.write_number(ligne, colonne, float(valeur), self.formats[cle])

    def tableau(
        self,
        feuille: Worksheet,
        colonnes: Sequence[Colonne],
        lignes: Iterable[Sequence[Valeur]],
        *,
        debut: int = 0,
        totaux: Sequence[Valeur] | None = None,
    ) -> int:
        """Write a table with frozen, repeated and filterable headers; return the next row."""
        titres = [_hauteur(colonne.titre, int(colonne.largeur) - 2) for colonne in colonnes]
        feuille.set_row(debut, 6 + max(titres))
        for rang, colonne in enumerate(colonnes):
            feuille.set_column(rang, rang, colonne.largeur)
            self.ecrire(feuille, debut, rang, colonne.titre, "entete")
        suivante = debut + 1
        for valeurs in lignes:
            for rang, (colonne, valeur) in enumerate(zip(colonnes, valeurs, strict=True)):
                cle = "texte" if isinstance(valeur, str) and colonne.format != "code" else None
                self.ecrire(feuille, suivante, rang, valeur, cle or colonne.format)
            feuille.set_row(
                suivante,
                max(
                    _hauteur(valeur, int(colonne.largeur)) if isinstance(valeur, str) else 13.5
                    for colonne, valeur in zip(colonnes, valeurs, strict=True)
                ),
            )
            suivante += 1
            if suivante >= _LIMITE_FEUILLE:
                break
        if suivante > debut + 1:
            feuille.autofilter(debut, 0, suivante - 1, len(colonnes) - 1)
        if totaux is not None:
            for rang, valeur in enumerate(totaux):
                cle = "total_euros" if colonnes[rang].format == "euros" else "total"
                self.ecrire(feuille, suivante, rang, valeur, cle)
            suivante += 1
        feuille.freeze_panes(debut + 1, 0)
        feuille.repeat_rows(debut)
        feuille.print_area(0, 0, suivante - 1, len(colonnes) - 1)
        return suivante

    def octets(self) -> bytes:
        """Close the workbook and return it."""
        self.classeur.close()
        return self.tampon.getvalue()


def export_xlsx(diagnostic: Diagnostic) -> bytes:
    """Write the workbook of a territory."""
    le = diagnostic.le
    classeur = Classeur(
        diagnostic.nom,
        f"Diagnostic de territoire, {format_date(le)}",
        datetime(le.year, le.month, le.day),  # noqa: DTZ001 the format has no time zone
    )
    _synthese(classeur, diagnostic)
    _communes(classeur, diagnostic)
    _indicateurs(classeur, diagnostic)
    _chevauchements(classeur, diagnostic)
    _financement(classeur, diagnostic)
    _sources(classeur, diagnostic)
    return classeur.octets()


def _synthese(classeur: Classeur, diagnostic: Diagnostic) -> None:
    feuille = classeur.feuille("Synthèse")
    feuille.set_column(0, 0, 34)
    feuille.set_column(1, 1, 18)
    feuille.set_column(2, 2, 52)
    territoire = diagnostic.territoire
    feuille.merge_range(0, 0, 0, 2, "", classeur.formats["titre"])
    classeur.ecrire(feuille, 0, 0, diagnostic.nom, "titre")
    feuille.set_row(0, 24)
    feuille.merge_range(1, 0, 1, 2, "", classeur.formats["note"])
    classeur.ecrire(
        feuille,
        1,
        0,
        f"{AVERTISSEMENT}. Établi le {format_date(diagnostic.le)}.",
        "note",
    )
    taille = territoire.taille
    lignes: list[tuple[str, Valeur, str, str]] = [
        (
            "Population",
            territoire.population,
            "entier",
            f"population {territoire.type_population} {territoire.millesime_population} (Insee)",
        ),
        ("Communes", territoire.nombre_communes, "entier", ""),
        ("Surface (km²)", territoire.surface_km2, "decimal", ""),
        ("Densité (hab./km²)", territoire.densite_hab_km2, "decimal", ""),
        (
            "Taille ACI",
            diagnostic.taille,
            "entier",
            territoire.financement.bareme if territoire.financement else "population inconnue",
        ),
        ("Seuil inférieur", taille.seuil_inferieur if taille else None, "entier", ""),
        ("Seuil supérieur", taille.seuil_superieur if taille else None, "entier", ""),
        (
            "Habitants avant la taille supérieure",
            taille.habitants_avant_taille_superieure if taille else None,
            "entier",
            "",
        ),
        ("D’un seul tenant", "oui" if territoire.contiguite.est_contigu else "non", "texte", ""),
        (
            "Intercommunalités",
            len(territoire.epci),
            "entier",
            " ; ".join(
                f"{epci.nom} ({'entière' if epci.complet else 'en partie'})"
                for epci in territoire.epci
            ),
        ),
        (
            "Départements",
            len(territoire.departements),
            "entier",
            " ; ".join(f"{part.nom} ({part.code})" for part in territoire.departements),
        ),
        (
            "Régions",
            len(territoire.regions),
            "entier",
            " ; ".join(part.nom for part in territoire.regions),
        ),
        (
            "Géographie communale",
            diagnostic.millesime_geographie,
            "texte",
            "code officiel géographique (Insee)",
        ),
    ]
    suivante = 3
    for libelle, valeur, cle, precision in lignes:
        classeur.ecrire(feuille, suivante, 0, libelle, "libelle")
        classeur.ecrire(feuille, suivante, 1, valeur, cle)
        classeur.ecrire(feuille, suivante, 2, precision, "texte")
        feuille.set_row(suivante, _hauteur(precision, 52))
        suivante += 1
    suivante = _alertes(classeur, feuille, diagnostic, suivante + 1)
    feuille.print_area(0, 0, suivante, 2)


def _alertes(classeur: Classeur, feuille: Worksheet, diagnostic: Diagnostic, debut: int) -> int:
    """Write the alerts and the points to look at; return the next row."""
    sections: list[tuple[str, list[tuple[str, str]]]] = [
        (
            "À vérifier",
            [(alerte.gravite, alerte.message) for alerte in diagnostic.territoire.alertes],
        ),
        ("Points d’attention proposés", [("", point) for point in diagnostic.points_attention]),
        ("Notes de l’équipe", list(diagnostic.notes.items())),
    ]
    for titre, lignes in sections:
        if not lignes:
            continue
        classeur.ecrire(feuille, debut, 0, titre, "sous_titre")
        debut += 1
        for gauche, texte in lignes:
            classeur.ecrire(feuille, debut, 0, gauche, "alerte")
            feuille.merge_range(debut, 1, debut, 2, "", classeur.formats["alerte"])
            classeur.ecrire(feuille, debut, 1, texte, "alerte")
            # a merged cell does not grow with its text
            feuille.set_row(debut, _hauteur(texte, 70))
            debut += 1
        debut += 1
    return debut


def _hauteur(texte: str, largeur: int) -> float:
    """Return the height of a row whose text wraps, in points: readers do not all adapt it."""
    lignes = sum(1 + max(len(ligne) - 1, 0) // largeur for ligne in texte.split("\n"))
    return 13.5 * min(lignes, 25)


def _communes(classeur: Classeur, diagnostic: Diagnostic) -> None:
    territoire = diagnostic.territoire
    population = f"Population {territoire.type_population} {territoire.millesime_population}"
    feuille = classeur.feuille("Communes", paysage=True)
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Code Insee", 10, "code"),
            Colonne("Commune", 32),
            Colonne("SIREN de l’EPCI", 12, "code"),
            Colonne("Intercommunalité", 40),
            Colonne("Dép.", 6, "code"),
            Colonne("Département", 20),
            Colonne(population, 14, "entier"),
            Colonne("Surface (km²)", 11, "decimal2"),
            Colonne("Densité (hab./km²)", 12, "decimal"),
            Colonne("Statut commune", 10),
        ),
        (
            (
                ligne.code,
                ligne.nom,
                ligne.code_epci,
                ligne.nom_epci,
                ligne.code_departement,
                ligne.nom_departement,
                ligne.population,
                ligne.surface_km2,
                ligne.densite,
                "partiel" if ligne.est_partielle else "entier",
            )
            for ligne in diagnostic.communes
        ),
        debut=1,
    )
    # the totals lead the table: below it, a reader of lists would take them for a commune
    classeur.ecrire(
        feuille,
        0,
        0,
        f"{accorder(territoire.nombre_communes, 'commune')}, "
        f"{format_habitants(territoire.population)}, "
        f"{format_valeur(territoire.surface_km2, 'km²', 1)}",
        "sous_titre",
    )
    feuille.print_area(0, 0, suivante - 1, 9)


_PUBLIES: Final = "Publiés par commune, intercommunalité ou département, non pour le territoire"


def _indicateurs(classeur: Classeur, diagnostic: Diagnostic) -> None:
    feuille = classeur.feuille("Indicateurs", paysage=True)
    references = list_references(diagnostic)
    couverture, source, lecture = (len(references) + rang for rang in (4, 6, 10))
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Thème", 20),
            Colonne("Indicateur", 38),
            Colonne("Valeur", 12, "nombre"),
            Colonne("Unité", 12),
            *(Colonne(clean_ligne(libelle), 12, "nombre") for _, _, libelle in references),
            Colonne("Couverture", 10, "part"),
            Colonne("Millésime", 10),
            Colonne("Source", 34),
            Colonne("Numérateur", 13, "nombre"),
            Colonne("Dénominateur", 13, "nombre"),
            Colonne("Géographie", 14),
            Colonne("Lecture", 50),
        ),
        (
            (
                indicateur.theme,
                indicateur.libelle,
                indicateur.valeur,
                indicateur.unite,
                *valeurs_comparateurs(indicateur, references),
                indicateur.couverture,
                indicateur.millesime,
                indicateur.source,
                indicateur.numerateur,
                indicateur.denominateur,
                indicateur.geographie,
                " ".join([indicateur.formule, *indicateur.notes]).strip(),
            )
            for indicateur in diagnostic.indicateurs
        ),
    )
    suivante += 1
    locales = [
        (indicateur.libelle, detail)
        for indicateur in diagnostic.indicateurs
        for detail in indicateur.details
    ]
    if locales:
        classeur.ecrire(feuille, suivante, 0, _PUBLIES, "sous_titre")
        for libelle, detail in locales:
            suivante += 1
            niveau = " (département)" if detail.niveau == "departement" else ""
            classeur.ecrire(feuille, suivante, 0, f"{detail.libelle}{niveau}", "texte")
            classeur.ecrire(feuille, suivante, 1, libelle, "texte")
            classeur.ecrire(feuille, suivante, 2, detail.valeur, "nombre")
            classeur.ecrire(feuille, suivante, couverture, detail.part_population, "part")
        suivante += 2
    if diagnostic.saisies:
        classeur.ecrire(feuille, suivante, 0, "Valeurs saisies (REZONE CPTS)", "sous_titre")
        for saisie in diagnostic.saisies:
            suivante += 1
            libelle = diagnostic.libelles_saisies.get(saisie.cle, saisie.cle)
            classeur.ecrire(feuille, suivante, 0, saisie.perimetre_saisi, "texte")
            classeur.ecrire(feuille, suivante, 1, libelle, "texte")
            classeur.ecrire(feuille, suivante, 2, saisie.valeur, "nombre")
            classeur.ecrire(
                feuille, suivante, source, f"saisi, REZONE CPTS, {format_date(saisie.le)}", "texte"
            )
            classeur.ecrire(feuille, suivante, lecture, saisie.commentaire, "texte")
        suivante += 1
    # what is needed to check a figure stays on screen, to the right of what is printed
    feuille.print_area(0, 0, suivante, source)


def _chevauchements(classeur: Classeur, diagnostic: Diagnostic) -> None:
    feuille = classeur.feuille("Chevauchements", paysage=True)
    noms = {ligne.code: ligne.nom for ligne in diagnostic.communes}
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Autre CPTS", 34),
            Colonne("Statut", 20),
            Colonne("Nature", 18),
            Colonne("Habitants revendiqués deux fois", 16, "entier"),
            Colonne("au plus", 12, "entier"),
            Colonne("Part du territoire", 12, "part"),
            Colonne("Part de l’autre", 12, "part"),
            Colonne("Surface (km²)", 11, "decimal"),
            Colonne("Incertain", 10),
            Colonne("Communes", 60),
        ),
        (_ligne_chevauchement(chevauchement, noms) for chevauchement in diagnostic.chevauchements),
    )
    feuille.merge_range(suivante + 1, 0, suivante + 1, 9, "", classeur.formats["note"])
    classeur.ecrire(feuille, suivante + 1, 0, phrase_registre(diagnostic), "note")
    feuille.set_row(suivante + 1, 30)
    feuille.print_area(0, 0, suivante + 1, 9)


def _ligne_chevauchement(
    chevauchement: Chevauchement, noms: Mapping[str, str]
) -> tuple[Valeur, ...]:
    return (
        chevauchement.b,
        LIBELLES_STATUT_CPTS[chevauchement.statut_b],
        LIBELLES_NATURE[chevauchement.nature],
        chevauchement.population,
        chevauchement.population_max,
        chevauchement.part_a,
        chevauchement.part_b,
        chevauchement.surface_km2,
        "oui" if chevauchement.incertain else "non",
        communes_communes(chevauchement, noms),
    )


def communes_communes(chevauchement: Chevauchement, noms: Mapping[str, str]) -> str:
    """Name the communes that two territories share."""
    cites = [f"{noms.get(code, code)} ({code})" for code in chevauchement.codes]
    cites += [
        f"{noms.get(code, code)} ({code}, en partie)" for code in chevauchement.codes_partiels
    ]
    return ", ".join(cites)


def phrase_registre(diagnostic: Diagnostic) -> str:
    """Say what the absence of an overlap is worth."""
    connu = diagnostic.registre or "aucun registre de CPTS n’a été consulté"
    return (
        f"Recherche faite dans : {clean_ligne(connu)}. Un territoire absent de cette liste n’est "
        "pas comparé : l’absence de chevauchement ici n’en garantit pas l’absence."
    )


def _financement(classeur: Classeur, diagnostic: Diagnostic) -> None:
    feuille = classeur.feuille("Financement")
    financement = diagnostic.territoire.financement
    if financement is None:
        feuille.set_column(0, 0, 60)
        classeur.ecrire(feuille, 0, 0, "Population inconnue : aucun montant.", "note")
        return
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Volet (montants annuels maximaux)", 58),
            Colonne("Obligatoire", 12),
            Colonne("Part fixe", 14, "euros"),
            Colonne("Part variable", 14, "euros"),
            Colonne("Total", 14, "euros"),
        ),
        (
            ("Fonctionnement", "oui", financement.fonctionnement, None, financement.fonctionnement),
            *(
                (
                    mission.nom,
                    "oui" if mission.obligatoire else "non",
                    mission.fixe,
                    mission.variable,
                    mission.total,
                )
                for mission in financement.missions
            ),
        ),
        totaux=(
            "Total hors volet supplémentaire SNP",
            "",
            financement.total_fixe,
            financement.total_variable,
            financement.total_hors_volet_snp,
        ),
    )
    for libelle, montant in (
        ("Volet supplémentaire soins non programmés", financement.volet_snp),
        ("Total avec volet supplémentaire SNP", financement.total_avec_volet_snp),
    ):
        classeur.ecrire(feuille, suivante, 0, libelle, "libelle")
        classeur.ecrire(feuille, suivante, 4, montant, "euros")
        suivante += 1
    for texte in (financement.bareme, financement.avertissement, financement.reference):
        suivante += 1
        feuille.merge_range(suivante, 0, suivante, 4, "", classeur.formats["note"])
        classeur.ecrire(feuille, suivante, 0, texte, "note")
        feuille.set_row(suivante, 13.5 * (1 + len(texte) // 100))
    feuille.print_area(0, 0, suivante, 4)


def _sources(classeur: Classeur, diagnostic: Diagnostic) -> None:
    feuille = classeur.feuille("Sources et méthode", paysage=True)
    suivante = classeur.tableau(
        feuille,
        (
            Colonne("Source", 60),
            Colonne("Producteur", 30),
            Colonne("Millésime", 16),
            Colonne("Licence", 26),
            Colonne("Adresse", 60),
        ),
        (
            (source.titre, source.producteur, source.millesime, source.licence, source.url)
            for source in diagnostic.sources
        ),
    )
    for phrase in phrases_methode(diagnostic):
        suivante += 1
        feuille.merge_range(suivante, 0, suivante, 4, "", classeur.formats["note"])
        classeur.ecrire(feuille, suivante, 0, phrase, "note")
        feuille.set_row(suivante, 13.5 * (1 + len(phrase) // 170))
    feuille.print_area(0, 0, suivante, 4)


def phrases_methode(diagnostic: Diagnostic) -> tuple[str, ...]:
    """Say how the figures were made, in sentences common to every document."""
    territoire = diagnostic.territoire
    return (
        (
            f"{AVERTISSEMENT}, établie le {format_date(diagnostic.le)} avec les règles en vigueur "
            "à cette date. Seules l’ARS et l’Assurance maladie reconnaissent un territoire de CPTS."
        ),
        (
            f"Le territoire est une liste de {accorder(territoire.nombre_communes, 'commune')} de "
            f"la géographie communale {diagnostic.millesime_geographie}. Les contours, "
            "généralisés, ne servent qu’à la représenter."
        ),
        (
            f"Population {territoire.type_population} {territoire.millesime_population} : "
            f"{format_habitants(territoire.population)}, somme des communes. Aucun texte lu "
            "ne dit laquelle des deux définitions, municipale ou totale, fait foi pour la taille."
        ),
        (
            "Un taux est le quotient de la somme des numérateurs par la somme des dénominateurs "
            "des communes ; une médiane ou un taux de pauvreté n’est jamais moyenné."
        ),
        (
            "Une donnée absente ou couverte par le secret statistique reste absente : elle n’est "
            "pas remplacée par zéro. La couverture est la part de la population pour laquelle la "
            "source donne une valeur."
        ),
        "Une commune prise en partie compte entière : les totaux sont alors des maximums.",
    )
