"""`python -m diagnostic exporter`, one territory and a batch."""

from __future__ import annotations

import hashlib
import io

import pytest
from python_calamine import CalamineWorkbook

from diagnostic.__main__ import main


@pytest.fixture(autouse=True)
def dossier_neuf(tmp_path_factory, monkeypatch):
    """Keep the register and the imported tables of the machine out of the tests."""
    monkeypatch.setenv("CPTS_DOSSIER_DONNEES", str(tmp_path_factory.mktemp("donnees")))


def _empreintes(dossier) -> dict[str, str]:
    return {
        str(chemin.relative_to(dossier)): hashlib.sha256(chemin.read_bytes()).hexdigest()
        for chemin in sorted(dossier.rglob("*"))
        if chemin.is_file()
    }


def test_un_territoire_ecrit_les_formats_demandes(tmp_path, capsys):
    sortie = tmp_path / "a" / "b"
    options = ["--epci", "243500741", "--nom", "CPTS Redon", "--le", "2026-03-15"]
    assert main(["exporter", *options, "--sortie", str(sortie), "--formats", "xlsx,geojson"]) == 0
    assert sorted(chemin.name for chemin in sortie.iterdir()) == [
        "CPTS-Redon.geojson",
        "CPTS-Redon.xlsx",
        "LISEZMOI.txt",
        "SHA256SUMS.txt",
    ]
    assert "CPTS-Redon.xlsx" in capsys.readouterr().out


def test_deux_executions_ecrivent_les_memes_octets(tmp_path):
    for dossier in ("un", "deux"):
        options = ["--commune", "29155", "29083", "--nom", "Îles", "--le", "2026-03-15"]
        assert main(["exporter", *options, "--sortie", str(tmp_path / dossier)]) == 0
    assert _empreintes(tmp_path / "un") == _empreintes(tmp_path / "deux")


def test_un_projet_exporte_se_reexporte(tmp_path):
    base = ["exporter", "--sortie", str(tmp_path), "--le", "2026-03-15", "--formats", "projet"]
    assert main([*base, "--commune", "35238", "--nom", "Rennes"]) == 0
    avant = (tmp_path / "Rennes.cpts.json").read_bytes()
    assert main([*base, "--perimetre", str(tmp_path / "Rennes.cpts.json")]) == 0
    assert (tmp_path / "Rennes.cpts.json").read_bytes() == avant


def test_un_lot_ecrit_un_dossier_par_territoire_et_une_synthese(tmp_path):
    liste = tmp_path / "lot.csv"
    liste.write_text(
        "cpts;code_insee\nNord;35238\nNord;35051\nSud;44109\nNORD;35066\n", encoding="utf-8"
    )
    sortie = tmp_path / "s"
    options = ["--lot", str(liste), "--sortie", str(sortie), "--formats", "csv"]
    assert main(["exporter", *options, "--le", "2026-03-15"]) == 0
    dossiers = sorted(chemin.name for chemin in sortie.iterdir() if chemin.is_dir())
    assert len(dossiers) == len({dossier.lower() for dossier in dossiers})
    classeur = CalamineWorkbook.from_filelike(io.BytesIO((sortie / "synthese.xlsx").read_bytes()))
    lignes = classeur.get_sheet_by_name("Territoires").to_python()
    noms = {ligne[0] for ligne in lignes[1:] if ligne[-1]}
    assert {"Nord", "Sud"} <= noms
    populations = {ligne[0]: ligne[4] for ligne in lignes}
    assert populations["Sud"] > 300_000


def _exporter_lot(dossier, sortie, contenu, le="2026-03-15"):
    dossier.mkdir(exist_ok=True)
    listes = []
    for nom, texte in contenu.items():
        liste = dossier / nom
        liste.write_text("cpts;code_insee\n" + texte, encoding="utf-8")
        listes.append(str(liste))
    options = ["--sortie", str(sortie), "--formats", "csv", "--le", le]
    assert main(["exporter", "--lot", *listes, *options]) == 0


def test_un_lot_n_ecrase_rien_de_ce_qui_est_deja_la(tmp_path):
    sortie = tmp_path / "s"
    _exporter_lot(tmp_path / "a", sortie, {"un.csv": "Nord;35238\nSud;44109\n"})
    avant = _empreintes(sortie)
    _exporter_lot(tmp_path / "b", sortie, {"deux.csv": "Nord;29019\n"})
    apres = _empreintes(sortie)
    assert avant.items() <= apres.items()
    ajoutes = sorted({nom.split("/")[0] for nom in apres.keys() - avant.keys()})
    assert len(ajoutes) == 2
    assert ajoutes[0].startswith("Nord-")
    assert ajoutes[1].startswith("synthese-")
    assert ajoutes[1].endswith(".xlsx")


def test_un_lot_relance_retrouve_ses_dossiers(tmp_path):
    sortie = tmp_path / "s"
    listes = {"un.csv": "Nord;35238\nSud;44109\n"}
    _exporter_lot(tmp_path / "a", sortie, listes)
    avant = _empreintes(sortie)
    _exporter_lot(tmp_path / "a", sortie, listes)
    assert _empreintes(sortie) == avant


def test_un_document_retouche_a_la_main_est_garde(tmp_path):
    sortie = tmp_path / "s"
    listes = {"un.csv": "Nord;35238\n"}
    _exporter_lot(tmp_path / "a", sortie, listes)
    for _ in range(3):
        for retouche in sortie.glob("Nord*/*.csv"):
            retouche.write_text("repris à la main", encoding="utf-8")
        _exporter_lot(tmp_path / "a", sortie, listes)
    assert sum(1 for f in sortie.glob("Nord*/*.csv") if "repris" in f.read_text("utf-8-sig")) == 3
    assert len(list(sortie.glob("Nord*"))) == 4


def test_deux_territoires_du_meme_nom_ont_chacun_leur_dossier_quel_que_soit_l_ordre(tmp_path):
    nord, septentrion = "Nord;35238\n", "N.O.R.D;29019\nNord.;29019\n"
    for sortie, contenu in (
        ("s", nord + septentrion),
        ("t", "".join(reversed((nord + septentrion).splitlines(keepends=True)))),
    ):
        _exporter_lot(tmp_path / "a", tmp_path / sortie, {"un.csv": contenu})
    dossiers = [
        sorted(chemin.name for chemin in (tmp_path / sortie).iterdir() if chemin.is_dir())
        for sortie in ("s", "t")
    ]
    assert dossiers[0] == dossiers[1]
    assert "Nord" not in dossiers[0]
    assert len([nom for nom in dossiers[0] if nom.startswith("Nord-")]) == 2


@pytest.mark.parametrize(
    ("options", "extrait"),
    [
        (["--commune", "35238", "--formats", "odt"], "Format inconnu : odt"),
        (["--commune", "99999"], "99999"),
        ([], "aucune commune"),
        (["--lot", "absent.csv"], "introuvable"),
    ],
)
def test_une_demande_fausse_sort_en_2_avec_une_phrase(tmp_path, capsys, options, extrait):
    assert main(["exporter", *options, "--sortie", str(tmp_path)]) == 2
    erreur = capsys.readouterr().err
    assert extrait in erreur
    assert "Traceback" not in erreur
    assert list(tmp_path.iterdir()) == []


def test_un_dossier_interdit_est_dit(tmp_path, capsys):
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    options = ["--commune", "35238", "--formats", "csv", "--sortie", str(tmp_path / "fichier")]
    assert main(["exporter", *options]) == 2
    assert "Écriture impossible" in capsys.readouterr().err
