"""Places of the EHPAD: two feeds that need each other, read by the rules ANS documents."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from geodata.errors import ImportRefuseError
from geodata.imports.officiels import ImportOfficiel, analyse_fichier
from geodata.schema import Geographie, TableCommunale

LE = date(2026, 11, 22)


def structures(geographie: Geographie, ehpad: dict[str, str]) -> dict[str, TableCommunale]:
    sites = [
        {
            "informationsGeneralesEGE": {"numFinessEge": numero},
            "categorieentiteGeographiqueExercice": "500",
            "etatObjet": "A",
            "adresse": [{"usageAdresse": "03", "cogCommune": commune}],
        }
        for numero, commune in ehpad.items()
    ]
    flux = {"schemaVersion": "v1", "generatedAt": "2026-08-13T02:07:30Z", "pmej": [{"ege": sites}]}
    lu = analyse_fichier("x", json.dumps(flux).encode(), geographie, le=LE)
    return {table.id: table for table in lu.tables}


def activite(nombre: object, **champs: Any) -> dict[str, Any]:
    nature = champs.get("nature", "AMSR")
    bloc = "typeActiviteASOCR" if nature == "ASOCR" else "typeActiviteAMSR"
    return {
        "caracteristiquesGeneriques": {"etatObjet": champs.get("etat", "A")},
        "nature": {
            "codeNature": nature,
            "caracteristiquesSpecifiques": {
                bloc: {
                    "activiteSocialeRegulee": champs.get("discipline", "924"),
                    "modeFonctionnement": champs.get("mode", "11"),
                    "public": "711",
                }
            },
        },
        "capacite": [
            {
                "nombre": nombre,
                "statutCapacite": champs.get("statut", "09"),
                "habilitation": champs.get("habilitation"),
            }
        ],
    }


def activites(sites: dict[str, list[dict[str, Any]]]) -> bytes:
    pmej = [
        {
            "numFiness": "350000001",
            "activitesAutorisees": [activite("999", statut="01")],
            "ege": [
                {"numFinessEge": numero, "activitesExercees": lues}
                for numero, lues in sites.items()
            ],
        }
    ]
    flux = {"schemaVersion": "v1.0.0", "generatedAt": "2026-09-27T04:00:00Z", "pmej": pmej}
    return json.dumps(flux).encode()


def lire(
    geographie: Geographie, ehpad: dict[str, str], sites: dict[str, list[dict[str, Any]]]
) -> ImportOfficiel:
    return analyse_fichier(
        "x", activites(sites), geographie, le=LE, connues=structures(geographie, ehpad)
    )


def test_only_installed_places_of_the_care_of_the_elderly_are_added(
    france_jouet: Geographie,
) -> None:
    sites = {
        "350000011": [
            activite("60"),
            activite("12", discipline="962"),
            activite("4", discipline="657", nature="ASMR"),
            activite("6", mode="21"),
            # neither a PASA, nor what is authorised, closed, or a detail of another capacity
            activite("14", discipline="961"),
            activite("99", statut="01"),
            activite("99", etat="I"),
            activite("30", habilitation="02"),
            activite("25", nature="ASDR"),
        ],
        "350000012": [activite("40", nature="ASOCR")],
        "350000099": [activite("500")],
    }
    ehpad = {"350000011": "35001", "350000012": "35900", "350000013": "44001"}
    lu = lire(france_jouet, ehpad, sites)
    (table,) = lu.tables
    assert (table.id, table.libelle_millesime) == ("finess_places", "flux du 27/09/2026")
    # a former commune is added to the present one; the third EHPAD gives no capacity
    assert table.valeurs.loc["35001"].to_dict() == {"places": 116, "places_jour": 6}
    assert np.isnan(table.valeurs.loc["44001", "places"])
    assert table.valeurs.loc["35002", "places"] == 0
    assert table.compte["ehpad_sans_capacite"] == 1


def test_a_capacity_without_a_number_makes_the_commune_unknown(france_jouet: Geographie) -> None:
    sites = {"350000011": [activite("60")], "350000012": [activite("10"), activite(None)]}
    lu = lire(france_jouet, {"350000011": "35001", "350000012": "35001"}, sites)
    assert np.isnan(lu.tables[0].valeurs.loc["35001", "places"])


def test_the_structures_come_first(france_jouet: Geographie) -> None:
    contenu = activites({"350000011": [activite("60")]})
    with pytest.raises(ImportRefuseError, match="Donnez d’abord le flux des structures"):
        analyse_fichier("x", contenu, france_jouet, le=LE)


@pytest.mark.parametrize(
    "sites",
    [{}, {"350000077": [activite("60")]}, {"350000011": [{"nature": None}]}],
    ids=["vide", "autres établissements", "autre forme"],
)
def test_a_feed_without_their_places_is_refused(
    france_jouet: Geographie, sites: dict[str, list[dict[str, Any]]]
) -> None:
    with pytest.raises(ImportRefuseError, match="aucune place des EHPAD"):
        lire(france_jouet, {"350000011": "35001"}, sites)


def test_a_truncated_feed_is_refused(france_jouet: Geographie) -> None:
    contenu = activites({"350000011": [activite("60")] * 50})
    connues = structures(france_jouet, {"350000011": "35001"})
    with pytest.raises(ImportRefuseError, match="tronqué"):
        analyse_fichier("x", contenu[:-200], france_jouet, le=LE, connues=connues)


@pytest.mark.parametrize("activites_lues", [[None], {"a": 1}, [{"capacite": [1]}]])
def test_activities_of_another_shape_are_refused(
    france_jouet: Geographie, activites_lues: Any
) -> None:
    flux = {
        "schemaVersion": "v1",
        "generatedAt": "2026-08-14T02:07:30Z",
        "pmej": [{"ege": [{"numFinessEge": "350000011", "activitesExercees": activites_lues}]}],
    }
    with pytest.raises(ImportRefuseError):
        analyse_fichier(
            "x",
            json.dumps(flux).encode(),
            france_jouet,
            le=LE,
            connues=structures(france_jouet, {"350000011": "35001"}),
        )
