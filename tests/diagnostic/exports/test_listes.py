"""CSV and JSON read back by the standard readers."""

from __future__ import annotations

import csv
import io
import json

import pytest

from diagnostic.exports.listes import export_csv_communes, export_csv_indicateurs, export_json


def _lignes(contenu: bytes, encodage: str, separateur: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(contenu.decode(encodage)), delimiter=separateur))


@pytest.mark.parametrize(
    ("dialecte", "encodage", "separateur"), [("excel", "utf-8-sig", ";"), ("simple", "utf-8", ",")]
)
def test_les_communes_se_relisent(diagnostic, dialecte, encodage, separateur):
    contenu = export_csv_communes(diagnostic, dialecte=dialecte)
    assert contenu.startswith(b"\xef\xbb\xbf") == (dialecte == "excel")
    lignes = _lignes(contenu, encodage, separateur)
    assert [ligne["code_insee"] for ligne in lignes] == [c.code for c in diagnostic.communes]
    assert [int(ligne["population"]) for ligne in lignes] == [
        c.population for c in diagnostic.communes
    ]


def test_un_nom_en_forme_de_formule_est_neutralise(diagnostic):
    lignes = _lignes(export_csv_communes(diagnostic), "utf-8-sig", ";")
    assert {ligne["cpts"][:2] for ligne in lignes} == {"'="}


def test_un_indicateur_inconnu_reste_vide(diagnostic):
    lignes = {
        ligne["cle"]: ligne
        for ligne in _lignes(export_csv_indicateurs(diagnostic), "utf-8-sig", ";")
    }
    assert lignes["part_65_plus"]["valeur"] == "20,5"
    assert lignes["chomage"]["valeur"] == ""
    assert lignes["chomage"]["notes"] == "Source non chargée."


def test_le_json_dit_tout(diagnostic):
    contenu = json.loads(export_json(diagnostic))
    assert contenu["territoire"]["population"] == diagnostic.territoire.population
    assert len(contenu["indicateurs"]) == len(diagnostic.indicateurs)
    assert contenu["valeurs_saisies"][0]["libelle"] == "Taux d'exonération ALD (%)"
    assert contenu["indicateurs"][1]["valeur"] is None
