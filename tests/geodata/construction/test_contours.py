"""Toy coverages in degrees, near Paris: a cell is a hundredth of a degree, about a kilometre."""

import numpy as np
import pytest
import shapely

from geodata.construction import contours
from geodata.errors import SchemaError

PAS = 0.01


def _carre(colonne, rang, largeur=1.0, hauteur=1.0):
    x, y = 2 + colonne * PAS, 48 + rang * PAS
    return shapely.box(x, y, x + largeur * PAS, y + hauteur * PAS)


def test_des_bords_disjoints_deviennent_une_couverture():
    # b starts a metre inside a: the whole overlaps, then no longer
    recouvre = shapely.box(2.00999, 48, 2.02, 48.01)
    parties = {"01001": [_carre(0, 0)], "01002": [recouvre]}
    assert not shapely.coverage_is_valid([geometrie[0] for geometrie in parties.values()])
    couverture = contours.build_couverture(parties)
    assert shapely.coverage_is_valid(couverture.contours)
    assert list(couverture.codes) == ["01001", "01002"]
    assert 0 < couverture.ecart_maximal_m2 < 1500
    assert couverture.modifiees == 1


def test_un_jeu_plus_fin_que_vingt_metres_est_referme():
    # a hole of ten metres across in the middle of a two-commune square
    gauche = _carre(0, 0).difference(shapely.box(2.0099, 48.005, 2.01, 48.0051))
    couverture = contours.build_couverture({"01001": [gauche], "01002": [_carre(1, 0)]})
    assert couverture.trous == ()
    assert len(shapely.coverage_union_all(couverture.contours).interiors) == 0


def test_les_parties_d_une_commune_nouvelle_sont_reunies():
    couverture = contours.build_couverture({"49126": [_carre(0, 0), _carre(1, 0)]})
    assert len(couverture.contours[0].geoms) == 1
    assert couverture.surfaces_km2[0] == pytest.approx(1.66, abs=0.01)


def test_un_trou_sans_raison_connue_arrete_la_construction():
    anneau = _carre(0, 0, 3, 3).difference(_carre(1, 1))
    with pytest.raises(SchemaError, match="trou sans raison"):
        contours.build_couverture({"01001": [anneau]})


def test_un_trou_connu_garde_sa_raison():
    llivia = shapely.Point(1.97395, 42.47295)
    anneau = llivia.buffer(0.05).difference(llivia.buffer(0.01))
    (trou,) = contours.explain_trous(contours.as_multipolygons(np.array([anneau], dtype=object)))
    assert "Llívia" in trou.raison
    assert trou.surface_m2 > 1_000_000


def test_une_reparation_trop_grande_arrete_la_construction():
    moitie = _carre(0.5, 0)
    with pytest.raises(SchemaError, match="réparation"):
        contours.build_couverture({"01001": [_carre(0, 0)], "01002": [moitie]})


def test_les_contours_dissous_laissent_de_cote_ce_qui_n_a_pas_de_groupe():
    geometries = np.array([_carre(0, 0), _carre(1, 0), _carre(5, 5)], dtype=object)
    groupes = np.array(["200000001", "200000001", np.nan], dtype=object)
    codes, fondus = contours.dissolve(geometries, groupes)
    assert list(codes) == ["200000001"]
    assert fondus[0].symmetric_difference(_carre(0, 0, 2)).area == pytest.approx(0, abs=1e-12)
    assert fondus[0].geom_type == "MultiPolygon"
