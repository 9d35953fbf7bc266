"""A local server that replays recorded answers, and misbehaves on demand."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Page:
    """One canned answer; `panne` names a fault instead of an answer."""

    corps: bytes = b""
    statut: int = 200
    type_contenu: str = "application/json"
    entetes: dict[str, str] = field(default_factory=dict)
    panne: str = ""


Cle = tuple[str, frozenset[tuple[str, str]]]


def cle(adresse: str) -> Cle:
    morceaux = urlsplit(adresse)
    return morceaux.path, frozenset(parse_qsl(morceaux.query, keep_blank_values=True))


@dataclass
class Serveur:
    racine: str
    pages: dict[Cle, Page]
    # answers given first, whatever is asked, in order
    file: list[Page] = field(default_factory=list)
    defaut: Page | None = None
    demandes: list[str] = field(default_factory=list)


class _Poignee(BaseHTTPRequestHandler):
    serveur: Serveur

    def do_GET(self) -> None:
        serveur = self.serveur
        serveur.demandes.append(self.path)
        if serveur.file:
            page = serveur.file.pop(0)
        else:
            page = serveur.pages.get(cle(self.path)) or serveur.defaut or Page(b"", 404)
        self._serve(page)

    def _serve(self, page: Page) -> None:
        if page.panne == "coupure":
            # RST at close, as a filter does
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        if page.panne == "muet":
            time.sleep(0.5)
            self.close_connection = True
            return
        self.send_response(page.statut)
        self.send_header("Content-Type", page.type_contenu)
        taille = 100 * 1024 * 1024 if page.panne == "enorme" else len(page.corps)
        self.send_header("Content-Length", str(taille))
        for nom, valeur in page.entetes.items():
            self.send_header(nom, valeur)
        self.end_headers()
        try:
            self._write(page)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write(self, page: Page) -> None:
        if page.panne == "tronque":
            self.wfile.write(page.corps[: len(page.corps) // 2])
            self.close_connection = True
        elif page.panne == "lent":
            for octet in page.corps:
                self.wfile.write(bytes([octet]))
                self.wfile.flush()
                time.sleep(0.05)
        elif page.panne == "enorme":
            bloc = b" " * 1024 * 1024
            for _ in range(100):
                self.wfile.write(bloc)
        else:
            self.wfile.write(page.corps)

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@contextmanager
def lancer(pages: dict[Cle, Page]) -> Iterator[Serveur]:
    classe = type("Poignee", (_Poignee,), {})
    http = ThreadingHTTPServer(("127.0.0.1", 0), classe)
    serveur = Serveur(f"http://127.0.0.1:{http.server_port}", pages)
    classe.serveur = serveur
    fil = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    fil.start()
    try:
        yield serveur
    finally:
        http.shutdown()
        http.server_close()
        fil.join()


def pages_enregistrees(dossier: Path, champ: str) -> dict[Cle, Page]:
    """Read an `index.json` of recorded answers; `champ` holds the address asked."""
    index = json.loads((dossier / "index.json").read_text(encoding="utf-8"))
    return {
        cle(entree[champ].removeprefix("https://api.insee.fr")): Page(
            (dossier / entree["file"]).read_bytes(), entree["status"], entree["content_type"]
        )
        for entree in index
    }
