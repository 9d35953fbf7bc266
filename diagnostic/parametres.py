"""The law as dated data: read `parametres/*.toml` and answer with the version in force at a date.

A file holds `nom`, `description`, `unite`, the day somebody last checked it (`verifie_le`) and its
versions, sorted by the date they take effect (`depuis`), each with the reference of its values.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeVar, get_args

from diagnostic.errors import ParametreIntrouvableError, ParametreInvalideError
from geodata.schema import StatutCpts

DOSSIER: Final = Path(__file__).with_name("parametres")
NOMBRE_TAILLES: Final = 4

StatutPlancher = Literal["ferme", "indicatif", "aucun", "inconnu"]


@dataclass(frozen=True)
class SeuilTaille:
    """One threshold between two sizes, and the size of a territory exactly on it."""

    habitants: int
    taille_a_la_borne: int
    est_tranche_par_le_texte: bool
    reference: str


@dataclass(frozen=True)
class BaremeTaille:
    """The thresholds of one agreement; `marge_alerte` is the share of a threshold that is near."""

    depuis: date
    nom: str
    reference: str
    marge_alerte: float
    seuils: tuple[SeuilTaille, ...]


@dataclass(frozen=True)
class MissionBareme:
    """Yearly amounts of one mission, one per size; `fixe` includes `compensation_snp`."""

    nom: str
    obligatoire: bool
    fixe: tuple[int, ...]
    variable: tuple[int, ...]
    compensation_snp: tuple[int, ...]
    reference: str


@dataclass(frozen=True)
class BaremeFinancement:
    """Yearly amounts of one agreement, one per size, in euros."""

    depuis: date
    nom: str
    mention: str
    reference: str
    avertissement: str
    fonctionnement: tuple[int, ...]
    missions: tuple[MissionBareme, ...]
    volet_snp: tuple[int, ...]


@dataclass(frozen=True)
class PlancherRegional:
    """Least population of a territory in one région; `habitants` is None when there is none."""

    depuis: date
    code_region: str
    statut: StatutPlancher
    habitants: int | None
    reference: str


@dataclass(frozen=True)
class PoidsStatuts:
    """Weight of each status of a CPTS when territories are compared; zero claims nothing."""

    depuis: date
    reference: str
    poids: Mapping[StatutCpts, float]


class _Date(Protocol):
    @property
    def depuis(self) -> date: ...


_Version = TypeVar("_Version", bound=_Date)


@dataclass(frozen=True)
class Parametres:
    """Every dated parameter; ask for the version in force at a date."""

    tailles: tuple[BaremeTaille, ...]
    financements: tuple[BaremeFinancement, ...]
    planchers: tuple[PlancherRegional, ...]
    poids_statuts: tuple[PoidsStatuts, ...]

    def taille(self, le: date) -> BaremeTaille:
        """Return the size thresholds in force.

        Raises
        ------
        ParametreIntrouvableError
            If no agreement was in force yet.
        """
        return _en_vigueur("taille des CPTS", self.tailles, le)

    def financement(self, le: date) -> BaremeFinancement:
        """Return the amounts in force.

        Raises
        ------
        ParametreIntrouvableError
            If no agreement was in force yet.
        """
        return _en_vigueur("barème de financement des CPTS", self.financements, le)

    def poids_statut(self, le: date) -> PoidsStatuts:
        """Return the weights of the statuses in force.

        Raises
        ------
        ParametreIntrouvableError
            If none was in force yet.
        """
        return _en_vigueur("poids des statuts de CPTS", self.poids_statuts, le)

    def plancher(self, code_region: str, le: date) -> PlancherRegional | None:
        """Return what the région asks for at that date; None when no document of it was read."""
        versions = [p for p in self.planchers if p.code_region == code_region and p.depuis <= le]
        return versions[-1] if versions else None


def load_parametres(dossier: Path = DOSSIER) -> Parametres:
    """Read and check every parameter file.

    Raises
    ------
    ParametreInvalideError
        On an unknown, missing, repeated or ill-typed key, dates out of order, or amounts that do
        not add up to the totals the source prints.
    """
    tailles = _Fichier.lire(dossier / "taille_cpts.toml")
    financements = _Fichier.lire(dossier / "bareme_aci_cpts.toml")
    planchers = _Fichier.lire(dossier / "plancher_regional.toml")
    statuts = _Fichier.lire(dossier / "poids_statut_cpts.toml")
    return Parametres(
        tailles=tuple(_read_taille(tailles, cle, v) for cle, v in tailles.versions()),
        financements=tuple(
            _read_financement(financements, cle, v) for cle, v in financements.versions()
        ),
        planchers=tuple(
            _read_plancher(planchers, cle, v)
            for cle, v in planchers.versions(cle_de_serie="code_region")
        ),
        poids_statuts=tuple(_read_poids(statuts, cle, v) for cle, v in statuts.versions()),
    )


def _en_vigueur(nom: str, versions: Iterable[_Version], le: date) -> _Version:
    candidates = [version for version in versions if version.depuis <= le]
    if not candidates:
        raise ParametreIntrouvableError(nom, le)
    return candidates[-1]


@dataclass(frozen=True)
class _Fichier:
    """One parameter file being read: its name goes into every error."""

    nom: str
    contenu: Mapping[str, Any]

    @classmethod
    def lire(cls, chemin: Path) -> _Fichier:
        try:
            contenu = tomllib.loads(chemin.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as erreur:
            raise ParametreInvalideError(chemin.name, "(fichier)", str(erreur)) from erreur
        fichier = cls(chemin.name, contenu)
        fichier.verifier("", contenu, {
            "nom": str, "description": str, "unite": str, "verifie_le": date, "version": list,
        })  # fmt: skip
        return fichier

    def refuser(self, cle: str, raison: str) -> ParametreInvalideError:
        return ParametreInvalideError(self.nom, cle, raison)

    def verifier(
        self,
        cle: str,
        table: object,
        attendues: Mapping[str, type],
        facultatives: Mapping[str, type] | None = None,
    ) -> dict[str, Any]:
        """Check that a value is a table with the keys and types expected, and return it."""
        if not isinstance(table, dict):
            raise self.refuser(cle or "(racine)", "une table est attendue")
        connues = {**attendues, **(facultatives or {})}
        if inconnues := sorted(set(table) - set(connues)):
            raise self.refuser(_joindre(cle, ", ".join(inconnues)), "clé inconnue")
        if manquantes := sorted(set(attendues) - set(table)):
            raise self.refuser(_joindre(cle, ", ".join(manquantes)), "clé manquante")
        for nom, valeur in table.items():
            type_attendu = connues[nom]
            # bool is an int for Python, not for a reader of the law
            if not isinstance(valeur, type_attendu) or (
                isinstance(valeur, bool) and type_attendu is not bool
            ):
                raise self.refuser(
                    _joindre(cle, nom),
                    f"valeur de type {type_attendu.__name__} attendue, {valeur!r} trouvé",
                )
        return table

    def versions(self, cle_de_serie: str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Return the versions with their key, after checking that their dates go up."""
        versions = [
            (f"version[{rang}]", version)
            for rang, version in enumerate(self.contenu["version"], start=1)
        ]
        if not versions:
            raise self.refuser("version", "aucune version")
        dernieres: dict[Any, date] = {}
        for cle, version in versions:
            depuis = version.get("depuis")
            if not isinstance(depuis, date):
                raise self.refuser(_joindre(cle, "depuis"), "date attendue (AAAA-MM-JJ)")
            serie = version.get(cle_de_serie) if cle_de_serie else None
            if serie in dernieres and depuis <= dernieres[serie]:
                raise self.refuser(
                    _joindre(cle, "depuis"), "les versions doivent être triées par date croissante"
                )
            dernieres[serie] = depuis
        return versions

    def montants(self, cle: str, valeurs: Sequence[Any]) -> tuple[int, ...]:
        """Check one amount per size."""
        if len(valeurs) != NOMBRE_TAILLES or not all(
            type(valeur) is int and valeur >= 0 for valeur in valeurs
        ):
            raise self.refuser(cle, f"{NOMBRE_TAILLES} montants entiers positifs attendus")
        return tuple(valeurs)


def _joindre(cle: str, suite: str) -> str:
    return f"{cle}.{suite}" if cle else suite


def _read_taille(fichier: _Fichier, cle: str, version: dict[str, Any]) -> BaremeTaille:
    fichier.verifier(cle, version, {
        "depuis": date, "nom": str, "reference": str, "marge_alerte": float,
        "reference_marge": str, "seuil": list,
    })  # fmt: skip
    seuils = []
    for rang, table in enumerate(version["seuil"], start=1):
        sous_cle = f"{cle}.seuil[{rang}]"
        fichier.verifier(sous_cle, table, {
            "habitants": int, "taille_a_la_borne": int, "est_tranche_par_le_texte": bool,
            "reference": str,
        })  # fmt: skip
        # the threshold of rank n separates sizes n and n + 1
        if table["taille_a_la_borne"] not in (rang, rang + 1):
            raise fichier.refuser(
                f"{sous_cle}.taille_a_la_borne", f"{rang} ou {rang + 1} attendu pour ce seuil"
            )
        seuils.append(SeuilTaille(**table))
    if len(seuils) != NOMBRE_TAILLES - 1:
        raise fichier.refuser(f"{cle}.seuil", f"{NOMBRE_TAILLES - 1} seuils attendus")
    if any(bas.habitants >= haut.habitants for bas, haut in pairwise(seuils)):
        raise fichier.refuser(f"{cle}.seuil", "les seuils doivent être croissants")
    if not 0 <= version["marge_alerte"] < 1:
        raise fichier.refuser(f"{cle}.marge_alerte", "part comprise entre 0 et 1 attendue")
    return BaremeTaille(
        depuis=version["depuis"],
        nom=version["nom"],
        reference=version["reference"],
        marge_alerte=version["marge_alerte"],
        seuils=tuple(seuils),
    )


def _read_financement(fichier: _Fichier, cle: str, version: dict[str, Any]) -> BaremeFinancement:
    fichier.verifier(cle, version, {
        "depuis": date, "nom": str, "mention": str, "reference": str, "avertissement": str,
        "fonctionnement": dict, "mission": list, "volet_snp": dict, "controle": dict,
    })  # fmt: skip
    bareme = BaremeFinancement(
        depuis=version["depuis"],
        nom=version["nom"],
        mention=version["mention"],
        reference=version["reference"],
        avertissement=version["avertissement"],
        fonctionnement=_read_montant(fichier, f"{cle}.fonctionnement", version["fonctionnement"]),
        missions=tuple(
            _read_mission(fichier, f"{cle}.mission[{rang}]", mission)
            for rang, mission in enumerate(version["mission"], start=1)
        ),
        volet_snp=_read_montant(fichier, f"{cle}.volet_snp", version["volet_snp"]),
    )
    _validate_totaux(fichier, f"{cle}.controle", bareme, version["controle"])
    return bareme


def _read_montant(fichier: _Fichier, cle: str, table: object) -> tuple[int, ...]:
    table = fichier.verifier(cle, table, {"montant": list, "reference": str})
    return fichier.montants(f"{cle}.montant", table["montant"])


def _read_mission(fichier: _Fichier, cle: str, table: object) -> MissionBareme:
    table = fichier.verifier(
        cle,
        table,
        {"nom": str, "obligatoire": bool, "fixe": list, "variable": list, "reference": str},
        {"compensation_snp": list},
    )
    fixe = fichier.montants(f"{cle}.fixe", table["fixe"])
    compensation = fichier.montants(
        f"{cle}.compensation_snp", table.get("compensation_snp", [0] * NOMBRE_TAILLES)
    )
    return MissionBareme(
        nom=table["nom"],
        obligatoire=table["obligatoire"],
        fixe=tuple(a + b for a, b in zip(fixe, compensation, strict=True)),
        variable=fichier.montants(f"{cle}.variable", table["variable"]),
        compensation_snp=compensation,
        reference=table["reference"],
    )


def _validate_totaux(
    fichier: _Fichier, cle: str, bareme: BaremeFinancement, controle: dict[str, Any]
) -> None:
    fichier.verifier(cle, controle, {
        "total_hors_volet_snp": list, "total_avec_volet_snp": list, "reference": str,
    })  # fmt: skip
    for indice in range(NOMBRE_TAILLES):
        hors_volet = bareme.fonctionnement[indice] + sum(
            mission.fixe[indice] + mission.variable[indice] for mission in bareme.missions
        )
        for nom, calcule in (
            ("total_hors_volet_snp", hors_volet),
            ("total_avec_volet_snp", hors_volet + bareme.volet_snp[indice]),
        ):
            attendu = fichier.montants(f"{cle}.{nom}", controle[nom])[indice]
            if calcule != attendu:
                raise fichier.refuser(
                    f"{cle}.{nom}",
                    f"taille {indice + 1} : les lignes donnent {calcule} €, la source {attendu} €",
                )


def _read_plancher(fichier: _Fichier, cle: str, version: dict[str, Any]) -> PlancherRegional:
    fichier.verifier(
        cle,
        version,
        {"depuis": date, "code_region": str, "statut": str, "reference": str},
        {"habitants": int},
    )
    statut = version["statut"]
    if statut not in ("ferme", "indicatif", "aucun"):
        raise fichier.refuser(f"{cle}.statut", "« ferme », « indicatif » ou « aucun » attendu")
    if (statut == "aucun") == ("habitants" in version):
        raise fichier.refuser(f"{cle}.habitants", "à donner, sauf pour le statut « aucun »")
    return PlancherRegional(
        depuis=version["depuis"],
        code_region=version["code_region"],
        statut=statut,
        habitants=version.get("habitants"),
        reference=version["reference"],
    )


def _read_poids(fichier: _Fichier, cle: str, version: dict[str, Any]) -> PoidsStatuts:
    fichier.verifier(cle, version, {"depuis": date, "reference": str, "poids": dict})
    poids = fichier.verifier(
        f"{cle}.poids", version["poids"], dict.fromkeys(get_args(StatutCpts), float)
    )
    if not all(0 <= valeur <= 1 for valeur in poids.values()):
        raise fichier.refuser(f"{cle}.poids", "chaque poids est compris entre 0 et 1")
    return PoidsStatuts(depuis=version["depuis"], reference=version["reference"], poids=poids)  # type: ignore[arg-type]
