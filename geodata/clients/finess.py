"""Head offices of CPTS in the FINESS+ feed (category 604): names and numbers, never a perimeter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, Final

from geodata.clients.geo_api import Lecture
from geodata.errors import ImportRefuseError, SourceModifieeError
from geodata.imports.archives import open_membres
from geodata.imports.officiels.finess import iter_objets, read_commune
from geodata.telechargement import Reponse, Telechargeur

SOURCE: Final = "FINESS+ structures (Agence du numérique en santé)"
ADRESSE: Final = "https://www.data.gouv.fr/api/1/datasets/r/cd493959-fb03-41e5-9347-0edd14dfbc22"
_NOM: Final = "finess-structures.json.gz"
_CATEGORIE_CPTS: Final = "604"
_OUVERT: Final = "A"


@dataclass(frozen=True)
class SiegeCpts:
    """Head office of one CPTS.

    Parameters
    ----------
    code_commune
        Of the office, empty when the feed gives no address of the site; says nothing of the
        territory.
    """

    finess: str
    nom: str
    code_commune: str


def read_sieges(flux: IO[bytes], fichier: str = _NOM) -> tuple[SiegeCpts, ...]:
    """Return the open head offices of the feed, by name.

    Raises
    ------
    ImportRefuseError
        If the feed is truncated or has another shape.
    """
    sieges = []
    for cle, objet in iter_objets(flux, fichier):
        if cle == "pmej":
            sieges += [
                _read_site(site)
                for site in objet.get("ege") or ()
                if str(site.get("categorieentiteGeographiqueExercice")) == _CATEGORIE_CPTS
                and site.get("etatObjet") == _OUVERT
            ]
    return tuple(sorted(sieges, key=lambda siege: (siege.nom, siege.finess)))


def _read_site(site: dict[str, Any]) -> SiegeCpts:
    informations = site.get("informationsGeneralesEGE") or {}
    nom = informations.get("nomEgeLong") or informations.get("nomEgeCourt") or ""
    return SiegeCpts(
        finess=str(informations.get("numFinessEge") or ""),
        nom=" ".join(str(nom).split()),
        code_commune=read_commune(site),
    )


class ClientFiness:
    """Read the feed through one bounded gate; it weighs some fifty mebibytes."""

    def __init__(
        self,
        telechargeur: Telechargeur,
        adresse: str = ADRESSE,
        fraicheur: timedelta = timedelta(days=7),
    ) -> None:
        self._telechargeur = telechargeur
        self._adresse = adresse
        self._fraicheur = fraicheur

    def load_sieges(self) -> Lecture[tuple[SiegeCpts, ...]]:
        """Return the head offices of CPTS.

        Raises
        ------
        SourceIndisponibleError
            If the service does not answer and nothing was kept.
        SourceModifieeError
            If the feed no longer has the documented shape.
        """
        # fifty mebibytes: what the check has read is not read again
        lues: list[tuple[SiegeCpts, ...]] = []
        reponse = self._telechargeur.get(
            self._adresse,
            fraicheur=self._fraicheur,
            controle=lambda reponse: lues.append(_lire(reponse)),
        )
        return Lecture(
            lues[-1] if lues else _lire(reponse), reponse.recupere_le, reponse.est_perime
        )


def _lire(reponse: Reponse) -> tuple[SiegeCpts, ...]:
    try:
        (membre,) = open_membres(_NOM, reponse.contenu)
        with membre.open() as flux:
            return read_sieges(flux)
    except (ImportRefuseError, ValueError) as erreur:
        raise SourceModifieeError(
            f"La source « {SOURCE} » ne renvoie plus le flux documenté ({erreur})"
        ) from erreur
