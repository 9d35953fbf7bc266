"""Client of data.ameli.fr (Opendatasoft Explore v2.1): three datasets published by département.

Known behaviour of the service: no key; `records` gives one hundred lines at most, `exports/csv`
all of them; `year(annee)` filters a date; errors are JSON with a status 400. Written from public
code that calls the service: no answer of it was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from geodata.clients.geo_api import Lecture
from geodata.errors import SourceModifieeError
from geodata.telechargement import Reglages, Reponse, Telechargeur

SOURCE: Final = "Assurance maladie (data.ameli.fr)"
RACINE: Final = "https://data.ameli.fr/api/explore/v2.1/catalog/datasets"
REGLAGES: Final = Reglages(appels_par_minute=60, delai_lecture=60.0, delai_total=180.0)


@dataclass(frozen=True)
class Jeu:
    """Describe one dataset and the lines to ask for.

    Parameters
    ----------
    identifiant
        Name of the dataset on the portal.
    filtre
        Condition that leaves out the detail by sex and, where it is not needed, by age.
    par_annee
        True to ask for the latest year only: the dataset is long, its year is a date.
    """

    identifiant: str
    titre: str
    filtre: str = ""
    par_annee: bool = False


JEUX: Final = (
    Jeu(
        "effectifs",
        "patients par pathologie",
        'cla_age_5="tsage" and sexe="9" and niveau_prioritaire="1"',
        par_annee=True,
    ),
    Jeu(
        "demographie-effectifs-et-les-densites",
        "professionnels de santé libéraux",
        'libelle_sexe="tout sexe"',
        par_annee=True,
    ),
    Jeu("patientele-medecintraitant-generalistes-annuelle", "patientèle des médecins traitants"),
)


class ClientAmeli:
    """Read data.ameli.fr through one bounded gate."""

    def __init__(
        self,
        telechargeur: Telechargeur,
        racine: str = RACINE,
        fraicheur: timedelta = timedelta(days=7),
    ) -> None:
        self._telechargeur = telechargeur
        self._racine = racine.rstrip("/")
        self._fraicheur = fraicheur

    def load_csv(self, jeu: Jeu) -> Lecture[bytes]:
        """Return the lines of a dataset as CSV, separated by semicolons.

        Raises
        ------
        SourceIndisponibleError
            If the service does not answer and nothing was kept.
        SourceModifieeError
            If it answers something else than the documented shape.
        """
        conditions = [jeu.filtre] if jeu.filtre else []
        if jeu.par_annee:
            conditions.append(f"year(annee)={self._load_annee(jeu)}")
        parametres: dict[str, str | list[str]] = {"delimiter": ";", "use_labels": "false"}
        if conditions:
            parametres["where"] = " and ".join(conditions)
        reponse = self._telechargeur.get(
            f"{self._adresse(jeu)}/exports/csv",
            parametres,
            fraicheur=self._fraicheur,
            controle=_check_csv,
        )
        return Lecture(reponse.contenu, reponse.recupere_le, reponse.est_perime)

    def _load_annee(self, jeu: Jeu) -> int:
        reponse = self._telechargeur.get(
            f"{self._adresse(jeu)}/records",
            {"select": "annee", "order_by": "annee desc", "limit": "1"},
            fraicheur=self._fraicheur,
            controle=_check_annee,
        )
        return _lire_annee(reponse)

    def _adresse(self, jeu: Jeu) -> str:
        return f"{self._racine}/{quote(jeu.identifiant, safe='')}"


def _lire_annee(reponse: Reponse) -> int:
    corps = reponse.json(SOURCE)
    try:
        return int(str(corps["results"][0]["annee"])[:4])
    except (KeyError, IndexError, TypeError, ValueError) as erreur:
        raise SourceModifieeError(
            f"La source « {SOURCE} » a changé de format (année absente) : {reponse.url}."
        ) from erreur


def _check_annee(reponse: Reponse) -> None:
    """Refuse an answer that has no year."""
    _lire_annee(reponse)


def _check_csv(reponse: Reponse) -> None:
    """Refuse a proxy page, a JSON error, or an export without lines."""
    lignes = reponse.contenu.split(b"\n", 2)
    entete = lignes[0].decode("utf-8-sig", errors="replace").lower()
    if "annee" not in entete or ";" not in entete or len(lignes) < 2 or not lignes[1].strip():
        debut = " ".join(reponse.texte[:60].split())
        raise SourceModifieeError(
            f"La source « {SOURCE} » ne renvoie pas le tableau attendu (début : « {debut} ») : "
            f"{reponse.url}. Les données présentes sont gardées."
        )
