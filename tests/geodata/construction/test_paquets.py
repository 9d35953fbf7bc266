import hashlib
import io
import lzma
import subprocess
import tarfile
import zipfile

import pytest

from geodata.construction.paquets import Archives, fetch_archives
from geodata.errors import SourceIndisponibleError, SourceModifieeError
from geodata.sources import FICHIER_SOURCES, Paquet, SourceDonnees, load_sources


def _source(archive, sha256, client="npm"):
    paquet = Paquet(client=client, nom="jouet", version="1.0.0", archive=archive, sha256=sha256)
    return {
        "jouet": SourceDonnees(
            "jouet", "Jouet", "Nous", "", "2026", "MIT", recupere_le=None, paquet=paquet
        )
    }


def _ecrire_tgz(chemin, membre, contenu):
    with tarfile.open(chemin, "w:gz") as archive:
        info = tarfile.TarInfo(membre)
        info.size = len(contenu)
        archive.addfile(info, io.BytesIO(contenu))
    return hashlib.sha256(chemin.read_bytes()).hexdigest()


def test_une_archive_deja_prise_n_est_pas_reprise(tmp_path, monkeypatch):
    empreinte = _ecrire_tgz(tmp_path / "jouet.tgz", "package/data/x.json", b"[1]")
    monkeypatch.setattr(subprocess, "run", None)
    archives = fetch_archives(_source("jouet.tgz", empreinte), tmp_path)
    assert archives.read("jouet", "package/data/x.json") == b"[1]"


def test_une_archive_au_contenu_change_est_refusee(tmp_path):
    _ecrire_tgz(tmp_path / "jouet.tgz", "x", b"")
    with pytest.raises(SourceModifieeError, match=r"jouet\.tgz"):
        fetch_archives(_source("jouet.tgz", "0" * 64), tmp_path)


def test_un_client_qui_echoue_donne_un_message_clair(tmp_path, monkeypatch):
    def echouer(commande, **options):
        raise subprocess.CalledProcessError(1, commande, stderr="réseau coupé")

    monkeypatch.setattr(subprocess, "run", echouer)
    with pytest.raises(SourceIndisponibleError, match="réseau coupé"):
        fetch_archives(_source("jouet.tgz", "0" * 64), tmp_path)


@pytest.mark.parametrize("client", ["npm", "pip"])
def test_la_version_epinglee_est_demandee_sans_rien_executer(tmp_path, monkeypatch, client):
    commandes = []

    def noter(commande, **options):
        commandes.append(commande)
        _ecrire_tgz(tmp_path / "jouet.tgz", "x", b"")

    monkeypatch.setattr(subprocess, "run", noter)
    with pytest.raises(SourceModifieeError):
        fetch_archives(_source("jouet.tgz", "0" * 64, client), tmp_path)
    (commande,) = commandes
    assert commande[-1] in ("jouet@1.0.0", "jouet==1.0.0")
    assert {"--ignore-scripts", "--only-binary"} & set(commande)


def test_un_membre_absent_est_nomme(tmp_path):
    _ecrire_tgz(tmp_path / "jouet.tgz", "x", b"")
    with zipfile.ZipFile(tmp_path / "jouet.whl", "w") as archive:
        archive.writestr("y", b"")
    archives = Archives({"a": tmp_path / "jouet.tgz", "b": tmp_path / "jouet.whl"})
    for source in "ab":
        with pytest.raises(SourceModifieeError, match="absent"):
            archives.read(source, "absent")


def test_un_membre_compresse_est_decompresse(tmp_path):
    with zipfile.ZipFile(tmp_path / "jouet.whl", "w") as archive:
        archive.writestr("a.csv.lzma", lzma.compress(b"code\n01001\n", format=lzma.FORMAT_ALONE))
    archives = Archives({"b": tmp_path / "jouet.whl"})
    assert archives.read("b", "a.csv.lzma") == b"code\n01001\n"


def test_chaque_paquet_du_catalogue_est_epingle():
    paquets = [source.paquet for source in load_sources().values() if source.paquet]
    assert len(paquets) == 10
    assert all(len(paquet.sha256) == 64 for paquet in paquets)


def test_le_catalogue_ne_nomme_aucun_registre_et_n_extrait_rien_des_elus():
    texte = FICHIER_SOURCES.read_text(encoding="utf-8")
    assert "pypi." not in texte
    assert "npmjs" not in texte
