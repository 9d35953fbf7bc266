"""Spread of the indicators among the EPCI of the size of a CPTS."""

from __future__ import annotations

from datetime import date
from typing import Any

from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.indicateurs.repartition import compute_repartitions
from geodata.tables import load_tables_embarquees


def test_quartiles_are_in_order_and_sums_have_none(france: Any) -> None:
    tables = TablesIndicateurs(
        france.geographie, date(2026, 11, 22), load_tables_embarquees(france)
    )
    repartitions = compute_repartitions(tables)
    assert "population_municipale" not in repartitions
    part = repartitions["part_65_plus"]
    assert 10 < part.bas < part.premier_quartile < part.dernier_quartile < part.haut < 40
