"""Routes of the map: cached for ever under an address that changes, deaf to what it is not."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from geodata.recherche import Recherche
from pages.composants.carte.routes import adresses, build_routes
from pages.composants.lien import decode_lien


@pytest.fixture(scope="module")
def client(france_jouet):
    recherche = Recherche(france_jouet)
    return TestClient(Starlette(routes=build_routes(lambda: recherche)))


def test_les_fichiers_sont_compresses_et_immuables(client):
    for adresse in (
        f"{adresses()['ressources']}atelier.js",
        f"{adresses()['ressources']}leaflet.js",
        f"{adresses()['couches']}france.json",
    ):
        reponse = client.get(adresse)
        assert reponse.status_code == 200
        assert reponse.headers["content-encoding"] == "gzip"
        assert "immutable" in reponse.headers["cache-control"]
        deja = client.get(adresse, headers={"if-none-match": reponse.headers["etag"]})
        assert deja.status_code == 304


def test_un_navigateur_sans_gzip_est_servi(client):
    adresse = f"{adresses()['couches']}dep-75.json"
    reponse = client.get(adresse, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in reponse.headers
    assert reponse.json()["entites"]


@pytest.mark.parametrize(
    "adresse",
    [
        "/atelier/000000000000/atelier.js",
        "/atelier/couches/000000000000/france.json",
        "{ressources}../../app.py",
        "{ressources}..%2F..%2Fapp.py",
        "{ressources}etc.js",
        "{couches}..%2FMANIFEST.json",
        "{couches}dep-99.json",
    ],
)
def test_rien_d_autre_n_est_servi(client, adresse):
    assert client.get(adresse.format(**adresses())).status_code == 404


def test_la_recherche_rend_des_liens(client):
    trouves = client.get("/atelier/recherche", params={"q": "saint gilles"}).json()
    assert trouves[0]["libelle"] == "Saint-Gilles-des-Prés"
    assert decode_lien(trouves[0]["lien"]).codes == ("44002",)
    assert client.get("/atelier/recherche").json() == []


def test_une_liste_est_lue_sans_rien_appliquer(client):
    texte = "\ufeff35001;Aubignac\n35900\n<script>alert(1)</script>\n".encode()
    lue = client.post("/atelier/liste", content=texte).json()
    assert "35001" in {decode_lien(c["lien"]).codes[0] for c in lue["comprises"]}
    assert "<script>alert(1)</script>" in str(lue["inconnues"])


def test_une_liste_trop_longue_est_refusee(client):
    reponse = client.post("/atelier/liste", content=b"x" * 5_000_000)
    assert reponse.status_code == 413
    assert "trop longue" in reponse.json()["message"]
