"""The charts drawn in the page: what they place, and the figures behind."""

from __future__ import annotations

import re
from datetime import date

from pages.composants.graphiques import Courbe, Palier, build_evolution, build_paliers

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
