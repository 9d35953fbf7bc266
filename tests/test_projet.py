"""The project as a whole: what it declares is what it uses."""

from __future__ import annotations

import ast
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

RACINE = Path(__file__).resolve().parent.parent


def _exigences(fichier: str) -> dict[str, str]:
    lignes = (RACINE / fichier).read_text(encoding="utf-8").splitlines()
    utiles = [ligne for ligne in lignes if ligne and not ligne.startswith(("#", "-r"))]
    exigences = [Requirement(ligne) for ligne in utiles]
    return {
        exigence.name.lower().replace("_", "-"): str(exigence.specifier).removeprefix("==")
        for exigence in exigences
        if exigence.marker is None or exigence.marker.evaluate()
    }


def _sources() -> list[Path]:
    dossiers = [RACINE / paquet for paquet in ("diagnostic", "geodata", "pages")]
    return [
        RACINE / "app.py",
        *(source for dossier in dossiers for source in dossier.rglob("*.py")),
    ]


def _modules_importes() -> set[str]:
    noms = set()
    for source in _sources():
        for noeud in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.Import):
                noms |= {alias.name.partition(".")[0] for alias in noeud.names}
            elif isinstance(noeud, ast.ImportFrom) and noeud.module and not noeud.level:
                noms.add(noeud.module.partition(".")[0])
    return noms - set(sys.stdlib_module_names) - {"diagnostic", "geodata", "pages"}


def test_ce_que_le_code_importe_est_dans_requirements():
    distributions = metadata.packages_distributions()
    exigences = _exigences("requirements.txt")
    absents = {
        module
        for module in _modules_importes()
        if not any(
            nom.lower().replace("_", "-") in exigences for nom in distributions.get(module, [])
        )
    }
    assert not absents


def test_les_versions_installees_sont_celles_declarees():
    exigences = {**_exigences("requirements.txt"), **_exigences("requirements-dev.txt")}
    ecarts = {
        nom: (version, metadata.version(nom))
        for nom, version in exigences.items()
        if metadata.version(nom) != version
    }
    assert not ecarts
