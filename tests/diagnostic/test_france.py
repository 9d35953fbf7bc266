"""The rules on the real reference data of the whole of France."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path

import pytest

from diagnostic.composition import composer_perimetre
from diagnostic.contiguite import compute_contiguite
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.territoire import compute_territoire

LE = date(2026, 1, 1)
PARAMETRES = load_parametres()
EXEMPLES = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "exemples" / "territoires_reels.toml").read_text(
        encoding="utf-8"
    )
)["exemple"]


def _territoire(france, type_population="municipale", le=LE, **composition):
    compose = composer_perimetre(france.geographie, **composition)
    return compute_territoire(
        france.geographie,
        compose.perimetre,
        type_population=type_population,
        le=le,
        parametres=PARAMETRES,
        codes_traduits=compose.codes_traduits,
        alertes=compose.alertes,
    )


def _codes_alertes(territoire):
    return {alerte.code for alerte in territoire.alertes}


@pytest.mark.parametrize("exemple", [pytest.param(e, id=e["nom"]) for e in EXEMPLES])
def test_une_cpts_reelle(france, exemple):
    territoire = _territoire(france, le=exemple["le"], **exemple["entree"])
    attendu = exemple["attendu"]
    assert territoire.nombre_communes == attendu["nombre_communes"]
    assert territoire.population == attendu["population"]
    assert territoire.taille.taille == attendu["taille"]
    assert territoire.financement.total_hors_volet_snp == attendu["total_hors_volet_snp"]
    assert len(territoire.contiguite.morceaux) == attendu["morceaux"]
    assert [region.code for region in territoire.regions] == [attendu["region"]]
    assert territoire.plancher.statut == attendu["plancher"]


def test_chaque_taille_a_son_exemple_reel():
    assert {exemple["attendu"]["taille"] for exemple in EXEMPLES} == {1, 2, 3, 4}


def test_rennes_metropole_est_comptee_avec_une_seule_annee(france):
    territoire = _territoire(france, epci=["243500139"])
    # 473 973 is the sum of the members in the file of the year before
    assert territoire.population == 480_178
    assert territoire.millesime_population == 2023
    assert territoire.nombre_communes == 43
    assert territoire.taille.taille == 4
    assert territoire.contiguite.est_contigu
    assert [epci.complet for epci in territoire.epci] == [True]


@pytest.mark.parametrize(("siren", "communes"), [("992367730", 23), ("994579670", 19)])
def test_les_intercommunalites_de_2026_repondent(france, siren, communes):
    territoire = _territoire(france, epci=[siren])
    assert territoire.nombre_communes == communes
    assert territoire.population > 10_000


def test_les_communes_retablies_ont_une_surface_et_une_population(france):
    for code in ("49126", "15141", "14581"):
        territoire = _territoire(france, communes=[code])
        assert territoire.population > 500
        assert territoire.surface_km2 > 5


def test_un_ancien_code_est_traduit(france):
    territoire = _territoire(france, communes=["05043"])
    assert territoire.codes == ("05039",)
    assert [(c.ancien, c.nouveau) for c in territoire.codes_traduits] == [("05043", "05039")]
    assert "code_traduit" in _codes_alertes(territoire)


def test_paris_et_un_de_ses_arrondissements_ne_comptent_paris_qu_une_fois(france):
    territoire = _territoire(france, communes=["75056", "75113"])
    assert territoire.codes == ("75056",)
    assert territoire.population == 2_103_778
    assert "commune_et_arrondissements" in _codes_alertes(territoire)
    # the Grand Paris métropole is cut by its territoires: being a part of it says nothing
    assert "epci_incomplet" not in _codes_alertes(territoire)


def test_paris_lyon_et_marseille_ont_une_population_totale(france):
    for code in ("75056", "69123", "13055"):
        municipale = _territoire(france, communes=[code])
        totale = _territoire(france, communes=[code], type_population="totale")
        # counted apart (students, boarders) come on top, but a year earlier
        assert 0.99 < totale.population / municipale.population < 1.05
        assert len(totale.contiguite.morceaux) == 1


def test_les_iles_ne_sont_des_morceaux_que_sans_leur_port(france):
    assert len(_territoire(france, communes=["29155", "29083"]).contiguite.morceaux) == 2
    assert _territoire(france, communes=["29155", "29040"]).contiguite.est_contigu
    assert _territoire(france, communes=["29155", "29084"]).contiguite.est_contigu


def test_mayotte_est_annoncee_au_recensement_de_2017(france):
    territoire = _territoire(france, departements=["976"])
    assert territoire.population == 256_518
    assert "population_ancienne" in _codes_alertes(territoire)


def test_le_choix_de_la_population_change_la_taille_du_saint_quentinois(france):
    assert "taille_selon_population" in _codes_alertes(_territoire(france, epci=["200071892"]))


@pytest.mark.lent
def test_les_intercommunalites_en_morceaux_sont_celles_que_l_on_connait(france):
    """A break or an enclave that is not in this list is a fault of the neighbourhood table."""
    geographie = france.geographie
    en_morceaux, entourantes = set(), set()
    for code in geographie.epci.index:
        contiguite = compute_contiguite(geographie, geographie.membres("epci", code))
        if not contiguite.est_contigu:
            en_morceaux.add(code)
        if contiguite.enclaves:
            entourantes.add(code)
    assert en_morceaux == {
        "200043693",  # Othe
        "200068500",  # Boursies, Doignies, Mœuvres
        "200069300",  # Gardères, Luquet, Séron
        "200071173",  # Ménessaire
        "246701080",  # Innenheim
    }
    assert entourantes == {
        "200067296",  # around Gardères and Luquet
        "245501259",  # around Othe
    }


def test_un_trou_laisse_dans_une_metropole_est_vu(france):
    rennes = _territoire(france, epci=["243500139"], sans=["35238"])
    assert [e.codes for e in rennes.contiguite.enclaves] == [("35238",)]
    assert rennes.contiguite.enclaves[0].population == 230_890


def test_une_ile_un_pont_et_une_frontiere_ne_font_pas_d_enclave(france):
    geographie = france.geographie
    # the whole of Pays d'Iroise but Molène; Landerneau-Daoulas, which faces Plougastel; and the
    # neighbours of Llívia, a Spanish town within France
    iroise = geographie.membres("epci", "242900074") - {"29084"}
    assert compute_contiguite(geographie, iroise).enclaves == ()
    landerneau = geographie.membres("epci", "242900801")
    assert compute_contiguite(geographie, landerneau).enclaves == ()
    cerdagne = geographie.membres("epci", "246600415")
    assert compute_contiguite(geographie, cerdagne).enclaves == ()


def test_la_reunion_coupee_en_deux_n_entoure_rien(france):
    geographie = france.geographie
    tampon = geographie.membres("epci", "249740085") | geographie.membres("epci", "249740093")
    assert tampon
    assert compute_contiguite(geographie, tampon).enclaves == ()


def test_les_perimetres_publies_se_composent_tous(france, partage):
    with (partage / "cpts" / "perimetres_reels.csv").open(encoding="utf-8", newline="") as flux:
        lignes = list(csv.DictReader(flux))
    for nom in {ligne["cpts_nom"] for ligne in lignes}:
        unites = [ligne for ligne in lignes if ligne["cpts_nom"] == nom]
        epci = [u["unite_code"] for u in unites if u["unite_type"] == "epci"]
        autres = [u["unite_code"] for u in unites if u["unite_type"] != "epci"]
        territoire = _territoire(france, nom=nom, epci=epci, communes=autres)
        assert territoire.population > 10_000
        assert "enclave" not in _codes_alertes(territoire), nom


def test_la_somme_des_departements_est_la_france(france):
    geographie = france.geographie
    total = sum(
        compute_territoire(
            geographie,
            Perimetre.from_niveau(geographie, "departement", code),
            le=LE,
            parametres=PARAMETRES,
        ).population
        for code in geographie.departements.index
        if code != "976"
    )
    assert total == 68_094_280
