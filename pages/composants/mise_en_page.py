"""Frame of every page: title, error boundary, sources in the footer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from geodata.errors import CptsError
from geodata.schema import MILLESIME_GEOGRAPHIE, MILLESIME_POPULATION
from pages.composants import etat

NOM_APPLICATION: Final = "CPTS Territoires"
# a file of ours: for a Material icon, the browser would ask Google for the picture of the tab
ICONE: Final = Path(__file__).with_name("icone.svg")
STYLE: Final = Path(__file__).with_name("style.css")

_SOURCES: Final = (
    f"Géographie : communes et intercommunalités au 1er janvier {MILLESIME_GEOGRAPHIE} (Insee, "
    "DGCL ; contours IGN Admin Express 2024). Population municipale "
    f"{MILLESIME_POPULATION['municipale']} (Insee ; Mayotte : recensement de 2017). Population "
    f"totale {MILLESIME_POPULATION['totale']} (Insee).",
    "Données publiques sous Licence Ouverte 2.0 (Etalab) : Insee, IGN, DGCL, data.gouv.fr. "
    "Code sous licence MIT.",
)


def configurer_page() -> None:
    """Set what the browser shows of the application; called once, by the root script."""
    st.set_page_config(page_title=NOM_APPLICATION, page_icon=str(ICONE), layout="wide")
    st.logo(str(ICONE), size="large")
    st.html(STYLE)


@contextmanager
def page(titre: str, *, chapeau: str = "", sources: Sequence[str] = ()) -> Iterator[None]:
    """Frame a page: what is drawn inside appears between its title and its footer.

    Parameters
    ----------
    chapeau
        One sentence under the title: what one does on this page.
    sources
        Sources of this page, besides the geography and the population that all share.

    Notes
    -----
    An error raised on purpose is shown in the page and stops only what follows in it.
    """
    st.title(titre, anchor=False)
    if chapeau:
        st.html(f'<p class="cpts-chapeau">{escape(chapeau)}</p>')
    for message in etat.prendre_messages():
        st.warning(echapper_markdown(message))
    try:
        yield
    except CptsError as erreur:
        st.error(echapper_markdown(str(erreur)))
    _afficher_pied(sources)


def afficher_vide(phrase: str) -> None:
    """Say that there is no territory yet, and lead where it is drawn."""
    st.info(phrase)
    with st.container(horizontal=True):
        st.page_link("perimetre.py", label="Dessiner sur la carte", icon=":material/draw:")
        st.page_link("composer.py", label="Composer par liste", icon=":material/list_alt_add:")


def _afficher_pied(sources: Sequence[str]) -> None:
    lignes = "".join(f"<p>{escape(ligne)}</p>" for ligne in (*sources, *_SOURCES))
    st.html(
        '<footer class="cpts-pied"><p><strong>Esquisse sans valeur officielle</strong> : seuls '
        "l’ARS et l’Assurance maladie arrêtent le territoire d’une CPTS.</p>"
        f"{lignes}</footer>"
    )


def echapper_markdown(texte: str) -> str:
    """Return a text that Streamlit shows as it is: messages quote files and codes of the user."""
    return "".join(
        f"\\{lettre}" if lettre in r"\`*_{}[]<>()#+-.!|~:$" else lettre for lettre in texte
    )
