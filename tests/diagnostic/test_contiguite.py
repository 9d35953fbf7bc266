"""Pieces and enclaves on the toy France (see its drawing in conftest)."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.contiguite import build_alertes_contiguite, compute_contiguite

VAUBOURG = {"35101", "35102", "35103", "35104"}
COURONNE = {"35002", "35003", "35005", "44002"}


def _contiguite(geographie, codes):
    return compute_contiguite(geographie, frozenset(codes))


def test_des_communes_voisines_font_un_seul_morceau(france_jouet):
    contiguite = _contiguite(france_jouet, {"35001", "35002", "44001"})
    assert contiguite.est_contigu
    assert contiguite.morceaux[0].population == 52_000
    assert contiguite.enclaves == ()


def test_se_toucher_par_un_coin_ne_suffit_pas(france_jouet):
    # d and c are diagonal across b; e and j are diagonal inside the city
    assert not _contiguite(france_jouet, {"35101", "35104"}).est_contigu


def test_les_morceaux_vont_du_plus_peuple_au_moins_peuple(france_jouet):
    contiguite = _contiguite(france_jouet, {"35004", "35001", "44001"})
    assert [m.codes for m in contiguite.morceaux] == [("44001",), ("35001",), ("35004",)]
    assert [m.population for m in contiguite.morceaux] == [30_000, 10_000, 5_000]
    alerte = build_alertes_contiguite(france_jouet, contiguite)[0]
    assert alerte.code == "morceaux"
    assert "Aubignac" in alerte.message
    assert alerte.codes == ("35001", "35004")


def test_une_ile_reliee_par_bateau_n_est_pas_un_morceau(france_jouet):
    assert _contiguite(france_jouet, {"44001", "44004"}).est_contigu
    assert not _contiguite(france_jouet, {"44002", "44004"}).est_contigu


def test_une_ville_entouree_est_une_enclave_comptee_une_fois(france_jouet):
    enclave = _contiguite(france_jouet, COURONNE | {"35001"}).enclaves[0]
    assert set(enclave.codes) == VAUBOURG
    assert enclave.nombre_communes == 1
    assert enclave.population == 80_000


def test_un_arrondissement_entoure_est_une_enclave(france_jouet):
    # f has b, e, g and j for neighbours
    contiguite = _contiguite(france_jouet, {"35002", "35101", "44001", "44002", "35104"})
    assert [e.codes for e in contiguite.enclaves] == [("35102",)]
    alerte = build_alertes_contiguite(france_jouet, contiguite)[-1]
    assert alerte.message.startswith("Vaubourg 2e est hors du territoire")


def test_une_commune_de_cote_dont_toutes_les_voisines_sont_dedans_est_une_enclave(france_jouet):
    # a, on the coast, only touches b and d
    enclaves = _contiguite(france_jouet, {"35002", "35003"}).enclaves
    assert [e.codes for e in enclaves] == [("35001",)]


def test_ce_qui_s_etend_le_long_de_la_cote_n_est_pas_une_enclave(france_jouet):
    # b, the city and l cut the land in two: neither side is surrounded, both have a coast
    contiguite = _contiguite(france_jouet, {"35002", "35005"} | VAUBOURG)
    assert contiguite.est_contigu
    assert contiguite.enclaves == ()


def test_une_ile_laissee_dehors_n_est_pas_une_enclave(france_jouet):
    assert _contiguite(france_jouet, {"44001", "44002"}).enclaves == ()


def test_le_pays_entier_n_a_pas_d_enclave(france_jouet):
    contiguite = _contiguite(france_jouet, france_jouet.unites.index)
    assert contiguite.enclaves == ()
    assert len(contiguite.morceaux) == 4


@given(st.data())
def test_les_morceaux_sont_ceux_d_un_parcours_de_graphe(france_jouet, data):
    codes = data.draw(st.frozensets(st.sampled_from(sorted(france_jouet.unites.index)), min_size=1))
    graphe = nx.Graph()
    graphe.add_nodes_from(codes)
    paires = france_jouet.adjacence[["code_a", "code_b"]].itertuples(index=False)
    graphe.add_edges_from((a, b) for a, b in paires if a in codes and b in codes)
    attendus = {frozenset(composante) for composante in nx.connected_components(graphe)}
    contiguite = compute_contiguite(france_jouet, codes)
    assert {frozenset(morceau.codes) for morceau in contiguite.morceaux} == attendus
    connues = [m.population for m in contiguite.morceaux if m.population is not None]
    lignes = france_jouet.unites.loc[sorted(codes), "population_municipale_2023"]
    assert sum(connues) == lignes.sum()
    for enclave in contiguite.enclaves:
        assert not codes & set(enclave.codes)


@pytest.mark.parametrize("type_population", ["municipale", "totale"])
def test_la_population_des_morceaux_suit_la_definition_demandee(france_jouet, type_population):
    contiguite = compute_contiguite(france_jouet, frozenset(VAUBOURG), type_population)
    attendu = {"municipale": 80_000, "totale": 81_600}[type_population]
    assert contiguite.morceaux[0].population == attendu
