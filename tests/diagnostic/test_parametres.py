"""Parameter files: what is read, and what is refused."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest

from diagnostic.errors import ParametreIntrouvableError, ParametreInvalideError
from diagnostic.parametres import DOSSIER, load_parametres


@pytest.fixture
def dossier(tmp_path):
    return shutil.copytree(DOSSIER, tmp_path / "parametres")


def _remplacer(dossier, fichier, avant, apres):
    chemin = dossier / fichier
    texte = chemin.read_text(encoding="utf-8")
    assert avant in texte
    chemin.write_text(texte.replace(avant, apres, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("fichier", "avant", "apres", "cle"),
    [
        ("taille_cpts.toml", "marge_alerte", "marge_alrte", "version[1].marge_alrte"),
        ("taille_cpts.toml", 'unite = "habitants"\n', "", "unite"),
        ("taille_cpts.toml", "habitants = 40000", 'habitants = "40000"', "seuil[1].habitants"),
        ("taille_cpts.toml", "habitants = 40000", "habitants = true", "seuil[1].habitants"),
        ("taille_cpts.toml", "habitants = 40000", "habitants = 90000", "version[1].seuil"),
        ("taille_cpts.toml", "taille_a_la_borne = 3", "taille_a_la_borne = 2", "seuil[3]"),
        ("taille_cpts.toml", "marge_alerte = 0.02", "marge_alerte = 2.0", "marge_alerte"),
        ("taille_cpts.toml", "habitants = 40000", "habitants = 40000\nhabitants = 1", "(fichier)"),
        ("bareme_aci_cpts.toml", "25000, 35000", "25001, 35000", "total_hors_volet_snp"),
        ("bareme_aci_cpts.toml", "[35000, 45000, 55000, 70000]", "[35000]", "volet_snp.montant"),
        ("bareme_aci_cpts.toml", "2019-01-01", '"2019"', "version[1].depuis"),
        ("plancher_regional.toml", '\nstatut = "ferme"', '\nstatut = "dur"', "version[1].statut"),
        ("plancher_regional.toml", "habitants = 20000\n", "", "version[1].habitants"),
    ],
)
def test_un_fichier_fautif_est_refuse_avec_sa_cle(dossier, fichier, avant, apres, cle):
    _remplacer(dossier, fichier, avant, apres)
    with pytest.raises(ParametreInvalideError, match=re.escape(cle)) as erreur:
        load_parametres(dossier)
    assert erreur.value.fichier == fichier


def test_des_versions_dans_le_desordre_sont_refusees(dossier):
    _remplacer(dossier, "plancher_regional.toml", 'code_region = "53"', 'code_region = "52"')
    _remplacer(dossier, "plancher_regional.toml", "depuis = 2021-09-01", "depuis = 2018-09-01")
    with pytest.raises(ParametreInvalideError, match="triées par date"):
        load_parametres(dossier)


def test_un_fichier_absent_est_nomme(dossier):
    (dossier / "taille_cpts.toml").unlink()
    with pytest.raises(ParametreInvalideError, match=r"taille_cpts\.toml"):
        load_parametres(dossier)


def test_une_version_plus_recente_prend_effet_a_sa_date(dossier):
    chemin = dossier / "taille_cpts.toml"
    texte = chemin.read_text(encoding="utf-8")
    version = texte[texte.index("[[version]]") :]
    version = version.replace("2019-01-01", "2027-01-01").replace("ACI 2019", "ACI 2027")
    chemin.write_text(texte + "\n" + version, encoding="utf-8")
    parametres = load_parametres(dossier)
    assert parametres.taille(date(2026, 12, 31)).nom == "ACI 2019"
    assert parametres.taille(date(2027, 1, 1)).nom == "ACI 2027"


def test_rien_n_est_applique_avant_le_premier_accord():
    parametres = load_parametres()
    with pytest.raises(ParametreIntrouvableError, match="31/12/2018"):
        parametres.taille(date(2018, 12, 31))
    with pytest.raises(ParametreIntrouvableError):
        parametres.financement(date(2018, 12, 31))


def test_chaque_valeur_a_sa_reference():
    parametres = load_parametres()
    references = [
        *(seuil.reference for bareme in parametres.tailles for seuil in bareme.seuils),
        *(m.reference for bareme in parametres.financements for m in bareme.missions),
        *(plancher.reference for plancher in parametres.planchers),
    ]
    assert all(len(reference) > 20 for reference in references)
