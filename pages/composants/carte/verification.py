"""What the server answers to the drawing of a browser: totals, funding, alerts of the rules.

Asked by a route of its own rather than by the run of the page: the answer depends on the drawing
alone, and comes back while Streamlit is still carrying the gesture to the session.
"""

from __future__ import annotations

from typing import Any

from diagnostic.alertes import Alerte
from diagnostic.perimetre import Perimetre
from diagnostic.redaction import accorder, typographier
from diagnostic.territoire import Territoire
from geodata.schema import MILLESIME_GEOGRAPHIE, Niveau, TypePopulation
from pages.composants import etat
from pages.composants.chargement import calculer_territoire, ouvrir_referentiel
from pages.composants.format import formater_euros, formater_nombre
from pages.composants.lien import decode_lien


def verifier_dessin(lien: str, type_population: TypePopulation) -> dict[str, Any]:
    """Apply the rules to a drawing, and say it as the panel of the map shows it.

    Raises
    ------
    LienInvalideError
        When the drawing cannot be read.
    """
    lu = decode_lien(lien) if lien else None
    position = ouvrir_referentiel().geographie.position
    codes = frozenset(code for code in lu.codes if code in position) if lu else frozenset()
    if not lu or not codes:
        return build_confirmation(None)
    perimetre = Perimetre("", codes, codes & frozenset(lu.partielles))
    return build_confirmation(
        calculer_territoire(perimetre, type_population=type_population, le=etat.lire_jour())
    )


def build_confirmation(territoire: Territoire | None) -> dict[str, Any]:
    """Return what the panel of the map shows of a territory, None when it is empty."""
    if territoire is None:
        return {
            "population": 0,
            "taille": None,
            "legende": "",
            "phrase_financement": "",
            "financement": [],
            "bareme": "",
            "alertes": [],
            "resume": "",
        }
    return {
        "population": territoire.population,
        "taille": territoire.taille.taille if territoire.taille else None,
        "legende": f"Insee, population {territoire.type_population} "
        f"{territoire.millesime_population}, communes au 1er janvier {MILLESIME_GEOGRAPHIE}.",
        **_decrire_financement(territoire),
        "alertes": [
            {
                "code": alerte.code,
                "gravite": alerte.gravite,
                "message": typographier(alerte.message),
                "codes": _situer(alerte, territoire)[:400],
            }
            for alerte in territoire.alertes
        ],
        "resume": _resumer(territoire),
    }


def _situer(alerte: Alerte, territoire: Territoire) -> list[str]:
    """Return the codes of the places to look at, unités or intercommunalités."""
    if alerte.code not in {"plusieurs_departements", "plusieurs_regions"}:
        return list(alerte.codes)
    # what stands across the border: the part that is not where most people live
    niveau: Niveau
    niveau, parts = (
        ("departement", territoire.departements)
        if alerte.code == "plusieurs_departements"
        else ("region", territoire.regions)
    )
    principale = max(parts, key=lambda part: part.population or 0)
    membres = ouvrir_referentiel().geographie.membres(niveau, principale.code)
    return sorted(territoire.perimetre.codes - membres)


def _decrire_financement(territoire: Territoire) -> dict[str, Any]:
    financement = territoire.financement
    if financement is None:
        return {"phrase_financement": "", "financement": [], "bareme": ""}
    lignes = [
        ("Fonctionnement", financement.fonctionnement),
        *(
            (mission.nom if mission.obligatoire else f"{mission.nom} (optionnelle)", mission.total)
            for mission in financement.missions
        ),
        ("Total hors volet supplémentaire SNP", financement.total_hors_volet_snp),
        ("Total avec volet supplémentaire SNP", financement.total_avec_volet_snp),
    ]
    total = formater_euros(financement.total_hors_volet_snp)
    avec = formater_euros(financement.total_avec_volet_snp)
    return {
        "phrase_financement": f"Financement : jusqu’à {total} par an ({avec} avec le volet SNP)",
        "financement": [[nom, formater_euros(montant)] for nom, montant in lignes],
        "bareme": f"{financement.bareme}. {financement.avertissement}",
    }


def _resumer(territoire: Territoire) -> str:
    communes = accorder(territoire.nombre_communes, "commune")
    surface = formater_nombre(territoire.surface_km2)
    return f"{communes}, {surface} km², {formater_nombre(territoire.densite_hab_km2)} hab./km²"
