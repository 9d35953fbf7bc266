"""Tell browsers and screen readers that the page is in French.

Streamlit serves one HTML shell, declared in English; a screen reader would read our French with
English phonetics until the end (WCAG 3.1.1). The words of its own widgets are put in French in the
browser, by `francais.js`.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.composants.carte.routes import PREFIXE, adresses

_SCRIPT = f'<script type="module" src="{adresses()["ressources"]}francais.js"></script>'
_REMPLACEMENTS = (
    (b'<html lang="en">', b'<html lang="fr">'),
    (b"<title>Streamlit</title>", b"<title>CPTS Territoires</title>"),
    (
        b"You need to enable JavaScript to run this app.",
        b"Cette application a besoin de JavaScript.",
    ),
    (b"</head>", f"{_SCRIPT}</head>".encode()),
)


class PageEnFrancais:
    """Rewrite the HTML shell on its way out; every other response passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not _attend_du_html(scope):
            await self.app(scope, receive, send)
            return
        debut: Message | None = None
        corps = bytearray()

        async def relayer(message: Message) -> None:
            nonlocal debut
            if message["type"] == "http.response.start":
                entetes = MutableHeaders(raw=message["headers"])
                if entetes.get("content-type", "").startswith("text/html"):
                    debut = message
                    return
            elif debut is not None and message["type"] == "http.response.body":
                corps.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _envoyer(debut, bytes(corps), send)
                return
            await send(message)

        await self.app(_sans_compression(scope), receive, relayer)


def _attend_du_html(scope: Scope) -> bool:
    # what our own routes serve is in French already, compressed, and kept by browsers
    if scope["path"].startswith(f"{PREFIXE}/"):
        return False
    return any(nom == b"accept" and b"text/html" in valeur for nom, valeur in scope["headers"])


def _sans_compression(scope: Scope) -> Scope:
    # the shell is 8 kB: read in clear, and never answered by « not modified » under its old text
    ecartes = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
    entetes = [(nom, valeur) for nom, valeur in scope["headers"] if nom not in ecartes]
    return {**scope, "headers": entetes}


async def _envoyer(debut: Message, corps: bytes, send: Send) -> None:
    for avant, apres in _REMPLACEMENTS:
        corps = corps.replace(avant, apres)
    entetes = MutableHeaders(raw=debut["headers"])
    entetes["content-length"] = str(len(corps))
    for nom in ("etag", "last-modified"):
        if nom in entetes:
            del entetes[nom]
    await send(debut)
    await send({"type": "http.response.body", "body": corps})
