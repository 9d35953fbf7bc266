"""FINESS+ feed of structures (json.gz of the Agence du numérique en santé), read as a stream."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre
from geodata.imports.officiels.formats import Contexte, Lue, Source

_CATEGORIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("603",), "maisons_sante"),
    **dict.fromkeys(("124",), "centres_sante"),
    **dict.fromkeys(("500",), "ehpad"),
    # homes for the elderly that are not EHPAD, with or without funds of the Assurance maladie
    **dict.fromkeys(("501", "502"), "ehpa"),
    # CHR, CH and former local hospitals, armed forces; short stay, pluridisciplinary, cancer;
    # rehabilitation; mental health; long stay. Not home hospitalisation nor dialysis.
    **dict.fromkeys(
        ("101", "106", "355", "114", "115", "122", "128", "129", "365", "131", "109", "161",
         "292", "362"),
        "hopitaux",
    ),
    **dict.fromkeys(("354", "209"), "ssiad"),
    # IME, SESSAD, MAS, FAM, EAM, ESAT
    **dict.fromkeys(("183", "182", "255", "437", "448", "246"), "handicap"),
    **dict.fromkeys(("604",), "cpts"),
}  # fmt: skip
COLONNES: Final = tuple(dict.fromkeys(_CATEGORIES.values()))
_CODE: Final = re.compile(r"^\d[\dAB]\d{3}$")
_BLOC: Final = 1 << 20
_OBJET_MAXIMUM: Final = 64 << 20
_EHPAD: Final = "ehpad"
# the EHPAD are kept one by one: the feed of activities gives their places without their commune
PREFIXE_EHPAD: Final = "ehpad:"
_OUVERT: Final = "A"
_ADRESSE_DU_SITE: Final = "03"
# documented shape of an entity, in both feeds: what is an object, what is a list of objects
_FORME: Final[Mapping[str, Any]] = {
    "ege": [
        {
            "informationsGeneralesEGE": {},
            "adresse": [{}],
            "activitesExercees": [
                {
                    "caracteristiquesGeneriques": {},
                    "nature": {
                        "caracteristiquesSpecifiques": {
                            "typeActiviteAMSR": {},
                            "typeActiviteASOCR": {},
                        }
                    },
                    "capacite": [{}],
                }
            ],
        }
    ]
}


class FormatFiness:
    """Count the open establishments of each commune by category."""

    source = Source(
        cle="finess",
        titre="FINESS+ structures",
        producteur="Agence du numérique en santé",
        url="https://www.data.gouv.fr/datasets/finess-structures-1",
        obtention="Ressource quotidienne « finess-structures » (json.gz, une cinquantaine de "
        "mégaoctets), à donner telle quelle. L’ancien CSV n’est plus produit depuis juillet 2026.",
        apporte="maisons et centres de santé, EHPAD, hôpitaux, SSIAD, établissements du handicap ; "
        "les places d’EHPAD sont dans le flux des activités, à donner ensuite",
        tables=("finess",),
        licence="Licence Ouverte 2.0",
    )

    def reconnait(self, debut: bytes, _membre: Membre) -> bool:
        """Tell whether it is a JSON object that begins like the feed."""
        debut_utile = debut.lstrip(b"\xef\xbb\xbf \r\n\t")
        return debut_utile.startswith(b"{") and b'"schemaVersion"' in debut

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Keep the open sites, at the commune of their own address.

        Raises
        ------
        ImportRefuseError
            If the feed is truncated, or does not have the documented shape.
        """
        comptes: Counter[tuple[str, str]] = Counter()
        ehpad: dict[str, str] = {}
        sans_commune = 0
        date_flux = ""
        with membre.open() as flux:
            for cle, objet in iter_objets(flux, contexte.fichier):
                if cle == "generatedAt":
                    date_flux = str(objet)[:10]
                    continue
                if cle != "pmej":
                    continue
                for site in objet.get("ege") or ():
                    colonne = _CATEGORIES.get(str(site.get("categorieentiteGeographiqueExercice")))
                    if site.get("etatObjet") != _OUVERT or colonne is None:
                        continue
                    commune = read_commune(site)
                    if commune:
                        comptes[(commune, colonne)] += 1
                        if colonne == _EHPAD and (numero := read_numero(site)):
                            ehpad[f"{PREFIXE_EHPAD}{numero}"] = commune
                    else:
                        sans_commune += 1
        if not comptes or not re.fullmatch(r"\d{4}-\d\d-\d\d", date_flux):
            raise ImportRefuseError(
                contexte.fichier,
                "aucun établissement ouvert des catégories attendues : le flux a changé de forme, "
                "ou ce n’est pas le flux des structures.",
            )
        table = pd.Series(comptes, dtype="float64").unstack().fillna(0.0)
        notes = (
            (f"{sans_commune} établissements ouverts sans adresse de site n’ont pas été comptés.",)
            if sans_commune
            else ()
        )
        jour = "/".join(reversed(date_flux.split("-")))
        return (
            Lue(
                id="finess",
                titre="répertoire Finess",
                millesime=date_flux[:4],
                libelle_millesime=f"flux du {jour}",
                geographie_origine=date_flux[:4],
                valeurs=table.reindex(columns=list(COLONNES), fill_value=0.0),
                lieux=pd.DataFrame({"communes": ehpad}, dtype=str),
                notes=notes,
                zero_si_absente=True,
            ),
        )


def read_numero(site: Mapping[str, Any]) -> str:
    """Return the FINESS number of a site, empty when the feed does not give it."""
    return str((site.get("informationsGeneralesEGE") or {}).get("numFinessEge") or "")


def read_commune(site: Mapping[str, Any]) -> str:
    """Return the commune of the site's own address, empty when it has none."""
    # the first address is that of the legal entity for thousands of sites
    for adresse in site.get("adresse") or ():
        if adresse.get("usageAdresse") == _ADRESSE_DU_SITE:
            code = str(adresse.get("cogCommune") or "").upper()
            return code if _CODE.match(code) else ""
    return ""


def iter_objets(flux: IO[bytes], fichier: str) -> Iterator[tuple[str, Any]]:
    """Yield (key, value) of the top object, and (key, element) for each element of its arrays.

    Raises
    ------
    ImportRefuseError
        If the feed is truncated, or an entity (`pmej`) does not have the documented shape.
    """
    decodeur = json.JSONDecoder()
    texte = _Texte(flux, fichier)
    texte.expect("{")
    while True:
        cle = texte.decode(decodeur)
        texte.expect(":")
        if texte.peek() == "[":
            texte.expect("[")
            while texte.peek() != "]":
                element = texte.decode(decodeur)
                _check_forme(fichier, str(cle), element)
                yield str(cle), element
                if texte.peek() == ",":
                    texte.expect(",")
            texte.expect("]")
        else:
            valeur = texte.decode(decodeur)
            _check_forme(fichier, str(cle), valeur)
            yield str(cle), valeur
        if texte.peek() != ",":
            texte.expect("}")
            return
        texte.expect(",")


def _check_forme(fichier: str, cle: str, valeur: object) -> None:
    if cle == "pmej" and not _est_de_forme(valeur, _FORME):
        raise ImportRefuseError(
            fichier, "ses entités (« pmej ») n’ont plus la forme documentée du flux."
        )


def _est_de_forme(objet: object, forme: Any) -> bool:  # noqa: ANN401 - nested objects and lists
    if isinstance(forme, list):
        return isinstance(objet, list) and all(_est_de_forme(o, forme[0]) for o in objet)
    return isinstance(objet, dict) and all(
        _est_de_forme(objet[cle], dedans) for cle, dedans in forme.items() if objet.get(cle)
    )


class _Texte:
    """Decode a stream of JSON value by value, keeping one value in memory."""

    def __init__(self, flux: IO[bytes], fichier: str) -> None:
        self._flux = io.TextIOWrapper(flux, encoding="utf-8-sig")
        self._fichier = fichier
        self._tampon = ""
        self._position = 0

    def _fill(self) -> bool:
        try:
            suite = self._flux.read(_BLOC)
        except UnicodeDecodeError as erreur:
            raise self._refuse("son texte n’est pas en UTF-8") from erreur
        if self._position:
            self._tampon = self._tampon[self._position :]
            self._position = 0
        self._tampon += suite
        return bool(suite)

    def _refuse(self, raison: str) -> ImportRefuseError:
        return ImportRefuseError(self._fichier, f"{raison}. Téléchargez le flux à nouveau.")

    def peek(self) -> str:
        """Return the next significant character."""
        while True:
            while self._position < len(self._tampon):
                caractere = self._tampon[self._position]
                if caractere not in " \r\n\t":
                    return caractere
                self._position += 1
            if not self._fill():
                raise self._refuse("le JSON est tronqué")

    def expect(self, caractere: str) -> None:
        """Step over a character."""
        if self.peek() != caractere:
            raise self._refuse(f"« {caractere} » attendu dans le JSON")
        self._position += 1

    def decode(self, decodeur: json.JSONDecoder) -> Any:  # noqa: ANN401 - JSON is any shape
        """Decode one value."""
        self.peek()
        while True:
            try:
                valeur, fin = decodeur.raw_decode(self._tampon, self._position)
            except RecursionError as erreur:
                raise self._refuse("le JSON est imbriqué sans fin") from erreur
            except ValueError as erreur:
                est_long = len(self._tampon) - self._position > _OBJET_MAXIMUM
                if est_long or not self._fill():
                    raise self._refuse("le JSON est tronqué ou abîmé") from erreur
                continue
            # a number could go on in the next block
            if fin == len(self._tampon) and self._fill():
                continue
            self._position = fin
            return valeur


FORMATS: Final = (FormatFiness(),)
