"""The choropleth of an indicator: its classes, what it says of missing values, its address."""

from __future__ import annotations

import json
import re
from gzip import compress

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from pages.composants.carte.routes import adresse_choroplethe, adresses, build_route_choroplethe
from pages.composants.carte_indicateur import build_carte_indicateur
from pages.composants.classement import REMPLISSAGE_ABSENT, TEINTES, Variable, classer
from pages.composants.langue import PageEnFrancais

POURCENT = Variable("Part des 65 ans ou plus", "%", 1, "Insee <i>RP</i>")


def build_contours(codes):
    carres = [shapely.box(n / 10, 45, (n + 1) / 10, 45.1) for n in range(len(codes))]
    return gpd.GeoDataFrame({"nom": codes}, geometry=carres, index=list(codes), crs=4326)


def build_valeurs(valeurs, noms=None):
    codes = [f"3500{n}" for n in range(len(valeurs))]
    return pd.DataFrame(
        {"nom": noms or codes, "valeur": valeurs, "habitants": range(100, 100 + len(valeurs))},
        index=codes,
    )


@pytest.fixture
def carte():
    table = build_valeurs([10.0, 20.0, float("nan")], ["L'Hermitage", "<b>Redon</b>", "Secrète"])
    return build_carte_indicateur(build_contours(table.index), table, POURCENT, "Quantiles")


def test_les_quantiles_font_des_classes_d_effectifs_egaux():
    classement = classer(pd.Series([float(n) for n in range(1, 101)]), "Quantiles")
    remplissages = classement.remplir(pd.Series([1.0, 21.0, 41.0, 61.0, 100.0]))
    assert len(classement.bornes) == 5
    assert remplissages == list(TEINTES)
    assert classement.phrase.startswith("5 classes d’effectifs égaux (quantiles)")


def test_les_etendues_egales_coupent_l_intervalle():
    classement = classer(pd.Series([0.0, 1.0, 2.0, 3.0, 4.0, 50.0]), "EqualInterval")
    assert classement.bornes == (10.0, 20.0, 30.0, 40.0, 50.0)


def test_chaque_borne_appartient_a_la_classe_qu_elle_ferme():
    classement = classer(pd.Series([0.0, 1.0, 2.0, 3.0, 4.0, 50.0]), "EqualInterval")
    assert classement.remplir(pd.Series([10.0, 10.1])) == [TEINTES[0], TEINTES[1]]


def test_la_legende_ne_met_une_valeur_que_dans_une_classe():
    classement = classer(pd.Series([float(n) for n in range(1, 11)]), "Quantiles")
    assert re.findall(r"(\d+),0 à (\d+),0", classement.build_legende(POURCENT)) == [
        ("1", "2"), ("3", "4"), ("5", "6"), ("7", "8"), ("9", "10"),
    ]  # fmt: skip


def test_aucune_classe_n_est_vide():
    valeurs = pd.Series([0.0] * 5 + [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    for combien in range(len(valeurs) + 1):
        suite = pd.concat([pd.Series([0.0] * combien), valeurs], ignore_index=True)
        classement = classer(suite, "Quantiles")
        assert len(classement.bornes) == len(classement.etendues)
        assert len(set(classement.remplir(suite))) == len(classement.bornes)


def test_peu_de_valeurs_ont_chacune_leur_couleur_sans_methode():
    classement = classer(pd.Series([0.0] * 30 + [100.0]), "Quantiles")
    assert classement.phrase == "2 valeurs, une couleur pour chacune"
    legende = classement.build_legende(POURCENT)
    assert ">0,0\u00a0%<" in legende
    assert ">100,0\u00a0%<" in legende


@pytest.mark.parametrize("valeurs", [[7.0], [7.0, 7.0, 7.0], [7.0, float("nan")]])
def test_une_seule_valeur_ne_fait_qu_une_classe(valeurs):
    classement = classer(pd.Series(valeurs), "Quantiles")
    assert classement.bornes == (7.0,)
    assert classement.phrase == "une seule valeur"


def test_sans_aucune_valeur_tout_est_hachure():
    vides = pd.Series([float("nan"), float("nan")])
    classement = classer(vides, "Quantiles")
    assert classement.remplir(vides) == [REMPLISSAGE_ABSENT] * 2
    assert classement.phrase == "aucune valeur connue"
    legende = classement.build_legende(POURCENT)
    assert "valeur absente ou secrète (2)" in legende
    assert legende.count("<li>") == 1


def test_une_valeur_manquante_est_hachuree_et_dite(carte):
    page = carte.page.decode()
    assert json.dumps("Secrète\u00a0: valeur absente ou secrète") in page
    assert REMPLISSAGE_ABSENT in page
    assert 'id="cpts-hachures"' in page
    assert f'fill="{REMPLISSAGE_ABSENT}"' in carte.figure
    assert "valeur absente ou secrète (1)" in carte.figure


def test_les_textes_ne_sont_jamais_du_html(carte):
    assert "<b>Redon" not in carte.page.decode()
    assert "<b>Redon" not in carte.figure
    assert "Insee &lt;i&gt;RP" in carte.figure


def test_la_page_ne_demande_que_les_fichiers_de_nos_routes(carte):
    demandes = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', carte.page.decode())
    assert len(demandes) == 4
    assert all(adresse.startswith(adresses()["ressources"]) for adresse in demandes)
    assert "default-src 'none'" in carte.page.decode()
    assert 'lang="fr"' in carte.page.decode()


def test_les_memes_chiffres_font_la_meme_page_et_d_autres_une_autre(carte):
    table = build_valeurs([10.0, 20.0, float("nan")], ["L'Hermitage", "<b>Redon</b>", "Secrète"])
    contours = build_contours(table.index)
    assert build_carte_indicateur(contours, table, POURCENT, "Quantiles").page == carte.page
    autre = build_carte_indicateur(
        contours, table.assign(valeur=[1.0, 2.0, 3.0]), POURCENT, "Quantiles"
    )
    assert autre.empreinte != carte.empreinte


def test_une_commune_sans_contour_est_laissee_au_tableau():
    table = build_valeurs([1.0, 2.0, 3.0])
    carte = build_carte_indicateur(
        build_contours(table.index[:2]), table, POURCENT, "EqualInterval"
    )
    assert "35002" not in carte.page.decode()


def test_la_carte_est_servie_a_l_adresse_de_son_contenu(carte):
    gardees = {carte.empreinte: compress(carte.page, mtime=0)}
    client = TestClient(Starlette(routes=[build_route_choroplethe(gardees.get)]))
    adresse = adresse_choroplethe(carte.empreinte)
    assert f'src="{adresse}"' in carte.figure
    reponse = client.get(adresse)
    assert reponse.content == carte.page
    assert reponse.headers["content-type"] == "text/html; charset=utf-8"
    assert "immutable" in reponse.headers["cache-control"]
    assert client.get(adresse_choroplethe("0" * 20)).status_code == 404


def test_le_passage_en_francais_laisse_la_carte_telle_quelle(carte):
    gardees = {carte.empreinte: compress(carte.page, mtime=0)}
    routes = [build_route_choroplethe(gardees.get)]
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(PageEnFrancais)]))
    reponse = client.get(adresse_choroplethe(carte.empreinte), headers={"accept": "text/html"})
    assert reponse.content == carte.page
    assert reponse.headers["content-encoding"] == "gzip"
    assert reponse.headers["etag"]
