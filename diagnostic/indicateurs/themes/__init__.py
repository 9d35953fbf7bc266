"""One module per theme: each gives the tuple of its indicators; `REGISTRE` is all of them."""

from typing import Final

from diagnostic.indicateurs.registre import Indicateur
from diagnostic.indicateurs.themes import (
    acces,
    ages,
    emploi,
    logement,
    menages,
    mobilite,
    offre,
    population,
    revenus,
)

REGISTRE: Final[tuple[Indicateur, ...]] = (
    *population.INDICATEURS,
    *ages.INDICATEURS,
    *menages.INDICATEURS,
    *logement.INDICATEURS,
    *revenus.INDICATEURS,
    *emploi.INDICATEURS,
    *offre.INDICATEURS,
    *acces.INDICATEURS,
    *mobilite.INDICATEURS,
)
