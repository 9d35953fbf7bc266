from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.composition import CodeTraduit, composer_perimetre
from diagnostic.errors import TerritoireNonCouvertError
from geodata.errors import CodeInconnuError


def _alertes(composition):
    return {alerte.code: alerte for alerte in composition.alertes}


def test_les_niveaux_se_cumulent_et_les_exceptions_se_retirent(france_jouet):
    composition = composer_perimetre(
        france_jouet, nom="Essai", epci=["200000001"], communes=["44001"], sans=["35003"]
    )
    assert composition.perimetre.codes == {"35001", "35002", "44001"}
    assert composition.perimetre.nom == "Essai"
    assert composition.alertes == ()


def test_on_part_aussi_d_un_ept_d_un_departement_ou_d_une_region(france_jouet):
    ept = composer_perimetre(france_jouet, ept=["200000009"])
    assert ept.perimetre.codes == {"35004", "35005"}
    par_departement = composer_perimetre(france_jouet, departements=["44"])
    par_region = composer_perimetre(france_jouet, regions=["52"])
    assert par_departement == par_region
    assert par_region.perimetre.codes == {"44001", "44002", "44003", "44004"}


def test_une_exception_peut_etre_une_intercommunalite_ou_un_departement(france_jouet):
    sans_epci = composer_perimetre(france_jouet, departements=["35"], sans=["200000002"])
    assert sans_epci.perimetre.codes == {"35001", "35002", "35003"}
    vide = composer_perimetre(france_jouet, departements=["35"], sans=["35"])
    assert vide.perimetre.codes == frozenset()


def test_une_exception_sans_effet_est_signalee(france_jouet):
    composition = composer_perimetre(france_jouet, epci=["200000001"], sans=["44001"])
    assert "44001" in _alertes(composition)["retrait_sans_effet"].message


def test_un_ancien_code_est_traduit_et_rapporte(france_jouet):
    composition = composer_perimetre(france_jouet, communes=["35900"])
    assert composition.perimetre.codes == {"35001"}
    assert composition.codes_traduits == (CodeTraduit("35900", "35001", "Vieil-Aubignac"),)


def test_une_ancienne_commune_partagee_est_signalee(france_jouet):
    composition = composer_perimetre(france_jouet, communes=["35901"])
    alerte = _alertes(composition)["commune_scindee"]
    assert composition.perimetre.codes == {"35002"}
    assert "Bellerive et Dorlac" in alerte.message
    assert alerte.codes == ("35002", "35003")


def test_tous_les_codes_inconnus_sont_dans_une_seule_erreur(france_jouet):
    with pytest.raises(CodeInconnuError) as erreur:
        composer_perimetre(
            france_jouet,
            epci=["123456789"],
            ept=["987654321"],
            communes=["99999", "ABCDE", "", "35001"],
            departements=["99"],
            regions=["00"],
            sans=["XXXXX"],
        )
    assert set(erreur.value.codes) == {
        *("123456789", "987654321", "99999", "ABCDE", "(vide)", "99", "00", "XXXXX")
    }


def test_un_code_d_un_autre_niveau_est_explique(france_jouet):
    with pytest.raises(CodeInconnuError, match="200000001 désigne une intercommunalité"):
        composer_perimetre(france_jouet, communes=["200000001"])
    with pytest.raises(CodeInconnuError, match="35001 désigne une commune"):
        composer_perimetre(france_jouet, epci=["35001"])


def test_les_collectivites_sans_donnees_sont_refusees_clairement(france_jouet):
    with pytest.raises(TerritoireNonCouvertError, match="Saint-Pierre-et-Miquelon") as erreur:
        composer_perimetre(france_jouet, communes=["97501", "98818", "97123"], departements=["987"])
    assert erreur.value.codes == ("97501", "98818", "97123", "987")
    with pytest.raises(CodeInconnuError, match="97701 relève de Saint-Barthélemy"):
        composer_perimetre(france_jouet, communes=["97701", "99999"])


def test_une_commune_et_ses_arrondissements_ne_comptent_qu_une_fois(france_jouet):
    composition = composer_perimetre(france_jouet, communes=["35100", "35101", "35103"])
    alerte = _alertes(composition)["commune_et_arrondissements"]
    assert composition.perimetre.codes == {"35101", "35102", "35103", "35104"}
    assert alerte.codes == ("35100", "35101", "35103")
    assert "Vaubourg (35100)" in alerte.message


def test_deux_arrondissements_seuls_ne_sont_pas_un_doublon(france_jouet):
    assert composer_perimetre(france_jouet, communes=["35101", "35103"]).alertes == ()


@pytest.mark.parametrize("ecriture", ["2a004", " 2A004 ", "2A\u00a0004"])
def test_un_code_corse_est_compris_quelle_que_soit_son_ecriture(france_jouet, ecriture):
    assert composer_perimetre(france_jouet, communes=[ecriture]).perimetre.codes == {"2A004"}


def test_un_zero_initial_perdu_est_restitue_et_signale(france_jouet):
    composition = composer_perimetre(france_jouet, communes=["1001"], departements=["1"])
    assert composition.perimetre.codes == {"01001"}
    assert "1001 → 01001" in _alertes(composition)["zero_initial_restitue"].message


@given(st.permutations(["35001", "35100", "44002", "35900", "2A004", "35001"]))
def test_l_ordre_des_codes_est_indifferent(france_jouet, codes):
    reference = composer_perimetre(france_jouet, communes=sorted(codes))
    assert composer_perimetre(france_jouet, communes=codes).perimetre == reference.perimetre


@given(st.text(max_size=8))
def test_aucun_texte_ne_fait_tomber_la_composition(france_jouet, texte):
    try:
        composition = composer_perimetre(france_jouet, communes=[texte], sans=[texte])
    except (CodeInconnuError, TerritoireNonCouvertError):
        return
    assert composition.perimetre.codes == frozenset()
