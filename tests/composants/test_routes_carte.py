"""Routes of the map: cached for ever under an address that changes, deaf to what it is not."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from geodata.recherche import Recherche
from pages.composants.carte.routes import adresses, build_route_verification, build_routes
from pages.composants.carte.verification import verifier_dessin
from pages.composants.lien import TAILLE_MAXIMALE, decode_lien, encode_lien


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


def test_un_homonyme_se_choisit_sur_un_libelle_simple(client):
    lue = client.post("/atelier/liste", content=b"Saint-Gilles").json()
    libelles = [choix["libelle"] for ambigue in lue["ambigues"] for choix in ambigue["choix"]]
    assert libelles
    assert all(libelle.count("commune") == 1 for libelle in libelles), libelles


def test_une_liste_trop_longue_est_refusee(client):
    reponse = client.post("/atelier/liste", content=b"x" * 5_000_000)
    assert reponse.status_code == 413
    assert "trop longue" in reponse.json()["message"]


@pytest.fixture(scope="module")
def verification():
    return TestClient(Starlette(routes=[build_route_verification(verifier_dessin)]))


def verifier(client, lien, type_population="municipale"):
    return client.post(
        adresses()["verification"], json={"lien": lien, "type": type_population}
    ).json()


def test_un_dessin_est_verifie_par_le_coeur(verification, france):
    codes = france.geographie.membres("epci", "243500139")
    unites = france.geographie.unites.loc[sorted(codes)]
    reponse = verifier(verification, encode_lien(codes))
    assert reponse["population"] == unites["population_municipale_2023"].sum()
    assert reponse["taille"] == 4
    assert "2023" in reponse["legende"]
    assert reponse["phrase_financement"]
    assert reponse["resume"].startswith("43 communes")
    totale = verifier(verification, encode_lien(codes), "totale")
    assert totale["population"] == unites["population_totale_2022"].sum()


def test_une_commune_entouree_revient_en_alerte(verification, france):
    codes = set(france.geographie.membres("epci", "243500139")) - {"35238"}
    alertes = {a["code"]: a for a in verifier(verification, encode_lien(codes))["alertes"]}
    assert alertes["enclave"]["codes"] == ["35238"]
    assert alertes["epci_incomplet"]["codes"] == ["243500139"]


def test_plusieurs_departements_menent_a_la_part_la_moins_peuplee(verification, france):
    membres = france.geographie.membres
    codes = membres("epci", "243500741")  # Redon: Ille-et-Vilaine, Loire-Atlantique, Morbihan
    alertes = {a["code"]: a for a in verifier(verification, encode_lien(codes))["alertes"]}
    assert alertes["plusieurs_regions"]["codes"] == sorted(codes & membres("departement", "44"))
    assert alertes["plusieurs_departements"]["codes"] == sorted(
        codes - membres("departement", "35")
    )


def test_un_dessin_vide_ou_de_codes_inconnus_n_a_rien_a_verifier(verification):
    for lien in ("", encode_lien(["35999"])):
        reponse = verifier(verification, lien)
        assert reponse["population"] == 0
        assert reponse["alertes"] == []


@pytest.mark.parametrize(
    ("corps", "code"),
    [
        ("", 422),
        ("{", 422),
        ("[]", 422),
        ("null", 422),
        ('{"lien": "1.AAAA"}', 422),
        ('{"lien": "<script>", "type": "municipale"}', 422),
        ('{"lien": ["1.AAAA"], "type": "municipale"}', 422),
        ("x" * (2 * TAILLE_MAXIMALE + 1), 413),
    ],
)
def test_une_demande_malformee_recoit_une_phrase(verification, corps, code):
    reponse = verification.post(adresses()["verification"], content=corps)
    assert reponse.status_code == code
    assert reponse.json()["message"].endswith(".")
