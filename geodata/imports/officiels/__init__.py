"""Official files that users download and drop: recognised by content, checked, dated."""

from geodata.imports.officiels.analyse import SOURCES, ImportOfficiel, analyse_fichier

__all__ = ["SOURCES", "ImportOfficiel", "analyse_fichier"]
