"""Build the way from former communes to the present ones, with their names for search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from geodata.construction.administratif import Cog, Fiche, read_etalab
from geodata.construction.paquets import Archives

# former communes shared between several present ones (INSEE, mouvements, « suppression »)
SCISSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "08227": ("08203", "08454"),  # Hocmont, 1968
    "45117": ("45093", "45313"),  # Creusy, 1965
    "51385": ("51440", "51487", "51503"),  # Moronvilliers, 1950
    "51606": ("51369", "51235", "51313"),  # Verdey, 1966
    "60606": ("60509", "60587"),  # Sarron, 1951
    "77362": ("77066", "77444"),  # Pierrelez, 1949
}
# newest first: the name in use last wins
PAQUETS_NOMS: Final = (
    "communes-2026",
    "communes-2025",
    "populations-2022",
    "populations-2021",
    "populations-2020",
    "populations-2019",
)


def build_passage(archives: Archives, cog: Cog) -> pd.DataFrame:
    """Return one row per former code; the codes in force again are not former codes."""
    noms = read_anciens_noms(archives)
    codes = sorted(cog.anciens)
    successeurs = [successeurs_de(code, cog) for code in codes]
    return pd.DataFrame(
        {
            "code_ancien": pd.array(codes, dtype="str"),
            "code": pd.array([cog.anciens[code] for code in codes], dtype="str"),
            "nom_ancien": pd.array([noms[code] for code in codes], dtype="str"),
            "est_scindee": [len(groupe) > 1 for groupe in successeurs],
            "successeurs": pd.array([" ".join(groupe) for groupe in successeurs], dtype="str"),
        }
    )


def successeurs_de(code: str, cog: Cog) -> tuple[str, ...]:
    """Return every present commune that took a part of a former one, the main one first."""
    principal = cog.anciens[code]
    presents = (cog.translate(partie) for partie in SCISSIONS.get(code, ()))
    autres = {partie for partie in presents if partie is not None} - {principal}
    return (principal, *sorted(autres))


def build_anciens_noms(archives: Archives, cog: Cog) -> pd.DataFrame:
    """Return the names that lead to a present commune and are no longer its own.

    One row per (name, present commune): communes merged since 1943, déléguées and associées,
    among them those whose code is now the code of the whole (Drain, 49126, in Orée d'Anjou).
    """
    lignes = {
        (present, nom)
        for code, nom in iterate_noms(archives)
        if (present := cog.translate(code)) is not None
        and present in cog.communes
        and nom != cog.communes[present]["nom"]
    }
    triees = sorted(lignes)
    return pd.DataFrame(
        {
            "code": pd.array([code for code, _ in triees], dtype="str"),
            "nom_ancien": pd.array([nom for _, nom in triees], dtype="str"),
        }
    )


def read_anciens_noms(archives: Archives) -> dict[str, str]:
    """Return the last name known for each code."""
    noms: dict[str, str] = {}
    for code, nom in iterate_noms(archives):
        noms.setdefault(code, nom)
    return noms


def iterate_noms(archives: Archives) -> Iterator[tuple[str, str]]:
    """Yield (code, name) from the newest package to the oldest state of the COG."""
    for source in PAQUETS_NOMS:
        for fiche in read_etalab(archives, source, "communes"):
            yield fiche["code"], fiche["nom"]
    historique = read_etalab(archives, "historique-communes", "historique-communes")
    for fiche in sorted(historique, key=_debut, reverse=True):
        yield fiche["code"], fiche["nom"]


def _debut(fiche: Fiche) -> tuple[str, str]:
    return fiche.get("dateDebut", ""), fiche["id"]
