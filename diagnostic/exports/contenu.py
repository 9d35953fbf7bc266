"""What the report says, whatever its format: the PDF and the Word file print the same blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from diagnostic.exports.carte_image import build_choroplethe, draw_carte, fit_largeur
from diagnostic.exports.dessins import (
    Dessin,
    draw_comparaison,
    draw_jauge,
    draw_repartition,
    draw_serie,
)
from diagnostic.exports.fond import Fond
from diagnostic.exports.tableur import (
    LIBELLES_NATURE,
    communes_communes,
    phrase_registre,
    phrases_methode,
)
from diagnostic.exports.texte import cite_source, clean_ligne, clean_texte
from diagnostic.exports.typographie import (
    INCONNU,
    format_date,
    format_euros,
    format_habitants,
    format_nombre,
    format_part,
    format_valeur,
)
from diagnostic.indicateurs import Comparateur, ResultatIndicateur
from diagnostic.indicateurs.themes.communs import SUFFIXE_DEPARTEMENT
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import accorder, enumerer
from diagnostic.territoire import EpciDuTerritoire
from geodata.schema import LIBELLES_STATUT_CPTS

Alignement = Literal["gauche", "droite"]
TITRE: Final = "Diagnostic territorial de santé"
SOUS_TITRE: Final = "Volet quantitatif"
_NATURES: Final = (
    ("Communauté de communes", "CC"),
    ("Communauté d'agglomération", "CA"),
    ("Communauté urbaine", "CU"),
)
_DROITE: Final[tuple[Alignement, ...]] = ("droite",)
_HAUTEUR_DENSITE_CM: Final = 11.5
_AGES: Final = ("part_0_19", "part_20_64", "part_65_plus")
_REFERENCES_MAXIMUM: Final = 5
_COUVERTURE_COMPLETE: Final = 0.995


@dataclass(frozen=True)
class Titre:
    """A heading: level 1 opens a section, `saut` on a new page."""

    niveau: int
    texte: str
    saut: bool = False


@dataclass(frozen=True)
class Paragraphe:
    """A paragraph; `note` is set smaller."""

    texte: str
    style: Literal["normal", "note"] = "normal"


@dataclass(frozen=True)
class Liste:
    """A bulleted list."""

    elements: tuple[str, ...]


@dataclass(frozen=True)
class Encadre:
    """A framed message; `genre` says how loud."""

    genre: Literal["bloquant", "attention", "information"]
    titre: str
    texte: str


@dataclass(frozen=True)
class Chiffres:
    """Key figures side by side: value, label, precision."""

    elements: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Tableau:
    """A table.

    Parameters
    ----------
    largeurs
        Relative widths of the columns.
    total
        Whether the last row is a total.
    """

    legende: str
    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    alignements: tuple[Alignement, ...]
    largeurs: tuple[float, ...]
    total: bool = False
    source: str = ""


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption and its text alternative."""

    dessin: Dessin


Bloc = Titre | Paragraphe | Liste | Encadre | Chiffres | Tableau | Figure


@dataclass(frozen=True)
class Rapport:
    """Hold the report: what the cover says, then the blocks."""

    titre: str
    sous_titre: str
    nom: str
    resume: str
    date: str
    mentions: tuple[str, ...]
    blocs: tuple[Bloc, ...]


def build_rapport(diagnostic: Diagnostic, fond: Fond) -> Rapport:
    """Compose the report of a territory."""
    territoire = diagnostic.territoire
    regions = enumerer([part.nom for part in territoire.regions])
    resume = (
        f"{accorder(territoire.nombre_communes, 'commune')}, "
        f"{format_habitants(territoire.population)}"
        + ("" if diagnostic.taille is None else f", taille {diagnostic.taille}")
    )
    return Rapport(
        titre=TITRE,
        sous_titre=SOUS_TITRE,
        nom=diagnostic.nom,
        resume=f"{resume}. {regions}.",
        date=format_date(diagnostic.le),
        mentions=(
            f"{AVERTISSEMENT}.",
            (
                f"Population {territoire.type_population} {territoire.millesime_population} "
                f"(Insee), géographie communale {diagnostic.millesime_geographie}."
            ),
            territoire.financement.bareme if territoire.financement else "",
        ),
        blocs=tuple(
            bloc
            for section in (
                _essentiel(diagnostic),
                _territoire(diagnostic, fond),
                _financement(diagnostic),
                _themes(diagnostic, fond),
                _saisies(diagnostic),
                _chevauchements(diagnostic),
                _methode(diagnostic),
                _annexe(diagnostic),
            )
            for bloc in section
        ),
    )


def _essentiel(diagnostic: Diagnostic) -> Iterator[Bloc]:
    territoire = diagnostic.territoire
    financement = territoire.financement
    yield Titre(1, "L’essentiel")
    yield Chiffres(
        (
            (
                format_nombre(territoire.population),
                "habitants",
                f"population {territoire.type_population} {territoire.millesime_population}",
            ),
            (
                INCONNU if diagnostic.taille is None else f"Taille {diagnostic.taille}",
                "au sens de l’ACI",
                _distance(diagnostic),
            ),
            (
                format_nombre(territoire.nombre_communes),
                "commune" if territoire.nombre_communes == 1 else "communes",
                accorder(len(territoire.epci), "intercommunalité"),
            ),
            (
                format_nombre(territoire.surface_km2),
                "km²",
                format_valeur(territoire.densite_hab_km2, "hab./km²"),
            ),
            (
                format_euros(financement.total_hors_volet_snp if financement else None),
                "par an au plus",
                "hors volet supplémentaire SNP",
            ),
            (
                format_nombre(len(territoire.departements)),
                "département" if len(territoire.departements) == 1 else "départements",
                enumerer([part.nom for part in territoire.regions], 3),
            ),
        )
    )
    if territoire.population is not None and diagnostic.taille and diagnostic.seuils:
        yield Figure(draw_jauge(territoire.population, diagnostic.seuils, diagnostic.taille))
    if territoire.alertes:
        yield Titre(2, "À vérifier")
        libelles = {"bloquant": "Règle ferme", "attention": "Attention", "information": "À savoir"}
        for alerte in territoire.alertes:
            yield Encadre(alerte.gravite, libelles[alerte.gravite], clean_texte(alerte.message))
    if diagnostic.points_attention:
        yield Titre(2, "Points d’attention proposés")
        yield Liste(tuple(clean_texte(point) for point in diagnostic.points_attention))
        yield Paragraphe(
            "Ces points sont les plus grands écarts aux territoires de référence. Ce sont des "
            "questions à discuter avec les professionnels, pas des conclusions.",
            "note",
        )
    for cle, texte in diagnostic.notes.items():
        if texte.strip():
            yield Titre(2, f"Note de l’équipe : {clean_ligne(cle)}")
            yield from (Paragraphe(ligne) for ligne in clean_texte(texte).split("\n") if ligne)


def _distance(diagnostic: Diagnostic) -> str:
    taille = diagnostic.territoire.taille
    if taille is None:
        return "population inconnue"
    if taille.habitants_avant_taille_superieure is not None:
        return (
            f"{format_nombre(taille.habitants_avant_taille_superieure)} hab. avant la taille "
            f"{taille.taille + 1}"
        )
    return f"{format_nombre(taille.habitants_au_dessus_du_seuil)} hab. au-dessus du seuil"


def _territoire(diagnostic: Diagnostic, fond: Fond) -> Iterator[Bloc]:
    territoire = diagnostic.territoire
    yield Titre(1, "Le territoire", saut=True)
    departements = enumerer([f"{part.nom} ({part.code})" for part in territoire.departements], 8)
    yield Paragraphe(
        f"Le territoire réunit {accorder(territoire.nombre_communes, 'commune')} sur "
        f"{format_valeur(territoire.surface_km2, 'km²')}, dans "
        f"{accorder(len(territoire.departements), 'département')} : {departements}. "
        + (
            "Il est d’un seul tenant."
            if territoire.contiguite.est_contigu
            else f"Il est en {len(territoire.contiguite.morceaux)} morceaux."
        )
    )
    yield Figure(draw_carte(diagnostic, fond))
    noms = {ligne.code: ligne.nom for ligne in diagnostic.communes}
    yield Titre(2, "Intercommunalités")
    yield Tableau(
        legende="Composition par intercommunalité",
        entetes=("Intercommunalité", "Prise", "Communes", "Population"),
        lignes=(
            *(
                (
                    f"{epci.nom} ({epci.code})",
                    "entière" if epci.complet else f"en partie, {_manquantes(epci)}",
                    format_nombre(len(epci.communes_incluses)),
                    format_nombre(epci.population),
                )
                for epci in territoire.epci
            ),
            *(
                ("Hors intercommunalité", noms[ligne.code], "1", format_nombre(ligne.population))
                for ligne in diagnostic.communes
                if not ligne.code_epci
            ),
        ),
        alignements=("gauche", "gauche", "droite", "droite"),
        largeurs=(5, 3, 1.3, 1.6),
        source=_source_population(diagnostic),
    )
    if len(territoire.departements) > 1:
        yield Titre(2, "Départements et régions")
        yield Tableau(
            legende="Part du territoire dans chaque département et région",
            entetes=("Département ou région", "Communes", "Population", "Surface"),
            lignes=tuple(
                (
                    f"{part.nom} ({part.code})" if part in territoire.departements
                    else f"Région {part.nom}",
                    format_nombre(part.nombre_communes),
                    format_nombre(part.population),
                    format_valeur(part.surface_km2, "km²"),
                )
                for part in (*territoire.departements, *territoire.regions)
            ),
            alignements=("gauche", "droite", "droite", "droite"),
            largeurs=(5, 1.5, 2, 2),
            source=_source_population(diagnostic),
        )  # fmt: skip


def _manquantes(epci: EpciDuTerritoire) -> str:
    nombre = len(epci.communes_manquantes)
    return f"{nombre} {'commune' if nombre == 1 else 'communes'} en dehors"


def _source_population(diagnostic: Diagnostic) -> str:
    territoire = diagnostic.territoire
    return (
        f"Insee, population {territoire.type_population} {territoire.millesime_population} ; "
        f"géographie {diagnostic.millesime_geographie}."
    )


def _financement(diagnostic: Diagnostic) -> Iterator[Bloc]:
    financement = diagnostic.territoire.financement
    if financement is None:
        return
    yield Titre(1, "Taille et financement")
    yield Paragraphe(clean_texte(financement.avertissement))
    yield Tableau(
        legende=f"Montants annuels maximaux, {financement.bareme}",
        entetes=("Volet", "Obligatoire", "Fixe", "Variable", "Total"),
        lignes=(
            (
                "Fonctionnement",
                "oui",
                format_euros(financement.fonctionnement),
                "",
                format_euros(financement.fonctionnement),
            ),
            *(
                (
                    mission.nom,
                    "oui" if mission.obligatoire else "non",
                    format_euros(mission.fixe),
                    format_euros(mission.variable),
                    format_euros(mission.total),
                )
                for mission in financement.missions
            ),
            (
                "Total hors volet supplémentaire SNP",
                "",
                format_euros(financement.total_fixe),
                format_euros(financement.total_variable),
                format_euros(financement.total_hors_volet_snp),
            ),
        ),
        alignements=("gauche", "gauche", "droite", "droite", "droite"),
        largeurs=(5.2, 1.5, 1.5, 1.5, 1.5),
        total=True,
        source=clean_ligne(financement.reference),
    )
    yield Paragraphe(
        f"Avec le volet supplémentaire pour les soins non programmés "
        f"({format_euros(financement.volet_snp)}), le total atteint "
        f"{format_euros(financement.total_avec_volet_snp)} par an. Sans les missions "
        f"facultatives ni ce volet, il est de {format_euros(financement.total_obligatoire)}."
    )


def _themes(diagnostic: Diagnostic, fond: Fond) -> Iterator[Bloc]:
    for theme, indicateurs in diagnostic.themes.items():
        connus = [indicateur for indicateur in indicateurs if indicateur.couverture > 0]
        absents = [indicateur for indicateur in indicateurs if indicateur.couverture <= 0]
        yield Titre(1, theme)
        propres = [indicateur for indicateur in connus if indicateur.agregation != "I"]
        if propres:
            yield _table_indicateurs(theme, propres)
            comparaison = draw_comparaison(propres, theme)
            if comparaison is not None:
                yield Figure(comparaison)
        for indicateur in connus:
            serie = draw_serie(indicateur)
            if serie is not None:
                yield Figure(serie)
        yield from _repartition(connus)
        if any(indicateur.cle == "densite" for indicateur in connus):
            yield from _densite(diagnostic, fond)
        yield from _locales(propres)
        yield from _heritees([i for i in connus if i.agregation == "I"])
        yield from _lecture(connus)
        if absents:
            yield Paragraphe(
                "Non disponible, faute de source chargée ou de valeur publiée : "
                + ", ".join(clean_ligne(indicateur.libelle) for indicateur in absents)
                + ".",
                "note",
            )


def _table_indicateurs(theme: str, indicateurs: Sequence[ResultatIndicateur]) -> Tableau:
    references = _references(indicateurs)
    sources = {cite_source(i.source, i.millesime) for i in indicateurs}
    return Tableau(
        legende=f"{theme} : valeurs du territoire et références",
        entetes=("Indicateur", "Territoire", *(libelle for _, _, libelle in references)),
        lignes=tuple(
            (
                _libelle(indicateur),
                _valeur(indicateur),
                *_valeurs(indicateur, references),
            )
            for indicateur in indicateurs
        ),
        alignements=("gauche", *_DROITE * (1 + len(references))),
        largeurs=(3.6, 1.9, *(1.6 for _ in references)),
        source=" ; ".join(sorted(sources)) + ".",
    )


def _valeur(indicateur: ResultatIndicateur) -> str:
    if indicateur.details:
        return "voir ci-dessous"
    unite = indicateur.unite
    # « 1 départements »
    if indicateur.valeur is not None and abs(indicateur.valeur) < 2 and unite.endswith("s"):
        unite = unite[:-1]
    return format_valeur(indicateur.valeur, unite, indicateur.decimales)


def _libelle(indicateur: ResultatIndicateur) -> str:
    if indicateur.couverture >= _COUVERTURE_COMPLETE:
        return clean_ligne(indicateur.libelle)
    part = format_part(indicateur.couverture)
    return f"{clean_ligne(indicateur.libelle)} (couverture {part})"


def _references(indicateurs: Sequence[ResultatIndicateur]) -> list[tuple[str, str, str]]:
    """Return the columns of comparison, France last; without room, régions only."""
    rang = {"departement": 0, "region": 1, "france": 2}
    references = {
        (comparateur.genre, comparateur.code, clean_ligne(comparateur.libelle))
        for indicateur in indicateurs
        for comparateur in indicateur.comparateurs
        if comparateur.genre in rang
    }
    triees = sorted(references, key=lambda reference: (rang[reference[0]], reference))
    # France with and without Mayotte differ by less than what is printed
    france = [reference for reference in triees if reference[0] == "france"][:1]
    autres = [reference for reference in triees if reference[0] != "france"]
    if len(autres) > _REFERENCES_MAXIMUM:
        regions = [reference for reference in autres if reference[0] == "region"]
        autres = regions[:_REFERENCES_MAXIMUM]
    return [*autres, *france]


def _valeurs(
    indicateur: ResultatIndicateur, references: Sequence[tuple[str, str, str]]
) -> list[str]:
    comparateurs: Mapping[tuple[str, str], Comparateur] = {
        (comparateur.genre, comparateur.code): comparateur
        for comparateur in indicateur.comparateurs
    }
    valeurs = []
    for genre, code, _ in references:
        comparateur = comparateurs.get((genre, code))
        valeur = None if comparateur is None else comparateur.valeur
        valeurs.append(format_nombre(valeur, indicateur.decimales) if valeur is not None else "–")
    return valeurs


def _repartition(indicateurs: Sequence[ResultatIndicateur]) -> Iterator[Bloc]:
    """Draw the three age groups when all of them are known."""
    ages = {indicateur.cle: indicateur for indicateur in indicateurs}
    trio = [ages[cle] for cle in _AGES if cle in ages]
    if len(trio) < len(_AGES) or any(indicateur.valeur is None for indicateur in trio):
        return
    lignes = [
        (
            "Territoire",
            {clean_ligne(indicateur.libelle): indicateur.valeur or 0.0 for indicateur in trio},
        )
    ]
    for genre, code, libelle in _references(trio):
        valeurs = {
            clean_ligne(indicateur.libelle): comparateur.valeur
            for indicateur in trio
            for comparateur in indicateur.comparateurs
            if (comparateur.genre, comparateur.code) == (genre, code)
            and comparateur.valeur is not None
        }
        if len(valeurs) == len(trio):
            lignes.append((libelle, valeurs))
    yield Figure(draw_repartition(lignes, "Répartition par âge (en % de la population)"))


def _densite(diagnostic: Diagnostic, fond: Fond) -> Iterator[Bloc]:
    choroplethe = build_choroplethe(
        {ligne.code: ligne.densite for ligne in diagnostic.communes},
        "Densité de population",
        "hab./km²",
    )
    if choroplethe is not None:
        yield Figure(
            draw_carte(
                diagnostic,
                fond,
                choroplethe=choroplethe,
                largeur_cm=fit_largeur(fond, _HAUTEUR_DENSITE_CM),
                hauteur_cm=_HAUTEUR_DENSITE_CM,
            )
        )


def _locales(indicateurs: Sequence[ResultatIndicateur]) -> Iterator[Bloc]:
    for indicateur in indicateurs:
        if not indicateur.details:
            continue
        yield Tableau(
            legende=f"{clean_ligne(indicateur.libelle)} : valeurs publiées, non agrégeables",
            entetes=("Commune ou intercommunalité", "Valeur", "Part de la population"),
            lignes=tuple(
                (
                    clean_ligne(detail.libelle),
                    format_valeur(detail.valeur, indicateur.unite, indicateur.decimales)
                    if detail.valeur is not None
                    else "secret ou absent",
                    format_part(detail.part_population),
                )
                for detail in indicateur.details[:30]
            ),
            alignements=("gauche", "droite", "droite"),
            largeurs=(4, 2, 2),
            source=f"{cite_source(indicateur.source, indicateur.millesime)}.",
        )


def _heritees(indicateurs: Sequence[ResultatIndicateur]) -> Iterator[Bloc]:
    """Give the figures of the départements crossed apart: they are not those of the territory."""
    if not indicateurs:
        return
    departements = indicateurs[0].details[:_REFERENCES_MAXIMUM]
    references = [r for r in _references(indicateurs) if r[0] != "departement"]
    reste = len(indicateurs[0].details) - len(departements)
    suite = f" {reste} autres départements sont dans le classeur." if reste else ""
    sources = {cite_source(i.source, i.millesime) for i in indicateurs}
    yield Tableau(
        legende="Hérité du département : valeurs publiées par département seulement, qui ne sont "
        "pas celles du territoire",
        entetes=(
            "Indicateur",
            *(clean_ligne(detail.libelle) for detail in departements),
            *(libelle for _, _, libelle in references),
        ),
        lignes=tuple(
            (
                clean_ligne(
                    f"{indicateur.libelle.removesuffix(SUFFIXE_DEPARTEMENT)} ({indicateur.unite})"
                ),
                *(
                    format_nombre(detail.valeur, indicateur.decimales)
                    if detail.valeur is not None
                    else "–"
                    for detail in indicateur.details[: len(departements)]
                ),
                *_valeurs(indicateur, references),
            )
            for indicateur in indicateurs
        ),
        alignements=("gauche", *_DROITE * (len(departements) + len(references))),
        largeurs=(4.2, *(1.6 for _ in (*departements, *references))),
        source=" ; ".join(sorted(sources)) + f".{suite}",
    )


def _lecture(indicateurs: Sequence[ResultatIndicateur]) -> Iterator[Bloc]:
    notes = dict.fromkeys(
        clean_texte(note) for indicateur in indicateurs for note in indicateur.notes
    )
    if notes:
        yield Paragraphe("Lecture. " + " ".join(notes), "note")


def _saisies(diagnostic: Diagnostic) -> Iterator[Bloc]:
    if not diagnostic.saisies:
        return
    yield Titre(1, "Valeurs relevées dans REZONE CPTS")
    yield Paragraphe(
        "Ces valeurs ont été saisies à la main depuis REZONE CPTS (Assurance maladie). REZONE "
        "neutralise les communes qui comptent peu de professionnels."
    )
    portees = {
        "territoire": "territoire",
        "departement": "département",
        "region": "région",
        "france": "France",
    }
    yield Tableau(
        legende="Valeurs saisies",
        entetes=("Indicateur", "Portée", "Valeur", "Relevé le", "Commentaire"),
        lignes=tuple(
            (
                clean_ligne(diagnostic.libelles_saisies.get(saisie.cle, saisie.cle)),
                portees[saisie.perimetre_saisi],
                format_nombre(saisie.valeur, 0 if float(saisie.valeur).is_integer() else 1),
                f"{saisie.le:%d/%m/%Y}",
                clean_ligne(saisie.commentaire),
            )
            for saisie in diagnostic.saisies
        ),
        alignements=("gauche", "gauche", "droite", "gauche", "gauche"),
        largeurs=(3.5, 1.5, 1.2, 1.4, 2.6),
        source="REZONE CPTS, saisie de l’équipe.",
    )


def _chevauchements(diagnostic: Diagnostic) -> Iterator[Bloc]:
    yield Titre(1, "Chevauchements avec d’autres CPTS")
    reels = [
        chevauchement
        for chevauchement in diagnostic.chevauchements
        if chevauchement.nature in ("commune_entiere", "partiel")
    ]
    noms = {ligne.code: ligne.nom for ligne in diagnostic.communes}
    if reels:
        yield Tableau(
            legende="Territoires qui revendiquent les mêmes communes",
            entetes=("Autre CPTS", "Statut", "Nature", "Habitants", "Communes"),
            lignes=tuple(
                (
                    clean_ligne(chevauchement.b),
                    LIBELLES_STATUT_CPTS[chevauchement.statut_b],
                    LIBELLES_NATURE[chevauchement.nature],
                    _habitants(chevauchement.population, chevauchement.population_max),
                    communes_communes(chevauchement, noms),
                )
                for chevauchement in reels
            ),
            alignements=("gauche", "gauche", "gauche", "droite", "gauche"),
            largeurs=(2.4, 1.5, 1.4, 1.6, 3.6),
        )
    else:
        yield Paragraphe("Aucun chevauchement trouvé.")
    yield Paragraphe(phrase_registre(diagnostic), "note")


def _habitants(certain: int, maximum: int) -> str:
    if maximum <= certain:
        return format_nombre(certain)
    return f"{format_nombre(certain)} à {format_nombre(maximum)}"


def _methode(diagnostic: Diagnostic) -> Iterator[Bloc]:
    yield Titre(1, "Méthode et sources")
    yield Liste(phrases_methode(diagnostic))
    if diagnostic.sources:
        yield Tableau(
            legende="Sources utilisées",
            entetes=("Source", "Producteur", "Millésime", "Licence"),
            lignes=tuple(
                (
                    clean_ligne(source.titre),
                    clean_ligne(source.producteur),
                    clean_ligne(source.millesime),
                    clean_ligne(source.licence),
                )
                for source in diagnostic.sources
            ),
            alignements=("gauche", "gauche", "gauche", "gauche"),
            largeurs=(3.8, 2, 2, 1.6),
        )


def _abrege(nom_epci: str) -> str:
    for long, court in _NATURES:
        if nom_epci.startswith(long):
            return court + nom_epci.removeprefix(long)
    return nom_epci


def _annexe(diagnostic: Diagnostic) -> Iterator[Bloc]:
    yield Titre(1, "Annexe : les communes", saut=True)
    yield Tableau(
        legende="Communes du territoire",
        entetes=("Code", "Commune", "Intercommunalité", "Dép.", "Population", "km²"),
        lignes=(
            *(
                (
                    ligne.code,
                    clean_ligne(ligne.nom) + (" (en partie)" if ligne.est_partielle else ""),
                    _abrege(clean_ligne(ligne.nom_epci)) or "aucune",
                    ligne.code_departement,
                    format_nombre(ligne.population),
                    format_nombre(ligne.surface_km2, 1),
                )
                for ligne in diagnostic.communes
            ),
            (
                "Total",
                "",
                "",
                "",
                format_nombre(diagnostic.territoire.population),
                format_nombre(diagnostic.territoire.surface_km2, 1),
            ),
        ),
        alignements=("gauche", "gauche", "gauche", "gauche", "droite", "droite"),
        largeurs=(1.2, 3.4, 4, 0.9, 1.6, 1.2),
        total=True,
        source=_source_population(diagnostic),
    )
