"""The only door to the network: one bounded, cached, patient GET.

Proxies (`HTTPS_PROXY`) and a custom authority (`REQUESTS_CA_BUNDLE`) are honoured by requests;
certificates are always verified. What was read once stays on disk with its date and checksum,
and is served again, dated, when the service fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from geodata.errors import MillesimeError, SourceIndisponibleError, SourceModifieeError

_MIO: Final = 1024 * 1024
_STATUTS_PASSAGERS: Final = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Reglages:
    """Set how patient one source deserves to be.

    Parameters
    ----------
    delai_connexion, delai_lecture
        Seconds without a connection, without a byte.
    delai_total
        Seconds for one whole answer: a slow body cannot hold a page for ever.
    essais
        Attempts in all, on network faults, 5xx and 429.
    delai_essais
        Seconds after which no other attempt is made: the person waits for all of them.
    pauses
        Seconds before the second attempt, the third, …; a `Retry-After` may lengthen them.
    pause_maximale
        Longest `Retry-After` obeyed, in seconds; beyond, the source is unavailable.
    taille_maximale
        Bytes of a body, decompressed.
    appels_par_minute
        Rate never exceeded.
    """

    delai_connexion: float = 5.0
    delai_lecture: float = 20.0
    delai_total: float = 60.0
    essais: int = 4
    delai_essais: float = 60.0
    pauses: tuple[float, ...] = (0.5, 1.5, 3.0)
    pause_maximale: float = 20.0
    taille_maximale: int = 60 * _MIO
    appels_par_minute: int = 600


@dataclass(frozen=True)
class Reponse:
    """Hold what a source answered, and since when we know it.

    Parameters
    ----------
    statut
        HTTP status, 200 when served from the disk.
    type_contenu
        Content type announced.
    recupere_le
        Moment the body left the source (UTC).
    sha256
        Checksum of the body.
    est_perime
        True when the service failed and an older body is served.
    """

    url: str
    statut: int
    type_contenu: str
    contenu: bytes
    recupere_le: datetime
    sha256: str
    est_perime: bool = False

    @property
    def texte(self) -> str:
        """Body as UTF-8 text."""
        return self.contenu.decode("utf-8", errors="replace")

    def json(self, source: str) -> Any:  # noqa: ANN401 - JSON is any shape
        """Parse the body as JSON.

        Raises
        ------
        SourceModifieeError
            If the body is not JSON: a proxy page, a truncated answer, a change of format.
        """
        try:
            return json.loads(self.contenu)
        except (UnicodeDecodeError, ValueError) as erreur:
            debut = " ".join(self.texte[:60].split())
            raise SourceModifieeError(
                f"La source « {source} » a répondu autre chose que du JSON "
                f"({self.type_contenu or 'type inconnu'}, début : « {debut} ») : {self.url}. "
                "Un filtre réseau a pu remplacer la réponse ; les données présentes sont gardées."
            ) from erreur


@dataclass
class CacheDisque:
    """Keep bodies on disk, each beside a small JSON file with its date and checksum."""

    dossier: Path

    def load(self, url: str) -> Reponse | None:
        """Return the kept answer, None when absent or damaged."""
        corps, fiche = self._chemins(url)
        try:
            meta = json.loads(fiche.read_text(encoding="utf-8"))
            contenu = corps.read_bytes()
            recupere_le = datetime.fromisoformat(meta["recupere_le"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if hashlib.sha256(contenu).hexdigest() != meta.get("sha256"):
            return None
        return Reponse(
            url, 200, str(meta.get("type_contenu", "")), contenu, recupere_le, meta["sha256"]
        )

    def store(self, reponse: Reponse) -> None:
        """Write an answer; the body first, so that a card never describes a missing body."""
        corps, fiche = self._chemins(reponse.url)
        self.dossier.mkdir(parents=True, exist_ok=True)
        meta = {
            "url": reponse.url,
            "recupere_le": reponse.recupere_le.isoformat(),
            "sha256": reponse.sha256,
            "type_contenu": reponse.type_contenu,
        }
        _write(corps, reponse.contenu)
        _write(fiche, json.dumps(meta, ensure_ascii=False).encode())

    def _chemins(self, url: str) -> tuple[Path, Path]:
        empreinte = hashlib.sha256(url.encode()).hexdigest()[:32]
        return self.dossier / f"{empreinte}.corps", self.dossier / f"{empreinte}.json"


def _write(chemin: Path, contenu: bytes) -> None:
    provisoire = chemin.with_suffix(f"{chemin.suffix}.{os.getpid()}-{threading.get_ident()}")
    provisoire.write_bytes(contenu)
    provisoire.replace(chemin)


@dataclass
class Cadence:
    """Space calls so that no minute holds more than allowed; shared by every thread."""

    appels_par_minute: int
    horloge: Callable[[], float] = time.monotonic
    dormir: Callable[[float], None] = time.sleep
    _prochain: float = 0.0
    _verrou: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        """Wait for one's turn."""
        with self._verrou:
            maintenant = self.horloge()
            debut = max(maintenant, self._prochain)
            self._prochain = debut + 60.0 / self.appels_par_minute
        if debut > maintenant:
            self.dormir(debut - maintenant)


@lru_cache(maxsize=32)
def share_cadence(source: str, appels_par_minute: int) -> Cadence:  # noqa: ARG001 - the cache key
    """Return the one cadence of a source: every page and session of this server counts in it."""
    return Cadence(appels_par_minute)


def build_session() -> requests.Session:
    """Return a session that names the application and never retries on its own."""
    session = requests.Session()
    session.headers["User-Agent"] = "cpts-territoires (diagnostic territorial de sante)"
    session.mount("https://", HTTPAdapter(max_retries=0))
    return session


class Telechargeur:
    """Read one source.

    Parameters
    ----------
    source
        Name printed in messages.
    session
        Injected: the tests give one that talks to a local server.
    cache
        None to keep nothing on disk.
    cadence
        That of the source, shared by the whole process, unless another is given.
    horloge, dormir, maintenant
        Injected clocks.
    """

    def __init__(
        self,
        source: str,
        *,
        session: requests.Session | None = None,
        cache: CacheDisque | None = None,
        reglages: Reglages | None = None,
        cadence: Cadence | None = None,
        horloge: Callable[[], float] = time.monotonic,
        dormir: Callable[[float], None] = time.sleep,
        maintenant: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.source = source
        self._session = session or build_session()
        self._cache = cache
        self._reglages = reglages or Reglages()
        self._horloge = horloge
        self._dormir = dormir
        self._maintenant = maintenant
        self._cadence = cadence or share_cadence(source, self._reglages.appels_par_minute)

    def get(
        self,
        url: str,
        parametres: Mapping[str, str | list[str]] | None = None,
        *,
        fraicheur: timedelta = timedelta(days=1),
        statuts_admis: frozenset[int] = frozenset({200}),
        controle: Callable[[Reponse], object] | None = None,
    ) -> Reponse:
        """Return the answer of the source, the disk copy when fresh, or the dated old copy.

        Parameters
        ----------
        fraicheur
            Age under which the disk copy is served without asking.
        statuts_admis
            Statuses that are an answer (404 for a lookup); only a 200 is kept on disk.
        controle
            Check run on a 200 before it replaces the disk copy: raises `SourceModifieeError` or
            `MillesimeError` when the body is not what the source documents. A reader will do: what
            cannot be read must never take the place of what can.

        Raises
        ------
        SourceIndisponibleError
            If the source does not answer and nothing is on disk.
        SourceModifieeError, MillesimeError
            If the source answers something else than documented and nothing is on disk.
        """
        complete = requests.Request("GET", url, params=parametres).prepare().url or url
        garde = self._cache.load(complete) if self._cache else None
        if garde and self._maintenant() - garde.recupere_le < fraicheur:
            return garde
        try:
            reponse = self._try_all(complete, statuts_admis)
            if controle and reponse.statut == 200:
                controle(reponse)
        except (SourceIndisponibleError, SourceModifieeError, MillesimeError):
            if garde is None:
                raise
            return Reponse(
                garde.url, garde.statut, garde.type_contenu, garde.contenu, garde.recupere_le,
                garde.sha256, est_perime=True,
            )  # fmt: skip
        if self._cache and reponse.statut == 200:
            # a full or read-only disk costs a copy, not the answer
            with suppress(OSError):
                self._cache.store(reponse)
        return reponse

    def _try_all(self, url: str, admis: frozenset[int]) -> Reponse:
        raison = ""
        dernier_depart = self._horloge() + self._reglages.delai_essais
        for essai in range(self._reglages.essais):
            if essai and self._horloge() > dernier_depart:
                break
            self._cadence.wait()
            attente = 0.0
            try:
                reponse, attente = self._try_once(url)
            # a redirection to an address that is none is a plain ValueError
            except (requests.RequestException, HTTPError, OSError, ValueError) as erreur:
                raison = _decrire(erreur)
            else:
                if reponse.statut in admis:
                    return reponse
                raison = f"statut HTTP {reponse.statut}"
                if reponse.statut not in _STATUTS_PASSAGERS:
                    break
            if essai + 1 < self._reglages.essais:
                if attente > self._reglages.pause_maximale:
                    raison += f", qui demande d’attendre {attente:.0f} s"
                    break
                pauses = self._reglages.pauses
                self._dormir(max(attente, pauses[min(essai, len(pauses) - 1)]))
        raise SourceIndisponibleError(self.source, url, raison)

    def _try_once(self, url: str) -> tuple[Reponse, float]:
        reglages = self._reglages
        fin = self._horloge() + reglages.delai_total
        with self._session.get(
            url,
            timeout=(reglages.delai_connexion, reglages.delai_lecture),
            stream=True,
            allow_redirects=True,
        ) as brute:
            if url.startswith("https:") and not brute.url.startswith("https:"):
                raise SourceModifieeError(
                    f"La source « {self.source} » redirige vers une adresse non chiffrée, "
                    f"qui n’a pas été lue : {url}."
                )
            morceaux: list[bytes] = []
            taille = 0
            # read1 gives back what has come: a body that drips cannot outlive the total delay
            while morceau := brute.raw.read1(64 * 1024, decode_content=True):
                taille += len(morceau)
                if taille > reglages.taille_maximale:
                    raise SourceModifieeError(
                        f"La source « {self.source} » renvoie plus de "
                        f"{reglages.taille_maximale // _MIO} Mio, bien plus qu’attendu : {url}. "
                        "La réponse n’a pas été gardée."
                    )
                if self._horloge() > fin:
                    raise requests.Timeout(f"plus de {reglages.delai_total:.0f} s")
                morceaux.append(morceau)
            contenu = b"".join(morceaux)
            attente = _retry_after(brute.headers.get("Retry-After", ""))
            return (
                Reponse(
                    url,
                    brute.status_code,
                    brute.headers.get("Content-Type", ""),
                    contenu,
                    self._maintenant(),
                    hashlib.sha256(contenu).hexdigest(),
                ),
                attente,
            )


def _retry_after(valeur: str) -> float:
    # the other legal form is a date; the usual pause is then enough
    return float(valeur) if valeur.isdigit() else 0.0


def _decrire(erreur: Exception) -> str:
    if isinstance(erreur, requests.exceptions.SSLError):
        return "certificat refusé : vérifiez l’autorité de votre réseau (REQUESTS_CA_BUNDLE)"
    if isinstance(erreur, requests.exceptions.ProxyError):
        return "le serveur mandataire refuse la connexion"
    if isinstance(erreur, requests.Timeout):
        return "délai dépassé"
    if isinstance(erreur, requests.ConnectionError | HTTPError | OSError):
        return "connexion impossible ou coupée"
    return "requête impossible"
