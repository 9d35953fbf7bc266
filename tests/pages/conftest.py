"""Run pages without a browser, through the root script as the application does."""

from __future__ import annotations

from pathlib import Path

import pytest

# named before Streamlit puts `pages/` first in sys.path, where `diagnostic` could be a page
import diagnostic.territoire  # noqa: F401
from pages.composants.lien import encode_lien

RACINE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def ouvrir_page(france):
    """Open a page of the real application, with what its address would hold."""
    from streamlit.testing.v1 import AppTest

    def ouvrir(chemin: str | None = None, *, codes=(), adresse=None):
        essai = AppTest.from_file(str(RACINE / "pages" / "accueil.py"), default_timeout=60)
        if codes:
            essai.query_params["t"] = encode_lien(codes)
        for cle, valeur in (adresse or {}).items():
            essai.query_params[cle] = valeur
        essai.run()
        if chemin:
            essai.switch_page(str(RACINE / "pages" / chemin)).run()
        assert not essai.exception, essai.exception[0].message
        return essai

    return ouvrir


@pytest.fixture(scope="session")
def textes():
    """Return all that a page says, HTML blocks included."""

    def lire(essai) -> str:
        blocs = [*essai.markdown, *essai.warning, *essai.error, *essai.info, *essai.title]
        html = [element.proto.body for element in essai.get("html")]
        return "\n".join([*(bloc.value for bloc in blocs), *html])

    return lire
