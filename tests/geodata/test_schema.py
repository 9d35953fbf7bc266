import pandas as pd
import pytest

from geodata.errors import SchemaError
from geodata.schema import epsg_projete, validate_table


def _table(**colonnes):
    return pd.DataFrame(
        {"code": ["84", "53"], "nom": ["Auvergne-Rhône-Alpes", "Bretagne"]} | colonnes
    )


def test_une_table_juste_revient_avec_ses_types():
    valide = validate_table("regions", _table()[["nom", "code"]])
    assert list(valide.columns) == ["code", "nom"]
    assert (valide.dtypes == "str").all()


def test_toutes_les_colonnes_fautives_sont_nommees():
    with pytest.raises(SchemaError) as erreur:
        validate_table("regions", pd.DataFrame({"code": ["84"], "libelle": ["x"], "rang": [1]}))
    assert len(erreur.value.defauts) == 3
    assert "nom" in str(erreur.value)
    assert "libelle" in str(erreur.value)
    assert "rang" in str(erreur.value)


def test_un_code_repete_est_refuse():
    with pytest.raises(SchemaError, match="répétée"):
        validate_table("regions", _table(code=["84", "84"]))


def test_un_code_absent_est_refuse():
    with pytest.raises(SchemaError, match="absente"):
        validate_table("regions", _table(code=["84", None]))


def test_une_valeur_d_un_autre_type_est_refusee():
    blocs = pd.DataFrame({"code": ["60054"], "codes": ["60054 60694"]})
    for annee in range(2018, 2024):
        blocs[f"population_municipale_{annee}"] = "beaucoup"
    with pytest.raises(SchemaError, match="autre type"):
        validate_table("blocs", blocs)


@pytest.mark.parametrize(
    ("code", "epsg"),
    [
        ("35238", 2154),
        ("2A004", 2154),
        ("97411", 2975),
        ("97105", 5490),
        ("97302", 2972),
        ("976", 4471),
    ],
)
def test_chaque_territoire_a_sa_projection_legale(code, epsg):
    assert epsg_projete(code) == epsg
