"""Read and write the register: every change is one transaction and one kept version."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, get_args

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Row,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from geodata.errors import ConflitVersionError, RegistreError
from geodata.noms import normaliser
from geodata.registre.connexion import open_engine, resolve_url, translate_failures
from geodata.registre.tables import COMPLETUDE, DECISION, ETAT, TERRITOIRE, UNITE, VERSION
from geodata.schema import Niveau, StatutCpts, TerritoireCpts, UniteCpts

_NOM_MAXIMAL: Final = 300
_UNITES_MAXIMALES: Final = 5_000


@dataclass(frozen=True)
class LigneRegistre:
    """One row of the list of territories."""

    identifiant: str
    nom: str
    statut: StatutCpts
    statut_le: date | None
    valide_du: date | None
    valide_au: date | None
    source: str
    source_url: str
    departements: tuple[str, ...]
    nombre_unites: int
    version: int
    modifie_le: datetime


@dataclass(frozen=True)
class VersionTerritoire:
    """One past or present state of a territory: who, when, what, why."""

    numero: int
    le: datetime
    auteur: str
    action: str
    motif: str


@dataclass(frozen=True)
class Decision:
    """One arbitration between two territories, with its reason.

    Parameters
    ----------
    attributions
        Unité → identifier of the territory that keeps it, or `partage`.
    """

    a: str
    b: str
    option: str
    attributions: Mapping[str, str]
    motif: str
    auteur: str
    le: datetime
    numero: int = 0


@dataclass(frozen=True)
class Completude:
    """Say whether somebody holds the register for complete over a zone, and since when."""

    niveau: Niveau
    code: str
    est_complet: bool
    source: str
    auteur: str
    le: datetime


class Registre:
    """Give access to the register.

    Parameters
    ----------
    engine, url
        An opened database; use `Registre.ouvrir`.
    """

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._url = url

    @classmethod
    def ouvrir(
        cls,
        url: str | None = None,
        dossier: Path | None = None,
        *,
        amorce: Sequence[TerritoireCpts] = (),
        le: datetime,
    ) -> Registre:
        """Open the register, bring its schema up to date, and lay the seed the first time.

        Parameters
        ----------
        url
            PostgreSQL or SQLite address; by default the environment's, else a file in `dossier`.
        amorce
            Territories written when the register is new; never again afterwards.
        le
            Moment written on the seed.

        Raises
        ------
        RegistreError
            When the database cannot be opened, written, or is of a newer version.
        """
        adresse = resolve_url(url, dossier)
        registre = cls(open_engine(adresse), adresse)
        registre._seed(amorce, le)
        return registre

    def fermer(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _lecture(self) -> Iterator[Connection]:
        with translate_failures(self._url), self._engine.connect() as connexion:
            yield connexion

    @contextmanager
    def _ecriture(self) -> Iterator[Connection]:
        with (
            translate_failures(self._url),
            self._engine.connect().execution_options(ecriture=True) as connexion,
            connexion.begin(),
        ):
            yield connexion
            connexion.execute(
                update(ETAT).where(ETAT.c.cle == "revision").values(valeur=ETAT.c.valeur + 1)
            )

    def _seed(self, amorce: Sequence[TerritoireCpts], le: datetime) -> None:
        with self._lecture() as connexion:
            if connexion.scalar(select(ETAT.c.valeur).where(ETAT.c.cle == "amorce")) is not None:
                return
        with self._ecriture() as connexion:
            if connexion.scalar(select(ETAT.c.valeur).where(ETAT.c.cle == "amorce")) is not None:
                return
            connexion.execute(
                insert(ETAT), [{"cle": "revision", "valeur": 0}, {"cle": "amorce", "valeur": 1}]
            )
            for territoire in amorce:
                _write(connexion, territoire, None, "amorce", "", "Liste embarquée", le)

    def revision(self) -> int:
        """Return a number that grows at each write."""
        with self._lecture() as connexion:
            return int(connexion.scalar(select(ETAT.c.valeur).where(ETAT.c.cle == "revision")) or 0)

    def lister(
        self,
        *,
        texte: str = "",
        statuts: Iterable[StatutCpts] = (),
        departements: Iterable[str] = (),
        debut: int = 0,
        limite: int = 50,
    ) -> tuple[tuple[LigneRegistre, ...], int]:
        """Return one page of the list by name, and the number of territories in all."""
        filtres: list[ColumnElement[bool]] = [TERRITOIRE.c.est_retire.is_(False)]
        if texte.strip():
            filtres.append(TERRITOIRE.c.nom_cherche.contains(normaliser(texte), autoescape=True))
        if choisis := tuple(statuts):
            filtres.append(TERRITOIRE.c.statut.in_(choisis))
        if zone := tuple(departements):
            filtres.append(or_(*(TERRITOIRE.c.departements.contains(f" {code} ") for code in zone)))
        requete = select(TERRITOIRE).where(*filtres)
        with self._lecture() as connexion:
            total = connexion.scalar(select(func.count()).select_from(requete.subquery()))
            lignes = connexion.execute(
                requete.order_by(TERRITOIRE.c.nom_cherche, TERRITOIRE.c.identifiant)
                .offset(debut)
                .limit(limite)
            ).all()
        return tuple(_read_line(ligne) for ligne in lignes), int(total or 0)

    def charger(self, identifiant: str) -> tuple[TerritoireCpts, int]:
        """Return one territory and its version.

        Raises
        ------
        RegistreError
            When no such territory exists.
        """
        with self._lecture() as connexion:
            ligne = connexion.execute(
                select(TERRITOIRE).where(
                    TERRITOIRE.c.identifiant == identifiant, TERRITOIRE.c.est_retire.is_(False)
                )
            ).one_or_none()
            if ligne is None:
                raise RegistreError(f"Le registre ne contient pas « {identifiant} ».")
            unites = connexion.execute(
                select(UNITE).where(UNITE.c.identifiant == identifiant).order_by(UNITE.c.code)
            ).all()
        return _read_territoire(ligne, unites), int(ligne.version)

    def territoires(self) -> tuple[TerritoireCpts, ...]:
        """Return every territory, by name."""
        with self._lecture() as connexion:
            lignes = connexion.execute(
                select(TERRITOIRE)
                .where(TERRITOIRE.c.est_retire.is_(False))
                .order_by(TERRITOIRE.c.nom_cherche, TERRITOIRE.c.identifiant)
            ).all()
            unites: dict[str, list[Row[Any]]] = {}
            for unite in connexion.execute(select(UNITE).order_by(UNITE.c.code)):
                unites.setdefault(unite.identifiant, []).append(unite)
        return tuple(_read_territoire(ligne, unites.get(ligne.identifiant, ())) for ligne in lignes)

    def versions(self) -> dict[str, int]:
        """Return the present version of every territory, to be given back when writing."""
        with self._lecture() as connexion:
            lignes = connexion.execute(
                select(TERRITOIRE.c.identifiant, TERRITOIRE.c.version).where(
                    TERRITOIRE.c.est_retire.is_(False)
                )
            )
            return {ligne.identifiant: int(ligne.version) for ligne in lignes}

    def enregistrer(
        self,
        territoire: TerritoireCpts,
        *,
        version: int | None,
        auteur: str = "",
        motif: str = "",
        le: datetime,
    ) -> int:
        """Write one territory and return its new version.

        Parameters
        ----------
        version
            The version that was read; None for a new territory.

        Raises
        ------
        ConflitVersionError
            When somebody else wrote meanwhile.
        """
        return self.enregistrer_lot([(territoire, version)], auteur=auteur, motif=motif, le=le)[0]

    def enregistrer_lot(
        self,
        territoires: Iterable[tuple[TerritoireCpts, int | None]],
        *,
        auteur: str = "",
        motif: str = "",
        le: datetime,
    ) -> list[int]:
        """Write many territories, all or none, and return their new versions."""
        with self._ecriture() as connexion:
            return [
                _write(
                    connexion,
                    territoire,
                    version,
                    "creation" if version is None else "modification",
                    auteur,
                    motif,
                    le,
                )
                for territoire, version in territoires
            ]

    def retirer(
        self, identifiant: str, *, version: int, auteur: str = "", motif: str, le: datetime
    ) -> None:
        """Take a territory out of the register (an entry made by mistake); its versions stay."""
        with self._ecriture() as connexion:
            ligne = _lock(connexion, identifiant, version)
            connexion.execute(
                update(TERRITOIRE)
                .where(TERRITOIRE.c.identifiant == identifiant)
                .values(est_retire=True, finess=None, version=version + 1, modifie_le=le)
            )
            contenu = connexion.scalar(
                select(VERSION.c.contenu).where(
                    VERSION.c.identifiant == identifiant, VERSION.c.numero == ligne.version
                )
            )
            _keep(connexion, identifiant, version + 1, "retrait", auteur, motif, le, contenu)

    def historique(self, identifiant: str) -> tuple[VersionTerritoire, ...]:
        """Return the versions of a territory, latest first."""
        colonnes = (
            VERSION.c.numero, VERSION.c.le, VERSION.c.auteur, VERSION.c.action, VERSION.c.motif
        )  # fmt: skip
        with self._lecture() as connexion:
            lignes = connexion.execute(
                select(*colonnes)
                .where(VERSION.c.identifiant == identifiant)
                .order_by(VERSION.c.numero.desc())
            ).all()
        return tuple(
            VersionTerritoire(ligne.numero, ligne.le, ligne.auteur, ligne.action, ligne.motif)
            for ligne in lignes
        )

    def charger_version(self, identifiant: str, numero: int) -> TerritoireCpts:
        """Return a territory as it was at one of its versions.

        Raises
        ------
        RegistreError
            When no such version exists.
        """
        with self._lecture() as connexion:
            contenu = connexion.scalar(
                select(VERSION.c.contenu).where(
                    VERSION.c.identifiant == identifiant, VERSION.c.numero == numero
                )
            )
        if contenu is None:
            raise RegistreError(f"« {identifiant} » n’a pas de version {numero}.")
        return _from_content(contenu)

    def decider(self, decision: Decision) -> int:
        """Record an arbitration and return its number."""
        if not decision.motif.strip():
            raise RegistreError("Une décision d’arbitrage s’enregistre avec son motif.")
        valeurs = asdict(decision)
        del valeurs["numero"]
        with self._ecriture() as connexion:
            resultat = connexion.execute(insert(DECISION).values(**valeurs))
            return int(resultat.inserted_primary_key[0])  # type: ignore[index]

    def decisions(self) -> tuple[Decision, ...]:
        """Return the arbitrations, latest first."""
        with self._lecture() as connexion:
            lignes = connexion.execute(select(DECISION).order_by(DECISION.c.numero.desc())).all()
        return tuple(Decision(**ligne._asdict()) for ligne in lignes)

    def declarer_completude(self, completude: Completude) -> None:
        """Record that the register is, or is not, complete over a zone."""
        with self._ecriture() as connexion:
            connexion.execute(
                delete(COMPLETUDE).where(
                    COMPLETUDE.c.niveau == completude.niveau, COMPLETUDE.c.code == completude.code
                )
            )
            connexion.execute(insert(COMPLETUDE).values(**asdict(completude)))

    def completudes(self) -> dict[tuple[str, str], Completude]:
        """Return what was declared about the completeness of the register, by zone."""
        with self._lecture() as connexion:
            lignes = connexion.execute(select(COMPLETUDE)).all()
        return {(ligne.niveau, ligne.code): Completude(**ligne._asdict()) for ligne in lignes}


def nouvel_identifiant() -> str:
    """Return a key for a territory without FINESS number."""
    return f"projet-{uuid.uuid4().hex[:16]}"


def _write(
    connexion: Connection,
    territoire: TerritoireCpts,
    version: int | None,
    action: str,
    auteur: str,
    motif: str,
    le: datetime,
) -> int:
    _check(territoire)
    valeurs = {
        "nom": territoire.nom,
        "nom_cherche": normaliser(territoire.nom),
        "statut": territoire.statut,
        "finess": territoire.finess,
        "statut_le": territoire.statut_le,
        "valide_du": territoire.valide_du,
        "valide_au": territoire.valide_au,
        "source": territoire.source,
        "source_url": territoire.source_url,
        "source_le": territoire.source_le,
        "millesime": territoire.millesime,
        "departements": f" {' '.join(_departements(territoire.codes))} ",
        "nombre_unites": len(territoire.codes),
        "version": (version or 0) + 1,
        "est_retire": False,
        "modifie_le": le,
    }
    cle = territoire.identifiant
    try:
        if version is None:
            connexion.execute(insert(TERRITOIRE).values(identifiant=cle, **valeurs))
        else:
            _lock(connexion, cle, version)
            connexion.execute(
                update(TERRITOIRE).where(TERRITOIRE.c.identifiant == cle).values(**valeurs)
            )
            connexion.execute(delete(UNITE).where(UNITE.c.identifiant == cle))
    except IntegrityError as erreur:
        raise RegistreError(
            f"« {territoire.nom} » existe déjà dans le registre (même identifiant ou même numéro "
            "FINESS). Rien n’a été enregistré."
        ) from erreur
    if territoire.unites:
        connexion.execute(
            insert(UNITE), [{"identifiant": cle, **asdict(unite)} for unite in territoire.unites]
        )
    numero = (version or 0) + 1
    _keep(connexion, cle, numero, action, auteur, motif, le, _to_content(territoire))
    return numero


def _lock(connexion: Connection, identifiant: str, version: int) -> Row[Any]:
    """Take the row of a territory for the rest of the transaction, if it is still the one read."""
    ligne = connexion.execute(
        select(TERRITOIRE).where(TERRITOIRE.c.identifiant == identifiant).with_for_update()
    ).one_or_none()
    if ligne is None or ligne.est_retire:
        raise RegistreError(f"« {identifiant} » n’est plus dans le registre.")
    if ligne.version != version:
        auteur = connexion.scalar(
            select(VERSION.c.auteur).where(
                VERSION.c.identifiant == identifiant, VERSION.c.numero == ligne.version
            )
        )
        raise ConflitVersionError(ligne.nom, version, ligne.version, auteur or "", ligne.modifie_le)
    return ligne


def _keep(
    connexion: Connection,
    identifiant: str,
    numero: int,
    action: str,
    auteur: str,
    motif: str,
    le: datetime,
    contenu: object,
) -> None:
    connexion.execute(
        insert(VERSION).values(
            identifiant=identifiant,
            numero=numero,
            le=le,
            auteur=auteur,
            action=action,
            motif=motif,
            contenu=contenu,
        )
    )


def _check(territoire: TerritoireCpts) -> None:
    """Refuse what the register must never hold, all faults at once."""
    defauts = []
    if not territoire.nom.strip() or len(territoire.nom) > _NOM_MAXIMAL:
        defauts.append(f"le nom doit avoir de 1 à {_NOM_MAXIMAL} caractères")
    if territoire.statut not in get_args(StatutCpts):
        defauts.append(f"statut inconnu : {territoire.statut}")
    if len(territoire.unites) > _UNITES_MAXIMALES:
        defauts.append(f"plus de {_UNITES_MAXIMALES} communes")
    codes = [unite.code for unite in territoire.unites]
    if len(set(codes)) != len(codes):
        defauts.append("une commune y figure deux fois")
    defauts += [
        f"part impossible pour {unite.code}"
        for unite in territoire.unites
        if unite.part is not None and not (unite.statut == "partiel" and 0 < unite.part < 1)
    ]
    if (
        territoire.valide_du
        and territoire.valide_au
        and territoire.valide_du > territoire.valide_au
    ):
        defauts.append("la fin de validité précède le début")
    if "\0" in json.dumps(_to_content(territoire), ensure_ascii=False).replace("\\u0000", "\0"):
        defauts.append("un caractère nul s’est glissé dans un texte")
    if defauts:
        raise RegistreError(f"« {territoire.nom[:80]} » : {' ; '.join(defauts)}.")


def _departements(codes: Iterable[str]) -> list[str]:
    return sorted({code[:3] if code.startswith("97") else code[:2] for code in codes})


def _read_line(ligne: Row[Any]) -> LigneRegistre:
    return LigneRegistre(
        identifiant=ligne.identifiant,
        nom=ligne.nom,
        statut=ligne.statut,
        statut_le=ligne.statut_le,
        valide_du=ligne.valide_du,
        valide_au=ligne.valide_au,
        source=ligne.source,
        source_url=ligne.source_url,
        departements=tuple(ligne.departements.split()),
        nombre_unites=ligne.nombre_unites,
        version=ligne.version,
        modifie_le=ligne.modifie_le,
    )


def _read_territoire(ligne: Row[Any], unites: Iterable[Row[Any]]) -> TerritoireCpts:
    return TerritoireCpts(
        identifiant=ligne.identifiant,
        nom=ligne.nom,
        unites=tuple(UniteCpts(u.code, u.statut, u.part, u.commentaire) for u in unites),
        statut=ligne.statut,
        finess=ligne.finess,
        statut_le=ligne.statut_le,
        valide_du=ligne.valide_du,
        valide_au=ligne.valide_au,
        source=ligne.source,
        source_url=ligne.source_url,
        source_le=ligne.source_le,
        millesime=ligne.millesime,
    )


_DATES: Final = ("statut_le", "valide_du", "valide_au", "source_le")


def _to_content(territoire: TerritoireCpts) -> dict[str, Any]:
    contenu: dict[str, Any] = asdict(territoire)
    for cle in _DATES:
        contenu[cle] = contenu[cle].isoformat() if contenu[cle] else None
    contenu["unites"] = [
        [unite.code, unite.statut, unite.part, unite.commentaire] for unite in territoire.unites
    ]
    return contenu


def _from_content(contenu: Mapping[str, Any]) -> TerritoireCpts:
    champs = dict(contenu)
    for cle in _DATES:
        champs[cle] = date.fromisoformat(champs[cle]) if champs[cle] else None
    champs["unites"] = tuple(UniteCpts(*unite) for unite in champs["unites"])
    return TerritoireCpts(**champs)
