"""Move figures of another year's communes to the present unités, when that can be done exactly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.schema import Geographie

# collectivités d'outre-mer and New Caledonia: outside the geography of the project
_HORS_CHAMP: Final = ("975", "977", "978", "98")
_PERTES_ADMISES: Final = 0.05
_PERTES_MINIMUM: Final = 20


@dataclass(frozen=True)
class Deplacement:
    """Hold the moved figures and the account of what happened to the rows.

    Parameters
    ----------
    valeurs
        Index: unités, or groups of unités separated by a space.
    lignes, reconnues, traduites, perdues, hors_champ
        Rows read; rows of present communes; rows of former communes moved; rows lost; rows of
        overseas collectivities, left aside.
    codes_perdus
        Codes no millésime knows, or whose commune was split.
    vides
        Unités whose figures cannot be added and were therefore left empty.
    """

    valeurs: pd.DataFrame
    lignes: int
    reconnues: int
    traduites: int
    perdues: int
    hors_champ: int
    codes_perdus: tuple[str, ...]
    vides: tuple[str, ...]


def build_immobile(valeurs: pd.DataFrame) -> Deplacement:
    """Return figures that no commune of the past concerns, as they are."""
    return Deplacement(valeurs, 0, 0, 0, 0, 0, (), ())


def move_to_present(
    fichier: str,
    table: pd.DataFrame,
    geographie: Geographie,
    blocs: Sequence[Collection[str]] = (),
    non_additives: Collection[str] = (),
) -> Deplacement:
    """Move figures to the unités of the reference geography.

    Parameters
    ----------
    table
        Figures, indexed by the code of the commune in the geography of the source.
    blocs
        Communes that were once counted together: where the source knows only some of them, what
        it says goes to the whole block.
    non_additives
        Columns that cannot be summed (medians, rates): left empty where communes merged since.

    Raises
    ------
    ImportRefuseError
        If too many codes belong to no known commune.
    """
    cibles = _cibles(table.index, geographie, blocs)
    codes = pd.Series(cibles, index=table.index)
    perdus = codes.index[codes == ""].astype(str)
    hors_champ = perdus[perdus.str.startswith(_HORS_CHAMP)]
    perdus = perdus.difference(hors_champ)
    if len(perdus) > max(_PERTES_MINIMUM, _PERTES_ADMISES * len(table)):
        raise ImportRefuseError(
            fichier,
            f"{len(perdus)} codes sur {len(table)} ne sont d’aucune commune connue "
            f"({', '.join(sorted(perdus)[:5])}…) : un fichier par commune est attendu.",
        )
    gardes = codes[(codes != "") & (codes != _VILLE_EN_DOUBLE)]
    valeurs, vides = _additionner(table.loc[gardes.index], gardes, non_additives)
    memes = int((gardes == gardes.index).sum())
    return Deplacement(
        valeurs=valeurs.sort_index(),
        lignes=len(table),
        reconnues=memes,
        traduites=len(gardes) - memes,
        perdues=len(perdus),
        hors_champ=len(hors_champ),
        codes_perdus=tuple(sorted(perdus)),
        vides=vides,
    )


_VILLE_EN_DOUBLE: Final = "ville"


def _cibles(
    index: Iterable[str], geographie: Geographie, blocs: Sequence[Collection[str]]
) -> list[str]:
    cles = list(index)
    # a key may be a group of communes that the source only counts together
    presents = {code for cle in cles for code in cle.split()}
    cible = _traducteur(presents, geographie, blocs)

    def cible_groupe(cle: str) -> str:
        parts = [cible(code) for code in cle.split()]
        if "" in parts or _VILLE_EN_DOUBLE in parts:
            return ""
        return " ".join(sorted({code for part in parts for code in part.split()}))

    return [cible_groupe(cle) if " " in cle else cible(cle) for cle in cles]


def translate_lieux(lieux: pd.DataFrame, geographie: Geographie) -> pd.DataFrame:
    """Say in which present unités lie the places whose communes a source gives.

    Parameters
    ----------
    lieux
        Column `communes`: codes in the geography of the source, separated by a space.

    Returns
    -------
    The places known to lie somewhere, with the codes of present unités in `communes`.
    """
    cible = _traducteur(frozenset(), geographie, ())
    codes = lieux["communes"].map(
        lambda communes: " ".join(
            sorted({code for commune in communes.split() for code in cible(commune).split()})
        )
    )
    return lieux.assign(communes=codes)[codes != ""]


def _traducteur(
    presents: Collection[str], geographie: Geographie, blocs: Sequence[Collection[str]]
) -> Callable[[str], str]:
    position = geographie.position
    passage = geographie.passage
    suites = {str(c): str(s) for c, s in zip(passage.index, passage["code"], strict=True)}
    scindees = dict(
        zip(
            passage.index[passage["est_scindee"]],
            passage.loc[passage["est_scindee"], "successeurs"],
            strict=True,
        )
    )
    villes = geographie.communes_divisees
    presents = frozenset(presents)
    de_bloc = {
        code: " ".join(sorted(bloc))
        for bloc in blocs
        # a source that knows every member needs no block
        if not presents.issuperset(bloc)
        for code in bloc
    }

    def cible(code: str) -> str:
        if code in de_bloc:
            return de_bloc[code]
        if code in position:
            return code
        if code in villes:
            # both the city and its arrondissements: the city would count twice
            return _VILLE_EN_DOUBLE if presents & villes[code] else " ".join(sorted(villes[code]))
        if code in scindees:
            successeurs = str(scindees[code]).split()
            return "" if presents & set(successeurs) else " ".join(sorted(successeurs))
        suite = suites.get(code, "")
        return de_bloc.get(suite, suite)

    return cible


def _additionner(
    table: pd.DataFrame, cibles: pd.Series[str], non_additives: Collection[str]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    reunies = cibles.duplicated(keep=False) | cibles.str.contains(" ", regex=False)
    seules = table[~reunies].set_axis(cibles[~reunies], axis=0)
    groupes = []
    for cible, lignes in table[reunies].groupby(cibles[reunies]):
        # one missing part makes the whole unknown
        somme = lignes.sum(skipna=False)
        if len(lignes) > 1 or " " in str(cible):
            somme[list(non_additives)] = np.nan
        groupes.append(somme.rename(str(cible)))
    if not groupes:
        return seules.rename_axis("codes"), ()
    somme_groupes = pd.DataFrame(groupes)
    vides = tuple(str(cible) for cible in somme_groupes.index) if non_additives else ()
    return pd.concat([seules, somme_groupes]).rename_axis("codes"), vides
