"""One module per theme: each gives the tuple of its indicators; `REGISTRE` is all of them.

To add one: a row in its theme, with a function where it is more than a ratio of columns, and its
expected value in `tests/diagnostic/indicateurs/test_chaine.py`. Screens, exports, comparators, rank
and command line follow. A column no table has yet is one more line in the parser of its file.
"""

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
