"""Funding of a CPTS: the yearly amounts of the ACI for its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from diagnostic.parametres import BaremeFinancement


@dataclass(frozen=True)
class MissionFinancee:
    """Yearly amounts of one mission, in euros; `fixe` includes `compensation_snp`."""

    nom: str
    obligatoire: bool
    fixe: int
    variable: int
    compensation_snp: int
    reference: str

    @property
    def total(self) -> int:
        """Fixed and variable parts together."""
        return self.fixe + self.variable


@dataclass(frozen=True)
class Financement:
    """Most a CPTS of a size may receive in a year, in euros, and the text that says so."""

    bareme: str
    reference: str
    avertissement: str
    fonctionnement: int
    missions: tuple[MissionFinancee, ...]
    volet_snp: int

    @property
    def total_hors_volet_snp(self) -> int:
        """Every mission, optional ones included, without the extra SNP part."""
        return self.fonctionnement + sum(mission.total for mission in self.missions)

    @property
    def total_avec_volet_snp(self) -> int:
        """Same, with the extra SNP part."""
        return self.total_hors_volet_snp + self.volet_snp

    @property
    def total_obligatoire(self) -> int:
        """Running costs and obligatory missions only."""
        return self.fonctionnement + sum(m.total for m in self.missions if m.obligatoire)

    @property
    def total_fixe(self) -> int:
        """Running costs and fixed parts of every mission."""
        return self.fonctionnement + sum(mission.fixe for mission in self.missions)

    @property
    def total_variable(self) -> int:
        """Variable parts of every mission."""
        return sum(mission.variable for mission in self.missions)

    def en_dict(self) -> dict[str, Any]:
        """Return the stable JSON shape."""
        return {
            "bareme": self.bareme,
            "fonctionnement": self.fonctionnement,
            "missions": [
                {
                    "nom": mission.nom,
                    "obligatoire": mission.obligatoire,
                    "fixe": mission.fixe,
                    "variable": mission.variable,
                    "total": mission.total,
                }
                for mission in self.missions
            ],
            "total_hors_volet_snp": self.total_hors_volet_snp,
            "total_avec_volet_snp": self.total_avec_volet_snp,
        }


def compute_financement(taille: int, bareme: BaremeFinancement) -> Financement:
    """Read the amounts of a size, from 1 to 4."""
    indice = taille - 1
    return Financement(
        bareme=bareme.mention,
        reference=bareme.reference,
        avertissement=bareme.avertissement,
        fonctionnement=bareme.fonctionnement[indice],
        missions=tuple(
            MissionFinancee(
                nom=mission.nom,
                obligatoire=mission.obligatoire,
                fixe=mission.fixe[indice],
                variable=mission.variable[indice],
                compensation_snp=mission.compensation_snp[indice],
                reference=mission.reference,
            )
            for mission in bareme.missions
        ),
        volet_snp=bareme.volet_snp[indice],
    )
