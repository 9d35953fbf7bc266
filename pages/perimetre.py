"""Compose the territory and read what follows from it."""

from __future__ import annotations

from pages.composants.mise_en_page import page

with page("Dessiner le territoire"):
    pass
