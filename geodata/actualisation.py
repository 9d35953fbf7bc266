"""Tables drawn from INSEE Melodi or data.ameli.fr, in the shape of the imported ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from geodata.clients import ameli
from geodata.clients.melodi import ClientMelodi, Observations
from geodata.errors import ImportRefuseError, SourceModifieeError
from geodata.imports.officiels.analyse import analyse_fichier
from geodata.imports.officiels.passage import move_to_present
from geodata.schema import Geographie, TableCommunale

_PAGE_MELODI: Final = "https://api.insee.fr/melodi"


@dataclass(frozen=True)
class Actualisation:
    """Describe one table that can be refreshed from Melodi.

    Parameters
    ----------
    jeu
        Identifier of the dataset.
    dimension
        Dimension whose values become columns.
    colonnes
        Value of the dimension → column of the table.
    filtres
        Other dimensions, as (name, value).
    """

    id: str
    titre: str
    jeu: str
    dimension: str
    colonnes: tuple[tuple[str, str], ...]
    filtres: tuple[tuple[str, str], ...] = ()
    prefixe_millesime: str = ""


ACTUALISATIONS: Final = (
    Actualisation(
        id="populations_reference",
        titre="populations de référence",
        jeu="DS_POPULATIONS_REFERENCE",
        dimension="POPREF_MEASURE",
        colonnes=(("PMUN", "pmun"), ("PCAP", "pcap"), ("PTOT", "ptot")),
    ),
    Actualisation(
        id="ages_fins",
        titre="recensement, âges fins",
        jeu="DS_RP_POPULATION_PRINC",
        dimension="AGE",
        colonnes=(("Y65T79", "pop_65_79"), ("Y_GE80", "pop_80p")),
        filtres=(("SEX", "_T"), ("RP_MEASURE", "POP")),
        prefixe_millesime="RP ",
    ),
)


def refresh_table(
    actualisation: Actualisation,
    client: ClientMelodi,
    departements: Iterable[str],
    geographie: Geographie,
    *,
    le: date,
    blocs: Sequence[Collection[str]] = (),
) -> TableCommunale:
    """Read one table for the communes of some départements, in one call.

    Raises
    ------
    SourceIndisponibleError
        If the service fails and nothing is on disk.
    SourceModifieeError
        If its answer does not hold what is expected.
    MillesimeError
        If its answer mixes geographies.
    """
    lues = client.load_communes(
        actualisation.jeu,
        [f"DEP-{code}" for code in sorted(departements)],
        {
            **dict(actualisation.filtres),
            actualisation.dimension: [valeur for valeur, _ in actualisation.colonnes],
        },
    )
    valeurs, periode = _latest(actualisation, lues)
    deplacement = move_to_present(actualisation.jeu, valeurs, geographie, blocs)
    date_lecture = lues.recupere_le.date()
    notes = []
    if lues.est_perime:
        notes.append(f"Le service n’a pas répondu : copie du {date_lecture:%d/%m/%Y}.")
    notes.append("Table limitée aux départements demandés.")
    return TableCommunale(
        id=actualisation.id,
        titre=actualisation.titre,
        producteur="Insee",
        url=_PAGE_MELODI,
        licence="Licence Ouverte 2.0",
        millesime=periode,
        libelle_millesime=f"{actualisation.prefixe_millesime}{periode}",
        geographie_origine=lues.millesime_geographie,
        etat="actualisee",
        recupere_le=min(le, date_lecture),
        valeurs=deplacement.valeurs,
        notes=tuple(notes),
        compte={
            "lignes": deplacement.lignes,
            "communes": deplacement.reconnues,
            "traduites": deplacement.traduites,
            "perdues": deplacement.perdues,
        },
    )


def refresh_ameli(
    jeu: ameli.Jeu, client: ameli.ClientAmeli, geographie: Geographie, *, le: date
) -> TableCommunale:
    """Read one dataset of the Assurance maladie, all départements, as its file would be.

    Raises
    ------
    SourceIndisponibleError
        If the service fails and nothing is on disk.
    SourceModifieeError
        If its answer does not hold what is expected.
    """
    lue = client.load_csv(jeu)
    try:
        (table,) = analyse_fichier(f"{jeu.identifiant}.csv", lue.valeur, geographie, le=le).tables
    except (ImportRefuseError, ValueError) as erreur:
        raise SourceModifieeError(
            f"La source « {ameli.SOURCE} » ne renvoie plus « {jeu.titre} » comme documenté "
            f"({erreur})"
        ) from erreur
    date_lecture = lue.recupere_le.date()
    perimee = (
        (f"Le service n’a pas répondu : copie du {date_lecture:%d/%m/%Y}.",)
        if lue.est_perime
        else ()
    )
    return replace(
        table,
        etat="actualisee",
        recupere_le=min(le, date_lecture),
        notes=(*perimee, *table.notes),
    )


def _latest(actualisation: Actualisation, lues: Observations) -> tuple[pd.DataFrame, str]:
    communes = lues.table[lues.table["niveau"].isin(["COM", "ARM"])]
    if communes.empty or not lues.periodes:
        raise SourceModifieeError(
            f"Insee Melodi ne renvoie aucune commune pour « {actualisation.titre} » : le jeu "
            f"{actualisation.jeu} a peut-être changé."
        )
    periode = lues.periodes[-1]
    derniere = communes[communes["TIME_PERIOD"] == periode]
    noms = dict(actualisation.colonnes)
    cles = derniere[actualisation.dimension].map(noms)
    if (
        set(cles.dropna()) != set(noms.values())
        or derniere.assign(c=cles).duplicated(["code", "c"]).any()
    ):
        raise SourceModifieeError(
            f"Insee Melodi ne renvoie pas une valeur par commune pour « {actualisation.titre} » : "
            f"le jeu {actualisation.jeu} a changé de dimensions."
        )
    large = derniere.assign(colonne=cles).pivot(index="code", columns="colonne", values="valeur")
    return large.rename_axis(index=None, columns=None), periode
