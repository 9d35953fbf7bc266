"""Python side of the drawing map: what the browser is given, what it sends back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from diagnostic.parametres import BaremeTaille
from diagnostic.territoire import Territoire
from geodata.schema import MILLESIME_GEOGRAPHIE, TypePopulation
from pages.composants.carte.routes import adresses
from pages.composants.format import formater_euros, formater_nombre

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
    confirmation: Mapping[str, Any] | None,
    on_geste: Callable[[], None],
) -> None:
    """Show the drawing map and its panel.

    Parameters
    ----------
    lien
        Drawing of the session, as a link.
    confirmation
        Answer of `build_confirmation` for the last gesture, None before the first one.
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
        "confirmation": confirmation,
    }
    _composant(key=CLE, data=donnees, on_geste_change=on_geste)


def build_confirmation(geste: Geste, territoire: Territoire | None) -> dict[str, Any]:
    """Say what the rules answer to one revision of the drawing."""
    entete: dict[str, Any] = {"onglet": geste.onglet, "revision": geste.revision}
    if territoire is None:
        return {
            **entete,
            "population": 0,
            "taille": None,
            "legende": "",
            "phrase_financement": "",
            "financement": [],
            "bareme": "",
            "alertes": [],
            "resume": "",
        }
    return {
        **entete,
        "population": territoire.population,
        "taille": territoire.taille.taille if territoire.taille else None,
        "legende": f"Insee, population {territoire.type_population} "
        f"{territoire.millesime_population}, communes au 1er janvier {MILLESIME_GEOGRAPHIE}.",
        **_decrire_financement(territoire),
        "alertes": [
            {
                "code": alerte.code,
                "gravite": alerte.gravite,
                "message": alerte.message,
                "codes": list(alerte.codes[:400]),
            }
            for alerte in territoire.alertes
        ],
        "resume": _resumer(territoire),
    }


def _decrire_financement(territoire: Territoire) -> dict[str, Any]:
    financement = territoire.financement
    if financement is None:
        return {"phrase_financement": "", "financement": [], "bareme": ""}
    lignes = [
        ("Fonctionnement", financement.fonctionnement),
        *(
            (mission.nom if mission.obligatoire else f"{mission.nom} (optionnelle)", mission.total)
            for mission in financement.missions
        ),
        ("Total hors volet supplémentaire SNP", financement.total_hors_volet_snp),
        ("Total avec volet supplémentaire SNP", financement.total_avec_volet_snp),
    ]
    total = formater_euros(financement.total_hors_volet_snp)
    avec = formater_euros(financement.total_avec_volet_snp)
    return {
        "phrase_financement": f"Financement : jusqu’à {total} par an ({avec} avec le volet SNP)",
        "financement": [[nom, formater_euros(montant)] for nom, montant in lignes],
        "bareme": f"{financement.bareme}. {financement.avertissement}",
    }


def _resumer(territoire: Territoire) -> str:
    communes = territoire.nombre_communes
    accord = "commune" if communes == 1 else "communes"
    densite = formater_nombre(territoire.densite_hab_km2)
    return (
        f"{formater_nombre(communes)} {accord}, {formater_nombre(territoire.surface_km2)} km², "
        f"{densite} hab./km²"
    )
