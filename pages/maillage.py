"""Follow the mesh: coverage by zone, white zones, and who could take them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import geopandas as gpd
import streamlit as st

from diagnostic.chevauchement import IndexTerritoires
from diagnostic.exports.territoires import (
    build_zones_geojson,
    export_couvertures_csv,
    export_maillage_xlsx,
)
from diagnostic.maillage import (
    Couverture,
    ZoneBlanche,
    compute_couverture,
    compute_couvertures,
    compute_zones_blanches,
)
from diagnostic.redaction import accorder
from diagnostic.taille import compute_taille
from geodata.schema import LIBELLES_STATUT_CPTS
from pages.composants import etat
from pages.composants.carte_couches import Couche, afficher_carte
from pages.composants.chargement import (
    calculer_evolution,
    dissoudre,
    indexer_registre,
    lire_territoires,
    ouvrir_noms,
    ouvrir_parametres,
    ouvrir_referentiel,
)
from pages.composants.dessin import afficher_dessin
from pages.composants.format import INSECABLE, formater_habitants, formater_nombre, formater_part
from pages.composants.graphiques import STYLE, Palier, build_paliers
from pages.composants.html import Ligne, afficher_tableau, build_chiffres, build_tableau
from pages.composants.jour import demander_jour
from pages.composants.mise_en_page import page
from pages.composants.registre_affiche import afficher_completude, choisir_zone, select_zone

_ZONES_MONTREES = 12
_COMMUNES_MONTREES = 15
_VOISINS_MONTRES = 10


def _afficher_chiffres(couverture: Couverture) -> None:
    st.html(
        build_chiffres(
            [
                (
                    "Population couverte",
                    formater_part(couverture.taux),
                    f"{formater_nombre(couverture.couverte_nette)} sur "
                    f"{formater_habitants(couverture.population_totale)}",
                ),
                ("Non couverte", formater_habitants(couverture.non_couverte), ""),
                (
                    "Couverture brute",
                    formater_habitants(couverture.couverte_brute),
                    "chaque CPTS comptée",
                ),
                ("CPTS et projets", formater_nombre(couverture.nombre_cpts), ""),
            ]
        )
    )
    if couverture.incertaine:
        st.warning(
            f"Dont {formater_habitants(couverture.incertaine)} dans des communes tenues en partie "
            "sans que l’on sache laquelle : la couverture est un maximum."
        )
    if couverture.par_statut:
        afficher_tableau(
            ["Statut le plus avancé", "Habitants couverts", "Part de la population"],
            [
                Ligne(
                    LIBELLES_STATUT_CPTS[statut].capitalize()
                    if statut != "aci_signe"
                    else LIBELLES_STATUT_CPTS[statut],
                    [
                        formater_nombre(habitants),
                        formater_part(habitants / couverture.population_totale),
                    ],
                )
                for statut, habitants in sorted(
                    couverture.par_statut.items(), key=lambda couple: -couple[1]
                )
            ],
            "Population couverte selon le statut le plus avancé de la commune",
        )


def _afficher_carte(
    index: IndexTerritoires, zones: Sequence[ZoneBlanche], codes: frozenset[str], nom: str
) -> None:
    referentiel = ouvrir_referentiel()
    couvertes = [t for t in index.territoires if not codes.isdisjoint(t.codes)]
    formes = gpd.GeoSeries([dissoudre(" ".join(sorted(t.codes))) for t in couvertes])
    noms = [t.nom.removeprefix("CPTS ") for t in couvertes] if len(couvertes) <= 25 else []
    partielles = sorted({code for t in couvertes for code in t.partielles & codes})
    blanches = gpd.GeoSeries([dissoudre(" ".join(sorted(zone.codes))) for zone in zones])
    departements = sorted(
        {str(c) for c in referentiel.geographie.unites["code_departement"][list(codes)]}
    )
    cadre = referentiel.contours("departement", departements).geometry
    if len(departements) > 20:  # France: overseas départements would shrink the map to nothing
        cadre = cadre[[code for code in cadre.index if len(code) == 2]]
    afficher_carte(
        [
            Couche("Zone blanche", blanches, "points", "#6b7280", "#ffffff", 1.0),
            Couche("CPTS ou projet", formes, "plein", "#1b4f8f", "#c9dcf3", 1.5, noms),
            Couche(
                "Commune tenue en partie",
                referentiel.contours("unite", partielles).geometry,
                "hachures",
                "#8a4b00",
                "#fdf1df",
            ),
            Couche("", cadre, "contour", "#1a1f29", "none", 1.5),
        ],
        f"Couverture par les CPTS connues, {nom}",
        cadre=cadre,
    )


def _afficher_zones(zones: Sequence[ZoneBlanche]) -> None:
    st.subheader("Zones blanches", anchor=False)
    if not zones:
        st.html("<p>Aucune : chaque commune a au moins une CPTS ou un projet.</p>")
        return
    noms = ouvrir_noms()
    st.html(
        f"<p>{accorder(len(zones), 'morceau', 'morceaux')} d’un seul tenant, du plus peuplé au "
        "moins peuplé. « Taille seule » : celle d’une CPTS qui se créerait exactement là.</p>"
    )
    for rang, zone in enumerate(zones[:_ZONES_MONTREES], start=1):
        communes = [noms[code] for code in zone.codes[:_COMMUNES_MONTREES]]
        reste = len(zone.codes) - len(communes)
        titre = (
            f"{rang}. {formater_habitants(zone.population)}, "
            f"{accorder(len(zone.codes), 'commune')}, {formater_nombre(zone.surface_km2)} km², "
            f"taille seule{INSECABLE}: {zone.taille}"
        )
        with st.expander(titre, expanded=rang == 1):
            st.html(
                "<p>"
                + ", ".join(escape(commune) for commune in communes)
                + (f" et {formater_nombre(reste)} autres" if reste > 0 else "")
                + "</p>"
            )
            if not zone.voisins:
                st.html("<p>Aucune CPTS connue ne la borde.</p>")
                continue
            afficher_tableau(
                ["CPTS voisine", "Bordure commune", "Population", "Avec la zone", "Taille"],
                [
                    Ligne(
                        voisin.nom,
                        [
                            f"{formater_nombre(voisin.longueur_m / 1000, 1)} km"
                            if voisin.longueur_m
                            else "pont ou bac",
                            formater_nombre(voisin.population_avant),
                            formater_nombre(voisin.population_apres),
                            f"{voisin.taille_avant} → {voisin.taille_apres}"
                            if voisin.taille_avant != voisin.taille_apres
                            else f"{voisin.taille_avant}, inchangée",
                        ],
                    )
                    for voisin in zone.voisins[:_VOISINS_MONTRES]
                ],
                "Ce que deviendrait chaque voisine en prenant toute la zone ; plus longue bordure "
                "d’abord",
            )
            st.button(
                "Dessiner cette zone",
                on_click=etat.modifier_dessin,
                kwargs={"codes": zone.codes, "nom": f"Zone blanche {rang}"},
                key=f"maillage-dessiner-{rang}",
            )
    if len(zones) > _ZONES_MONTREES:
        st.caption("Les suivantes sont dans les fichiers à télécharger.")


def _afficher_detail(couvertures: Sequence[Couverture], legende: str) -> None:
    afficher_tableau(
        ["Zone", "Population", "Couverte", "Taux", "Brute", "Non couverte", "CPTS"],
        [
            Ligne(
                zone.nom,
                [
                    formater_nombre(zone.population_totale),
                    formater_nombre(zone.couverte_nette),
                    formater_part(zone.taux),
                    formater_nombre(zone.couverte_brute),
                    formater_nombre(zone.non_couverte),
                    formater_nombre(zone.nombre_cpts),
                ],
            )
            for zone in couvertures
        ],
        legende,
    )


def _choisir_detail(index: IndexTerritoires, niveau: str, code: str) -> tuple[Couverture, ...]:
    geographie = ouvrir_referentiel().geographie
    poids = ouvrir_parametres().poids_statut(etat.lire_jour()).poids
    if not code:
        return compute_couvertures(index, "region", poids=poids)
    membres = sorted(geographie.membres(niveau, code))  # type: ignore[arg-type]
    if niveau == "region":
        codes = set(geographie.unites["code_departement"][membres])
        return compute_couvertures(index, "departement", codes, poids=poids)
    # in Grand Paris, the only EPCI is the whole métropole: its EPT say more
    if ept := set(geographie.unites["code_ept"][membres].dropna()):
        return compute_couvertures(index, "ept", ept, poids=poids)
    codes = set(geographie.unites["code_epci"][membres].dropna())
    return compute_couvertures(index, "epci", codes, poids=poids)


def _afficher_evolution(codes: frozenset[str], nom: str, le: date) -> None:
    suite = calculer_evolution(codes, le)
    if not suite:
        st.caption(
            "Aucune date de validité n’est renseignée pour les territoires de cette zone : "
            "l’évolution de la couverture ne peut pas être tracée."
        )
        return
    sans_date = sum(
        1 for t in lire_territoires() if t.valide_du is None and not codes.isdisjoint(t.codes)
    )
    legende = f"Part de la population couverte, {nom}, aux dates de validité des périmètres"
    if sans_date:
        comptes = "compté à toutes les dates" if sans_date == 1 else "comptés à toutes les dates"
        legende += f" ; {accorder(sans_date, 'territoire')} sans date de début, {comptes}"
    tableau = build_tableau(
        ["Date", "Population couverte", "Taux", "CPTS"],
        [
            Ligne(
                f"{jour:%d/%m/%Y}",
                [
                    formater_nombre(couverture.couverte_nette),
                    formater_part(couverture.taux),
                    formater_nombre(couverture.nombre_cpts),
                ],
            )
            for jour, couverture in suite
        ],
        "Évolution de la couverture",
    )
    paliers = [
        Palier(
            jour,
            100 * couverture.taux,
            f"{jour:%d/%m/%Y} : {formater_part(couverture.taux)}, "
            f"{accorder(couverture.nombre_cpts, 'CPTS ou projet', 'CPTS et projets')}",
        )
        for jour, couverture in suite
        if couverture.taux is not None
    ]
    if len(paliers) < 2:
        st.html(tableau)
        return
    afficher_dessin(build_paliers(paliers, f"{legende}.", tableau), "maillage-evolution")


def _afficher_exports(
    couvertures: Sequence[Couverture], zones: Sequence[ZoneBlanche], le: date
) -> None:
    noms = ouvrir_noms()
    with st.container(horizontal=True):
        st.download_button(
            "Couverture (CSV)",
            lambda: export_couvertures_csv(couvertures),
            "couverture.csv",
            "text/csv",
        )
        st.download_button(
            "Couverture et zones blanches (XLSX)",
            lambda: export_maillage_xlsx(couvertures, zones, noms, le),
            "maillage.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
        st.download_button(
            "Zones blanches (GeoJSON)",
            lambda: build_zones_geojson(
                zones, lambda codes: dissoudre(" ".join(sorted(codes))), le
            ),
            "zones-blanches.geojson",
            "application/geo+json",
        )


def main() -> None:
    """Draw the page."""
    st.html(STYLE)
    geographie = ouvrir_referentiel().geographie
    niveau, code, nom = choisir_zone(geographie, "maillage")
    aujourdhui = etat.lire_jour()
    le = demander_jour("Situation au", aujourdhui, "maillage-date") or aujourdhui
    index = indexer_registre(le)
    parametres = ouvrir_parametres()
    poids, bareme = parametres.poids_statut(le).poids, parametres.taille(le)
    codes = (
        geographie.membres(niveau, code)  # type: ignore[arg-type]
        if code
        else frozenset(geographie.position)
    )
    afficher_completude(select_zone(index.territoires, geographie, niveau, code), niveau, code, nom)
    couverture = compute_couverture(index, codes, nom=nom, poids=poids)
    zones = compute_zones_blanches(
        index, codes, taille=lambda habitants: compute_taille(habitants, bareme).taille
    )
    detail = _choisir_detail(index, niveau, code)
    _afficher_chiffres(couverture)
    _afficher_carte(index, zones, codes, nom)
    _afficher_exports(detail, zones, le)
    _afficher_zones(zones)
    st.subheader("Détail par zone", anchor=False)
    entieres = ", intercommunalités entières" if niveau == "departement" else ""
    _afficher_detail(detail, f"Couverture, {nom}{entieres} ; population municipale")
    st.subheader("Évolution", anchor=False)
    _afficher_evolution(codes, nom, le)


with page(
    "Maillage",
    chapeau="La région doit être entièrement couverte à terme : suivez la population couverte, "
    "les zones blanches, et ce que donnerait leur rattachement à chaque voisine.",
    sources=(
        "Couverture nette : chaque habitant compté une fois. Brute : une fois par CPTS. "
        "Territoires du registre en vigueur à la date choisie, hors projets refusés, fusionnés "
        "ou dissous.",
    ),
):
    main()
