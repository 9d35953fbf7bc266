"""Priority neighbourhoods of a territory, whole or in part: counted once each, and named."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

from diagnostic.indicateurs.registre import REVENUS
from diagnostic.indicateurs.resultats import ResultatIndicateur
from diagnostic.indicateurs.tables import (
    TablesIndicateurs,
    libelle_geographie,
    libelle_source,
)

_TABLE: Final = "qpv"
_PREFIXE: Final = "qpv:"
_NOMMES: Final = 12


def compute_resultats_quartiers(
    tables: TablesIndicateurs, codes: Collection[str]
) -> tuple[ResultatIndicateur, ...]:
    """Count the neighbourhoods that lie at least partly in these unités; none without the list."""
    table = tables.par_id.get(_TABLE)
    if table is None or "communes" not in table.publiees:
        return ()
    quartiers = table.publiees[table.publiees.index.str.startswith(_PREFIXE)]
    dedans = frozenset(codes)
    communes = quartiers["communes"].map(lambda cles: frozenset(cles.split()))
    touches = quartiers[communes.map(lambda cles: bool(cles & dedans))]
    debordent = touches[~communes[touches.index].map(lambda cles: cles <= dedans)]
    nombre = len(touches)
    return (
        ResultatIndicateur(
            cle="nombre_qpv",
            libelle="Quartiers prioritaires (QPV)",
            theme=REVENUS,
            valeur=float(nombre),
            unite="quartiers" if nombre > 1 else "quartier",
            numerateur=None,
            denominateur=None,
            millesime=table.libelle_millesime,
            source=libelle_source(table),
            geographie=libelle_geographie(table, tables.geographie.millesime),
            couverture=1.0,
            notes=_raconter(touches, debordent),
            decimales=0,
            formule="Nombre de quartiers prioritaires dont une commune au moins est dans le "
            "territoire, chacun compté une fois.",
            agregation="T",
            etat=table.etat,
        ),
    )


def _raconter(touches: pd.DataFrame, debordent: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if len(touches):
        noms = [str(nom) for nom in touches["nom"].sort_values()]
        suite = f" et {len(noms) - _NOMMES} autres" if len(noms) > _NOMMES else ""
        notes.append(f"Quartiers prioritaires : {', '.join(noms[:_NOMMES])}{suite}.")
    if len(debordent):
        notes.append(
            "À cheval sur une commune hors du territoire, ou dans une ville dont une partie est "
            f"hors du territoire : {', '.join(str(nom) for nom in debordent['nom'][:_NOMMES])}."
        )
    return tuple(notes)
