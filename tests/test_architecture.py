"""The arrows of the house: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[1]
# what the pure core may know of geodata
GEODATA_PERMIS = ("geodata.schema", "geodata.errors")


def _imports(chemin: Path) -> Iterator[str]:
    for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Import):
            yield from (alias.name for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom) and noeud.module:
            assert noeud.level == 0, f"import relatif dans {chemin}"
            # « from geodata import schema » names the module on the right
            if noeud.module in ("geodata", "diagnostic", "pages"):
                yield from (f"{noeud.module}.{alias.name}" for alias in noeud.names)
            else:
                yield noeud.module


def _est_dans(module: str, paquets: tuple[str, ...]) -> bool:
    return any(module == paquet or module.startswith(f"{paquet}.") for paquet in paquets)


def _est_composition(chemin: Path) -> bool:
    """The command line composes the core with the data, as the pages do."""
    relatif = chemin.relative_to(RACINE)
    return relatif.name == "__main__.py" or relatif.parts[:2] == ("diagnostic", "commandes")


def _fautes(dossier: str, interdits: tuple[str, ...]) -> list[str]:
    return [
        f"{chemin.relative_to(RACINE)} importe {module}"
        for chemin in sorted((RACINE / dossier).rglob("*.py"))
        for module in _imports(chemin)
        if _est_dans(module, interdits)
    ]


@pytest.mark.parametrize(
    ("dossier", "interdits"),
    [
        ("diagnostic", ("streamlit", "requests", "pages", "app")),
        ("geodata", ("streamlit", "diagnostic", "pages", "app")),
    ],
)
def test_un_paquet_n_importe_pas_ce_qui_est_au_dessus_de_lui(dossier, interdits):
    assert _fautes(dossier, interdits) == []


def test_le_coeur_ne_connait_des_donnees_que_leur_forme_et_leurs_erreurs():
    fautes = [
        f"{chemin.relative_to(RACINE)} importe {module}"
        for chemin in sorted((RACINE / "diagnostic").rglob("*.py"))
        if not _est_composition(chemin)
        for module in _imports(chemin)
        if _est_dans(module, ("geodata",)) and not _est_dans(module, GEODATA_PERMIS)
    ]
    assert fautes == []


def test_le_coeur_n_importe_pas_la_ligne_de_commande():
    fautes = [
        f"{chemin.relative_to(RACINE)} importe {module}"
        for chemin in sorted((RACINE / "diagnostic").rglob("*.py"))
        if not _est_composition(chemin)
        for module in _imports(chemin)
        if _est_dans(module, ("diagnostic.commandes", "diagnostic.__main__"))
    ]
    assert fautes == []


def test_seul_le_telechargement_parle_au_reseau():
    fautes = [
        f"{chemin.relative_to(RACINE)} importe {module}"
        for chemin in sorted((RACINE / "geodata").rglob("*.py"))
        if chemin.name != "telechargement.py"
        for module in _imports(chemin)
        if _est_dans(module, ("requests", "urllib.request", "http.client", "httpx"))
    ]
    assert fautes == []


def test_une_page_n_importe_pas_une_autre_page():
    fautes = [
        f"{chemin.relative_to(RACINE)} importe {module}"
        for chemin in sorted((RACINE / "pages").rglob("*.py"))
        for module in _imports(chemin)
        if _est_dans(module, ("pages",)) and not _est_dans(module, ("pages.composants",))
    ]
    assert fautes == []


def test_seul_etat_touche_la_session_et_l_adresse():
    fautes = [
        str(chemin.relative_to(RACINE))
        for chemin in sorted((RACINE / "pages").rglob("*.py"))
        if chemin.name != "etat.py"
        for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8")))
        if isinstance(noeud, ast.Attribute) and noeud.attr in ("session_state", "query_params")
    ]
    assert fautes == []


def test_le_coeur_ne_lit_pas_l_horloge():
    fautes = [
        f"{chemin.relative_to(RACINE)}:{noeud.lineno}"
        for chemin in sorted((RACINE / "diagnostic").rglob("*.py"))
        if not _est_composition(chemin)
        for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8")))
        if isinstance(noeud, ast.Attribute) and noeud.attr in ("today", "now", "utcnow")
    ]
    assert fautes == []
