"""Composition of the territory by intercommunalité, from which one takes away or completes."""

from __future__ import annotations

from typing import Final

import streamlit as st

from diagnostic.redaction import accorder, format_nombre
from diagnostic.territoire import EpciDuTerritoire, Territoire
from geodata.schema import Geographie, Niveau
from pages.composants import etat
from pages.composants.chargement import ouvrir_noms
from pages.composants.format import formater_habitants

_MONTRES: Final = 12
_SANS_EPCI: Final = "sans_epci"


def afficher_composition(territoire: Territoire, geographie: Geographie) -> None:
    """Show each intercommunalité with its communes, and the gestures to change them.

    In Grand Paris the groups are the territoires (EPT): the métropole is too large to say anything.
    """
    groupes = _grouper(territoire, geographie)
    montres = groupes if len(groupes) <= _MONTRES else groupes[:_MONTRES]
    for niveau, groupe in montres:
        _afficher_groupe(niveau, groupe, geographie)
    if len(groupes) > len(montres) and st.toggle(
        f"Voir les {len(groupes) - len(montres)} autres intercommunalités"
    ):
        for niveau, groupe in groupes[_MONTRES:]:
            _afficher_groupe(niveau, groupe, geographie)


def _grouper(
    territoire: Territoire, geographie: Geographie
) -> list[tuple[Niveau | None, EpciDuTerritoire]]:
    codes = territoire.perimetre.codes
    couvertes: frozenset[str] = frozenset()
    groupes: list[tuple[Niveau | None, EpciDuTerritoire]] = []
    for ept in territoire.ept:
        couvertes |= geographie.membres("ept", ept.code)
        groupes.append(("ept", ept))
    for epci in territoire.epci:
        membres = geographie.membres("epci", epci.code) & codes
        if membres - couvertes:
            groupes.append(("epci", epci))
        couvertes |= membres
    groupes.sort(key=lambda groupe: -(groupe[1].population or 0))
    if isolees := codes - couvertes:
        rangs = geographie.rangs(isolees)
        population = int(geographie.population(territoire.type_population)[rangs].sum())
        groupes.append(
            (
                None,
                EpciDuTerritoire(
                    _SANS_EPCI,
                    "Hors intercommunalité",
                    True,
                    tuple(sorted(isolees)),
                    (),
                    population,
                ),
            )
        )
    return groupes


def _afficher_groupe(
    niveau: Niveau | None, groupe: EpciDuTerritoire, geographie: Geographie
) -> None:
    codes = etat.lire_dessin().codes
    membres = geographie.membres(niveau, groupe.code) if niveau else frozenset()
    total = len(groupe.communes_incluses) + len(groupe.communes_manquantes)
    compte = (
        f"toutes ses communes ({format_nombre(total)})"
        if groupe.complet
        else f"{format_nombre(len(groupe.communes_incluses))} sur {accorder(total, 'commune')}"
    )
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{groupe.nom}**  \n{compte}, {formater_habitants(groupe.population)}",
                width="stretch",
            )
            if membres and not groupe.complet:
                st.button(
                    "Compléter",
                    key=f"completer-{groupe.code}",
                    help=f"Ajouter toutes les communes de {groupe.nom}",
                    on_click=etat.modifier_dessin,
                    kwargs={"codes": codes | membres},
                )
            st.button(
                "Retirer",
                key=f"retirer-{groupe.code}",
                help=f"Retirer du territoire les communes de {groupe.nom}",
                on_click=etat.modifier_dessin,
                kwargs={"codes": codes - (membres or frozenset(groupe.communes_incluses))},
            )
        detail = st.expander(
            f"Choisir parmi {accorder(total, 'commune')}",
            key=f"detail-{groupe.code}",
            on_change="rerun",
        )
        if detail.open:
            with detail:
                _afficher_communes(groupe, membres or codes & set(groupe.communes_incluses))


def _afficher_communes(groupe: EpciDuTerritoire, membres: frozenset[str]) -> None:
    cle = f"communes-{groupe.code}"
    codes = etat.lire_dessin().codes
    noms = ouvrir_noms()
    etat.garder(cle, sorted(codes & membres, key=noms.__getitem__))
    st.pills(
        f"Communes retenues de {groupe.nom}",
        sorted(membres, key=noms.__getitem__),
        selection_mode="multi",
        format_func=noms.__getitem__,
        key=cle,
        on_change=_choisir_communes,
        args=(cle, membres),
        label_visibility="collapsed",
    )


def _choisir_communes(cle: str, membres: frozenset[str]) -> None:
    choisies = frozenset(etat.lire(cle) or ())
    etat.modifier_dessin(codes=(etat.lire_dessin().codes - membres) | choisies)
