"""Borders of toy units: squares of one degree at the equator, where a degree is about 111 km."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.construction.adjacence import build_adjacence, build_frontieres, load_liaisons

DEGRE_M = 110_574  # of meridian, at the equator


def _frontieres(*carres):
    codes = np.array(["a", "b", "c", "d"][: len(carres)], dtype=object)
    geometries = np.array([shapely.box(x, y, x + 1, y + 1) for x, y in carres], dtype=object)
    frontieres, exterieures = build_frontieres(codes, geometries)
    paires = frontieres.set_index(["code_a", "code_b"])["longueur_m"].to_dict()
    return paires, exterieures


def test_deux_unites_partagent_la_longueur_de_leur_bord():
    paires, exterieures = _frontieres((0, 0), (1, 0))
    assert paires == {("a", "b"): pytest.approx(DEGRE_M, rel=1e-3)}
    assert exterieures[0] == pytest.approx(exterieures[1])


def test_se_toucher_par_un_coin_n_est_pas_etre_voisines():
    paires, _ = _frontieres((0, 0), (1, 1))
    assert paires == {}


def test_une_unite_entouree_n_a_pas_de_bord_exterieur():
    centre = shapely.box(1, 1, 2, 2)
    anneau = shapely.box(0, 0, 3, 3).difference(centre)
    codes = np.array(["a", "b"], dtype=object)
    frontieres, exterieures = build_frontieres(codes, np.array([anneau, centre], dtype=object))
    assert len(frontieres) == 1
    assert exterieures[1] == 0
    assert exterieures[0] > 0


def test_les_liaisons_s_ajoutent_aux_frontieres_sans_les_doubler():
    frontieres = pd.DataFrame(
        {"code_a": ["a"], "code_b": ["b"], "longueur_m": [5.0], "nature": ["frontiere"]}
    )
    liaisons = pd.DataFrame({"code_a": ["c", "b"], "code_b": ["a", "a"]})
    adjacence = build_adjacence(frontieres, liaisons)
    assert list(zip(adjacence["code_a"], adjacence["code_b"], strict=True)) == [
        ("a", "b"),
        ("a", "c"),
    ]
    assert list(adjacence["nature"]) == ["frontiere", "liaison"]
    assert np.isnan(adjacence["longueur_m"].iloc[1])


def test_chaque_liaison_relevee_dit_son_moyen_et_sa_raison():
    liaisons = load_liaisons()
    assert not (liaisons == "").any(axis=None)
    assert set(liaisons["moyen"]) <= {"bateau", "pont", "gué"}
    assert not liaisons.duplicated(["code_a", "code_b"]).any()
