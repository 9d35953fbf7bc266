"""What is read out of indicators: look-alikes, points to look at, typed values, command line."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diagnostic.__main__ import main
from diagnostic.errors import ParametreIntrouvableError, ParametreInvalideError
from diagnostic.indicateurs import TablesIndicateurs, ValeurSaisie, compute_indicateurs
from diagnostic.indicateurs.attention import can_compare, compute_points_attention
from diagnostic.indicateurs.calcul import compute_serie
from diagnostic.indicateurs.registre import THEMES
from diagnostic.indicateurs.ressemblance import find_ressemblants
from diagnostic.indicateurs.resultats import Comparateur, ResultatIndicateur
from diagnostic.indicateurs.saisie import CHAMPS, build_resultats_saisis, validate_saisie
from diagnostic.indicateurs.seuils import load_seuils
from diagnostic.indicateurs.themes import REGISTRE
from diagnostic.perimetre import Perimetre
from geodata.tables import load_tables_embarquees

LE = date(2026, 11, 22)


@pytest.fixture(scope="module")
def tables(france: Any) -> TablesIndicateurs:
    return TablesIndicateurs(france.geographie, LE, load_tables_embarquees(france))


def redon(tables: TablesIndicateurs) -> Perimetre:
    return Perimetre.from_niveau(tables.geographie, "epci", "243500741", "Redon")


def test_every_indicator_is_declared_once_and_completely() -> None:
    cles = [indicateur.cle for indicateur in REGISTRE]
    assert len(set(cles)) == len(cles)
    for indicateur in REGISTRE:
        assert indicateur.theme in THEMES
        assert indicateur.formule.endswith(".")
        assert indicateur.version >= 1
        assert indicateur.sens in (-1, 0, 1)


def test_look_alikes_look_alike_and_are_elsewhere(tables: TablesIndicateurs) -> None:
    proches = find_ressemblants(tables, redon(tables))
    assert len(proches) == 5
    assert [p.distance for p in proches] == sorted(p.distance for p in proches)
    assert proches[0].distance < 0.7
    assert "243500741" not in {p.code for p in proches}
    assert all(20_000 <= p.habitants <= 350_000 for p in proches)
    resultats = compute_indicateurs(
        tables, redon(tables), comparateurs=(), autres=[p.autre for p in proches]
    )
    part = next(r for r in resultats if r.cle == "part_65_plus")
    assert all(abs((c.valeur or 0) - (part.valeur or 0)) < 4 for c in part.comparateurs)


def test_a_territory_without_a_trait_has_no_look_alike(tables: TablesIndicateurs) -> None:
    mayotte = Perimetre.from_niveau(tables.geographie, "departement", "976")
    assert find_ressemblants(tables, mayotte) == ()


def test_an_arrondissement_is_followed_from_its_first_known_year(
    tables: TablesIndicateurs,
) -> None:
    onzieme = Perimetre("", frozenset({"75111"}))
    assert compute_serie(tables, onzieme) == {}
    serie = compute_serie(tables, onzieme, 2019)
    assert list(serie) == ["2019", "2020", "2021", "2022", "2023"]
    assert (serie["2019"], serie["2023"]) == (145_208, 138_170)


def test_points_to_look_at_state_figures_and_their_reason(tables: TablesIndicateurs) -> None:
    points = compute_points_attention(tables, compute_indicateurs(tables, redon(tables)))
    assert points
    for point in points:
        assert abs(point.ecart) >= 0.5
        assert "contre" in point.phrase
        assert "(Bretagne)" in point.phrase
        assert re.search("écarts?-types? (au-dessus|en dessous) d(u|e la)", point.raison)
        assert "D’ordinaire" in point.raison


def resultat(
    tables: TablesIndicateurs, cle: str, sens: int, ici: float, departement: float, region: float
) -> ResultatIndicateur:
    """A result of the real base whose figures are made up, in a theme of its own."""
    vrai = next(r for r in compute_indicateurs(tables, redon(tables)) if r.cle == cle)
    comparateurs = (
        Comparateur("departement", "35", "Ille-et-Vilaine", departement),
        Comparateur("region", "53", "Bretagne", region),
    )
    return replace(
        vrai, theme=cle, sens=sens, valeur=ici, couverture=1.0, comparateurs=comparateurs
    )


def test_gaps_that_usually_deserve_attention_come_first(tables: TablesIndicateurs) -> None:
    points = compute_points_attention(
        tables,
        [
            resultat(tables, "part_65_plus", 1, 10.0, 30.0, 30.0),
            resultat(tables, "part_residences_secondaires", 1, 40.0, 30.0, 30.0),
            resultat(tables, "part_0_19", -1, 15.0, 30.0, 30.0),
        ],
    )
    assert [(p.cle, p.est_vigilance) for p in points] == [
        ("part_0_19", True),
        ("part_residences_secondaires", True),
        ("part_65_plus", False),
    ]
    assert "valeur plus faible qui appelle l’attention\u00a0: c’est le cas ici" in points[0].raison
    assert "valeur plus forte qui appelle l’attention ; ici, c’est l’inverse" in points[2].raison


def test_the_wider_of_the_two_gaps_is_the_reason(tables: TablesIndicateurs) -> None:
    (point,) = compute_points_attention(
        tables, [resultat(tables, "part_65_plus", 1, 30.0, 30.0, 20.0)]
    )
    assert "au-dessus de la région" in point.raison
    # the département says nothing more than the territory
    assert point.phrase.endswith("30,0\u00a0%, contre 20,0\u00a0% dans la région (Bretagne).")


def test_a_reference_that_cannot_be_compared_is_not_one(tables: TablesIndicateurs) -> None:
    mal_couvert = resultat(tables, "part_65_plus", 1, 30.0, 29.9, 20.0)
    departement, region = mal_couvert.comparateurs
    mal_couvert = replace(mal_couvert, comparateurs=(departement, replace(region, valeur=None)))
    assert compute_points_attention(tables, [mal_couvert]) == ()
    assert can_compare(tables, [mal_couvert])


def test_silence_is_told_from_resemblance(tables: TablesIndicateurs) -> None:
    mayotte = Perimetre.from_niveau(tables.geographie, "departement", "976")
    resultats = compute_indicateurs(tables, mayotte)
    assert compute_points_attention(tables, resultats) == ()
    assert not can_compare(tables, resultats)


def test_a_poorly_covered_figure_is_not_a_point(tables: TablesIndicateurs) -> None:
    resultats = [replace(r, couverture=0.5) for r in compute_indicateurs(tables, redon(tables))]
    assert compute_points_attention(tables, resultats) == ()


@pytest.mark.parametrize(
    ("saisie", "faute"),
    [
        (ValeurSaisie("taux_ald", 101, LE), "entre 0 et 100"),
        (ValeurSaisie("taux_ald", -1, LE), "−1 n’est pas entre 0 et 100 %"),
        (ValeurSaisie("taux_ald", 100.04, LE), "100,04 n’est pas"),
        (
            ValeurSaisie("ald_sans_medecin_traitant", 2_000_000, LE),
            "2\u202f000\u202f000 n’est pas entre 0 et 1\u202f000\u202f000 patients",
        ),
        (ValeurSaisie("taux_ald", 20, date(2027, 1, 1)), "avenir"),
        (ValeurSaisie("taux_ald", 20, date(2018, 1, 1)), "n’existait pas"),
        (ValeurSaisie("patientele_moyenne", 12.5, LE), "entier"),
        (ValeurSaisie("prevention_libre_1", 12, LE), "libellé"),
        (ValeurSaisie("inconnu", 12, LE), "n’existe pas"),
    ],
)
def test_a_typed_value_out_of_bounds_is_refused(saisie: ValeurSaisie, faute: str) -> None:
    (message,) = validate_saisie(saisie, LE)
    assert faute in message


def test_typed_values_are_always_marked_with_their_date() -> None:
    saisies = [
        ValeurSaisie("taux_ald", 21.9, date(2026, 3, 5)),
        ValeurSaisie("taux_ald", 25.5, date(2026, 3, 5), "departement"),
        ValeurSaisie("taux_c2s", 13.0, date(2026, 3, 5), "departement"),
    ]
    assert all(not validate_saisie(saisie, LE) for saisie in saisies)
    ald, c2s = build_resultats_saisis(saisies)
    assert (ald.valeur, ald.etat) == (21.9, "saisie")
    assert "saisi, relevé du 05/03/2026" in ald.source
    departement = ald.comparateur("departement")
    assert departement is not None
    assert departement.valeur == 25.5
    assert any("six professionnels" in note for note in ald.notes)
    assert c2s.valeur is None
    assert c2s.couverture == 0


def test_the_fifteen_prevention_fields_are_there() -> None:
    assert sum(champ.groupe == "Prévention" for champ in CHAMPS) == 15


def test_thresholds_are_dated_and_checked(tmp_path: Path) -> None:
    seuils = load_seuils()
    assert seuils.valeur("apl_sous_densite", LE) == 2.5
    assert "Drees" in seuils.reference("apl_sous_densite", LE)
    with pytest.raises(ParametreIntrouvableError):
        seuils.valeur("apl_sous_densite", date(2000, 1, 1))
    bon = '[[version]]\ncle = "x"\ndepuis = 2020-01-01\nvaleur = 1.0\nreference = "r"\n'
    for contenu in (
        bon + bon,
        bon.replace("valeur", "valeurs"),
        bon.replace("1.0", '"un"'),
        bon.replace("= 1.0", "="),
    ):
        fichier = tmp_path / "seuils.toml"
        fichier.write_text(contenu, encoding="utf-8")
        with pytest.raises(ParametreInvalideError):
            load_seuils(fichier)


def test_a_typed_value_without_end_is_refused_and_not_a_crash() -> None:
    for valeur in (float("inf"), float("nan")):
        saisie = ValeurSaisie("patientele_moyenne", valeur, LE)
        assert any("n’est pas entre" in faute for faute in validate_saisie(saisie, LE))


def test_the_command_line_gives_the_rows_promised(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CPTS_DOSSIER_DONNEES", str(tmp_path))
    assert main(["indicateurs", "--epci", "243500741", "--le", "2026-11-22"]) == 0
    lignes = {ligne["cle"]: ligne for ligne in json.loads(capsys.readouterr().out)["indicateurs"]}
    population = lignes["population_municipale"]
    assert population["valeur"] == 67_666
    assert population["france"] == 68_350_798
    assert lignes["part_65_plus"]["couverture"] == pytest.approx(1)
    assert [*population][:14] == [
        "cle", "libelle", "theme", "valeur", "unite", "numerateur", "denominateur", "millesime",
        "source", "couverture", "departement", "region", "france", "notes",
    ]  # fmt: skip
    assert (
        main(["indicateurs", "--epci", "243500741", "--format", "csv", "--comparer", "france"]) == 0
    )
    sortie = capsys.readouterr().out
    assert sortie.split("\n", 1)[0] == (
        "cle;libelle;theme;valeur;unite;numerateur;denominateur;millesime;source;couverture;"
        "departement;region;france;notes"
    )
    table = list(csv.DictReader(io.StringIO(sortie), delimiter=";"))
    assert table[0]["cle"] == "population_municipale"
    assert table[0]["departement"] == ""
    assert float(table[0]["france"]) == 68_350_798


def test_the_command_line_says_what_it_made_of_a_former_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CPTS_DOSSIER_DONNEES", str(tmp_path))
    liste = tmp_path / "liste.csv"
    liste.write_text("code_insee\n35238\n01091\n", encoding="utf-8")
    demande = ["indicateurs", "--perimetre", str(liste), "--comparer", "france,france"]
    assert main(demande) == 0
    lu = capsys.readouterr()
    assert "01091" in lu.err
    (population, *_) = json.loads(lu.out, parse_constant=pytest.fail)["indicateurs"]
    assert [c["genre"] for c in population["comparateurs"]] == ["france"]


def test_the_command_line_refuses_an_unknown_comparator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as sortie:
        main(["indicateurs", "--epci", "243500741", "--comparer", "voisin"])
    assert sortie.value.code == 2
    assert "comparateur inconnu" in capsys.readouterr().err
