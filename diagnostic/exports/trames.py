"""Regional forms filled with what the tool knows; the rest is left as marked fields.

The plan of each form follows the regional document it answers; the words are ours.

References
----------
ARS Pays de la Loire, cahier des charges des CPTS, annexes 1 (projet de santé) et 2 (lettre
d'intention) ; ARS Bretagne, appel à manifestation d'intérêt, septembre 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from diagnostic.exports.carte_image import draw_carte
from diagnostic.exports.dessins import Dessin, render_png
from diagnostic.exports.fond import Fond
from diagnostic.exports.tableur import communes_communes
from diagnostic.exports.texte import cite_source, clean_ligne, clean_texte
from diagnostic.exports.typographie import (
    format_date,
    format_habitants,
    format_nombre,
    format_part,
    format_valeur,
)
from diagnostic.exports.word import STYLE_NOTE, Redaction
from diagnostic.indicateurs import ResultatIndicateur
from diagnostic.indicateurs.registre import OFFRE
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import accorder, enumerer

PAYS_DE_LA_LOIRE: Final = "52"
BRETAGNE: Final = "53"
_DPI: Final = 200
_ENTETE_MEMBRES: Final = ("Nom et prénom", "Profession", "Signature")
_ENTETE_STRUCTURES: Final = (
    "Acteur ou structure",
    "Représentant (nom, prénom, fonction)",
    "Signature",
)
_THEMES_ACTIONS: Final = (
    ("Accès aux soins", "médecin traitant, second recours, télémédecine"),
    ("Soins non programmés", "créneaux dédiés, régulation, orientation"),
    ("Parcours et protocoles", "lien ville-hôpital, maintien à domicile, cas complexes"),
    ("Prévention et promotion de la santé", "dépistage, vaccination, éducation thérapeutique"),
)
_FICHE_ACTION: Final = (
    ("Intitulé de l’action", "nom court de l’action"),
    ("Problématique", "besoin de santé ou d’organisation constaté, chiffres à l’appui"),
    ("Objectif général, objectifs spécifiques", "cible visée, puis étapes mesurables"),
    ("Actions à mettre en œuvre", "qui fait quoi, dans quel ordre"),
    ("Acteurs impliqués et partenaires", "membres de la CPTS, élus, usagers, associations"),
    ("Coordinateur de l’action", "membre de la CPTS qui en assure le suivi"),
    ("Calendrier", "échéances et priorités"),
    ("Critères d’évaluation", "ce que l’action apporte aux patients et aux professionnels"),
    ("Moyens nécessaires", "outils, temps de coordination, conventions"),
)


@dataclass(frozen=True)
class Trame:
    """Hold one regional form.

    Parameters
    ----------
    cle, libelle
        Identity; the label is shown to the reader.
    origine, code_region
        Document that the form follows, and its région.
    rediger
        Writes the body of the form.
    """

    cle: str
    libelle: str
    origine: str
    code_region: str
    rediger: Callable[[Redaction, Diagnostic, CarteTrame], None]


@dataclass(frozen=True)
class CarteTrame:
    """Hold the map of the forms, drawn once for all of them."""

    png: bytes
    dessin: Dessin


def build_carte_trame(diagnostic: Diagnostic, fond: Fond) -> CarteTrame:
    """Draw the map of the forms."""
    dessin = draw_carte(diagnostic, fond, largeur_cm=14.5, hauteur_cm=10.5)
    return CarteTrame(render_png(dessin.figure, _DPI), dessin)


def list_trames(diagnostic: Diagnostic) -> tuple[Trame, ...]:
    """Return the forms, those of the régions of the territory first."""
    regions = {part.code for part in diagnostic.territoire.regions}
    return tuple(sorted(TRAMES, key=lambda trame: trame.code_region not in regions))


def export_trame(diagnostic: Diagnostic, carte: CarteTrame, trame: Trame) -> bytes:
    """Write a form as a Word file."""
    redaction = Redaction(f"{trame.libelle} – {diagnostic.nom}", diagnostic.le)
    redaction.titre(trame.libelle, 0)
    redaction.paragraphe(f"{diagnostic.nom} ({trame.origine})")
    redaction.paragraphe(
        f"Document prérempli le {format_date(diagnostic.le)}. {AVERTISSEMENT} : les champs "
        "surlignés restent à compléter, et tout ce qui est prérempli peut être corrigé.",
        STYLE_NOTE,
    )
    trame.rediger(redaction, diagnostic, carte)
    _sources(redaction, diagnostic)
    return redaction.octets()


def _rediger_lettre(redaction: Redaction, diagnostic: Diagnostic, carte: CarteTrame) -> None:
    redaction.paragraphe(
        "À envoyer par courriel à l’ARS Pays de la Loire : ARS-PDL-DOSA-ASP@ars.sante.fr (adresse "
        "du cahier des charges régional ; à vérifier avant l’envoi)."
    )
    redaction.titre("Équipe projet de démarrage")
    redaction.a_completer("professionnels et structures qui portent le projet ou y participent")
    redaction.titre("Motivations")
    redaction.a_completer("ce qui a déclenché la réflexion autour d’une CPTS")
    redaction.titre("Territoire envisagé")
    redaction.titre("Limites du territoire", 2)
    _limites(redaction, diagnostic, carte)
    redaction.titre("Population concernée", 2)
    _population(redaction, diagnostic)
    redaction.titre("Principaux acteurs de santé", 2)
    _acteurs(redaction, diagnostic)
    redaction.titre("Premières actions pré-identifiées")
    redaction.paragraphe(
        "Le projet de santé demandera au moins deux actions parmi ces quatre thèmes, chacune "
        "associant des professionnels de ville et des structures sanitaires, médico-sociales, "
        "sociales ou de prévention."
    )
    redaction.tableau(
        ("Thème", "Exemples", "Action envisagée et acteurs associés"),
        [(theme, exemples, "") for theme, exemples in _THEMES_ACTIONS],
        largeurs=(3, 4, 5),
    )
    redaction.titre("Calendrier prévisionnel de création")
    redaction.a_completer("étapes et dates : diagnostic partagé, rédaction, dépôt du projet")
    redaction.titre("Besoins d’accompagnement")
    redaction.a_completer("méthode, financement, animation, données")


def _rediger_projet(redaction: Redaction, diagnostic: Diagnostic, carte: CarteTrame) -> None:
    redaction.titre("1. Le cadre de la CPTS")
    redaction.titre("1.1. Territoire et population couverte", 2)
    _limites(redaction, diagnostic, carte)
    _population(redaction, diagnostic)
    redaction.titre("Attentions particulières", 3)
    if diagnostic.points_attention:
        redaction.liste([clean_texte(point) for point in diagnostic.points_attention[:3]])
        redaction.paragraphe(
            "Propositions tirées des écarts les plus marqués aux territoires de référence : à "
            "confirmer, corriger ou retirer.",
            STYLE_NOTE,
        )
    else:
        redaction.a_completer("deux ou trois traits de la population à retenir")
    redaction.titre("1.2. Exercice coordonné existant", 2)
    _acteurs(redaction, diagnostic)
    redaction.a_completer(
        "maisons et centres de santé, équipes de soins primaires : lieu, nombre de professionnels"
    )
    redaction.titre("1.3. Gouvernance", 2)
    redaction.paragraphe(
        "Prévoir au moins un comité de pilotage. Depuis l’ordonnance de mai 2021, une CPTS prend "
        "la forme d’une association ; ses statuts indiquent le territoire couvert (à vérifier "
        "auprès de l’ARS)."
    )
    redaction.a_completer("instances, rôle de chacune, animation, coordination")
    redaction.titre("2. Les projets de la CPTS")
    redaction.paragraphe(
        "Au moins deux fiches, associant des professionnels de ville et d’autres acteurs. Les "
        "systèmes d’information prévus comprennent le dossier médical partagé et une messagerie "
        "sécurisée de santé."
    )
    for numero in (1, 2):
        redaction.titre(f"Fiche action n° {numero}", 2)
        redaction.tableau(
            ("Rubrique", "Contenu"),
            [(rubrique, f"[À compléter : {consigne}]") for rubrique, consigne in _FICHE_ACTION],
            largeurs=(3, 7),
        )
    redaction.titre("3. Les membres de la CPTS")
    redaction.paragraphe(
        "Une CPTS ne réunit pas une seule catégorie d’acteurs. Chaque membre signe ; une structure "
        "signe par son représentant légal."
    )
    redaction.titre("Professionnels de santé de ville", 2)
    redaction.tableau(_ENTETE_MEMBRES, [("", "", "")] * 12, largeurs=(4, 4, 3))
    redaction.titre("Autres acteurs et structures", 2)
    redaction.tableau(_ENTETE_STRUCTURES, [("", "", "")] * 8, largeurs=(4, 4, 3))


def _rediger_ami(redaction: Redaction, diagnostic: Diagnostic, carte: CarteTrame) -> None:
    redaction.paragraphe(
        "À retourner à l’ARS Bretagne : ars-bretagne-secretariat-daspf@ars.sante.fr (adresse de "
        "l’appel de septembre 2021 ; à vérifier avant l’envoi). La réponse n’engage pas."
    )
    redaction.titre("Professionnels et structures")
    redaction.titre("Acteurs intéressés", 2)
    redaction.a_completer(
        "noms, professions, lieux d’exercice, maison de santé ou équipe éventuelle"
    )
    redaction.titre("Référents", 2)
    redaction.tableau(
        ("Nom", "Fonction", "Courriel", "Téléphone"), [("", "", "", "")] * 3, largeurs=(3, 3, 4, 2)
    )
    redaction.titre("Objectifs attendus")
    for objectif in (
        "S’informer sur ce qu’est une CPTS",
        "Réflexion en cours autour d’un projet de CPTS",
        "Initiative engagée pour monter un projet de CPTS",
    ):
        redaction.paragraphe(f"☐ {objectif}")
    redaction.titre("Contexte")
    redaction.a_completer("ce qui vous conduit à répondre à cet appel")
    redaction.titre("Territoire de projet")
    _limites(redaction, diagnostic, carte)
    _population(redaction, diagnostic)
    redaction.titre("Calendrier")
    redaction.a_completer("échéance souhaitée pour un temps d’échange")


def _limites(redaction: Redaction, diagnostic: Diagnostic, carte: CarteTrame) -> None:
    territoire = diagnostic.territoire
    departements = enumerer([f"{part.nom} ({part.code})" for part in territoire.departements], 8)
    tenant = (
        "d’un seul tenant"
        if territoire.contiguite.est_contigu
        else f"en {len(territoire.contiguite.morceaux)} morceaux"
    )
    redaction.paragraphe(
        f"Le territoire réunit {accorder(territoire.nombre_communes, 'commune')} de "
        f"{departements}, sur {format_valeur(territoire.surface_km2, 'km²')}, {tenant}."
    )
    redaction.image(
        carte.png,
        largeur_cm=carte.dessin.largeur_cm,
        alternative=carte.dessin.alternative,
        legende=carte.dessin.legende,
    )
    redaction.tableau(
        ("Intercommunalité", "Communes", "Population"),
        _lignes_epci(diagnostic),
        largeurs=(3, 6, 1.5),
        droite=(False, False, True),
        legende="Communes par intercommunalité",
        source=(
            f"Insee, population {territoire.type_population} {territoire.millesime_population}, "
            f"géographie {diagnostic.millesime_geographie}."
        ),
    )
    voisins = [
        f"{clean_ligne(chevauchement.b)} ({communes_communes(chevauchement, _noms(diagnostic))})"
        for chevauchement in diagnostic.chevauchements
        if chevauchement.nature in ("commune_entiere", "partiel")
    ]
    if voisins:
        redaction.encadre(
            "Communes aussi revendiquées",
            f"{enumerer(voisins)}. Un même territoire ne peut accueillir deux CPTS : à régler "
            "avant le dépôt.",
        )


def _noms(diagnostic: Diagnostic) -> Mapping[str, str]:
    return {ligne.code: ligne.nom for ligne in diagnostic.communes}


def _lignes_epci(diagnostic: Diagnostic) -> list[tuple[str, str, str]]:
    noms = _noms(diagnostic)
    lignes = [
        (
            f"{epci.nom} ({'entière' if epci.complet else 'en partie'})",
            ", ".join(noms.get(code, code) for code in epci.communes_incluses),
            format_nombre(epci.population),
        )
        for epci in diagnostic.territoire.epci
    ]
    lignes += [
        ("Hors intercommunalité", ligne.nom, format_nombre(ligne.population))
        for ligne in diagnostic.communes
        if not ligne.code_epci
    ]
    return lignes


def _population(redaction: Redaction, diagnostic: Diagnostic) -> None:
    territoire = diagnostic.territoire
    definition = f"population {territoire.type_population} {territoire.millesime_population}"
    phrase = (
        f"La {definition} de ce territoire n’est pas connue."
        if territoire.population is None
        else f"Le territoire compte {format_habitants(territoire.population)} ({definition}), soit "
        f"{format_valeur(territoire.densite_hab_km2, 'hab./km²')}."
    )
    if diagnostic.taille is not None and territoire.financement is not None:
        phrase += f" Il relève de la taille {diagnostic.taille} ({territoire.financement.bareme})."
    redaction.paragraphe(phrase)
    for regle in territoire.plancher.regions:
        if regle.habitants is not None and regle.est_respecte is not None:
            verdict = "atteint" if regle.est_respecte else "n’atteint pas"
            genre = "le minimum" if regle.statut == "ferme" else "l’ordre de grandeur"
            redaction.paragraphe(
                f"Le territoire {verdict} {genre} de {format_nombre(regle.habitants)} habitants "
                f"attendu en région {regle.nom}."
            )
    lignes = [
        (
            clean_ligne(indicateur.libelle),
            format_valeur(indicateur.valeur, indicateur.unite, indicateur.decimales),
            _reference(indicateur),
            cite_source(indicateur.source, indicateur.millesime),
        )
        for indicateur in diagnostic.indicateurs
        if indicateur.cle in _TRAITS_POPULATION and indicateur.valeur is not None
    ]
    if lignes:
        redaction.tableau(
            ("Indicateur", "Territoire", "Références", "Source"),
            lignes,
            largeurs=(3.2, 1.8, 3.4, 3),
            legende="Principaux traits de la population",
        )
    else:
        redaction.a_completer("nombre d’habitants par âge, évolution récente")


_TRAITS_POPULATION: Final = frozenset(
    {
        "evolution_population",
        "part_0_19",
        "part_65_plus",
        "part_75_plus",
        "indice_vieillissement",
        "densite",
        "taux_pauvrete",
        "part_sous_dense",
    }
)


def _reference(indicateur: ResultatIndicateur) -> str:
    cites = [
        f"{clean_ligne(comparateur.libelle)} : "
        f"{format_nombre(comparateur.valeur, indicateur.decimales)}"
        for comparateur in indicateur.comparateurs
        if comparateur.genre in ("departement", "region", "france")
        and comparateur.valeur is not None
    ]
    return " ; ".join(cites[:5])


def _acteurs(redaction: Redaction, diagnostic: Diagnostic) -> None:
    lignes = [
        (
            clean_ligne(indicateur.libelle),
            format_nombre(indicateur.valeur),
            cite_source(indicateur.source, indicateur.millesime)
            + ("" if indicateur.couverture >= 1 else f", {format_part(indicateur.couverture)}"),
        )
        for indicateur in diagnostic.indicateurs
        if indicateur.theme == OFFRE
        and indicateur.agregation == "S"
        and indicateur.valeur is not None
    ]
    if lignes:
        redaction.tableau(
            ("Professionnels et structures", "Nombre", "Source"),
            lignes,
            largeurs=(5, 1.5, 5),
            droite=(False, True, False),
            legende="Offre de soins recensée dans le territoire",
        )
    redaction.a_completer(
        "professionnels libéraux, exercice coordonné, établissements de santé, médico-social"
    )


def _sources(redaction: Redaction, diagnostic: Diagnostic) -> None:
    redaction.titre("Sources des données préremplies", 2)
    redaction.liste(
        [
            f"{clean_ligne(source.producteur)}, {clean_ligne(source.titre)} "
            f"({clean_ligne(source.millesime)}), {clean_ligne(source.licence)}."
            for source in diagnostic.sources
        ]
    )


TRAMES: Final = (
    Trame(
        "lettre_intention",
        "Lettre d’intention",
        "modèle de l’ARS Pays de la Loire",
        PAYS_DE_LA_LOIRE,
        _rediger_lettre,
    ),
    Trame(
        "projet_sante",
        "Projet de santé",
        "modèle de l’ARS Pays de la Loire",
        PAYS_DE_LA_LOIRE,
        _rediger_projet,
    ),
    Trame(
        "ami_bretagne",
        "Réponse à l’AMI",
        "appel à manifestation d’intérêt de l’ARS Bretagne",
        BRETAGNE,
        _rediger_ami,
    ),
)
