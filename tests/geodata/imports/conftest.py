"""A reader of perimeters on the real geography: homonyms and former communes are real ones."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from geodata.imports.perimetres import Lecteur
from geodata.imports.rattachement import Rattacheur
from geodata.recherche import Recherche


@pytest.fixture(scope="session")
def lecteur(france: Any) -> Lecteur:
    @cache
    def rattacheur() -> Rattacheur:
        return Rattacheur(france.geographie, france.contours("unite"))

    return Lecteur(Recherche(france.geographie), rattacheur)
