"""Save the territories of an import in the register, all or none."""

from __future__ import annotations

from datetime import datetime

from geodata.imports.rapport import RapportImport, build_territoire
from geodata.registre import Registre, nouvel_identifiant
from geodata.schema import TerritoireCpts


def save_rapport(
    registre: Registre, rapport: RapportImport, *, auteur: str = "", motif: str = "", le: datetime
) -> int:
    """Write every territory that holds something, and return how many.

    A territory whose FINESS number is known becomes a new version of the one that bears it.

    Raises
    ------
    RegistreError
        When one of them is refused; nothing is then written.
    """
    versions = registre.versions()
    par_finess = {t.finess: t.identifiant for t in registre.territoires() if t.finess}
    lot: list[tuple[TerritoireCpts, int | None]] = []
    for lu in rapport.territoires:
        if not lu.unites:
            continue
        connu = par_finess.get(lu.finess) if lu.finess else None
        cle = connu or lu.finess or nouvel_identifiant()
        lot.append((build_territoire(lu, cle, le=le.date()), versions.get(cle)))
    registre.enregistrer_lot(lot, auteur=auteur, motif=motif, le=le)
    return len(lot)
