"""The quantitative half of the diagnostic territorial de santé."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    compute_locales,
)
from diagnostic.indicateurs.attention import can_compare, compute_points_attention
from diagnostic.indicateurs.calcul import build_socle, compute_serie
from diagnostic.indicateurs.registre import AGES, POPULATION, REZONE, THEMES
from diagnostic.indicateurs.repartition import compute_repartitions
from diagnostic.indicateurs.ressemblance import METHODE, find_ressemblants
from diagnostic.indicateurs.resultats import GenreComparateur
from diagnostic.indicateurs.saisie import build_resultats_saisis
from diagnostic.indicateurs.themes.communs import SUFFIXE_DEPARTEMENT
from diagnostic.indicateurs.tranches import compute_pyramide
from diagnostic.perimetre import Perimetre
from diagnostic.redaction import enumerer
from geodata.schema import ANNEES_POPULATION
from pages.composants import etat
from pages.composants.chargement import (
    calculer_indicateurs,
    dessiner_indicateur,
    lire_tables_abimees,
    ouvrir_tables,
)
from pages.composants.classement import METHODES, Variable
from pages.composants.comparaison import afficher_comparaison
from pages.composants.dessin import afficher_dessin
from pages.composants.format import INSECABLE, formater_nombre, formater_part
from pages.composants.graphiques import (
    GENRES,
    STYLE,
    Courbe,
    Reperes,
    build_ages,
    build_evolution,
    build_tableau_indicateurs,
    formater_valeur,
)
from pages.composants.html import Ligne, afficher_note, build_chiffres, build_tableau
from pages.composants.mise_en_page import afficher_vide, page
from pages.composants.phrases import afficher_phrases
from pages.composants.saisie_rezone import afficher_doute, afficher_saisie, lire_saisies

_VUES: Final = ("Indicateurs", "Carte", "Comparer à un autre périmètre", "Relevés REZONE", "Tout")
_GENRES_PROPOSES: Final[tuple[GenreComparateur, ...]] = (
    "departement", "region", "france", "epci", "ressemblant",
)  # fmt: skip
_GENRES_DEFAUT: Final[tuple[GenreComparateur, ...]] = ("departement", "region", "france")
_CLES_CHIFFRES: Final = (
    "population_municipale", "evolution_population", "densite", "part_65_plus",
    "indice_vieillissement", "part_residences_secondaires", "apl_generalistes",
    "densite_medecins_generalistes",
)  # fmt: skip
_UNITES_COURTES: Final = ("%", "% par an", "hab./km²")
_LOCALES_VISIBLES: Final = 12
_PART_ENTIERE: Final = 0.995


def _ressemblants(tables: TablesIndicateurs, perimetre: Perimetre) -> tuple[AutreTerritoire, ...]:
    try:
        return tuple(proche.autre for proche in find_ressemblants(tables, perimetre))
    except KeyError:
        return ()


def _afficher_chiffres(resultats: Sequence[ResultatIndicateur]) -> None:
    par_cle = {resultat.cle: resultat for resultat in resultats}
    chiffres = []
    for cle in _CLES_CHIFFRES:
        resultat = par_cle.get(cle)
        if resultat is None or resultat.valeur is None:
            continue
        reference = resultat.comparateur("departement")
        detail = resultat.millesime
        if resultat.agregation != "S" and reference and reference.valeur is not None:
            detail = (
                f"{reference.libelle}{INSECABLE}: "
                f"{formater_nombre(reference.valeur, resultat.decimales)} · {detail}"
            )
        if resultat.unite in _UNITES_COURTES:
            valeur = formater_valeur(resultat, resultat.valeur)
        else:
            valeur = formater_nombre(resultat.valeur, resultat.decimales)
            detail = f"{resultat.unite} · {detail}"
        chiffres.append((resultat.libelle, valeur, detail))
    st.html(build_chiffres(chiffres))
    _afficher_reserves(par_cle["population_municipale"])


def _afficher_reserves(population: ResultatIndicateur) -> None:
    """Say beside the figures what every one of them inherits from the population."""
    reserves = list(population.notes)
    if population.sans_partielles is not None:
        sans = formater_nombre(population.sans_partielles)
        reserves.append(f"Sans ces communes, la population municipale est de {sans} habitants.")
    if reserves:
        afficher_note(" ".join(reserves))


def _afficher_attention(tables: TablesIndicateurs, resultats: Sequence[ResultatIndicateur]) -> None:
    st.subheader("Points d’attention", anchor=False)
    points = compute_points_attention(tables, resultats)
    if points:
        afficher_phrases(points)
    elif can_compare(tables, resultats):
        minimum = formater_nombre(tables.seuil("attention_ecart_minimum"), 1)
        st.write(
            f"Aucun indicateur ne s’écarte d’au moins {minimum} écart-type du département ou de la "
            "région : le territoire leur ressemble."
        )
    else:
        st.write(
            "Rien à comparer : aucun des indicateurs connus ici n’a de repère dans le département "
            "ou la région. La page « Données » dit quels fichiers en apporteraient."
        )


def _choisir_genres() -> tuple[GenreComparateur, ...]:
    choisis = st.multiselect(
        "Comparer avec",
        list(_GENRES_PROPOSES),
        default=list(_GENRES_DEFAUT),
        format_func=GENRES.__getitem__,
        key="diagnostic-genres",
        placeholder="Choisir des comparateurs",
    )
    return tuple(genre for genre in _GENRES_PROPOSES if genre in choisis)


def _nom_departement(resultats: Sequence[ResultatIndicateur]) -> tuple[str, str]:
    for resultat in resultats:
        departement = resultat.comparateur("departement")
        if departement:
            return departement.code, departement.libelle
    return "", ""


def _afficher_theme(
    theme: str,
    resultats: Sequence[ResultatIndicateur],
    reperes: Reperes,
    tables: TablesIndicateurs,
    perimetre: Perimetre,
) -> None:
    du_theme = [resultat for resultat in resultats if resultat.theme == theme]
    heritees = [resultat for resultat in du_theme if _est_heritee(resultat)]
    agreges = [r for r in du_theme if r.agregation != "N" and not _est_heritee(r)]
    st.subheader(theme, anchor=False)
    if not du_theme:
        _afficher_theme_vide(theme)
        return
    if agreges:
        st.html(build_tableau_indicateurs(agreges, reperes, f"{theme}."))
    for resultat in du_theme:
        if resultat.agregation == "N":
            _afficher_locales(resultat)
    if heritees:
        _afficher_heritees(heritees)
    if theme == POPULATION:
        _afficher_evolution(tables, perimetre, resultats)
    if theme == AGES:
        _afficher_ages(tables, perimetre, resultats)


def _afficher_theme_vide(theme: str) -> None:
    if theme == REZONE:
        st.info("Aucun relevé REZONE : la vue « Relevés REZONE » permet d’en saisir.")
    else:
        st.info(
            "Rien n’est embarqué pour ce thème : ces chiffres viennent de fichiers officiels qu’il "
            "faut donner une fois à l’application. La page « Données » dit lesquels, où les "
            "prendre et ce qu’ils apportent."
        )


def _afficher_locales(resultat: ResultatIndicateur) -> None:
    epci = [d for d in resultat.details if d.niveau == "epci"]
    communes = [d for d in resultat.details if d.niveau == "commune"]
    connues = [d for d in communes if d.valeur is not None]
    unite = f" ({resultat.unite})" if resultat.unite else ""
    st.markdown(f"**{resultat.libelle}**{unite}")
    if connues:
        bas, haut = min(d.valeur or 0 for d in connues), max(d.valeur or 0 for d in connues)
        st.write(
            f"Publié pour {len(connues)} communes sur {len(communes)}, soit "
            f"{formater_part(resultat.couverture, 0)} de la population : de "
            f"{formater_nombre(bas, resultat.decimales)} à "
            f"{formater_valeur(resultat, haut)} selon la commune."
        )
    else:
        st.write("Publié pour aucune commune du territoire : secret statistique ou absence.")
    visibles = [*epci, *communes[:_LOCALES_VISIBLES]]
    reste = len(communes) - _LOCALES_VISIBLES
    lignes = [
        Ligne(
            detail.libelle,
            [
                formater_nombre(detail.valeur, resultat.decimales),
                formater_part(detail.part_population),
            ],
        )
        for detail in visibles
    ]
    suite = f" Les {reste} communes moins peuplées sont dans la vue « Carte »." if reste > 0 else ""
    references = " ; ".join(
        f"{c.libelle} {formater_nombre(c.valeur, resultat.decimales)}"
        for c in resultat.comparateurs
        if c.valeur is not None and c.genre != "epci"
    )
    repere = f" Repères : {references}." if references else ""
    st.html(
        build_tableau(
            ["Commune ou intercommunalité", "Valeur", "Part de la population"],
            lignes,
            f"{resultat.source}.{repere}{suite}",
        )
    )
    nom = resultat.libelle[0].lower() + resultat.libelle[1:]
    with st.expander(f"Précautions{INSECABLE}: {nom}"):
        for note in resultat.notes:
            st.write(note)


def _est_heritee(resultat: ResultatIndicateur) -> bool:
    # a figure typed from REZONE is inherited too, but has no départements to show
    return resultat.agregation == "I" and bool(resultat.details)


def _afficher_heritees(resultats: Sequence[ResultatIndicateur]) -> None:
    """Show, apart, the figures of the départements crossed: they are not those of the territory."""
    st.markdown("**Hérité du département**")
    departements = resultats[0].details
    regions = [c for c in resultats[0].comparateurs if c.genre == "region"]
    st.html(
        build_tableau(
            [
                "Indicateur",
                *(departement.libelle for departement in departements),
                *(region.libelle for region in regions),
                "France",
            ],
            [
                Ligne(
                    "Part des habitants du territoire",
                    [
                        *(formater_part(d.part_population, 0) for d in departements),
                        *("" for _ in (*regions, "France")),
                    ],
                ),
                *(
                    Ligne(
                        f"{resultat.libelle.removesuffix(SUFFIXE_DEPARTEMENT)} ({resultat.unite})",
                        [
                            formater_nombre(valeur, resultat.decimales)
                            for valeur in _valeurs_heritees(resultat)
                        ],
                    )
                    for resultat in resultats
                ),
            ],
            "Valeurs publiées par département seulement : ce ne sont pas celles du territoire. "
            + " ; ".join(dict.fromkeys(resultat.source for resultat in resultats))
            + ".",
        )
    )
    with st.expander("Précautions : chiffres du département"):
        for phrase in dict.fromkeys(note for r in resultats for note in (r.formule, *r.notes)):
            st.write(phrase)


def _valeurs_heritees(resultat: ResultatIndicateur) -> list[float | None]:
    regions = [c.valeur for c in resultat.comparateurs if c.genre == "region"]
    france = resultat.comparateur("france")
    return [*(d.valeur for d in resultat.details), *regions, france.valeur if france else None]


def _afficher_evolution(
    tables: TablesIndicateurs, perimetre: Perimetre, resultats: Sequence[ResultatIndicateur]
) -> None:
    geographie = tables.geographie
    depuis, part = _choisir_annee(tables, perimetre)
    ici = compute_serie(tables, perimetre, depuis)
    if not ici:
        st.info("L’évolution n’est pas calculable ici : une année manque pour ces communes.")
        return
    precaution = ""
    if depuis > ANNEES_POPULATION[0]:
        precaution += (
            f" L’année {ANNEES_POPULATION[0]} n’est pas connue pour chaque commune d’ici : la "
            f"courbe part de {depuis}."
        )
    if part < _PART_ENTIERE:
        precaution += f" Communes suivies : {formater_part(part, 0)} de la population."
    courbes = [Courbe("Territoire", "territoire", ici)]
    code, nom = _nom_departement(resultats)
    departement = Perimetre("", geographie.membres("departement", code))
    courbes.append(Courbe(nom, "departement", compute_serie(tables, departement, depuis)))
    region = next((r.comparateur("region") for r in resultats if r.comparateur("region")), None)
    if region:
        membres = Perimetre("", geographie.membres("region", region.code))
        courbes.append(Courbe(region.libelle, "region", compute_serie(tables, membres, depuis)))
    tous = Perimetre("", frozenset(geographie.position))
    courbes.append(Courbe("France", "france", compute_serie(tables, tous, depuis)))
    debut = next(iter(ici))
    afficher_dessin(
        build_evolution(
            [courbe for courbe in courbes if courbe.points],
            f"Population municipale, indice 100 en {debut}. Source : Insee, populations "
            "municipales ; communes rétablies comptées en bloc, France hors Mayotte."
            f"{precaution}",
        ),
        "diagnostic-evolution",
    )


def _choisir_annee(tables: TablesIndicateurs, perimetre: Perimetre) -> tuple[int, float]:
    """Return the first year that follows most of the people, and the share it follows."""
    habitants = float(tables.habitants[tables.geographie.rangs(perimetre.codes)].sum()) or 1.0
    suivis = {
        annee: next(reversed(compute_serie(tables, perimetre, annee).values()), 0.0) / habitants
        for annee in ANNEES_POPULATION[:-1]
    }
    annee = max(suivis, key=lambda candidate: round(suivis[candidate], 2))
    return annee, suivis[annee]


def _afficher_ages(
    tables: TablesIndicateurs, perimetre: Perimetre, resultats: Sequence[ResultatIndicateur]
) -> None:
    pyramide = compute_pyramide(tables, perimetre)
    if pyramide is None:
        return
    code, nom = _nom_departement(resultats)
    autre = Perimetre("", tables.geographie.membres("departement", code))
    la_bas = compute_pyramide(tables, autre) if autre.codes else None
    st.html(build_ages(pyramide, la_bas, nom))
    if "structure" not in tables.par_id:
        afficher_note(
            "Trois tranches seulement sont embarquées. Le fichier Insee « Évolution et structure "
            "de la population » (page « Données ») donne sept tranches et le sexe."
        )


def _afficher_carte(tables: TablesIndicateurs, perimetre: Perimetre) -> None:
    socle = build_socle(tables)
    choix = {
        indicateur.cle: indicateur
        for indicateur in socle.indicateurs
        if indicateur.agregation != "I"
        and (indicateur.agregation != "S" or indicateur.theme == POPULATION)
    }
    gauche, droite = st.columns([3, 2])
    cle = gauche.selectbox(
        "Indicateur de la carte",
        list(choix),
        index=list(choix).index("part_65_plus") if "part_65_plus" in choix else 0,
        format_func=lambda c: f"{choix[c].theme} : {choix[c].libelle}",
        key="diagnostic-carte",
    )
    methode = droite.selectbox(
        "Découpage en classes",
        list(METHODES),
        format_func=METHODES.__getitem__,
        key="diagnostic-classes",
    )
    indicateur = choix[cle]
    valeurs = compute_locales(tables, cle, perimetre)
    table = tables.par_id[indicateur.sources[0]]
    variable = Variable(
        indicateur.libelle,
        indicateur.unite,
        indicateur.decimales,
        f"{table.producteur}, {table.titre}, {table.libelle_millesime}",
    )
    afficher_dessin(
        dessiner_indicateur(perimetre, cle, variable, methode, le=tables.le), "diagnostic-dessin"
    )
    with st.expander("Chiffres de la carte"):
        st.html(_tableau_communes(valeurs, variable))


def _tableau_communes(valeurs: pd.DataFrame, variable: Variable) -> str:
    rangees = valeurs.sort_values("valeur", ascending=False, na_position="last")
    return build_tableau(
        ["Commune", variable.libelle, "Habitants"],
        [
            Ligne(
                f"{ligne.nom} ({ligne.Index})",
                [
                    formater_nombre(ligne.valeur, variable.decimales),
                    formater_nombre(ligne.habitants),
                ],
            )
            for ligne in rangees.itertuples()
        ],
        f"{variable.libelle} ({variable.unite}). {variable.source}.",
    )


def _afficher_indicateurs(
    resultats: Sequence[ResultatIndicateur],
    tables: TablesIndicateurs,
    perimetre: Perimetre,
    *,
    tout: bool,
) -> None:
    repartitions = compute_repartitions(tables)
    if tout:
        reperes = Reperes(_GENRES_DEFAUT, repartitions)
        afficher_note(
            "Tous les thèmes à la suite : imprimez cette page avec le navigateur (Ctrl + P) ; "
            "menus et boutons ne sont pas imprimés.",
            imprimee=False,
        )
        for theme in THEMES:
            if any(resultat.theme == theme for resultat in resultats):
                _afficher_theme(theme, resultats, reperes, tables, perimetre)
        with st.container(key="diagnostic-titre-carte"):
            st.subheader("Carte", anchor=False)
        _afficher_carte(tables, perimetre)
        return
    genres = _choisir_genres()
    if "ressemblant" in genres:
        afficher_note(f"{METHODE} {_nommer_ressemblants(resultats)}")
    theme = st.segmented_control(
        "Thème", list(THEMES), default=THEMES[0], key="diagnostic-theme", required=True
    )
    reperes = Reperes(genres, repartitions)
    _afficher_theme(str(theme), resultats, reperes, tables, perimetre)


def _nommer_ressemblants(resultats: Sequence[ResultatIndicateur]) -> str:
    noms = dict.fromkeys(
        c.libelle for r in resultats for c in r.comparateurs if c.genre == "ressemblant"
    )
    if not noms:
        return "Aucune ici : l’un des trois traits n’est pas connu pour ce territoire."
    return f"Ici : {enumerer(list(noms))}."


def _afficher_diagnostic(perimetre: Perimetre, le: date) -> None:
    tables = ouvrir_tables(le)
    for phrase in lire_tables_abimees(le):
        st.warning(phrase)
    doute = st.container()
    autres = _ressemblants(tables, perimetre)
    calcules = calculer_indicateurs(perimetre, le=le, autres=autres)
    resultats = (*calcules, *build_resultats_saisis(lire_saisies()))
    _afficher_chiffres(resultats)
    _afficher_attention(tables, resultats)
    vue = st.segmented_control(
        "Vue", list(_VUES), default=_VUES[0], key="diagnostic-vue", required=True
    )
    if vue == "Carte":
        _afficher_carte(tables, perimetre)
    elif vue == "Comparer à un autre périmètre":
        afficher_comparaison(tables, perimetre)
    elif vue == "Relevés REZONE":
        afficher_saisie(le)
    else:
        _afficher_indicateurs(resultats, tables, perimetre, tout=vue == "Tout")
    with doute:  # once the form below had its say
        afficher_doute()


with page(
    "Diagnostic du territoire",
    chapeau="Chaque chiffre est calculé pour ce périmètre, comparé, daté et sourcé ; ce qui ne "
    "peut pas être connu est dit.",
    sources=(
        "Recensement de la population 2021 (Insee, âges et logements par IRIS, hors Mayotte) ; "
        "les fichiers importés portent leur propre source sous chaque chiffre.",
    ),
):
    st.html(STYLE)
    dessin = etat.lire_dessin()
    if dessin.codes:
        _afficher_diagnostic(dessin.perimetre, etat.lire_jour())
    else:
        afficher_vide(
            "Aucun territoire n’est dessiné. Réunissez des communes ou des intercommunalités, puis "
            "revenez ici : le diagnostic se calcule aussitôt, pour n’importe quel périmètre."
        )
