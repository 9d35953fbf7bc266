"""Overlaps on screen: the list, the map, one conflict commune by commune, and its arbitration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import geopandas as gpd
import streamlit as st

from diagnostic.arbitrage import Arbitrage, EtatCote, compute_arbitrage
from diagnostic.chevauchement import Chevauchement
from diagnostic.exports.tableur import LIBELLES_NATURE
from diagnostic.exports.territoires import (
    build_chevauchements_geojson,
    export_chevauchements_csv,
    export_chevauchements_xlsx,
)
from diagnostic.redaction import accorder, typographier
from geodata.registre import Decision
from geodata.schema import LIBELLES_STATUT_CPTS, TerritoireCpts
from pages.composants import etat
from pages.composants.carte_couches import Couche, afficher_carte
from pages.composants.chargement import (
    dissoudre,
    ouvrir_noms,
    ouvrir_parametres,
    ouvrir_referentiel,
    ouvrir_registre,
)
from pages.composants.format import (
    formater_euros,
    formater_habitants,
    formater_nombre,
    formater_part,
)
from pages.composants.html import Ligne, afficher_tableau, build_chiffres

_LIGNES_MAXIMALES = 100


def afficher_liste(paires: Sequence[Chevauchement], legende: str) -> None:
    """Show the overlaps, most people concerned first."""
    afficher_tableau(
        ["Territoires", "Habitants en commun", "Communes", "Part de A", "Part de B", "Nature"],
        [
            Ligne(
                f"A : {paire.a} ({LIBELLES_STATUT_CPTS[paire.statut_a]}) / "
                f"B : {paire.b} ({LIBELLES_STATUT_CPTS[paire.statut_b]})",
                [
                    _habitants(paire),
                    formater_nombre(len(paire.codes + paire.codes_partiels)),
                    formater_part(paire.part_a),
                    formater_part(paire.part_b),
                    LIBELLES_NATURE[paire.nature] + (" (incertain)" if paire.incertain else ""),
                ],
            )
            for paire in paires[:_LIGNES_MAXIMALES]
        ],
        legende,
    )
    if len(paires) > _LIGNES_MAXIMALES:
        st.caption(
            f"Les {_LIGNES_MAXIMALES} premiers sur {formater_nombre(len(paires))} ; "
            "les fichiers à télécharger les contiennent tous."
        )


def afficher_exports(paires: Sequence[Chevauchement], cle: str) -> None:
    """Offer the overlaps as files."""
    le = etat.lire_jour()
    noms = ouvrir_noms()
    with st.container(horizontal=True):
        st.download_button(
            "Télécharger (CSV)",
            lambda: export_chevauchements_csv(paires, noms),
            "chevauchements.csv",
            "text/csv",
            key=f"{cle}-csv",
        )
        st.download_button(
            "Télécharger (XLSX)",
            lambda: export_chevauchements_xlsx(paires, noms, le),
            "chevauchements.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key=f"{cle}-xlsx",
        )
        st.download_button(
            "Télécharger (GeoJSON)",
            lambda: build_chevauchements_geojson(
                paires, lambda codes: dissoudre(" ".join(sorted(codes))), le
            ),
            "chevauchements.geojson",
            "application/geo+json",
            key=f"{cle}-geojson",
        )


def afficher_carte_conflits(
    territoires: Sequence[TerritoireCpts], paires: Sequence[Chevauchement], legende: str
) -> None:
    """Show the outlines of territories, their overlaps hatched."""
    communs = sorted({code for paire in paires for code in paire.codes})
    partiels = sorted({code for paire in paires for code in paire.codes_partiels} - set(communs))
    formes = gpd.GeoSeries(
        [dissoudre(" ".join(sorted(territoire.codes))) for territoire in territoires]
    )
    referentiel = ouvrir_referentiel()
    unites = referentiel.geographie.unites
    departements = sorted(
        {str(unites.at[code, "code_departement"]) for t in territoires for code in t.codes}
    )
    fond = referentiel.contours("departement", departements).geometry
    noms = [t.nom.removeprefix("CPTS ") for t in territoires] if len(territoires) <= 12 else []
    afficher_carte(
        [
            Couche("", fond, "fond", "#8a94a6", "#ffffff", 1.0),
            Couche("Territoire", formes, "plein", "#1b4f8f", "#dbe7f6", 2.0, noms),
            Couche(
                "Commune revendiquée par plusieurs",
                referentiel.contours("unite", communs).geometry,
                "hachures",
                "#a3161e",
                "#fdeceb",
            ),
            Couche(
                "Commune partagée, tenue en partie",
                referentiel.contours("unite", partiels).geometry,
                "points",
                "#8a4b00",
                "#fdf1df",
            ),
        ],
        legende,
        cadre=formes,
    )


def afficher_conflit(
    a: TerritoireCpts, b: TerritoireCpts, *, versions: Mapping[str, int] | None
) -> None:
    """Show one conflict: figures, map, communes, ways out, and a decision to record.

    Parameters
    ----------
    versions
        Territories of the register; a decision is offered when both sides are in it.
    """
    geographie = ouvrir_referentiel().geographie
    arbitrage = compute_arbitrage(
        geographie, a, b, parametres=ouvrir_parametres(), le=etat.lire_jour()
    )
    trouve = arbitrage.chevauchement
    st.html(
        build_chiffres(
            [
                ("Habitants en commun", _habitants(trouve), "population municipale"),
                ("Communes", formater_nombre(len(arbitrage.communes)), ""),
                ("Part de A", formater_part(trouve.part_a), a.nom),
                ("Part de B", formater_part(trouve.part_b), b.nom),
            ]
        )
    )
    if trouve.incertain:
        st.warning(
            "Des communes ne sont tenues qu’en partie : les deux projets n’y visent peut-être pas "
            "les mêmes quartiers. Le nombre d’habitants en commun est une fourchette."
        )
    afficher_carte_conflits([a, b], [trouve], f"{a.nom} et {b.nom}, communes en commun hachurées")
    _afficher_communes(arbitrage, a, b)
    _afficher_options(arbitrage, a, b)
    if versions is not None and a.identifiant in versions and b.identifiant in versions:
        _afficher_decision(arbitrage, a, b)


def _afficher_communes(arbitrage: Arbitrage, a: TerritoireCpts, b: TerritoireCpts) -> None:
    st.subheader("Commune par commune", anchor=False)
    afficher_tableau(
        [
            "Commune",
            "Habitants",
            "Intercommunalité",
            "Centre de A à",
            "Centre de B à",
            "A sans elle",
            "B sans elle",
        ],
        [
            Ligne(
                f"{commune.nom} ({commune.code})"
                + (", en partie" if commune.est_partielle else ""),
                [
                    formater_nombre(commune.population),
                    commune.nom_epci,
                    _kilometres(commune.distance_a_km),
                    _kilometres(commune.distance_b_km),
                    _resumer(commune.sans_elle_a),
                    _resumer(commune.sans_elle_b),
                ],
            )
            for commune in arbitrage.communes
        ],
        f"Communes revendiquées par A ({a.nom}) et B ({b.nom}) ; distances depuis la mairie "
        "jusqu’au centre, pondéré par la population, du reste de chaque territoire",
    )


def _afficher_options(arbitrage: Arbitrage, a: TerritoireCpts, b: TerritoireCpts) -> None:
    if not arbitrage.options:
        return
    st.subheader("Issues possibles", anchor=False)
    avant_a, avant_b = _decrire(arbitrage.avant_a), _decrire(arbitrage.avant_b)
    afficher_tableau(
        ["Issue", f"A : {a.nom}", f"B : {b.nom}", "Réserves"],
        [
            Ligne("Aujourd’hui", [avant_a, avant_b, ""], est_total=True),
            *(
                Ligne(
                    f"{rang}. {option.libelle}",
                    [
                        _decrire(option.a),
                        _decrire(option.b),
                        typographier(" ; ".join(dict.fromkeys(option.reserves))) or "aucune",
                    ],
                )
                for rang, option in enumerate(arbitrage.options, start=1)
            ),
        ],
        "Issues classées par nombre de réserves (plancher régional, morceaux, intercommunalités "
        "coupées, taille, avancement des projets). Le classement éclaire, il ne décide pas",
        textes=True,
    )


def _afficher_decision(arbitrage: Arbitrage, a: TerritoireCpts, b: TerritoireCpts) -> None:
    options = {option.libelle: option for option in arbitrage.options}
    with st.form(f"decision-{a.identifiant}-{b.identifiant}", border=True):
        st.markdown("**Consigner une décision** (elle ne modifie pas les périmètres)")
        choix = st.selectbox("Issue retenue", ["Autre accord", *options])
        motif = st.text_area("Motif", max_chars=2_000)
        auteur = st.text_input("Service ou instance", max_chars=120)
        if st.form_submit_button("Consigner"):
            option = options.get(choix)
            ouvrir_registre().decider(
                Decision(
                    a=a.identifiant,
                    b=b.identifiant,
                    option=option.cle if option else "autre",
                    attributions=dict(option.attributions) if option else {},
                    motif=motif,
                    auteur=auteur,
                    le=datetime.now(tz=UTC),
                )
            )
            st.success("Décision consignée dans le registre.")
    _afficher_decisions(a, b)


def _afficher_decisions(a: TerritoireCpts, b: TerritoireCpts) -> None:
    concernees = [
        decision
        for decision in ouvrir_registre().decisions()
        if {decision.a, decision.b} == {a.identifiant, b.identifiant}
    ]
    if concernees:
        afficher_tableau(
            ["Date", "Issue", "Motif", "Par"],
            [
                Ligne(f"{d.le:%d/%m/%Y}", [d.option, d.motif, d.auteur or "non précisé"])
                for d in concernees
            ],
            "Décisions déjà consignées pour ce conflit",
            textes=True,
        )


def _habitants(paire: Chevauchement) -> str:
    if paire.population_max > paire.population:
        return f"{formater_nombre(paire.population)} à {formater_habitants(paire.population_max)}"
    return formater_habitants(paire.population)


def _kilometres(distance: float | None) -> str:
    nombre = formater_nombre(distance, 1)
    return nombre if distance is None else f"{nombre}\u00a0km"


def _resumer(cote: EtatCote) -> str:
    if cote.est_vide:
        return "plus aucune commune"
    taille = f"taille {cote.taille}" if cote.taille else "taille inconnue"
    return f"{formater_habitants(cote.population)}, {taille}"


def _decrire(cote: EtatCote) -> str:
    if cote.est_vide:
        return "plus aucune commune"
    morceaux = "" if cote.est_contigu else ", plusieurs morceaux"
    plancher = (
        ""
        if cote.ecart_plancher is None
        else f", {'+' if cote.ecart_plancher >= 0 else '−'}"
        f"{formater_nombre(abs(cote.ecart_plancher))} / plancher"
    )
    return (
        f"{_resumer(cote)}, {accorder(cote.nombre_communes, 'commune')}, "
        f"{formater_euros(cote.financement)}, "
        f"{accorder(cote.epci_coupes, 'EPCI coupé', 'EPCI coupés')}{morceaux}{plancher}"
    )
