"""Files that come with the packages: fonts, Leaflet, and the Typst model of the report.

The only module of the exports that reads files, and only files installed with the application.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import font_source_sans_pro
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font
from xstatic.pkg import leaflet

POLICE: Final = "Source Sans Pro"
_GRAISSES: Final = ("Regular", "It", "Semibold", "Bold")


@cache
def dossier_polices() -> Path:
    """Return the folder of the fonts that documents embed."""
    return Path(font_source_sans_pro.__file__).parent / "files"


@cache
def load_polices_dessin() -> None:
    """Make the fonts known to matplotlib, once."""
    for graisse in _GRAISSES:
        font_manager.fontManager.addfont(dossier_polices() / f"SourceSansPro-{graisse}.ttf")


@cache
def glyphes() -> frozenset[str]:
    """Return the characters that the fonts can draw."""
    police = FT2Font(str(dossier_polices() / "SourceSansPro-Regular.ttf"))
    return frozenset(map(chr, police.get_charmap()))


@cache
def leaflet_js() -> str:
    """Return the source of Leaflet, without the link to its source map."""
    source = (Path(leaflet.BASE_DIR) / "leaflet.js").read_text(encoding="utf-8")
    return source.split("//# sourceMappingURL")[0].strip()


@cache
def leaflet_css() -> str:
    """Return the style sheet of Leaflet; the images it names are only those of markers."""
    return (Path(leaflet.BASE_DIR) / "leaflet.css").read_text(encoding="utf-8")


@cache
def modele_dts() -> bytes:
    """Return the Typst model of the report."""
    return resources.files("diagnostic.exports").joinpath("dts.typ").read_bytes()
