"""Frame of every page: title, error boundary, sources in the footer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from geodata.errors import CptsError

NOM_APPLICATION = "CPTS Territoires"
# a file of ours: for a Material icon, the browser would ask Google for the picture of the tab
ICONE = Path(__file__).with_name("icone.svg")


def configurer_page() -> None:
    """Set what the browser shows of the application; called once, by the root script."""
    st.set_page_config(page_title=NOM_APPLICATION, page_icon=str(ICONE), layout="wide")


@contextmanager
def page(titre: str) -> Iterator[None]:
    """Frame a page: everything drawn inside appears between its title and the footer."""
    st.title(titre)
    try:
        yield
    except CptsError as erreur:
        st.error(str(erreur))
    st.divider()
    st.html('<footer class="cpts-pied">Esquisse sans valeur officielle.</footer>')
