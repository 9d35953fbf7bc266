"""Priority neighbourhoods: made-up files in the layouts seen in public code."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from geodata.errors import ImportRefuseError
from geodata.imports.officiels import ImportOfficiel, analyse_fichier
from geodata.magasin import Magasin
from geodata.schema import Geographie

LE = date(2026, 11, 22)
# with the empty columns and the mark that the published file is said to carry
LISTE = "\ufeffcode_qp;lib_qp;insee_reg;lib_reg;insee_dep;lib_dep;insee_com;lib_com;siren_epci;;"
BASE = "codeQPV;libQPV;listeDepcom;popMuniQPV"


def analyse(geographie: Geographie, lignes: list[str], annee: str = "2020") -> ImportOfficiel:
    contenu = "\n".join(lignes).encode()
    return analyse_fichier("x", contenu, geographie, le=LE, annee_annoncee=annee)


def quartier(code: str, nom: str, communes: str) -> str:
    return f'{code};{nom};53;Bretagne;35;Ille-et-Vilaine;"{communes}";x;200000001;;'


def test_the_list_says_where_each_neighbourhood_lies(
    france_jouet: Geographie, tmp_path: Path
) -> None:
    lignes = [
        quartier("QN03501M", "Les Tilleuls", "35001"),
        quartier("QN03502M", "La Rive", "35002; 35003"),
        quartier("QN03503M", "Vieux Bourg", "35900"),
        quartier("QN03504M", "Le Port", "35100"),
        quartier("QN00101M", "Grand Pré", "1001"),
        ";;;;;;;;;;",
    ]
    lu = analyse(france_jouet, [LISTE, *lignes], annee="")
    (table,) = lu.tables
    assert table.libelle_millesime == "QPV 2024"
    communes = table.publiees["communes"].to_dict()
    assert communes["qpv:QN03502M"] == "35002 35003"
    # a former commune, a city, and the zero a spreadsheet ate
    assert communes["qpv:QN03503M"] == "35001"
    assert communes["qpv:QN03504M"] == "35101 35102 35103 35104"
    assert communes["qpv:QN00101M"] == "01001"
    assert table.valeurs.loc["35001", "quartiers"] == 2
    assert table.valeurs.loc["01001", "quartiers"] == 1
    # nothing is said of another département
    assert "44001" not in table.valeurs.index
    assert any(": 1 sur 5" in note for note in lu.notes)
    magasin = Magasin(tmp_path)
    magasin.store(table)
    (relue,), _ = magasin.load_all()
    assert relue.publiees["communes"].to_dict() == communes


def test_a_shared_neighbourhood_is_never_split(france_jouet: Geographie) -> None:
    lignes = [
        "QN03501M;Les Tilleuls;35001;500",
        "QN03502M;La Rive;35002,35003;300",
        "QN03505M;La Cale;35002;200",
        "QN03506M;Le Fort;44001;100",
    ]
    lu = analyse(france_jouet, [BASE, *lignes])
    tables = {table.id: table for table in lu.tables}
    population = tables["qpv_population"].valeurs["population_qpv"]
    assert population["35001"] == 500
    assert population["35002 35003"] == 500
    assert not {"35002", "35003"} & set(population.index)
    # a commune without a neighbourhood has nobody in one
    assert population["44004"] == 0
    assert len(tables["qpv"].publiees) == 4
    assert any("ne sont pas répartis" in note for note in lu.notes)


def test_chains_of_shared_neighbourhoods_are_counted_together(france_jouet: Geographie) -> None:
    lignes = [
        "QN03501M;a;35001,35002;100",
        "QN03502M;b;35003,35004;10",
        "QN03503M;c;35002,35003;1",
    ]
    lu = analyse(france_jouet, [BASE, *lignes])
    population = lu.tables[0].valeurs["population_qpv"]
    assert population[population > 0].to_dict() == {"35001 35002 35003 35004": 111}


def test_populations_by_commune_are_read_whatever_their_titles(france_jouet: Geographie) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        feuille = classeur.add_worksheet("Communes")
        feuille.write(0, 0, "Populations communales en quartiers de la politique de la ville")
        entete = ["Code commune", "Commune", "Population totale 2020 en QPV 2024"]
        feuille.write_row(3, 0, [*entete, "Population municipale 2020 en QPV 2024", "Part en QPV"])
        feuille.write_row(4, 0, ["35001", "Aubignac", 1200, 1000, 0.1])
        feuille.write_row(5, 0, ["35900", "Vieil-Aubignac", 20, 10, 0.01])
        feuille.write_row(6, 0, ["35002", "Bellerive", "s", "s", "s"])
        feuille.write_row(8, 0, ["", "Source : Insee"])
    lu = analyse_fichier("x", tampon.getvalue(), france_jouet, le=LE)
    (table,) = lu.tables
    assert table.libelle_millesime == "RP 2020, QPV 2024"
    assert table.valeurs.loc["35001", "population_qpv"] == 1_010
    assert np.isnan(table.valeurs.loc["35002", "population_qpv"])
    assert table.compte["secrets"] == 1
    assert any("« Population municipale 2020 en QPV 2024 »" in note for note in lu.notes)
    observatoire = analyse(
        france_jouet, ["codgeo;libgeo;an;pop_qp24_rp20", "35001;Aubignac;2024;7"], annee=""
    )
    assert observatoire.tables[0].millesime == "2020"


@pytest.mark.parametrize(
    ("lignes", "attendus"),
    [
        ([LISTE, quartier("QP035001", "a", "35001")], ["de 2015", "remplacés"]),
        ([LISTE, quartier("Q1", "a", "35001")], ["code de quartier illisible", "ligne 2"]),
        ([LISTE, quartier("QN03501M", "a", "Rennes")], ["communes illisibles"]),
        ([LISTE, *[quartier("QN03501M", "a", "35001")] * 2], ["plusieurs fois", "QN03501M"]),
        ([LISTE], ["aucune ligne"]),
        ([BASE, "QN03501M;a;35001;mille"], ["non numérique", "mille"]),
        ([BASE, "QN03501M;a;35001;-4"], ["négatif"]),
        ([BASE.replace(";", "£"), "QN03501M£a£35001£1"], ["Une seule colonne"]),
        (["codeQPV;libQPV;popMuniQPV", "QN03501M;a;1"], ["aucun des fichiers officiels"]),
        (["CODGEO;Population en QPV 2020", "35001;1", "35001;2"], ["plusieurs fois", "35001"]),
        (["CODGEO;Population en QPV 2020", "35001;beaucoup"], ["non numérique"]),
        (["CODGEO;Part de la population en QPV", "35001;2"], ["aucun des fichiers officiels"]),
    ],
    ids=[
        "2015", "code", "communes", "doublon", "vide", "texte", "négatif", "séparateur", "colonne",
        "commune en double", "texte par commune", "taux",
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused_with_its_faults(
    france_jouet: Geographie, lignes: list[str], attendus: list[str]
) -> None:
    with pytest.raises(ImportRefuseError) as refus:
        analyse(france_jouet, lignes)
    for attendu in attendus:
        assert attendu in str(refus.value)


def test_populations_without_a_year_ask_for_it(france_jouet: Geographie) -> None:
    with pytest.raises(ImportRefuseError, match="indiquez-la"):
        analyse(france_jouet, [BASE, "QN03501M;a;35001;10"], annee="")
