"""What the commands on many territories share: files, register, active territories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from diagnostic.chevauchement import IndexTerritoires, build_index, select_actifs
from diagnostic.parametres import Parametres
from geodata.errors import ImportRefuseError
from geodata.imports.perimetres import Lecteur
from geodata.imports.rapport import build_territoire
from geodata.imports.rattachement import Rattacheur
from geodata.recherche import Recherche
from geodata.referentiel import Referentiel
from geodata.registre import Registre, load_cpts_reels
from geodata.schema import TerritoireCpts

_TAILLE_MAXIMALE: Final = 200 * 1024 * 1024


def open_registre(referentiel: Referentiel) -> Registre:
    """Open the register of this machine, or of `CPTS_REGISTRE_URL`, seeded when new."""
    return Registre.ouvrir(amorce=load_cpts_reels(referentiel.geographie), le=datetime.now(tz=UTC))


def build_lecteur(referentiel: Referentiel, connus: Mapping[str, str] | None = None) -> Lecteur:
    """Build the reader of perimeters; outlines are opened only for polygons."""

    @cache
    def rattacheur() -> Rattacheur:
        return Rattacheur(referentiel.geographie, referentiel.contours("unite"))

    return Lecteur(Recherche(referentiel.geographie), rattacheur, connus or {})


def read_fichiers(chemins: Iterable[Path]) -> list[tuple[str, bytes]]:
    """Read files, and the files of folders, in the order of their names.

    Raises
    ------
    ImportRefuseError
        When one cannot be read.
    """
    fichiers: list[tuple[str, bytes]] = []
    for chemin in chemins:
        try:
            membres = sorted(chemin.iterdir()) if chemin.is_dir() else [chemin]
            _check_tailles(membres)
            fichiers += [
                (membre.name, membre.read_bytes()) for membre in membres if not membre.is_dir()
            ]
        except FileNotFoundError as erreur:
            raise ImportRefuseError(str(chemin), "il est introuvable.") from erreur
        except PermissionError as erreur:
            raise ImportRefuseError(str(chemin), "vous n’avez pas le droit de le lire.") from erreur
        except (OSError, ValueError) as erreur:
            raise ImportRefuseError(str(chemin), "sa lecture a échoué.") from erreur
    if not fichiers:
        raise ImportRefuseError(str(next(iter(chemins), "")), "le dossier est vide.")
    return fichiers


def _check_tailles(chemins: Iterable[Path]) -> None:
    """Refuse a file too large to be a list or a layer before it fills the memory."""
    for chemin in chemins:
        if chemin.is_file() and chemin.stat().st_size > _TAILLE_MAXIMALE:
            raise ImportRefuseError(
                str(chemin),
                f"il dépasse {_TAILLE_MAXIMALE // 1024 // 1024} Mo : ce n’est pas un périmètre.",
            )


def read_territoires(
    lecteur: Lecteur, chemins: Sequence[Path], le: date, prefixe: str = "fichier"
) -> tuple[TerritoireCpts, ...]:
    """Read the territories of files without saving them.

    Raises
    ------
    ImportRefuseError
        When a line cannot be understood: a comparison on half a list would mislead.
    """
    rapport = lecteur.read(read_fichiers(chemins))
    bloquants = [anomalie for anomalie in rapport.anomalies if anomalie.gravite == "bloquant"]
    if bloquants:
        suite = f" (et {len(bloquants) - 1} autres)" if len(bloquants) > 1 else ""
        raise ImportRefuseError(
            ", ".join(chemin.name for chemin in chemins),
            f"{bloquants[0].message.rstrip('.')}{suite}. Détail : python -m diagnostic importer.",
        )
    return tuple(
        build_territoire(lu, f"{prefixe}-{rang}", le=le)
        for rang, lu in enumerate(rapport.territoires)
    )


def build_index_actif(
    referentiel: Referentiel,
    territoires: Iterable[TerritoireCpts],
    parametres: Parametres,
    le: date,
) -> IndexTerritoires:
    """Build the membership of the territories that count on a given day."""
    poids = parametres.poids_statut(le).poids
    actifs = select_actifs((t for t in territoires if t.est_valide(le)), poids)
    return build_index(
        referentiel.geographie,
        # the millésime of the register is that of the day it was written: codes are checked here
        [replace(t, millesime=referentiel.geographie.millesime) for t in actifs],
    )
