"""Draw HTML and SVG of ours in the page: `st.html` takes every drawing out.

The text inside was escaped where it was built; the styles are those of the page, so that the
drawing follows the theme and prints.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

_SCRIPT: Final = """
export default function ({ data, parentElement }) {
  const cadre = parentElement.querySelector(".cpts-dessin");
  if (cadre && cadre.dataset.empreinte !== data.empreinte) {
    cadre.dataset.empreinte = data.empreinte;
    cadre.innerHTML = data.html;
  }
}
"""
_COMPOSANT: Final[Any] = st.components.v2.component(
    "cpts_dessin", html='<div class="cpts-dessin"></div>', js=_SCRIPT, isolate_styles=False
)


def afficher_dessin(html: str, cle: str) -> None:
    """Show a drawing.

    Parameters
    ----------
    html
        Built here, every text of it escaped.
    cle
        Identity of the place in the page.
    """
    _COMPOSANT(key=cle, data={"html": html, "empreinte": str(hash(html))})
