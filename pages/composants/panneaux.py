"""What a territory says of itself: figures, funding, alerts; the same on every page."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from diagnostic.alertes import Gravite
from diagnostic.financement import Financement
from diagnostic.redaction import accorder, typographier
from diagnostic.territoire import Territoire
from pages.composants.format import formater_euros, formater_habitants, formater_nombre
from pages.composants.html import Ligne, afficher_tableau, build_chiffres

_GRAVITES: Final[dict[Gravite, str]] = {
    "bloquant": "⛔ Bloquant",
    "attention": "⚠ À régler",
    "information": "ℹ À savoir",
}


def afficher_synthese(territoire: Territoire) -> None:
    """Show population, size, communes and area."""
    taille = f"taille {territoire.taille.taille}" if territoire.taille else "taille inconnue"
    densite = territoire.densite_hab_km2
    chiffres = [
        (
            f"Population {territoire.type_population}",
            formater_habitants(territoire.population),
            f"Insee, {territoire.millesime_population} ; {taille}",
        ),
        ("Communes", formater_nombre(territoire.nombre_communes), _resumer_epci(territoire)),
        ("Surface", f"{formater_nombre(territoire.surface_km2)}\u00a0km²", ""),
        ("Densité", "–" if densite is None else f"{formater_nombre(densite)}\u00a0hab./km²", ""),
    ]
    st.html(build_chiffres(chiffres))


def afficher_financement(territoire: Territoire) -> None:
    """Show the yearly amounts of the agreement, mission by mission."""
    financement = territoire.financement
    if financement is None:
        st.info("Le financement dépend de la taille, qui n’est pas connue ici.")
        return
    afficher_tableau(
        ["Mission", "Part fixe", "Part variable", "Total par an"],
        _lister_financement(financement),
        f"Montants annuels au plus, {financement.bareme}. Source : {financement.reference}.",
    )
    st.html(f'<p class="cpts-source">{escape(financement.avertissement)}</p>')


def afficher_alertes(territoire: Territoire) -> None:
    """Show what is broken, what is to be settled, what is good to know."""
    if not territoire.alertes:
        st.html("<p>Aucune alerte : territoire d’un seul tenant, loin des seuils.</p>")
        return
    elements = "".join(
        f'<li data-gravite="{alerte.gravite}"><strong>{_GRAVITES[alerte.gravite]}</strong>'
        f"{escape(typographier(alerte.message))}</li>"
        for alerte in territoire.alertes
    )
    st.html(f'<ul class="cpts-alertes">{elements}</ul>')


def _lister_financement(financement: Financement) -> list[Ligne]:
    missions = [
        Ligne(
            mission.nom if mission.obligatoire else f"{mission.nom} (facultative)",
            [formater_euros(somme) for somme in (mission.fixe, mission.variable, mission.total)],
        )
        for mission in financement.missions
    ]
    fonctionnement = formater_euros(financement.fonctionnement)
    return [
        Ligne("Fonctionnement", [fonctionnement, "–", fonctionnement]),
        *missions,
        Ligne(
            "Total, missions facultatives comprises",
            [
                formater_euros(financement.total_fixe),
                formater_euros(financement.total_variable),
                formater_euros(financement.total_hors_volet_snp),
            ],
            est_total=True,
        ),
        Ligne(
            "dont fonctionnement et missions obligatoires",
            ["", "", formater_euros(financement.total_obligatoire)],
        ),
        Ligne(
            "Total avec le volet supplémentaire « soins non programmés »",
            ["", "", formater_euros(financement.total_avec_volet_snp)],
            est_total=True,
        ),
    ]


def _resumer_epci(territoire: Territoire) -> str:
    """Count the intercommunalités, EPT in Grand Paris where the EPCI says nothing."""
    if not territoire.epci:
        return "hors intercommunalité"
    entiers = sum(epci.complet for epci in territoire.epci)
    nombre = accorder(len(territoire.epci), "intercommunalité")
    return f"{nombre}, dont {entiers} en entier" if len(territoire.epci) > 1 else nombre
