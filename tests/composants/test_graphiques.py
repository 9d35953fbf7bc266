"""The charts drawn in the page: what they place, and the figures behind."""

from __future__ import annotations

import re
from datetime import date

from diagnostic.indicateurs.repartition import Repartition
from diagnostic.indicateurs.resultats import Comparateur, ResultatIndicateur
from pages.composants.graphiques import (
    Courbe,
    Palier,
    Reperes,
    build_evolution,
    build_paliers,
    build_tableau_indicateurs,
)

PALIERS = [
    Palier(date(2020, 7, 1), 10.0, "01/07/2020 : 10 %"),
    Palier(date(2022, 1, 1), 40.0, "<b>"),
    Palier(date(2024, 1, 1), 20.0, "01/01/2024 : 20 %"),
]


def test_la_couverture_est_tracee_en_marches_et_non_en_pentes():
    svg = build_paliers(PALIERS, "Couverture.", "<table></table>")
    (trace,) = re.findall(r'<path d="([^"]+)"/>', svg)
    assert re.fullmatch(r"M[\d.]+,[\d.]+(H[\d.]+V[\d.]+){2}", trace)
    # two marches of 549 and 730 days, drawn to scale
    depart, *abscisses = [float(x) for x in re.findall(r"[MH]([\d.]+)", trace)]
    premiere, seconde = abscisses[0] - depart, abscisses[1] - abscisses[0]
    assert abs(premiere / seconde - 549 / 730) < 0.01


def test_les_annees_sont_a_leur_place_et_les_textes_echappes():
    svg = build_paliers(PALIERS, "A & B", "<table></table>")
    assert re.findall(r">(\d{4})<", svg) == ["2021", "2022", "2023", "2024"]
    assert "&lt;b&gt;" in svg
    assert "A &amp; B" in svg
    assert "<table></table>" in svg


def test_moins_d_un_an_est_borne_par_ses_deux_jours():
    svg = build_paliers(
        [Palier(date(2024, 2, 1), 3.0, ""), Palier(date(2024, 5, 1), 4.0, "")], "", ""
    )
    assert ">01/02/2024<" in svg
    assert ">01/05/2024<" in svg


def test_l_axe_part_de_zero_et_ne_depasse_pas_tout_le_monde():
    svg = build_paliers(
        [Palier(date(2020, 1, 1), 0.0, ""), Palier(date(2024, 1, 1), 100.0, "")], "", ""
    )
    reperes = re.findall(r'text-anchor="end">([\d,]+)\xa0%', svg)
    assert reperes == ["0", "20", "40", "60", "80", "100"]


def test_une_courbe_part_de_cent():
    svg = build_evolution([Courbe("Ici", "territoire", {"2018": 50.0, "2023": 55.0})], "")
    assert ">Ici </tspan>110,0<" in svg
    assert ">100,0</td>" in svg


def ligne(
    *comparateurs: Comparateur,
    repartitions: dict[str, Repartition] | None = None,
    rang: tuple[int, int] | None = None,
) -> str:
    resultat = ResultatIndicateur(
        cle="part",
        libelle="Part",
        theme="Âges",
        valeur=20.0,
        unite="%",
        numerateur=None,
        denominateur=None,
        millesime="2022",
        source="Insee",
        geographie="",
        couverture=1.0,
        comparateurs=comparateurs,
        rang=rang,
    )
    reperes = Reperes(("departement", "region", "france"), repartitions or {})
    return build_tableau_indicateurs([resultat], reperes, "Âges.")


def places(html: str) -> dict[str, float]:
    return {
        genre: float(gauche)
        for genre, gauche in re.findall(r'data-genre="(\w+)" style="left:([\d.]+)%"', html)
    }


def test_un_petit_ecart_parait_petit_parmi_les_intercommunalites():
    departement = Comparateur("departement", "35", "Ille-et-Vilaine", 20.5)
    assert places(ligne(departement)) == {"departement": 96.0, "territoire": 4.0}
    html = ligne(departement, repartitions={"part": Repartition(10.0, 18.0, 24.0, 30.0)})
    positions = places(html)
    assert 0 < positions["departement"] - positions["territoire"] < 3
    assert '<span class="cpts-bande" style="left:40.8%;width:27.6%">' in html
    assert "entre 18,0 et 24,0\u00a0%" in html


def test_un_repere_connu_en_partie_n_est_pas_donne_pour_le_tout():
    html = ligne(Comparateur("region", "53", "Bretagne", None, couverture=0.32))
    assert "couvert à 32\u00a0%" in html
    assert "region" not in places(html)
    html = ligne(Comparateur("region", "53", "Bretagne", 12.3, couverture=0.87))
    assert "12,3<small>couvert à 87\u00a0%</small>" in html
    assert "couvert" not in ligne(Comparateur("france", "", "France hors Mayotte", 12.3, 0.996))


def test_une_valeur_sous_toutes_les_autres_n_est_pas_la_710e_parmi_709():
    assert "serait 709e parmi les 709" in ligne(rang=(709, 709))
    assert "viendrait après les 709" in ligne(rang=(710, 709))
