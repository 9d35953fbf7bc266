"""The catalogue and the pack: complete, checksummed, and the same bytes in another process."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from diagnostic.exports.formats import (
    FORMATS,
    FormatInconnuError,
    build_entrees,
    choose_formats,
    export_dossier,
    export_fichiers,
)
from diagnostic.exports.texte import build_nom_fichier


def test_le_dossier_contient_tout_avec_ses_empreintes(entrees):
    etapes: list[tuple[int, int, str]] = []
    octets = export_dossier(entrees, progression=lambda *etape: etapes.append(etape))
    assert etapes[0][:2] == (0, len(FORMATS))
    assert etapes[-1][:2] == (len(FORMATS), len(FORMATS))
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert archive.testzip() is None
        noms = archive.namelist()
        assert len(noms) == len(set(noms)) == len(FORMATS) + 2
        for ligne in archive.read("SHA256SUMS.txt").decode().splitlines():
            empreinte, nom = ligne.split("  ")
            assert hashlib.sha256(archive.read(nom)).hexdigest() == empreinte
        lisezmoi = archive.read("LISEZMOI.txt").decode("utf-8-sig")
    assert "Esquisse sans valeur officielle" in lisezmoi
    assert all(nom in lisezmoi for nom in noms if nom != "LISEZMOI.txt")


def test_deux_dossiers_ont_les_memes_octets(entrees):
    assert export_dossier(entrees) == export_dossier(entrees)


def test_aucun_fichier_ne_nomme_la_machine(entrees, traces_machine):
    for nom, contenu in export_fichiers(entrees).items():
        for trace in traces_machine:
            assert trace not in contenu, nom


def test_le_choix_garde_l_ordre_du_catalogue():
    assert [format_.cle for format_ in choose_formats(["XLSX", " pdf "])] == ["pdf", "xlsx"]
    assert choose_formats([]) == FORMATS


def test_un_format_inconnu_est_nomme_avec_ceux_qui_existent():
    with pytest.raises(FormatInconnuError, match=r"Format inconnu : odt, bmp\..*gpkg"):
        choose_formats(["odt", "pdf", "bmp"])


def test_les_noms_de_fichiers_sont_distincts(diagnostic):
    noms = [format_.nom_fichier(diagnostic) for format_ in FORMATS]
    assert len(noms) == len(set(noms))
    assert all(nom.isascii() and "/" not in nom for nom in noms)
    assert diagnostic.le == date(2026, 3, 15)


def test_une_population_inconnue_est_dite_dans_chaque_document(diagnostic, fond, france_jouet):
    territoire = replace(diagnostic.territoire, population=None, taille=None, financement=None)
    communes = tuple(replace(ligne, population=None) for ligne in diagnostic.communes)
    vide = replace(diagnostic, territoire=territoire, communes=communes, indicateurs=())
    fichiers = export_fichiers(build_entrees(vide, fond, france_jouet))
    assert "population inconnue" in fichiers[f"{build_nom_fichier(vide.nom)}-carte.html"].decode()
    assert len(fichiers) == len(FORMATS) + 2
