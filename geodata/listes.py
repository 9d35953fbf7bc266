"""Understand a list of codes or names that somebody pasted, without ever guessing in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from geodata.errors import ImportRefuseError
from geodata.noms import compute_cle, normaliser
from geodata.recherche import Recherche, Resultat

LONGUEUR_LIMITE: Final = 2_000_000
NOMBRE_LIMITE: Final = 50_000
# looking for a likeness costs some 10 ms a name: beyond, the list is not a list of communes
_SUGGESTIONS_LIMITE: Final = 40
_MONTRE: Final = 80

_SEPARATEURS: Final = re.compile(r"[\t;,|]")
_ENTETES: Final = frozenset(
    {
        *("code", "codes", "insee", "siren", "epci", "depcom", "codgeo", "libgeo", "com", "libcom"),
        *("nom", "nomcom", "libelle", "commune", "communes", "dep", "dept", "departement", "reg"),
        *("region", "population", "pop", "cp", "code insee", "code commune", "code epci"),
        *("code postal", "nom commune", "nom epci", "insee com", "nom com", "libelle commune"),
    }
)
_CODE: Final = re.compile(r"(\d[\dABab]\d{3}|\d{9})")
_CODES_ESPACES: Final = re.compile(rf"{_CODE.pattern}(\s+{_CODE.pattern})+")
_CODE_RABOTE: Final = re.compile(r"\d{4}")
_CODE_DEPARTEMENT: Final = re.compile(r"(\d{1,3}|2[ABab])")
_ENTRE_PARENTHESES: Final = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*")
_NOM_PUIS_CODE: Final = re.compile(r"(.*\D)[\s–-]+(\d[\dABab]\d{3}|\d{2,3}|2[ABab])")
_CODE_PUIS_NOM: Final = re.compile(r"(\d[\dABab]\d{3}|\d{9})[\s–:-]+(.*\D.*)")

_COMMUNES: Final = frozenset({"commune", "arrondissement"})
_INTERCOMMUNALITES: Final = frozenset({"epci", "ept"})
_ANCIENNES: Final = frozenset({"ancienne_commune"})
_AUTRES: Final = frozenset({"departement", "region"})


@dataclass(frozen=True)
class ElementCompris:
    """One item understood: the line where it stands, its text, the place, and what was done."""

    ligne: int
    texte: str
    resultat: Resultat
    remarque: str = ""


@dataclass(frozen=True)
class ElementAmbigu:
    """One item with several possible places, the likeliest first."""

    ligne: int
    texte: str
    candidats: tuple[Resultat, ...]


@dataclass(frozen=True)
class ElementInconnu:
    """One item that matches nothing, with names that look like it."""

    ligne: int
    texte: str
    suggestions: tuple[Resultat, ...] = ()


@dataclass(frozen=True)
class ListeComprise:
    """What was understood of a pasted list; nothing in it has been applied.

    Parameters
    ----------
    comprises
        Items with one place and only one.
    traduites
        Items understood through a former code or name, or a code whose leading zero was lost.
    ambigues
        Items to choose.
    inconnues
        Items that match nothing.
    repetitions
        Number of items whose place was already in the list.
    """

    comprises: tuple[ElementCompris, ...] = ()
    traduites: tuple[ElementCompris, ...] = ()
    ambigues: tuple[ElementAmbigu, ...] = ()
    inconnues: tuple[ElementInconnu, ...] = ()
    repetitions: int = 0

    @property
    def codes_unites(self) -> frozenset[str]:
        """Unités of all that is understood."""
        return frozenset().union(
            *(element.resultat.codes_unites for element in self.comprises + self.traduites)
        )


@dataclass(frozen=True)
class _Element:
    """An item of the list before it is looked up; `precision` is a département or a code."""

    ligne: int
    texte: str
    nom: str = ""
    code: str = ""
    precision: str = ""


@dataclass
class _Tri:
    comprises: list[ElementCompris] = field(default_factory=list)
    traduites: list[ElementCompris] = field(default_factory=list)
    ambigus: list[tuple[_Element, list[int]]] = field(default_factory=list)
    inconnus: list[_Element] = field(default_factory=list)
    vus: set[tuple[str, str]] = field(default_factory=set)
    departements: Counter[str] = field(default_factory=Counter)
    repetitions: int = 0


def analyser_liste(texte: str, recherche: Recherche, nom: str = "liste collée") -> ListeComprise:
    """Look up each item of a pasted list.

    Parameters
    ----------
    texte
        One item a line, or several separated by commas, semicolons, tabs or bars: INSEE codes,
        SIREN, postal codes, names, `Nom (35)`, `Nom;35`, `35238;Rennes`, rows of a spreadsheet.
    recherche
        Index of the places.
    nom
        What to call the list in error messages.

    Raises
    ------
    ImportRefuseError
        The list is larger than any list of communes.
    """
    if len(texte) > LONGUEUR_LIMITE:
        raise ImportRefuseError(
            nom,
            f"plus de {LONGUEUR_LIMITE // 1_000_000} millions de caractères. Collez seulement "
            "la colonne des codes ou des noms.",
        )
    elements = [
        element
        for numero, ligne in enumerate(texte.lstrip("\ufeff").splitlines(), start=1)
        for element in _lire_ligne(numero, ligne, recherche)
    ]
    if len(elements) > NOMBRE_LIMITE:
        raise ImportRefuseError(
            nom,
            f"{len(elements)} éléments, pour {NOMBRE_LIMITE} au plus. La France compte moins de "
            "35 000 communes : vérifiez que la liste n’en contient pas d’autres colonnes.",
        )
    postaux_dominent = _postaux_dominent(elements, recherche)
    tri = _Tri()
    for element in elements:
        _chercher_element(element, recherche, tri, postaux_dominent=postaux_dominent)
    return ListeComprise(
        comprises=tuple(tri.comprises),
        traduites=tuple(tri.traduites),
        ambigues=tuple(_presenter_ambigu(*ambigu, recherche, tri) for ambigu in tri.ambigus),
        inconnues=tuple(
            ElementInconnu(
                element.ligne,
                element.texte,
                tuple(recherche.chercher(element.nom, limite=3))
                if rang < _SUGGESTIONS_LIMITE
                else (),
            )
            for rang, element in enumerate(tri.inconnus)
        ),
        repetitions=tri.repetitions,
    )


def _lire_ligne(numero: int, ligne: str, recherche: Recherche) -> list[_Element]:
    """Cut a line into items: a record (code and name of one place) is one item."""
    champs = [champ.strip(" \"'\u00a0\u202f") for champ in _SEPARATEURS.split(ligne)]
    champs = [morceau for champ in champs for morceau in _separer(champ)]
    if not champs or (numero == 1 and all(normaliser(champ) in _ENTETES for champ in champs)):
        return []
    fiche = _lire_fiche(numero, champs, recherche) if len(champs) > 1 else None
    if fiche is not None:
        return [fiche]
    elements: list[_Element] = []
    for champ in champs:
        precedent = elements[-1] if elements else None
        precision = ""
        if precedent and precedent.nom and not precedent.precision:
            precision = _lire_precision(champ, precedent.nom, recherche)
        if precedent and precision:
            texte = f"{precedent.texte} ; {champ}"[:_MONTRE]
            elements[-1] = _Element(numero, texte, nom=precedent.nom, precision=precision)
        else:
            elements.append(_lire_champ(numero, champ))
    return elements


def _separer(champ: str) -> list[str]:
    """Return the codes of a field made of codes and spaces only, else the field if it has one."""
    if _CODES_ESPACES.fullmatch(champ):
        return champ.split()
    return [champ] if champ else []


def _lire_fiche(numero: int, champs: list[str], recherche: Recherche) -> _Element | None:
    """Return the one item of a spreadsheet row whose code and name agree."""
    codes = [champ for champ in champs if _CODE.fullmatch(champ) and recherche.codes(champ)]
    for code in codes:
        cles = {recherche.cles[rang] for rang in recherche.codes(code)}
        if any(compute_cle(champ) in cles for champ in champs if champ != code):
            return _Element(numero, " ; ".join(champs)[:_MONTRE], code=code)
    return None


def _lire_precision(champ: str, nom: str, recherche: Recherche) -> str:
    """Return the département or the postal code that a field gives to the name before it, or ""."""
    if _CODE_DEPARTEMENT.fullmatch(champ) or re.fullmatch(r"\d{5}", champ):
        return champ
    entrees = [recherche.entrees[rang] for rang in recherche.nommes(compute_cle(champ))]
    departements = {entree.code for entree in entrees if entree.type == "departement"}
    lieux = recherche.nommes(compute_cle(nom)) if departements else []
    communs = departements.intersection(map(recherche.departement, lieux))
    return min(communs, default="")


def _lire_champ(numero: int, champ: str) -> _Element:
    montre = champ[:_MONTRE]
    serre = champ.replace(" ", "")
    if _CODE.fullmatch(serre) or _CODE_RABOTE.fullmatch(serre):
        return _Element(numero, montre, code=serre.upper())
    if trouve := _ENTRE_PARENTHESES.fullmatch(champ) or _NOM_PUIS_CODE.fullmatch(champ):
        return _Element(numero, montre, nom=trouve[1], precision=trouve[2])
    if trouve := _CODE_PUIS_NOM.fullmatch(champ):
        return _Element(numero, montre, nom=trouve[2], precision=trouve[1])
    return _Element(numero, montre, nom=champ)


def _postaux_dominent(elements: Iterable[_Element], recherche: Recherche) -> bool:
    """Say whether the bare codes of the list are rather postal codes than INSEE codes."""
    comptes: Counter[bool] = Counter()
    for element in elements:
        if element.code:
            types = {recherche.entrees[rang].type for rang in recherche.codes(element.code)}
            if ("code_postal" in types) != bool(types - {"code_postal"}):
                comptes["code_postal" in types] += 1
    return comptes[True] > comptes[False]


def _chercher_element(
    element: _Element, recherche: Recherche, tri: _Tri, *, postaux_dominent: bool
) -> None:
    if element.code:
        rangs, remarque = _chercher_code(element.code, recherche, postaux_dominent)
    else:
        rangs, remarque = _chercher_nom(element, recherche), ""
    if not rangs:
        tri.inconnus.append(element)
    elif len(rangs) > 1:
        tri.ambigus.append((element, rangs))
    else:
        _retenir(element, rangs[0], remarque, recherche, tri)


def _retenir(element: _Element, rang: int, remarque: str, recherche: Recherche, tri: _Tri) -> None:
    entree = recherche.entrees[rang]
    if (entree.type, entree.code) in tri.vus:
        tri.repetitions += 1
        return
    tri.vus.add((entree.type, entree.code))
    resultat = recherche.decrire(rang)
    tri.departements[recherche.departement(rang)] += 1
    if entree.type == "ancienne_commune":
        remarque = f"{resultat.libelle} : {resultat.precision}"
    compris = ElementCompris(element.ligne, element.texte, resultat, remarque)
    (tri.traduites if remarque else tri.comprises).append(compris)


def _chercher_code(
    code: str, recherche: Recherche, postaux_dominent: bool
) -> tuple[list[int], str]:
    """Return the candidates for a bare code, and what had to be done to it."""
    remarque = ""
    if _CODE_RABOTE.fullmatch(code):
        remarque = f"zéro initial rétabli : {code} lu 0{code}"
        code = f"0{code}"
    rangs = recherche.codes(code)
    insee = [rang for rang in rangs if recherche.entrees[rang].type != "code_postal"]
    postaux = [rang for rang in rangs if recherche.entrees[rang].type == "code_postal"]
    if insee and not (postaux and postaux_dominent):
        return insee[:1], remarque
    for rang in postaux:
        unites = sorted(recherche.entrees[rang].codes_unites)
        communes = [candidat for unite in unites for candidat in _communes(unite, recherche)]
        if len(communes) == 1 and not insee:
            return communes, remarque
        return [*insee, rang, *communes], remarque
    return insee, remarque


def _communes(code: str, recherche: Recherche) -> list[int]:
    return [rang for rang in recherche.codes(code) if recherche.entrees[rang].type in _COMMUNES]


def _chercher_nom(element: _Element, recherche: Recherche) -> list[int]:
    """Return the places of that name, of the first kind that has any."""
    tous = recherche.nommes(compute_cle(element.nom)) or recherche.epci_nommes(element.nom)
    if element.precision:
        precis = [rang for rang in tous if _convient(rang, element.precision, recherche)]
        if not precis and not tous:  # « Le Bourg (ancien) »: the bracket belongs to the name
            precis = recherche.nommes(compute_cle(f"{element.nom} {element.precision}"))
        tous = precis or tous
    for types in (_COMMUNES, _INTERCOMMUNALITES, _ANCIENNES, _AUTRES):
        rangs = [rang for rang in tous if recherche.entrees[rang].type in types]
        if len(rangs) > 1:
            nom = normaliser(element.nom)
            memes = [rang for rang in rangs if normaliser(recherche.entrees[rang].nom) == nom]
            return memes if len(memes) == 1 else rangs
        if rangs:
            return rangs
    return []


def _convient(rang: int, precision: str, recherche: Recherche) -> bool:
    """Say whether an entry agrees with a département (number or name), a code or a postal code."""
    entree = recherche.entrees[rang]
    code = precision.upper()
    departement = recherche.departement(rang)
    if code in {entree.code, departement, departement.lstrip("0")}:
        return True
    if _CODE.fullmatch(code):
        postaux = (entree for entree in map(recherche.entrees.__getitem__, recherche.codes(code)))
        unites = recherche.unites(entree)
        return any(
            candidat.type == "code_postal" and unites.intersection(candidat.codes_unites)
            for candidat in postaux
        )
    departements = recherche.geographie.departements
    if departement not in departements.index:
        return False
    return compute_cle(precision) == compute_cle(str(departements.at[departement, "nom"]))


def _presenter_ambigu(
    element: _Element, rangs: list[int], recherche: Recherche, tri: _Tri
) -> ElementAmbigu:
    """Put first the candidates of the départements that the rest of the list is about."""
    proches = sorted(
        rangs,
        key=lambda rang: (
            -tri.departements[recherche.departement(rang)],
            -sum(recherche.population[code] for code in recherche.unites(recherche.entrees[rang])),
        ),
    )
    return ElementAmbigu(
        element.ligne, element.texte, tuple(recherche.decrire(rang) for rang in proches)
    )
