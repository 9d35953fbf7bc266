"""The command line as a person runs it: exit code, one French sentence, never a traceback."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from diagnostic.__main__ import main

RACINE = Path(__file__).resolve().parents[3]


def _lancer(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run the real command."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "diagnostic", *arguments],
        cwd=RACINE,
        text=True,
        encoding="utf-8",
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def _executer(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the same in this process, which spares two seconds of imports each time."""
    sortie, erreurs = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(sortie), contextlib.redirect_stderr(erreurs):
        try:
            code = main(arguments)
        except SystemExit as fin:
            code = fin.code
    return subprocess.CompletedProcess(arguments, code, sortie.getvalue(), erreurs.getvalue())


def _json(*arguments: str):
    resultat = _executer("territoire", *arguments, "--json", "--le", "2026-01-01")
    assert resultat.returncode == 0, resultat.stderr
    assert resultat.stderr == ""
    return json.loads(resultat.stdout)


def test_le_resultat_json_de_rennes_metropole():
    brut = _lancer("territoire", "--epci", "243500139", "--json")
    assert (brut.returncode, brut.stderr) == (0, "")
    resultat = json.loads(brut.stdout)
    assert resultat["nombre_communes"] == 43
    assert resultat["population"] == 480_178
    assert resultat["millesime_population"] == 2023
    assert resultat["taille"] == 4
    assert resultat["est_contigu"] is True
    assert [epci["complet"] for epci in resultat["epci"]] == [True]
    assert resultat["financement"]["bareme"] == "barème 2019, hors mission crise sanitaire"
    assert {source["id"] for source in resultat["sources"]} >= {"communes-2026", "epci-2026"}
    assert all(source["millesime"] for source in resultat["sources"])


def test_le_texte_se_lit_sans_json():
    resultat = _executer("territoire", "--epci", "200071876", "--nom", "CPTS du Grand Saumurois")
    assert resultat.returncode == 0
    assert resultat.stdout.startswith("CPTS du Grand Saumurois\n")
    for attendu in (
        "45 communes · 98\u202f005 habitants (population municipale 2023)",
        "Taille 3",
        "315\u202f000 €",
        "Minimum en Pays de la Loire\u00a0: 20\u202f000 habitants (imposé), respecté",
        "d’un seul tenant",
        "Sources",
    ):
        assert attendu in resultat.stdout
    assert max(len(ligne) for ligne in resultat.stdout.splitlines()) <= 100


def test_la_population_totale_porte_son_annee():
    resultat = _json("--commune", "35238", "--population", "totale")
    assert (resultat["type_population"], resultat["millesime_population"]) == ("totale", 2022)


def test_un_fichier_de_codes_et_des_exceptions(tmp_path):
    fichier = tmp_path / "communes.csv"
    fichier.write_bytes("Code Insee;Libellé\n35238;Rennes\n1001;L'Abergement\n".encode("cp1252"))
    resultat = _json("--perimetre", str(fichier), "--sans", "01001")
    assert resultat["codes"] == ["35238"]


def test_un_projet_enregistre_se_rouvre(tmp_path, france):
    from datetime import date

    from diagnostic.composition import composer_perimetre
    from diagnostic.exports.projet import Projet, export_projet

    composition = composer_perimetre(france.geographie, nom="Mon projet", communes=["35238"])
    projet = Projet(composition.perimetre, type_population="totale")
    fichier = tmp_path / "essai.cpts.json"
    fichier.write_bytes(export_projet(france.geographie, projet, le=date(2026, 1, 1)))
    resultat = _json("--perimetre", str(fichier), "--commune", "35024")
    assert resultat["nom"] == "Mon projet"
    assert resultat["codes"] == ["35024", "35238"]
    assert resultat["type_population"] == "totale"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["territoire", "--commune", "99999", "ABCDE"], "Codes inconnus : 99999, ABCDE"),
        (["territoire", "--commune", "97501"], "Territoire non couvert : 97501"),
        (["territoire"], "ne contient aucune commune"),
        (["territoire", "--epci", "243500139", "--sans", "243500139"], "aucune commune"),
        (["territoire", "--commune", "35238", "--le", "2026-02-30"], "n’est pas une date"),
        (["territoire", "--commune", "35238", "--le", "1999-01-01"], "01/01/1999"),
        (["territoire", "--population", "légale"], "« légale » n’est pas proposé"),
        (["territoire", "--commune"], "au moins une valeur est attendue"),
        (["territoire", "--inconnue"], "argument non reconnu : --inconnue"),
        (["inconnue"], "« inconnue » n’est pas proposé"),
        ([], "il manque : COMMANDE"),
        (["territoire", "--perimetre", "absent.csv"], "« absent.csv » refusé : il est introuvable"),
        (["territoire", "--perimetre", "tests"], "c’est un dossier"),
    ],
)
def test_une_demande_fautive_sort_en_2_avec_une_phrase(arguments, message):
    resultat = _executer(*arguments)
    assert resultat.returncode == 2
    assert resultat.stdout == ""
    assert message in resultat.stderr
    assert resultat.stderr.startswith("Erreur : ")
    assert resultat.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("contenu", "message"),
    [
        (b"\x7fELF\x00\x01", "pas un fichier texte"),
        (b"nom\nRennes\n", "aucune colonne de codes"),
        (b"code\n35238\n99999\n99998\n", "2 codes inconnus : 99999 (ligne 3), 99998 (ligne 4)"),
        (b'{"format": "autre"}', "pas un projet"),
        (b'{"format": ', "incomplet ou ab"),
        (b"[1, 2]", "aucune colonne de codes"),
        (b"", "il est vide"),
    ],
)
def test_un_fichier_fautif_sort_en_2_avec_son_nom(tmp_path, contenu, message):
    fichier = tmp_path / "liste.csv"
    fichier.write_bytes(contenu)
    resultat = _executer("territoire", "--perimetre", str(fichier))
    assert resultat.returncode == 2
    assert message in resultat.stderr
    assert "liste.csv" in resultat.stderr
    assert resultat.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="tubes et /dev/full de POSIX")
def test_un_lecteur_parti_ou_un_disque_plein_ne_font_pas_de_trace():
    lecture, ecriture = os.pipe()
    os.close(lecture)
    with os.fdopen(ecriture, "wb") as tube:
        parti = _lancer(
            "territoire", "--region", "53", "--json",
            stdout=tube
        )  # fmt: skip
    assert (parti.returncode, parti.stderr) == (0, "")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as plein:
            resultat = _lancer(
                "territoire", "--region", "53",
                stdout=plein
            )  # fmt: skip
        assert resultat.returncode == 2
        assert "Traceback" not in resultat.stderr


def test_un_terminal_sans_accents_ne_fait_pas_tomber_la_commande():
    resultat = _lancer(
        "territoire", "--commune", "29083",
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )  # fmt: skip
    assert resultat.returncode == 0
    assert "Finistère" in resultat.stdout


@pytest.mark.parametrize("option", ["--aide", "--help", "-h"])
def test_l_aide_est_en_francais(option):
    for commande in ([], ["territoire"]):
        resultat = _executer(*commande, option)
        assert resultat.returncode == 0
        assert "Usage : python -m diagnostic" in resultat.stdout
        for anglais in ("usage:", "show this help", "positional", "optional"):
            assert anglais not in resultat.stdout
