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
    offre_departement,
    population,
    revenus,
    sante,
)

REGISTRE: Final[tuple[Indicateur, ...]] = (
    *population.INDICATEURS,
    *ages.INDICATEURS,
    *menages.INDICATEURS,
    *logement.INDICATEURS,
    *revenus.INDICATEURS,
    *emploi.INDICATEURS,
    *sante.INDICATEURS,
    *offre.INDICATEURS,
    *offre_departement.INDICATEURS,
    *acces.INDICATEURS,
    *mobilite.INDICATEURS,
)
