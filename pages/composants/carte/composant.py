"""Python side of the drawing map: what the browser is given, what it sends back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st

from diagnostic.parametres import BaremeTaille
from geodata.schema import MILLESIME_GEOGRAPHIE, TypePopulation
from pages.composants.carte.routes import adresses

CLE: Final = "atelier"

# kept short: Streamlit sends it again at each run; more than one line, or it is taken for a path
_JS: Final = """
export default function (composant) {
  import(location.origin + composant.data.ressources + "atelier.js")
    .then((atelier) => atelier.render(composant));
}
"""
_HTML: Final = '<div class="atelier-hote"><p role="status">Chargement de la carte…</p></div>\n'

_composant = st.components.v2.component("cpts_atelier", html=_HTML, js=_JS)


@dataclass(frozen=True)
class Geste:
    """What the browser said after a gesture; nothing in it is trusted."""

    onglet: str
    revision: int
    lien: str
    nom: str
    type_population: TypePopulation


def lire_geste(valeur: object) -> Geste | None:
    """Read what the component holds; None for anything of another shape."""
    geste = valeur.get("geste") if isinstance(valeur, Mapping) else None
    if not isinstance(geste, Mapping):
        return None
    onglet, lien, nom = (geste.get(cle) for cle in ("onglet", "lien", "nom"))
    revision = geste.get("revision")
    if not (isinstance(onglet, str) and isinstance(lien, str) and isinstance(nom, str)):
        return None
    if not isinstance(revision, int) or len(onglet) > 64:
        return None
    totale = geste.get("type") == "totale"
    return Geste(onglet, revision, lien, nom, "totale" if totale else "municipale")


def afficher_atelier(
    *,
    nom: str,
    lien: str,
    type_population: TypePopulation,
    bareme: BaremeTaille,
    geste: Geste | None,
    on_geste: Callable[[], None],
) -> Geste | None:
    """Show the drawing map and its panel; return the last gesture that the browser has sent.

    Parameters
    ----------
    lien
        Drawing of the session, as a link.
    geste
        The last gesture received, None before the first one: the browser learns from it that the
        drawing given here takes it into account.
    on_geste
        Called when the browser has sent a gesture.
    """
    ou = adresses()
    donnees = {
        **ou,
        "leaflet": ou["ressources"],
        "millesime": MILLESIME_GEOGRAPHIE,
        "bareme": [
            {"habitants": seuil.habitants, "taille_a_la_borne": seuil.taille_a_la_borne}
            for seuil in bareme.seuils
        ],
        "type": type_population,
        "nom": nom,
        "lien": lien,
        "recu": {"onglet": geste.onglet, "revision": geste.revision} if geste else None,
    }
    return lire_geste(_composant(key=CLE, data=donnees, on_geste_change=on_geste))
