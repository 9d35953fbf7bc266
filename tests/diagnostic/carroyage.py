"""A chequered toy country, for properties that need many territories on a known ground."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schema import Geographie, TerritoireCpts, UniteCpts

COTE = 6


def build_carroyage(cote: int = COTE) -> Geographie:
    """Build cote × cote square unités of 1 km²; unité number n has 1 000 + n inhabitants.

    ::

        00001 00002 …   one département and one EPCI per row
    """
    codes = [f"{rang + 1:05d}" for rang in range(cote * cote)]
    rangees = [f"{rang // cote:02d}" for rang in range(cote * cote)]
    unites = pd.DataFrame(
        {
            "nom": [f"Commune {code}" for code in codes],
            "code_departement": rangees,
            "code_region": "R",
            "code_epci": [f"2000000{rangee}" for rangee in rangees],
            "code_ept": None,
            "population_municipale_2023": pd.array(
                [1_000 + rang for rang in range(cote * cote)], dtype="Int32"
            ),
            "surface_km2": 1.0,
            "longitude": [0.01 * (rang % cote) for rang in range(cote * cote)],
            "latitude": [45 - 0.01 * (rang // cote) for rang in range(cote * cote)],
            "code_commune": codes,
        },
        index=pd.Index(codes, name="code"),
    )
    couples = [
        (codes[rang], codes[voisin])
        for rang in range(cote * cote)
        for voisin in (rang + 1, rang + cote)
        if voisin < cote * cote and (voisin == rang + cote or voisin % cote)
    ]
    adjacence = pd.DataFrame(couples, columns=["code_a", "code_b"])
    return Geographie(
        unites=unites,
        communes=unites,
        epci=pd.DataFrame(
            {"nom": [f"CC {rang}" for rang in range(cote)], "nature": "CC"},
            index=[f"2000000{rang:02d}" for rang in range(cote)],
        ),
        ept=pd.DataFrame({"nom": []}),
        departements=pd.DataFrame(
            {
                "nom": [f"Département {rang}" for rang in range(cote)],
                "code_region": "R",
            },
            index=[f"{rang:02d}" for rang in range(cote)],
        ),
        regions=pd.DataFrame({"nom": ["Région"]}, index=["R"]),
        passage=pd.DataFrame(),
        adjacence=adjacence.assign(longueur_m=1_000.0, nature="frontiere"),
    )


def territoire(nom: str, *codes: str, **champs: object) -> TerritoireCpts:
    """Build a territory: `code?` held in part, `code?0.3` for that share, `code|` a border."""
    unites = []
    for code in codes:
        if code.endswith("|"):
            unites.append(UniteCpts(code[:-1], "limitrophe"))
        elif "?" in code:
            nu, _, part = code.partition("?")
            unites.append(UniteCpts(nu, "partiel", float(part) if part else None))
        else:
            unites.append(UniteCpts(code))
    return TerritoireCpts(identifiant=nom, nom=nom, unites=tuple(unites), **champs)  # type: ignore[arg-type]


def population(geographie: Geographie, codes: object) -> int:
    """Sum the inhabitants of unités the slow way."""
    return int(np.sum([geographie.unites.at[code, "population_municipale_2023"] for code in codes]))  # type: ignore[attr-defined]
