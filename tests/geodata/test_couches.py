"""The display files say the same thing as the tables, and draw each border once."""

import gzip
import json

import numpy as np
import pytest
import shapely

from geodata.construction.couches import (
    DEHORS,
    PAS_DETAIL,
    build_bords,
    build_couches,
    write_couches,
)
from geodata.couches import Couches, build_groupes
from geodata.errors import SchemaError


def _lire(couches, nom):
    return json.loads(gzip.decompress(couches.read_gzip(nom)))


@pytest.fixture(scope="module")
def contours_en_degres(france_jouet, contours_jouet):
    """The toy squares, brought to hundredths of a degree."""
    formes = contours_jouet.geometry.loc[france_jouet.unites.index].to_numpy()
    return shapely.transform(formes, lambda points: points / 100 + [0, 45])


@pytest.fixture(scope="module")
def fichiers(france_jouet, contours_en_degres):
    return build_couches(france_jouet, contours_en_degres)


def test_chaque_bord_est_ecrit_une_fois_avec_ses_deux_voisins():
    carres = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    bords = build_bords(carres, 0.5)
    communs = bords.droite != DEHORS
    assert communs.sum() == 1
    (ligne,) = bords.lignes[communs]
    assert ligne.equals(shapely.LineString([(2, 0), (2, 2)]))
    assert {int(bords.gauche[communs][0]), int(bords.droite[communs][0])} == {0, 1}
    assert sum(ligne.length for ligne in bords.lignes) == 14  # 7 sides of two steps


def test_les_bords_redonnent_la_surface_de_chaque_unite(fichiers, france_jouet, contours_en_degres):
    for rang, contour in enumerate(contours_en_degres):
        departement = france_jouet.unites["code_departement"].iloc[rang]
        fichier = fichiers[f"dep-{departement}"]
        assert rang in fichier["entites"]
        points = np.cumsum(np.array(fichier["xy"]).reshape(-1, 2), axis=0) * PAS_DETAIL
        arcs = np.split(points, np.cumsum(fichier["longueurs"])[:-1])
        siens = [
            arc
            for arc, a, b in zip(arcs, fichier["gauche"], fichier["droite"], strict=True)
            if rang in (a, b)
        ]
        (forme,) = shapely.get_parts(shapely.polygonize([shapely.LineString(arc) for arc in siens]))
        assert forme.symmetric_difference(contour).area == pytest.approx(0, abs=1e-9)


def test_les_groupes_sont_les_epci_les_ept_et_les_communes_seules(france_jouet):
    groupes = build_groupes(france_jouet)
    assert groupes.loc["35001"].tolist() == ["200000001", "CC du Nord", "epci"]
    assert groupes.loc["35004"].tolist() == ["200000009", "Territoire du Sud", "ept"]
    assert groupes.loc["44004"].tolist() == ["44004", "L'Île-Verte", "commune"]


def test_une_population_inconnue_reste_inconnue(fichiers, france_jouet):
    unites = fichiers["unites"]
    rang = france_jouet.position["44004"]
    assert unites["totale"][rang] is None
    assert unites["municipale"][rang] == 300


def test_les_liaisons_ne_sont_pas_des_frontieres(fichiers, france_jouet):
    voisinage = fichiers["voisinage"]
    position = france_jouet.position
    assert voisinage["liaisons"] == [[position["44001"], position["44004"]]]
    assert sum(voisinage["nombres"]) == len(voisinage["ecarts"])


def test_les_fichiers_sont_reproductibles(fichiers, tmp_path):
    tailles = {write_couches(fichiers, tmp_path / nom) for nom in ("a", "b")}
    assert len(tailles) == 1
    assert Couches(tmp_path / "a").version == Couches(tmp_path / "b").version


def test_un_dossier_vide_le_dit(tmp_path):
    with pytest.raises(SchemaError, match="couches"):
        _ = Couches(tmp_path).version


def test_les_fichiers_embarques_suivent_les_tables(france):
    geographie = france.geographie
    couches = Couches()
    unites = _lire(couches, "unites")
    assert unites["codes"] == "".join(geographie.unites.index)
    attendue = geographie.population()
    recue = np.array([np.nan if n is None else n for n in unites["municipale"]])
    np.testing.assert_array_equal(recue, attendue)
    departements = {nom for nom in couches.noms if nom.startswith("dep-")}
    assert departements == {f"dep-{code}" for code in geographie.departements.index}


def test_les_voisins_embarques_suivent_la_table(france):
    geographie = france.geographie
    voisinage = _lire(Couches(), "voisinage")
    assert sum(voisinage["nombres"]) * 2 == geographie.graphe_terrestre.nnz
    assert len(voisinage["bordure"]) == int(geographie.est_exterieure.sum())


def test_chaque_commune_se_dessine_dans_son_departement(france):
    geographie = france.geographie
    fichier = _lire(Couches(), "dep-35")
    attendues = set(geographie.rangs(geographie.membres("departement", "35")).tolist())
    assert set(fichier["entites"]) == attendues
    assert attendues <= {*fichier["gauche"], *fichier["droite"]}


def test_les_fichiers_tiennent_en_quelques_megaoctets():
    couches = Couches()
    tailles = {nom: len(couches.read_gzip(nom)) for nom in couches.noms}
    assert sum(tailles.values()) < 6e6
    assert tailles["france"] < 4e5
    assert max(t for nom, t in tailles.items() if nom.startswith("dep-")) < 8e4
