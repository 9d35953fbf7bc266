"""Read lists of (CPTS, commune): find the header, understand each line, guess nothing alone."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, Literal

from rapidfuzz import fuzz

from geodata.errors import ImportRefuseError
from geodata.imports.rapport import Anomalie, Candidat, TerritoireLu, TypeAnomalie
from geodata.imports.tableaux import Lignes, clean_code, reduce_entete
from geodata.noms import compute_cle, normaliser
from geodata.recherche import Recherche
from geodata.schema import StatutCpts, StatutUnite, UniteCpts

Colonne = Literal[
    "cpts", "code", "commune", "departement", "postal", "finess", "statut", "statut_unite",
    "part", "commentaire", "communes_annoncees", "population_annoncee",
]  # fmt: skip

# header names met in files of ARS, of federations and of this application, once reduced
_ENTETES: Final[Mapping[Colonne, tuple[str, ...]]] = {
    "cpts": (
        *("cpts", "nomcpts", "cptsnom", "nomdelacpts", "libellecpts", "libcpts", "nmcpts"),
        *("territoire", "nomterritoire", "nomduterritoire", "projet", "nomprojet", "nomduprojet"),
        *("communauteprofessionnelleterritorialedesante", "structure", "nomstructure"),
    ),
    "code": (
        *("codeinsee", "codgeo", "depcom", "inseecom", "codeinseecommune", "codecommuneinsee"),
        *("codecommune", "communecode", "codeinseedelacommune", "codecog", "cogcommune"),
        *("insee", "ncominsee", "codecom", "com", "cog", "unitecode", "codeunite", "cdcmmn"),
        *("codes", "code", "geo", "codeepci", "sirenepci", "epci", "siren"),
    ),
    "commune": (
        *("commune", "communes", "nomcommune", "nomdelacommune", "libellecommune", "libgeo"),
        *("nomcom", "libcom", "libellecom", "ville", "unitenom", "nomunite", "nmmnn", "nmcmmn"),
        *("nomdescommunes", "nccenr", "ncc"),
    ),
    "departement": (
        *("departement", "dep", "dept", "dpt", "codedepartement", "codedep", "numdep"),
        *("nomdepartement", "cddprt", "departementcommune"),
    ),
    "postal": ("codepostal", "cp", "codespostaux", "codepostalcommune"),
    "finess": (
        "finess",
        "nfiness",
        "numerofiness",
        "numfiness",
        "finessej",
        "nofiness",
        "finesset",
    ),
    "statut": ("statut", "statutcpts", "etat", "avancement", "stade", "etape", "etatavancement"),
    "statut_unite": (
        *("statutcommune", "statutunite", "couverture", "entierpartiel", "typecouverture"),
        *("partiel", "communepartielle", "perimetrecommune"),
    ),
    "part": ("part", "partestimee", "pourcentage", "quotepart", "partpopulation", "partcommune"),
    "commentaire": ("commentaire", "commentaires", "remarque", "quartier", "secteur", "precision"),
    "communes_annoncees": ("ncommunes", "nombrecommunes", "nbcommunes", "nombredecommunes"),
    "population_annoncee": (
        *("populationdeclaree", "populationannoncee", "popdeclaree", "populationcouverte"),
    ),
}
_COLONNES_TERRITOIRE: Final[tuple[Colonne, ...]] = (
    *("statut", "finess", "communes_annoncees", "population_annoncee"),
)
_COLONNES_UNITE: Final[tuple[Colonne, ...]] = ("statut_unite", "part")
_STATUTS: Final[tuple[tuple[str, StatutCpts], ...]] = (
    ("diss", "dissous"),
    ("fusion", "fusionne"),
    ("refus", "refuse"),
    ("oppos", "refuse"),
    ("aci", "aci_signe"),
    ("signat", "aci_signe"),
    ("signe", "aci_signe"),
    ("lettre", "lettre_intention"),
    ("intention", "lettre_intention"),
    ("preprojet", "pre_projet"),
    ("redaction", "pre_projet"),
    ("valide", "projet_valide"),
    ("projetdesante", "projet_valide"),
    ("initiative", "initiative"),
    ("reflexion", "initiative"),
    ("emergence", "initiative"),
    ("nonrenseigne", "non_renseigne"),
)
_PARTIEL: Final = ("partiel", "partielle", "partie", "oui", "p", "quartier", "quartiers")
_LIMITROPHE: Final = ("limitrophe", "frontiere", "contigue")
_CODE: Final = re.compile(r"\d{4,5}|\d[AB]\d{3}|\d{9}")
_LIGNES_ENTETE: Final = 25
_SUGGESTIONS: Final = 300  # looking for a likeness costs some 10 ms a name
_RESSEMBLANCE: Final = 60
_LONGUEUR_NOM: Final = 300
_INTERDITS: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)


@dataclass(frozen=True)
class _Cle:
    """What a line says of its commune."""

    code: str
    commune: str
    departement: str
    postal: str


@dataclass(frozen=True)
class _Sens:
    """What a line means: unités, or a doubt with candidates."""

    codes: tuple[str, ...] = ()
    type: TypeAnomalie | None = None
    message: str = ""
    candidats: tuple[Candidat, ...] = ()


@dataclass
class _Brouillon:
    """One territory while its lines are read."""

    nom: str
    unites: dict[str, UniteCpts] = field(default_factory=dict)
    lignes: dict[str, int] = field(default_factory=dict)
    statuts: Counter[StatutCpts] = field(default_factory=Counter)
    finess: str | None = None
    communes_annoncees: int | None = None
    population_annoncee: int | None = None


def read_liste(
    fichier: str, lignes: Lignes, recherche: Recherche
) -> tuple[list[TerritoireLu], list[Anomalie]]:
    """Read a list of communes, one territory or hundreds.

    Without a column of CPTS names the whole list is one territory, named after the file.

    Raises
    ------
    ImportRefuseError
        When no column of codes nor of names of communes is found.
    """
    debut, colonnes = find_entete(fichier, lignes)
    lecture = _Lecture(fichier, recherche, colonnes)
    for numero, cellules in lignes[debut:]:
        lecture.read_ligne(numero, cellules)
    return lecture.conclude()


def find_entete(fichier: str, lignes: Lignes) -> tuple[int, dict[Colonne, int]]:
    """Return the rank of the first line of data, and the columns recognised.

    Raises
    ------
    ImportRefuseError
        When nothing looks like codes or names of communes.
    """
    if not lignes:
        raise ImportRefuseError(fichier, "il est vide.")
    meilleur: tuple[int, dict[Colonne, int]] = (0, {})
    for rang, (_, cellules) in enumerate(lignes[:_LIGNES_ENTETE]):
        colonnes = _recognise(cellules)
        if len(colonnes) > len(meilleur[1]) and ({"code", "commune"} & colonnes.keys()):
            meilleur = (rang + 1, colonnes)
    if meilleur[1]:
        return meilleur
    premiere = lignes[0][1]
    if len(premiere) == 1 and _CODE.fullmatch(clean_code(premiere[0])):
        return 0, {"code": 0}
    vues = ", ".join(f"« {cellule.strip()[:40]} »" for cellule in premiere[:8])
    raise ImportRefuseError(
        fichier,
        f"aucune colonne de communes parmi : {vues}. Nommez-les « nom_cpts », « code_insee », "
        "« commune » et « departement ».",
    )


def _recognise(cellules: Sequence[str]) -> dict[Colonne, int]:
    noms = [reduce_entete(cellule) for cellule in cellules]
    colonnes: dict[Colonne, int] = {}
    for colonne, connus in _ENTETES.items():
        trouve = next((noms.index(nom) for nom in connus if nom in noms), None)
        if trouve is not None and trouve not in colonnes.values():
            colonnes[colonne] = trouve
    # a column « nom » is the commune's, unless another column is: then it is the CPTS's
    if "nom" in noms:
        if "commune" not in colonnes:
            colonnes["commune"] = noms.index("nom")
        elif "cpts" not in colonnes:
            colonnes["cpts"] = noms.index("nom")
    return colonnes


class _Lecture:
    """Read the lines of one file, each distinct commune being looked up once."""

    def __init__(self, fichier: str, recherche: Recherche, colonnes: Mapping[Colonne, int]) -> None:
        self._fichier = fichier
        self._recherche = recherche
        self._geographie = recherche.geographie
        self._colonnes = colonnes
        self._brouillons: dict[str, _Brouillon] = {}
        self._anomalies: list[Anomalie] = []
        self._sens: dict[_Cle, _Sens] = {}
        self._suggestions = _SUGGESTIONS
        self._nom_par_defaut = clean_nom(PurePosixPath(fichier).stem) or "Territoire importé"

    def _cellule(self, cellules: Sequence[str], colonne: Colonne) -> str:
        position = self._colonnes.get(colonne)
        if position is None or position >= len(cellules):
            return ""
        return cellules[position].strip()

    def read_ligne(self, numero: int, cellules: Sequence[str]) -> None:
        """Add what one line says to its territory."""
        nom = clean_nom(self._cellule(cellules, "cpts"))
        cle = _Cle(
            clean_code(self._cellule(cellules, "code")),
            clean_nom(self._cellule(cellules, "commune")),
            self._cellule(cellules, "departement"),
            clean_code(self._cellule(cellules, "postal")),
        )
        if "cpts" in self._colonnes and not nom:
            if cle.code or cle.commune:
                self._warn(
                    "ligne_incomplete",
                    "bloquant",
                    f"Ligne {numero} : le nom de la CPTS manque, la ligne n’est pas reprise.",
                    numero,
                )
            return
        brouillon = self._brouillons.setdefault(
            nom or self._nom_par_defaut, _Brouillon(nom or self._nom_par_defaut)
        )
        self._read_territoire(brouillon, numero, cellules)
        if not (cle.code or cle.commune):
            self._warn(
                "ligne_incomplete",
                "attention",
                f"Ligne {numero} : ni code ni nom de commune.",
                numero,
                brouillon.nom,
            )
            return
        sens = self._sens.get(cle)
        if sens is None:
            sens = self._sens[cle] = self._understand(cle)
        self._apply(brouillon, numero, cellules, cle, sens)

    def _apply(
        self,
        brouillon: _Brouillon,
        numero: int,
        cellules: Sequence[str],
        cle: _Cle,
        sens: _Sens,
    ) -> None:
        if sens.type is not None:
            self._warn(
                sens.type,
                "attention" if sens.codes else "bloquant",
                f"Ligne {numero} : {sens.message}",
                numero,
                brouillon.nom,
                codes=sens.codes or ((cle.code,) if cle.code else ()),
                candidats=sens.candidats,
            )
        statut, part = self._read_unite(brouillon, numero, cellules)
        commentaire = clean_nom(self._cellule(cellules, "commentaire"))
        for code in sens.codes:
            if code in brouillon.unites:
                self._warn(
                    "doublon",
                    "information",
                    f"Ligne {numero} : {self._name(code)} figure déjà ligne "
                    f"{brouillon.lignes[code]}, elle n’est comptée qu’une fois.",
                    numero,
                    brouillon.nom,
                    codes=(code,),
                )
                continue
            brouillon.unites[code] = UniteCpts(code, statut, part, commentaire)
            brouillon.lignes[code] = numero

    def _read_territoire(self, brouillon: _Brouillon, numero: int, cellules: Sequence[str]) -> None:
        if self._colonnes.keys().isdisjoint(_COLONNES_TERRITOIRE):
            return
        if texte := self._cellule(cellules, "statut"):
            statut = read_statut(texte)
            if statut is None:
                self._warn(
                    "statut_inconnu",
                    "information",
                    f"Ligne {numero} : statut « {texte[:60]} » non reconnu, laissé non renseigné.",
                    numero,
                    brouillon.nom,
                )
            else:
                brouillon.statuts[statut] += 1
        finess = clean_code(self._cellule(cellules, "finess"))
        if re.fullmatch(r"\d{9}|2[AB]\d{7}", finess):
            brouillon.finess = finess
        for colonne in ("communes_annoncees", "population_annoncee"):
            nombre = re.sub(r"\D", "", self._cellule(cellules, colonne))
            if nombre and len(nombre) < 9:
                setattr(brouillon, colonne, int(nombre))

    def _read_unite(
        self, brouillon: _Brouillon, numero: int, cellules: Sequence[str]
    ) -> tuple[StatutUnite, float | None]:
        if self._colonnes.keys().isdisjoint(_COLONNES_UNITE):
            return "entier", None
        texte = reduce_entete(self._cellule(cellules, "statut_unite"))
        statut: StatutUnite = "entier"
        if texte in _PARTIEL:
            statut = "partiel"
        elif texte in _LIMITROPHE:
            statut = "limitrophe"
        brute = self._cellule(cellules, "part")
        if not brute:
            return statut, None
        part = read_part(brute)
        if part is None:
            self._warn(
                "part_invalide",
                "attention",
                f"Ligne {numero} : part « {brute[:20]} » illisible ; attendu un pourcentage "
                "ou un nombre entre 0 et 1.",
                numero,
                brouillon.nom,
            )
            return statut, None
        return (statut, None) if part == 1.0 else ("partiel", part)

    def _understand(self, cle: _Cle) -> _Sens:
        if cle.code:
            sens = self._understand_code(cle)
            if sens.codes or not cle.commune:
                return self._check_nom(cle, sens)
            par_nom = self._understand_nom(cle)
            return _Sens(
                type="code_inconnu",
                message=f"code {cle.code} inconnu pour « {cle.commune} ».",
                candidats=par_nom.candidats or self._candidates(par_nom.codes),
            )
        return self._understand_nom(cle)

    def _understand_code(self, cle: _Cle) -> _Sens:
        geographie, code = self._geographie, cle.code
        if re.fullmatch(r"\d{4}", code):
            retabli = self._understand_code(_Cle(f"0{code}", cle.commune, "", ""))
            if retabli.codes and retabli.type is None:
                return _Sens(
                    retabli.codes, "zero_retabli", f"code {code} lu 0{code} (zéro initial perdu)."
                )
            return retabli
        if code in geographie.position:
            return _Sens((code,))
        if membres := (
            geographie.membres("commune", code)
            or geographie.membres("epci", code)
            or geographie.membres("ept", code)
        ):
            return _Sens(tuple(sorted(membres)))
        if code not in geographie.passage.index:
            return _Sens(type="code_inconnu", message=f"code {code[:20]} inconnu.")
        return self._translate(code)

    def _translate(self, ancien: str) -> _Sens:
        ligne = self._geographie.passage.loc[ancien]
        successeurs = str(ligne["successeurs"]).split() or [str(ligne["code"])]
        nom = f"{ancien} ({ligne['nom_ancien']})"
        if bool(ligne["est_scindee"]):
            return _Sens(
                type="code_scinde",
                message=f"l’ancienne commune {nom} a été partagée : à choisir.",
                candidats=self._candidates(successeurs),
            )
        codes = tuple(
            sorted(
                unite
                for code in successeurs
                for unite in self._geographie.membres("commune", code) or {code}
            )
        )
        return _Sens(
            codes,
            "code_traduit",
            f"l’ancienne commune {nom} est aujourd’hui {', '.join(map(self._name, codes))}, "
            "qui peut être plus étendue.",
        )

    def _check_nom(self, cle: _Cle, sens: _Sens) -> _Sens:
        """Doubt a code whose commune has another name: the usual trace of a homonym slip."""
        if len(sens.codes) != 1 or not cle.commune or sens.type not in (None, "zero_retabli"):
            return sens
        code = sens.codes[0]
        officiel = compute_cle(self._name(code))
        donne = compute_cle(cle.commune)
        if officiel == donne or fuzz.token_set_ratio(officiel, donne) >= _RESSEMBLANCE:
            return sens
        if cle.commune in self._anciens.get(code, ()) or donne in self._anciens.get(code, ()):
            return sens
        par_nom = self._understand_nom(cle)
        autres = [c for c in par_nom.candidats or self._candidates(par_nom.codes) if c.code != code]
        return _Sens(
            sens.codes,
            "code_et_nom_differents",
            f"le code {code} est celui de {self._name(code)}, pas de « {cle.commune} » : le code "
            "est gardé, à vérifier.",
            (*self._candidates([code]), *autres) if autres else (),
        )

    @cached_property
    def _anciens(self) -> dict[str, set[str]]:
        """Keys of the former names of each unité."""
        anciens: dict[str, set[str]] = defaultdict(set)
        for entree in self._recherche.entrees:
            if entree.type == "ancienne_commune":
                for code in entree.codes_unites:
                    anciens[code].add(compute_cle(entree.nom))
        return anciens

    def _understand_nom(self, cle: _Cle) -> _Sens:
        recherche = self._recherche
        rangs = recherche.nommes(compute_cle(cle.commune))
        for types in (("commune", "arrondissement"), ("ancienne_commune",)):
            candidats = [rang for rang in rangs if recherche.entrees[rang].type in types]
            precis = [rang for rang in candidats if self._agrees(rang, cle)]
            if cle.departement or cle.postal:
                candidats = precis
            if len(candidats) > 1:
                exacts = [
                    rang
                    for rang in candidats
                    if normaliser(recherche.entrees[rang].nom) == normaliser(cle.commune)
                ]
                candidats = exacts if len(exacts) == 1 else candidats
            if len(candidats) == 1:
                return self._accept(candidats[0], cle)
            if candidats:
                return _Sens(
                    type="homonyme",
                    message=f"« {cle.commune} » existe plusieurs fois ; précisez le département.",
                    candidats=self._describe(candidats),
                )
        return self._suggest(cle, rangs)

    def _accept(self, rang: int, cle: _Cle) -> _Sens:
        entree = self._recherche.entrees[rang]
        unites = tuple(sorted(self._recherche.unites(entree)))
        if entree.type != "ancienne_commune":
            return _Sens(unites)
        if len(unites) > 1:
            return _Sens(
                type="code_scinde",
                message=f"l’ancienne commune « {cle.commune} » a été partagée : à choisir.",
                candidats=self._candidates(unites),
            )
        return _Sens(
            unites,
            "code_traduit",
            f"« {cle.commune} » est aujourd’hui {self._name(unites[0])}, qui peut être plus "
            "étendue.",
        )

    def _suggest(self, cle: _Cle, homonymes: Sequence[int]) -> _Sens:
        ailleurs = [
            rang
            for rang in homonymes
            if self._recherche.entrees[rang].type in ("commune", "arrondissement")
        ]
        if ailleurs:
            return _Sens(
                type="nom_inconnu",
                message=f"aucune commune « {cle.commune} » à cet endroit "
                f"({cle.departement or cle.postal}) ; elle existe ailleurs.",
                candidats=self._describe(ailleurs),
            )
        candidats: tuple[Candidat, ...] = ()
        if self._suggestions > 0:
            self._suggestions -= 1
            proches = [
                proche
                for proche in self._recherche.suggerer(cle.commune, limite=6)
                if proche.type in ("commune", "arrondissement", "ancienne_commune")
            ]
            departement = _number_departement(cle.departement)
            proches.sort(
                key=lambda proche: (
                    not any(code.startswith(departement or "?") for code in proche.codes_unites)
                )
            )
            candidats = tuple(
                Candidat(code, f"{proche.libelle}, {proche.precision}")
                for proche in proches[:3]
                for code in sorted(proche.codes_unites)[:1]
            )
        return _Sens(
            type="nom_inconnu",
            message=f"commune « {cle.commune[:60]} » inconnue.",
            candidats=candidats,
        )

    def _agrees(self, rang: int, cle: _Cle) -> bool:
        """Tell whether a place agrees with the département or the postal code of the line."""
        recherche = self._recherche
        unites = recherche.unites(recherche.entrees[rang])
        if cle.departement:
            numero = _number_departement(cle.departement)
            departements = {self._departements[code] for code in unites}
            if numero:
                return numero in departements
            nom = compute_cle(cle.departement)
            return any(self._cles_departements[code] == nom for code in departements)
        if cle.postal:
            return any(cle.postal in self._postaux[code] for code in unites)
        return True

    @cached_property
    def _cles_departements(self) -> dict[str, str]:
        noms = self._geographie.departements["nom"]
        return {str(code): compute_cle(str(nom)) for code, nom in noms.items()}

    @cached_property
    def _departements(self) -> dict[str, str]:
        colonne = self._geographie.unites["code_departement"]
        return dict(zip(colonne.index, colonne, strict=True))

    @cached_property
    def _postaux(self) -> dict[str, str]:
        colonne = self._geographie.unites["codes_postaux"].fillna("")
        return dict(zip(colonne.index, colonne, strict=True))

    @cached_property
    def _noms(self) -> dict[str, str]:
        colonne = self._geographie.unites["nom"]
        return dict(zip(colonne.index, colonne, strict=True))

    def _name(self, code: str) -> str:
        return f"{self._noms.get(code, '')} ({code})".strip()

    def _candidates(self, codes: Sequence[str]) -> tuple[Candidat, ...]:
        return tuple(Candidat(code, self._noms.get(code, code)) for code in codes)

    def _describe(self, rangs: Sequence[int]) -> tuple[Candidat, ...]:
        resultats = [self._recherche.decrire(rang) for rang in rangs]
        return tuple(
            Candidat(code, f"{resultat.libelle}, {resultat.precision}")
            for resultat in resultats
            for code in sorted(resultat.codes_unites)[:1]
        )

    def _warn(
        self,
        type_: TypeAnomalie,
        gravite: Literal["bloquant", "attention", "information"],
        message: str,
        ligne: int | None = None,
        territoire: str = "",
        *,
        codes: tuple[str, ...] = (),
        candidats: tuple[Candidat, ...] = (),
    ) -> None:
        self._anomalies.append(
            Anomalie(type_, gravite, message, self._fichier, ligne, codes, territoire, candidats)
        )

    def conclude(self) -> tuple[list[TerritoireLu], list[Anomalie]]:
        """Return the territories and the doubts; candidates near the territory come first."""
        territoires = [
            TerritoireLu(
                nom=brouillon.nom,
                unites=tuple(sorted(brouillon.unites.values())),
                fichier=self._fichier,
                statut=max(
                    brouillon.statuts, key=lambda s: brouillon.statuts[s], default="non_renseigne"
                ),
                finess=brouillon.finess,
                communes_annoncees=brouillon.communes_annoncees,
                population_annoncee=brouillon.population_annoncee,
                lignes=brouillon.lignes,
            )
            for brouillon in self._brouillons.values()
        ]
        return territoires, [self._rank_candidates(anomalie) for anomalie in self._anomalies]

    def _rank_candidates(self, anomalie: Anomalie) -> Anomalie:
        brouillon = self._brouillons.get(anomalie.territoire)
        if len(anomalie.candidats) < 2 or brouillon is None or anomalie.codes:
            return anomalie
        presence = Counter(self._departements[code] for code in brouillon.unites)
        candidats = sorted(
            anomalie.candidats, key=lambda c: -presence[self._departements.get(c.code, "")]
        )
        return Anomalie(
            **{**anomalie.__dict__, "candidats": tuple(candidats)}  # the one field that changes
        )


def read_statut(texte: str) -> StatutCpts | None:
    """Recognise the status of a project among the wordings met; None when unknown."""
    reduit = reduce_entete(texte)
    return next((statut for motif, statut in _STATUTS if motif in reduit), None)


def read_part(texte: str) -> float | None:
    """Read a share written « 30 % », « 30 », « 0,3 »; None when it makes no sense."""
    brut = texte.replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    est_pourcentage = brut.endswith("%")
    try:
        valeur = float(brut.removesuffix("%"))
    except ValueError:
        return None
    if est_pourcentage or valeur > 1:
        valeur /= 100
    return valeur if 0 < valeur <= 1 else None


def clean_nom(texte: str) -> str:
    """Return a name on one printable line, bounded; markup in it stays text."""
    normal = unicodedata.normalize("NFC", texte)
    return " ".join(_INTERDITS.sub(" ", normal).split())[:_LONGUEUR_NOM]


def _number_departement(texte: str) -> str:
    numero = clean_code(texte)
    return numero.zfill(2) if re.fullmatch(r"\d{1,3}|2[AB]", numero) else ""
