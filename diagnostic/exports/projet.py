"""The project file `.cpts.json`: what it takes to reopen a territory next year.

A JSON object, UTF-8, written with sorted communes so that two files can be compared line by line:

==================  ==============================================================================
`format`            always "cpts-territoires/projet"
`version`           1; a file of another version is refused, never guessed
`enregistre_le`     day of the save
`nom`               name of the territory
`geographie`        millésime of the codes (COG)
`communes`          one object per commune: `code`, `nom`, `population` and `surface_km2` on the
                    day of the save, `statut` ("entier" or "partiel")
`reglages`          `type_population`
`valeurs_saisies`   values typed in from REZONE CPTS
`notes`             free texts by section
`bilan`             figures on the day of the save, to say what a new geography does to them
`empreinte`         SHA-256 of all the rest: tells a file edited by hand
==================  ==============================================================================

Keys that this version does not know are kept and written back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, cast, get_args

import numpy as np

from diagnostic.alertes import Alerte
from diagnostic.exports.texte import clean_ligne, clean_texte
from diagnostic.exports.typographie import format_date, format_nombre
from diagnostic.indicateurs import ValeurSaisie
from diagnostic.perimetre import Perimetre
from diagnostic.redaction import accorder, enumerer
from geodata.errors import ImportRefuseError
from geodata.schema import Geographie, TypePopulation

FORMAT: Final = "cpts-territoires/projet"
VERSION: Final = 1
EXTENSION: Final = ".cpts.json"
TAILLE_MAXIMALE: Final = 8_000_000
COMMUNES_MAXIMUM: Final = 40_000
TEXTE_MAXIMUM: Final = 20_000
# below this relative change, two areas are those of the same commune drawn by two sources
ECART_SURFACE: Final = 0.02

PerimetreSaisi = Literal["territoire", "departement", "region", "france"]
RIEN_MODIFIE: Final = "Rien n’a été modifié dans l’application."


@dataclass(frozen=True)
class CommuneEnregistree:
    """Hold a commune as it was on the day of the save."""

    code: str
    nom: str
    population: int | None
    surface_km2: float | None
    est_partielle: bool = False


@dataclass(frozen=True)
class Bilan:
    """Hold the main figures on the day of the save."""

    nombre_communes: int
    population: int
    taille: int


@dataclass(frozen=True)
class Projet:
    """Hold everything the project file keeps.

    Parameters
    ----------
    perimetre
        In the geography of today.
    type_population
        Population chosen for the tier.
    saisies
        Values typed in from REZONE CPTS.
    notes
        Free texts by section, never trusted.
    bilan
        Figures on the day of the save; None when they were not known.
    autres
        Keys of the file that this version does not know, written back as they are.
    """

    perimetre: Perimetre
    type_population: TypePopulation = "municipale"
    saisies: tuple[ValeurSaisie, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    bilan: Bilan | None = None
    autres: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ProjetOuvert:
    """Hold a reopened project and what happened to it since the save.

    Parameters
    ----------
    projet
        The project, its perimeter moved to the geography of today.
    enregistre_le, millesime
        Day and geography of the save.
    alertes
        Communes merged, split, renamed or gone, fields edited by hand, and what it does to the
        population.
    perdues
        Communes that no geography knows any more; they are not in the perimeter.
    """

    projet: Projet
    enregistre_le: date
    millesime: str
    alertes: tuple[Alerte, ...]
    perdues: tuple[CommuneEnregistree, ...] = ()


def export_projet(geographie: Geographie, projet: Projet, *, le: date) -> bytes:
    """Write the project file."""
    perimetre = projet.perimetre
    contenu: dict[str, Any] = {
        **projet.autres,
        "format": FORMAT,
        "version": VERSION,
        "enregistre_le": le.isoformat(),
        "nom": clean_ligne(perimetre.nom),
        "geographie": perimetre.millesime,
        "communes": [
            {
                "code": commune.code,
                "nom": commune.nom,
                "population": commune.population,
                "surface_km2": commune.surface_km2,
                "statut": "partiel" if commune.est_partielle else "entier",
            }
            for commune in _communes(geographie, projet)
        ],
        "reglages": {"type_population": projet.type_population},
        "valeurs_saisies": [
            {
                "cle": saisie.cle,
                "valeur": saisie.valeur,
                "le": saisie.le.isoformat(),
                "perimetre_saisi": saisie.perimetre_saisi,
                "commentaire": clean_texte(saisie.commentaire),
            }
            for saisie in projet.saisies
        ],
        "notes": {cle: clean_texte(texte) for cle, texte in sorted(projet.notes.items())},
        "bilan": None
        if projet.bilan is None
        else {
            "nombre_communes": projet.bilan.nombre_communes,
            "population": projet.bilan.population,
            "taille": projet.bilan.taille,
        },
    }
    contenu["empreinte"] = _empreinte(contenu)
    return (json.dumps(contenu, ensure_ascii=False, indent=1) + "\n").encode()


def load_projet(contenu: bytes, *, geographie: Geographie, fichier: str) -> ProjetOuvert:
    """Read a project file back and move it to the geography of today.

    Parameters
    ----------
    contenu
        Bytes of the file, hostile until read.
    fichier
        Name of the file, for the messages.

    Raises
    ------
    ImportRefuseError
        The file is not a project, is truncated, or is of another version.
    """
    brut = _parse(contenu, fichier)
    lecteur = _Lecteur(fichier)
    alertes: list[Alerte] = []
    if brut.get("empreinte") != _empreinte(brut):
        alertes.append(
            Alerte(
                "projet_modifie",
                "information",
                f"Le fichier « {fichier} » a été modifié hors de l’application depuis son "
                "enregistrement. Son contenu est lu tel qu’il est : vérifiez-le.",
            )
        )
    communes = lecteur.communes(brut)
    millesime = lecteur.texte(brut, "geographie")
    perimetre, changements, perdues = _move(
        geographie, lecteur.texte(brut, "nom", vide=True), communes, millesime
    )
    if not perimetre.codes:
        raise ImportRefuseError(
            fichier, f"aucune de ses communes n’existe dans la géographie {geographie.millesime}."
        )
    projet = Projet(
        perimetre=perimetre,
        type_population=lecteur.type_population(brut),
        saisies=lecteur.saisies(brut),
        notes=lecteur.notes(brut),
        bilan=lecteur.bilan(brut),
        autres={cle: valeur for cle, valeur in brut.items() if cle not in _CLES},
    )
    if projet.autres:
        alertes.append(
            Alerte(
                "projet_champs_inconnus",
                "information",
                "Champs que cette version ne connaît pas, conservés tels quels : "
                f"{enumerer(sorted(clean_ligne(cle) for cle in projet.autres), 5)}.",
            )
        )
    return ProjetOuvert(
        projet=projet,
        enregistre_le=lecteur.jour(brut, "enregistre_le"),
        millesime=millesime,
        alertes=(*alertes, *changements),
        perdues=perdues,
    )


def compare_bilan(ouvert: ProjetOuvert, *, population: int, taille: int) -> tuple[Alerte, ...]:
    """Say what time did to the figures of a reopened project; nothing when they are the same."""
    ancien = ouvert.projet.bilan
    if ancien is None or (ancien.population, ancien.taille) == (population, taille):
        return ()
    ecart = population - ancien.population
    signe = "+" if ecart >= 0 else "−"
    effet = (
        f"La taille ACI passe de {ancien.taille} à {taille}."
        if taille != ancien.taille
        else f"La taille ACI reste {taille}."
    )
    return (
        Alerte(
            "projet_chiffres",
            "attention" if taille != ancien.taille else "information",
            f"Population : {format_nombre(ancien.population)} habitants à l’enregistrement du "
            f"{format_date(ouvert.enregistre_le)}, {format_nombre(population)} aujourd’hui "
            f"({signe}{format_nombre(abs(ecart))}). {effet}",
        ),
    )


def _communes(geographie: Geographie, projet: Projet) -> list[CommuneEnregistree]:
    """Return the communes of the perimeter in compact form, with their figures of today."""
    perimetre = projet.perimetre
    population = geographie.population(projet.type_population)
    lignes = []
    for code in perimetre.codes_compacts(geographie):
        unites = geographie.membres("commune", code) or frozenset({code})
        rangs = geographie.rangs(unites if code not in geographie.position else {code})
        table = geographie.unites if code in geographie.position else geographie.communes
        habitants = float(population[rangs].sum())
        lignes.append(
            CommuneEnregistree(
                code=code,
                nom=str(table.at[code, "nom"]),
                population=None if np.isnan(habitants) else int(habitants),
                surface_km2=round(float(geographie.surface_km2[rangs].sum()), 4),
                est_partielle=code in perimetre.partielles,
            )
        )
    return lignes


def _empreinte(contenu: Mapping[str, Any]) -> str:
    sans = {cle: valeur for cle, valeur in contenu.items() if cle != "empreinte"}
    canonique = json.dumps(sans, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


# --- reading -------------------------------------------------------------------------------------

_CLES: Final = frozenset(
    {
        "format",
        "version",
        "enregistre_le",
        "nom",
        "geographie",
        "communes",
        "reglages",
        "valeurs_saisies",
        "notes",
        "bilan",
        "empreinte",
    }
)


def _parse(contenu: bytes, fichier: str) -> dict[str, Any]:
    if len(contenu) > TAILLE_MAXIMALE:
        raise ImportRefuseError(
            fichier,
            f"{accorder(len(contenu) // 1_000_000, 'mégaoctet')}, bien plus qu’un fichier de "
            f"projet. {RIEN_MODIFIE}",
        )
    try:
        brut = json.loads(
            contenu.decode("utf-8-sig"),
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as erreur:
        raise ImportRefuseError(
            fichier, f"ce n’est pas un texte UTF-8 (octet {erreur.start}). {RIEN_MODIFIE}"
        ) from erreur
    except json.JSONDecodeError as erreur:
        raise ImportRefuseError(
            fichier,
            f"incomplet ou abîmé à la ligne {erreur.lineno}, colonne {erreur.colno} ; il a sans "
            f"doute été coupé pendant un envoi. Reprenez la copie d’origine. {RIEN_MODIFIE}",
        ) from erreur
    except (ValueError, RecursionError) as erreur:
        raison = str(erreur) if isinstance(erreur, _StructureError) else "structure illisible"
        raise ImportRefuseError(fichier, f"{raison}. {RIEN_MODIFIE}") from erreur
    if not isinstance(brut, dict) or brut.get("format") != FORMAT:
        raise ImportRefuseError(
            fichier,
            f"ce n’est pas un projet CPTS Territoires (« {EXTENSION} »). Une liste de communes "
            f"s’importe en CSV. {RIEN_MODIFIE}",
        )
    _validate_version(brut.get("version"), fichier)
    return brut


def _validate_version(version: object, fichier: str) -> None:
    if version == VERSION and not isinstance(version, bool):
        return
    if isinstance(version, int) and version > VERSION:
        raise ImportRefuseError(
            fichier,
            f"enregistré par une version plus récente de l’application (format {version}, "
            f"celle-ci lit le format {VERSION}). Mettez l’application à jour. {RIEN_MODIFIE}",
        )
    raise ImportRefuseError(
        fichier,
        f"version de format « {clean_ligne(str(version))[:20]} » inconnue (celle-ci lit le format "
        f"{VERSION}). {RIEN_MODIFIE}",
    )


class _StructureError(ValueError):
    """JSON that parses but that no project would hold."""


def _unique_keys(paires: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) < len(paires):
        raise _StructureError("une clé y figure deux fois")
    return objet


def _refuse_constant(constante: str) -> float:
    raise _StructureError(f"le nombre « {constante} » n’a pas de sens ici")


@dataclass(frozen=True)
class _Lecteur:
    """Read the fields one by one, naming the one at fault."""

    fichier: str

    def _refuse(self, champ: str, attendu: str) -> ImportRefuseError:
        return ImportRefuseError(
            self.fichier, f"champ « {champ} » : {attendu} attendu. {RIEN_MODIFIE}"
        )

    def texte(self, objet: Mapping[str, Any], cle: str, *, vide: bool = False) -> str:
        valeur = objet.get(cle)
        if not isinstance(valeur, str) or len(valeur) > TEXTE_MAXIMUM or not (valeur or vide):
            raise self._refuse(cle, "un texte")
        return clean_texte(valeur)

    def jour(self, objet: Mapping[str, Any], cle: str) -> date:
        try:
            return date.fromisoformat(self.texte(objet, cle))
        except ValueError as erreur:
            raise self._refuse(cle, "une date AAAA-MM-JJ") from erreur

    def objets(self, objet: Mapping[str, Any], cle: str, maximum: int) -> list[dict[str, Any]]:
        valeur = objet.get(cle, [])
        if (
            not isinstance(valeur, list)
            or len(valeur) > maximum
            or not all(isinstance(element, dict) for element in valeur)
        ):
            raise self._refuse(cle, f"une liste d’au plus {format_nombre(maximum)} objets")
        return valeur

    def nombre(self, objet: Mapping[str, Any], cle: str) -> float | None:
        valeur = objet.get(cle)
        if valeur is None:
            return None
        # 1e999 parses to infinity; a boolean is an int for Python
        if isinstance(valeur, bool) or not isinstance(valeur, int | float) or abs(valeur) > 1e12:
            raise self._refuse(cle, "un nombre")
        return float(valeur)

    def communes(self, brut: Mapping[str, Any]) -> list[CommuneEnregistree]:
        communes = []
        for rang, objet in enumerate(self.objets(brut, "communes", COMMUNES_MAXIMUM), start=1):
            code = objet.get("code")
            if not isinstance(code, str) or not code.isalnum() or len(code) > 9:
                raise self._refuse(f"communes, n° {rang}, code", "un code INSEE")
            population = self.nombre(objet, "population")
            communes.append(
                CommuneEnregistree(
                    code=code,
                    nom=self.texte(objet, "nom", vide=True),
                    population=None if population is None else int(population),
                    surface_km2=self.nombre(objet, "surface_km2"),
                    est_partielle=objet.get("statut") == "partiel",
                )
            )
        if not communes:
            raise self._refuse("communes", "une liste d’au moins une commune")
        return communes

    def type_population(self, brut: Mapping[str, Any]) -> TypePopulation:
        reglages = brut.get("reglages", {})
        valeur = reglages.get("type_population", "municipale") if isinstance(reglages, dict) else 0
        if valeur not in get_args(TypePopulation):
            raise self._refuse("reglages.type_population", "« municipale » ou « totale »")
        return cast("TypePopulation", valeur)

    def saisies(self, brut: Mapping[str, Any]) -> tuple[ValeurSaisie, ...]:
        saisies = []
        for objet in self.objets(brut, "valeurs_saisies", 1_000):
            valeur = self.nombre(objet, "valeur")
            perimetre = objet.get("perimetre_saisi", "territoire")
            if valeur is None:
                raise self._refuse("valeurs_saisies, valeur", "un nombre")
            if perimetre not in get_args(PerimetreSaisi):
                raise self._refuse("valeurs_saisies, perimetre_saisi", "un périmètre connu")
            saisies.append(
                ValeurSaisie(
                    cle=self.texte(objet, "cle"),
                    valeur=valeur,
                    le=self.jour(objet, "le"),
                    perimetre_saisi=cast("PerimetreSaisi", perimetre),
                    commentaire=self.texte({"commentaire": "", **objet}, "commentaire", vide=True),
                )
            )
        return tuple(saisies)

    def notes(self, brut: Mapping[str, Any]) -> Mapping[str, str]:
        notes = brut.get("notes", {})
        if not isinstance(notes, dict) or len(notes) > 200:
            raise self._refuse("notes", "un objet de textes")
        return {clean_ligne(cle)[:100]: self.texte(notes, cle, vide=True) for cle in notes}

    def bilan(self, brut: Mapping[str, Any]) -> Bilan | None:
        bilan = brut.get("bilan")
        if bilan is None:
            return None
        if not isinstance(bilan, dict):
            raise self._refuse("bilan", "un objet")
        valeurs = [self.nombre(bilan, cle) for cle in ("nombre_communes", "population", "taille")]
        if any(valeur is None for valeur in valeurs):
            raise self._refuse("bilan", "nombre_communes, population et taille")
        nombre_communes, population, taille = (int(valeur or 0) for valeur in valeurs)
        return Bilan(nombre_communes, population, taille)


# --- moving to the geography of today ------------------------------------------------------------


def _move(
    geographie: Geographie, nom: str, communes: Sequence[CommuneEnregistree], millesime: str
) -> tuple[Perimetre, tuple[Alerte, ...], tuple[CommuneEnregistree, ...]]:
    """Translate every commune, and say what changed."""
    codes: set[str] = set()
    partielles: set[str] = set()
    perdues: list[CommuneEnregistree] = []
    alertes: list[Alerte] = []
    fusions: dict[str, list[CommuneEnregistree]] = {}
    for commune in communes:
        nouveau = _successeur(geographie, commune.code)
        if nouveau is None:
            perdues.append(commune)
            continue
        unites = _unites(geographie, nouveau)
        codes |= unites
        if commune.est_partielle:
            partielles |= unites
        fusions.setdefault(nouveau, []).append(commune)
    for nouveau, anciennes in fusions.items():
        # a commune named whole by one of its former parts only is held in part: see the alert
        if any(not ancienne.est_partielle for ancienne in anciennes):
            partielles -= _unites(geographie, nouveau)
        alertes += _changements(geographie, nouveau, anciennes, codes)
    if perdues:
        alertes.append(
            Alerte(
                "projet_communes_inconnues",
                "attention",
                f"{accorder(len(perdues), 'commune inconnue', 'communes inconnues')} de la "
                f"géographie {geographie.millesime}, hors du périmètre rouvert : "
                + enumerer([f"{commune.nom} ({commune.code})" for commune in perdues], 10)
                + ".",
                tuple(commune.code for commune in perdues),
            )
        )
    if millesime != geographie.millesime:
        alertes.insert(
            0,
            Alerte(
                "projet_geographie",
                "information",
                f"Projet enregistré dans la géographie {clean_ligne(millesime)[:20]}, rouvert dans "
                f"celle de {geographie.millesime}.",
            ),
        )
    perimetre = Perimetre(nom, frozenset(codes), frozenset(partielles), geographie.millesime)
    return perimetre, tuple(alertes), tuple(perdues)


def _successeur(geographie: Geographie, code: str) -> str | None:
    """Return the present commune or arrondissement of a code, None when nobody knows it."""
    if code in geographie.position or code in geographie.communes.index:
        return code
    if code in geographie.passage.index:
        return str(geographie.passage.at[code, "code"])
    return None


def _unites(geographie: Geographie, code: str) -> frozenset[str]:
    if code in geographie.position:
        return frozenset({code})
    return geographie.membres("commune", code)


def _changements(
    geographie: Geographie,
    code: str,
    anciennes: Sequence[CommuneEnregistree],
    codes: set[str],
) -> list[Alerte]:
    """Compare a commune of today with those of the file that became it."""
    table = geographie.unites if code in geographie.position else geographie.communes
    nom = str(table.at[code, "nom"])
    alertes = []
    autres = [ancienne for ancienne in anciennes if ancienne.code != code]
    if autres:
        cites = enumerer([f"{ancienne.nom} ({ancienne.code})" for ancienne in autres], 8)
        verbe = "ne fait plus qu’une commune avec" if len(autres) == 1 else "forment désormais"
        alertes.append(
            Alerte(
                "projet_communes_fusionnees",
                "information",
                f"{cites} {verbe} {nom} ({code}).",
                (code,),
            )
        )
        alertes += _scissions(geographie, autres)
    elif anciennes[0].nom and anciennes[0].nom != nom:
        alertes.append(
            Alerte(
                "projet_commune_renommee",
                "information",
                f"{anciennes[0].nom} ({code}) s’appelle désormais {nom}.",
                (code,),
            )
        )
    return alertes + _surfaces(geographie, code, nom, anciennes, codes)


def _scissions(geographie: Geographie, anciennes: Sequence[CommuneEnregistree]) -> list[Alerte]:
    alertes = []
    for ancienne in anciennes:
        ligne = geographie.passage.loc[ancienne.code]
        if bool(ligne["est_scindee"]):
            successeurs = str(ligne["successeurs"]).split()
            noms = [
                f"{geographie.communes.at[code, 'nom']!s} ({code})"
                for code in successeurs
                if code in geographie.communes.index
            ]
            alertes.append(
                Alerte(
                    "projet_commune_scindee",
                    "attention",
                    f"{ancienne.nom} ({ancienne.code}) a été partagée entre {enumerer(noms)} : "
                    "seule la première est reprise, ajoutez les autres si besoin.",
                    tuple(successeurs),
                )
            )
    return alertes


def _surfaces(
    geographie: Geographie,
    code: str,
    nom: str,
    anciennes: Sequence[CommuneEnregistree],
    codes: set[str],
) -> list[Alerte]:
    """Notice a commune that absorbed another, or gave one back, under the same code."""
    surfaces = [ancienne.surface_km2 for ancienne in anciennes]
    if any(surface is None for surface in surfaces):
        return []
    avant = sum(surface or 0.0 for surface in surfaces)
    unites = _unites(geographie, code)
    apres = float(geographie.surface_km2[geographie.rangs(unites)].sum())
    ecart = apres - avant
    if abs(ecart) <= ECART_SURFACE * max(avant, apres):
        return []
    texte = f"{nom} ({code}) passe de {format_nombre(avant, 1)} à {format_nombre(apres, 1)} km²"
    if ecart > 0:
        suite = "une commune voisine l’a rejointe : le périmètre s’étend d’autant."
    else:
        voisines = _voisines(geographie, unites, codes)
        suite = "une commune s’en est séparée et n’est plus dans le périmètre. " + (
            f"Voisines hors du périmètre : {enumerer(voisines, 8)}." if voisines else ""
        )
    return [Alerte("projet_commune_redessinee", "attention", f"{texte} : {suite}".strip(), (code,))]


def _voisines(geographie: Geographie, unites: frozenset[str], codes: set[str]) -> list[str]:
    rangs = geographie.rangs(unites)
    voisins = np.unique(geographie.graphe[rangs].indices)
    return [
        f"{geographie.unites.at[code, 'nom']!s} ({code})"
        for code in geographie.codes[voisins]
        if code not in codes
    ]
