"""Lists of codes as spreadsheets and institutes write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import ImportRefuseError
from geodata.imports.codes import read_codes


@pytest.mark.parametrize(
    ("texte", "colonne"),
    [
        ("code_insee;nom\n35238;Rennes\n2A004;Ajaccio\n", "code_insee"),
        ("CODGEO,LIBGEO\n35238,Rennes\n2A004,Ajaccio\n", "CODGEO"),
        ("nom\tCode INSEE\nRennes\t35238\nAjaccio\t2a004\n", "Code INSEE"),
        ('"DEPCOM"\r\n"35238"\r\n"2A004"\r\n', "DEPCOM"),
        ("Code commune|Nom\n35238|Rennes\n2A004|Ajaccio\n", "Code commune"),
        ("\n\nINSEE_COM;x\n\n35238;1\n;\n2A004;2\n35238;3\n", "INSEE_COM"),
        ("35238\n2A004\n", None),
        ('code;nom\n="35238";Rennes\n\'2A004;Ajaccio\n', "code"),
        ("cpts_nom,unite_type,unite_code\nA,commune,35238\nA,commune,2A004\n", "unite_code"),
    ],
)
def test_les_listes_courantes_sont_comprises(texte, colonne):
    lus = read_codes("liste.csv", texte.encode())
    assert lus.codes == ("35238", "2A004")
    assert lus.colonne == colonne


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_les_encodages_courants_sont_compris(encodage):
    contenu = "Intitulé;Code Insee de la commune\nÉvry-Courcouronnes;91228\n".encode(encodage)
    assert read_codes("liste.csv", contenu).codes == ("91228",)


def test_la_colonne_de_commune_passe_avant_celle_d_epci():
    lus = read_codes("liste.csv", b"code_epci;code_commune\n243500139;35238\n")
    assert lus.codes == ("35238",)


def test_un_nom_de_colonne_qui_trompe_est_ecarte_par_ses_valeurs():
    # file of the DGCL: there, dep_com is the département
    lus = read_codes("l.csv", b"dept;siren;dep_com;insee\n01;200069193;01;01001\n01;;01;01008\n")
    assert (lus.colonne, lus.codes) == ("insee", ("01001", "01008"))


def test_une_colonne_d_epci_seule_est_acceptee():
    assert read_codes("l.csv", b"siren;nom\n243500139;RM\n").codes == ("243500139",)


def test_un_code_devenu_nombre_garde_ses_chiffres():
    assert read_codes("l.csv", b"insee\n1001.0\n35238.0\n").codes == ("1001", "35238")


def test_le_numero_de_ligne_de_chaque_code_est_garde():
    lus = read_codes("l.csv", b"code\n\n35238\n35001\n")
    assert dict(lus.lignes) == {"35238": 3, "35001": 4}


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b"", "vide"),
        (b"\n\n", "vide"),
        (b"nom;habitants\nRennes;3\n", "aucune colonne de codes"),
        (b"code\n", "ne contient aucun code"),
        (b"PK\x03\x04abc", "tronquée ou abîmée"),
        (b"\x7fELF\x00\x00", "pas un fichier texte"),
        (b"code\n35238\nTotal\nRennes\n", "ligne 3 : « Total » ; ligne 4 : « Rennes »"),
        (b"code;nom\n35238;Rennes\n;Inconnue\n", "ligne 3"),
        (b"code\n" + b"35238\n" * 2_000_000, "ce n’est pas une liste"),
        (b"\xff\xfe\x00", "fichier texte|vide|aucune colonne"),
    ],
)
def test_un_fichier_sans_codes_est_refuse_avec_sa_raison(contenu, raison):
    with pytest.raises(ImportRefuseError, match=raison) as erreur:
        read_codes("liste.csv", contenu)
    assert "liste.csv" in str(erreur.value)


@given(st.binary(max_size=300))
def test_aucun_octet_ne_fait_tomber_la_lecture(contenu):
    try:
        lus = read_codes("x.csv", contenu)
    except ImportRefuseError:
        return
    assert lus.codes
