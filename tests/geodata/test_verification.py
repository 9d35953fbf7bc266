import shutil

import pandas as pd
import pytest

from geodata.__main__ import main
from geodata.errors import SchemaError
from geodata.referentiel import DOSSIER_DONNEES
from geodata.schema import COLONNES
from geodata.verification import check_tables, list_controles
from geodata.verification_contours import check_contours


@pytest.fixture
def tables(france):
    return {nom: france.table(nom) for nom in COLONNES}


def test_les_tables_embarquees_passent_tous_les_controles(capsys):
    assert main(["verifier"]) == 0
    sortie = capsys.readouterr().out
    assert "population municipale 2023 hors Mayotte : 68094280" in sortie
    assert "0 écart" in sortie
    assert "ÉCART" not in sortie


def test_une_population_d_un_autre_millesime_est_vue(tables):
    communes = tables["communes"]
    communes["population_municipale_2023"] = communes["population_municipale_2022"]
    with pytest.raises(SchemaError, match="population municipale 2023 hors Mayotte"):
        check_tables(tables)


def test_une_ville_comptee_deux_fois_est_vue(tables):
    doubles = tables["arrondissements"].drop(columns="code_commune")
    tables["communes"] = pd.concat([tables["communes"], doubles], ignore_index=True)
    fautes = {controle.libelle for controle in list_controles(tables) if not controle.est_bon}
    assert "lignes de communes" in fautes
    assert "population municipale 2023 hors Mayotte" in fautes


def test_une_ile_sans_liaison_est_vue(tables):
    adjacence = tables["adjacence"]
    tables["adjacence"] = adjacence[adjacence["nature"] == "frontiere"]
    (faute,) = [controle for controle in list_controles(tables) if not controle.est_bon]
    assert faute.libelle == "territoires séparés par la mer"
    assert faute.trouve > 20


def test_un_fichier_modifie_est_vu(tmp_path, capsys):
    shutil.copytree(DOSSIER_DONNEES, tmp_path / "donnees")
    regions = tmp_path / "donnees" / "regions.parquet"
    pd.read_parquet(regions).iloc[:-1].to_parquet(regions, index=False)
    assert main(["verifier", "--dossier", str(tmp_path / "donnees")]) == 1
    sortie = capsys.readouterr().out
    assert "ÉCART  empreinte de regions.parquet" in sortie
    assert "ÉCART  lignes de regions" in sortie


def test_un_dossier_vide_donne_une_phrase_et_non_une_trace(tmp_path, capsys):
    assert main(["verifier", "--dossier", str(tmp_path)]) == 2
    assert "MANIFEST.toml" in capsys.readouterr().err


def test_les_contours_hors_de_la_couverture_sont_vus(france):
    couches = {"region": france.contours("region"), "unite": france.contours("unite", ["35238"])}
    surfaces = france.geographie.unites["surface_km2"]
    assert _fautes(check_contours(couches, surfaces)) == {"contours du niveau unite"}
    deplace = couches["unite"].copy()
    deplace.geometry = deplace.scale(1.01, 1.01)
    fautes = _fautes(check_contours(couches | {"unite": deplace}, surfaces))
    assert "unités dont la surface n’est pas celle du contour" in fautes


def _fautes(controles):
    return {controle.libelle for controle in controles if not controle.est_bon}
