"""The embedded start of the register: CPTS whose full perimeter is published, one source each."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Final, get_args

from geodata.errors import SchemaError
from geodata.noms import normaliser
from geodata.schema import Geographie, StatutCpts, TerritoireCpts, UniteCpts

_FICHIER: Final = Path(__file__).resolve().parents[1] / "donnees" / "cpts_reels.csv"


def load_cpts_reels(geographie: Geographie, chemin: Path = _FICHIER) -> tuple[TerritoireCpts, ...]:
    """Read the published perimeters; EPCI and whole cities become their unités.

    Raises
    ------
    SchemaError
        Naming every line whose code or status is unknown.
    """
    lignes: dict[str, list[dict[str, str]]] = {}
    with chemin.open(encoding="utf-8", newline="") as flux:
        for ligne in csv.DictReader(flux):
            lignes.setdefault(ligne["cpts_nom"], []).append(ligne)
    defauts: list[str] = []
    territoires = [_build(geographie, nom, groupe, defauts) for nom, groupe in lignes.items()]
    if defauts:
        raise SchemaError("cpts_reels", defauts)
    return tuple(territoires)


def _build(
    geographie: Geographie, nom: str, lignes: list[dict[str, str]], defauts: list[str]
) -> TerritoireCpts:
    codes: set[str] = set()
    for ligne in lignes:
        code = ligne["unite_code"]
        trouves = {code} & geographie.position.keys() or (
            geographie.membres("epci", code) | geographie.membres("commune", code)
        )
        if not trouves:
            defauts.append(f"« {nom} » : code {code} inconnu")
        codes |= trouves
    premiere = lignes[0]
    statut: StatutCpts = premiere["statut"]  # type: ignore[assignment]
    if statut not in get_args(StatutCpts):
        defauts.append(f"« {nom} » : statut {statut} inconnu")
    return TerritoireCpts(
        identifiant=f"publie-{normaliser(nom).replace(' ', '-')[:60]}",
        nom=nom,
        unites=tuple(UniteCpts(code) for code in sorted(codes)),
        statut=statut,
        source="Périmètre publié",
        source_url=premiere["source_url"],
        source_le=date.fromisoformat(premiere["source_le"]),
    )
