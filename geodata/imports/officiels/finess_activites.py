"""FINESS+ feed of activities: the places of the EHPAD, which the feed of structures does not carry.

The feed names establishments by their number only. Which are EHPAD, and where, comes from the
feed of structures: it is given first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre
from geodata.imports.officiels.finess import PREFIXE_EHPAD, iter_objets
from geodata.imports.officiels.formats import Contexte, Lue, Source

_STRUCTURES: Final = "finess"
_ACTIF: Final = "A"
# social and medico-social activities; the feed has written both spellings of the first
_BLOCS: Final[Mapping[str, str]] = {
    "AMSR": "typeActiviteAMSR",
    "ASMR": "typeActiviteAMSR",
    "ASOCR": "typeActiviteASOCR",
}
# care of the elderly, temporary care, reinforced units; neither PASA (961), whose guests already
# live there, nor support to carers (963)
_ACCUEIL: Final = frozenset({"924", "657", "962"})
_ACCUEIL_DE_JOUR: Final = "21"
_INSTALLEE: Final = "09"
# a capacity that details another by funding, lodging or gender is already in it
_DETAILS: Final = ("modeFinancement", "habilitation", "typeLogement", "genre")


class FormatActivites:
    """Add the installed places of each EHPAD at its commune."""

    source = Source(
        cle="finess_activites",
        titre="FINESS+ activités (places des EHPAD)",
        producteur="Agence du numérique en santé",
        url="https://www.data.gouv.fr/datasets/finess-activites-1",
        obtention="Donnez d’abord le flux des structures, qui dit quels établissements sont des "
        "EHPAD et où ; puis la ressource « finess-activites » (json.gz, une soixantaine de "
        "mégaoctets), telle quelle : sa lecture peut prendre une minute. Forme lue dans les "
        "spécifications publiques de l’ANS, non vérifiée sur un flux entier.",
        apporte="places d’EHPAD ; et pour 100 habitants de 75 ans ou plus, si « Évolution et "
        "structure de la population » est chargé",
        tables=("finess_places",),
    )

    def reconnait(self, debut: bytes, _membre: Membre) -> bool:
        """Tell whether it is a JSON object that begins like the feed."""
        debut_utile = debut.lstrip(b"\xef\xbb\xbf \r\n\t")
        est_finess = debut_utile.startswith(b"{") and b'"schemaVersion"' in debut
        return est_finess and (b'"activitesAutorisees"' in debut or b'"activitesExercees"' in debut)

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Keep the installed places of the EHPAD that the structures have named.

        Raises
        ------
        ImportRefuseError
            If the structures were not given, or the feed does not have the documented shape.
        """
        communes = _lire_ehpad(contexte)
        places: dict[str, tuple[float, float]] = {}
        date_flux = ""
        with membre.open() as flux:
            for cle, objet in iter_objets(flux, contexte.fichier):
                if cle == "generatedAt":
                    date_flux = str(objet)[:10]
                elif cle == "pmej":
                    for site in objet.get("ege") or ():
                        numero = str(site.get("numFinessEge") or "")
                        du_site = read_places(site) if numero in communes.index else None
                        if du_site is not None:
                            places[numero] = du_site
        if not places or not re.fullmatch(r"\d{4}-\d\d-\d\d", date_flux):
            raise ImportRefuseError(
                contexte.fichier,
                "aucune place des EHPAD du flux des structures n’y figure : le flux a changé de "
                "forme, ou les deux flux ne vont pas ensemble.",
            )
        lues = pd.DataFrame.from_dict(
            places, orient="index", columns=["places", "places_jour"]
        ).reindex(communes.index)
        inconnues = int(lues["places"].isna().sum())
        # one EHPAD without a known capacity makes the places of its commune unknown
        valeurs = lues.groupby(communes).agg(_additionner)
        jour = "/".join(reversed(date_flux.split("-")))
        return (
            Lue(
                id="finess_places",
                titre="places des EHPAD",
                millesime=date_flux[:4],
                libelle_millesime=f"flux du {jour}",
                geographie_origine=date_flux[:4],
                valeurs=valeurs.rename_axis(None),
                compte={"ehpad": len(communes), "ehpad_sans_capacite": inconnues},
                zero_si_absente=True,
            ),
        )


def _additionner(places: pd.Series[float]) -> float:
    return float(places.sum(skipna=False))


def read_places(site: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the installed places of a site, lodging then day care; None when it gives none.

    A capacity without a number makes the whole unknown (NaN).
    """
    places = [0.0, 0.0]
    est_connue = False
    for mode, capacite in _iter_capacites(site):
        est_connue = True
        nombre = str(capacite.get("nombre") or "")
        places[mode == _ACCUEIL_DE_JOUR] += float(nombre) if nombre.isdigit() else np.nan
    return (places[0], places[1]) if est_connue else None


def _iter_capacites(site: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for activite in site.get("activitesExercees") or ():
        nature = activite.get("nature") or {}
        bloc = _BLOCS.get(str(nature.get("codeNature")))
        etat = (activite.get("caracteristiquesGeneriques") or {}).get("etatObjet")
        if bloc is None or etat != _ACTIF:
            continue
        type_activite = (nature.get("caracteristiquesSpecifiques") or {}).get(bloc) or {}
        if str(type_activite.get("activiteSocialeRegulee")) not in _ACCUEIL:
            continue
        for capacite in activite.get("capacite") or ():
            est_detail = any(capacite.get(champ) for champ in _DETAILS)
            if capacite.get("statutCapacite") == _INSTALLEE and not est_detail:
                yield str(type_activite.get("modeFonctionnement")), capacite


def _lire_ehpad(contexte: Contexte) -> pd.Series[str]:
    structures = contexte.connues.get(_STRUCTURES)
    if structures is None or "communes" not in structures.publiees:
        raise ImportRefuseError(
            contexte.fichier,
            "c’est le flux FINESS+ des activités, qui ne dit ni la catégorie ni la commune des "
            "établissements. Donnez d’abord le flux des structures (finess-structures) et "
            "rangez-le, puis redonnez celui-ci.",
        )
    communes = structures.publiees["communes"]
    ehpad = communes[communes.index.str.startswith(PREFIXE_EHPAD)]
    return ehpad.rename(index=lambda cle: str(cle).removeprefix(PREFIXE_EHPAD))


FORMATS: Final = (FormatActivites(),)
