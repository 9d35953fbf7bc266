"""Official files: the real samples, and made-up ones in the documented layouts."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from geodata.errors import GeodataError, ImportRefuseError
from geodata.imports.officiels import ImportOfficiel, analyse_fichier
from geodata.magasin import Magasin
from geodata.schema import Geographie, TableCommunale

LE = date(2026, 11, 22)
TRANCHES = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
CODES = ("01001", "2A004", "35001", "35101")


def analyse(geographie: Geographie, contenu: bytes | str, **options: Any) -> ImportOfficiel:
    brut = contenu.encode() if isinstance(contenu, str) else contenu
    return analyse_fichier("recu.bin", brut, geographie, le=LE, **options)


def par_id(lu: ImportOfficiel) -> dict[str, TableCommunale]:
    return {table.id: table for table in lu.tables}


def csv(lignes: Mapping[str, Mapping[str, object]], colonnes: list[str], sep: str = ";") -> str:
    entete = sep.join(["CODGEO", *colonnes])
    corps = (
        sep.join([code, *(str(valeurs[c]) for c in colonnes)]) for code, valeurs in lignes.items()
    )
    return "\n".join([entete, *corps])


def structure(annee: str = "22") -> tuple[dict[str, dict[str, object]], list[str]]:
    ligne: dict[str, object] = {f"P{annee}_POP": 700.0, "P16_POP": 650, "P11_POP": 600}
    ligne |= {f"P{annee}_POP{t}": 100.0 for t in TRANCHES}
    ligne |= {f"P{annee}_{sexe}{t}": 50.0 for t in TRANCHES for sexe in "HF"}
    ligne |= {f"P{annee}_{sexe}{t}": v for sexe in "HF" for t, v in
              (("0019", 70), ("2064", 180), ("65P", 100))}  # fmt: skip
    ligne |= {f"C{annee}_POP15P": 600, **{f"C{annee}_POP15P_CS{n}": 10 * n for n in range(1, 7)}}
    ligne |= {f"C{annee}_POP15P_CS7": 150, "LIBGEO": "Nom"}
    return {code: dict(ligne) for code in CODES}, list(ligne)


def fait_zip(fichiers: Mapping[str, str]) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in fichiers.items():
            archive.writestr(nom, contenu)
    return tampon.getvalue()


@pytest.fixture(scope="module")
def filosofi(partage: Path, france: Any) -> ImportOfficiel:
    geographie = france.geographie
    return analyse_fichier(
        "cc_filosofi_2021_COM.csv",
        (partage / "fixtures/insee/cc_filosofi_2021_COM.csv").read_bytes(),
        geographie,
        le=LE,
        blocs=tuple(set(geographie.blocs.values())),
    )


def test_the_real_filosofi_keeps_its_secrets(filosofi: ImportOfficiel) -> None:
    (table,) = filosofi.tables
    assert table.compte["lignes"] == 34_909
    assert table.compte["secrets_niveau_vie_median"] == 3_593
    assert table.compte["secrets_taux_pauvrete"] == 30_500
    assert table.libelle_millesime == "Filosofi 2021"
    # the cities are dropped, their arrondissements are there
    assert not {"75056", "69123", "13055"} & set(table.valeurs.index)
    assert {"75101", "69381", "13201"} <= set(table.valeurs.index)
    assert (table.valeurs.min() > 0).all()
    assert table.valeurs.loc["01001", "niveau_vie_median"] == 25_820
    assert np.isnan(table.valeurs.loc["01001", "taux_pauvrete"])


def test_a_median_of_merged_communes_is_left_empty(filosofi: ImportOfficiel) -> None:
    assert any("fusionné" in note for note in filosofi.notes)
    (table,) = filosofi.tables
    groupe = table.valeurs[table.valeurs.index.str.contains(" ")]
    assert groupe["niveau_vie_median"].isna().all()


@pytest.mark.parametrize(
    ("fichier", "annee", "somme"),
    [
        ("populations_reference_2023_communes.csv", "2023", 68_094_280),
        ("populations_legales_2020_communes.csv.gz", "2020", 67_162_154),
        ("populations_legales_2019_communes.csv.gz", "2019", 66_988_403),
    ],
)
def test_legal_populations_recognise_their_year_by_their_figures(
    partage: Path, france: Any, fichier: str, annee: str, somme: int
) -> None:
    geographie = france.geographie
    contenu = (partage / "fixtures/insee" / fichier).read_bytes()
    lu = analyse_fichier(
        "x", contenu, geographie, le=LE, blocs=tuple(set(geographie.blocs.values()))
    )
    (table,) = lu.tables
    assert table.millesime == annee
    assert table.valeurs["pmun"].sum() == somme
    assert not lu.codes_perdus


DISPONIBLE = "CODGEO;NBMEN21;Q121;Q221;Q3_Q1;D121;D921;RD;GI21;PPSOC21;PIMPOT21"
DECLARE = "CODGEO;NBMEN21;PMIMP21;Q121;Q221;Q3_Q1;D121;D921;RD;GI21;PAUT21"


def test_the_standard_of_living_is_never_the_declared_income(france_jouet: Geographie) -> None:
    disponible = f"{DISPONIBLE}\n35001;90;1;21000,5;1;1;1;3,1;1;5;9\n35002;9;s;s;s;s;s;s;s;s;s\n"
    # longer than the good one, as in the archive of Insee
    declare = f"{DECLARE}\n35001;90;5;1;25000;1;1;1;4,4;1;5\n" + "35002;9;ns;so;s;s;s;s;s;s;s\n"
    declare += "".join(f"44{rang:03d};9;1;1;1;1;1;1;1;1;1\n" for rang in range(1, 9))
    with pytest.raises(ImportRefuseError, match="revenus déclarés"):
        analyse(france_jouet, declare)
    archive = {
        "FILO2021_DEC_COM.csv": declare,
        "FILO2021_DISP_COM.csv": disponible,
        "FILO2021_DEC_PAUVRES_COM.csv": "CODGEO;TP4021;TP6021\n35001;1;99\n",
    }
    (table,) = analyse(france_jouet, fait_zip(archive)).tables
    assert table.valeurs.loc["35001", "niveau_vie_median"] == 21_000.5
    assert table.valeurs.loc["35001", "rapport_interdecile"] == 3.1
    assert table.valeurs["taux_pauvrete"].isna().all()
    seul = analyse(france_jouet, disponible)
    assert any("taux de pauvreté" in note for note in seul.notes)
    archive["FILO2021_DISP_PAUVRES_COM.csv"] = "CODGEO;TP4021;TP6021\n35001;3;14,2\n35002;s;s\n"
    (complete,) = analyse(france_jouet, fait_zip(archive)).tables
    assert complete.valeurs.loc["35001", "taux_pauvrete"] == 14.2
    assert np.isnan(complete.valeurs.loc["35002", "taux_pauvrete"])


@pytest.mark.parametrize(
    ("contenu", "attendu"),
    [
        (b"IRIS;COM;TYP_IRIS;P22_POP\n010040101;01004;H;1\n", "par Iris"),
        (b"<!DOCTYPE html><html><body>Bloque</body></html>", "page web"),
        (b"CODGEO;P22_POP\n\x00\x00\n", "octets nuls"),
        (b"CODGEO;" + b";".join(b"P22_X%d" % rang for rang in range(6_000)) + b"\n1\n", "5000 col"),
        (b"CODGEO;" + b"P22_POP;" * 20_000, "fin de ligne"),
        (b'{"autre": 1}', "JSON d’une autre forme"),
    ],
    ids=["iris", "html", "nul", "colonnes", "sans ligne", "json"],
)
def test_a_file_that_is_not_read_says_what_it_is(
    france_jouet: Geographie, contenu: bytes, attendu: str
) -> None:
    with pytest.raises(ImportRefuseError, match=attendu):
        analyse(france_jouet, contenu)


def test_an_insee_workbook_is_asked_for_as_csv(france_jouet: Geographie) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        classeur.add_worksheet("COM").write_row(5, 0, ["CODGEO", "LIBGEO", "P22_POP"])
    with pytest.raises(ImportRefuseError, match="version CSV"):
        analyse(france_jouet, tampon.getvalue())


@pytest.mark.parametrize(
    "change",
    [
        lambda texte: texte.encode("utf-16"),
        lambda texte: texte.replace("\n", "\r").encode(),
        lambda texte: texte.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
    ids=["utf-16", "retours chariot", "bom et crlf"],
)
def test_the_text_of_spreadsheets_is_read(france_jouet: Geographie, change: Any) -> None:
    lu = analyse(france_jouet, change(csv(*structure())))
    assert par_id(lu)["structure"].valeurs.loc["35001", "pop"] == 700


def test_the_other_official_file_of_an_archive_is_named(france_jouet: Geographie) -> None:
    emploi = "CODGEO;P22_POP1564;P22_ACT1564;P22_CHOM1564\n35001;4;3;1\n"
    lu = analyse(france_jouet, fait_zip({"a.CSV": csv(*structure()), "b.CSV": emploi}))
    assert lu.source.cle == "rp_structure"
    assert any("b.CSV" in note and "non lu" in note for note in lu.notes)


def test_legal_populations_of_an_unknown_year_ask_for_it(partage: Path, france: Any) -> None:
    contenu = (partage / "fixtures/insee/populations_legales_2017_mayotte.csv").read_bytes()
    with pytest.raises(ImportRefuseError, match="indiquez l’année"):
        analyse_fichier("x", contenu, france.geographie, le=LE)
    lu = analyse_fichier("x", contenu, france.geographie, le=LE, annee_annoncee="2017")
    assert lu.tables[0].valeurs["pmun"].sum() == 256_518


def test_an_announced_year_that_the_figures_deny_is_refused(partage: Path, france: Any) -> None:
    contenu = (partage / "fixtures/insee/populations_reference_2023_communes.csv").read_text(
        "utf-8"
    )
    entete, *lignes = contenu.split("\n")[:400]
    rangs = [entete.split(";").index(nom) for nom in ("PMUN", "PTOT")]
    autres = []
    for ligne in lignes:
        cellules = ligne.split(";")
        for rang in rangs:
            cellules[rang] = str(int(cellules[rang]) + 1_000)
        autres.append(";".join(cellules))
    faux = "\n".join([entete, *autres]).encode()
    with pytest.raises(ImportRefuseError, match="pas ceux de 2021"):
        analyse_fichier("x", faux, france.geographie, le=LE, annee_annoncee="2021")
    # a year that nothing here can check is believed
    lu = analyse_fichier("x", faux, france.geographie, le=LE, annee_annoncee="2024")
    assert lu.tables[0].millesime == "2024"


def test_the_real_finess_counts_open_sites_at_their_own_address(partage: Path, france: Any) -> None:
    dossier = partage / "fixtures/finess"
    contenu = (dossier / "finess-structures-20260813-echantillon.json.gz").read_bytes()
    lu = analyse_fichier("x", contenu, france.geographie, le=LE)
    (table,) = lu.tables
    brut = json.loads(gzip.decompress(contenu))
    ouverts = Counter(
        site["categorieentiteGeographiqueExercice"]
        for pmej in brut["pmej"]
        for site in pmej["ege"]
        if site["etatObjet"] == "A"
    )
    # an EHPA is not an EHPAD
    assert table.valeurs["ehpad"].sum() == ouverts["500"] == 59
    assert table.valeurs["ehpa"].sum() == ouverts["501"] + ouverts["502"] > 0
    assert table.valeurs["ssiad"].sum() == ouverts["354"] + ouverts["209"]
    assert table.libelle_millesime == "flux du 13/08/2026"


SITE = {"categorieentiteGeographiqueExercice": "603", "etatObjet": "A"}


@pytest.mark.parametrize(
    "pmej",
    [
        "null", "[null]", '"texte"', "[[1]]", '[{"ege": [null]}]', '[{"ege": {"a": 1}}]',
        json.dumps([{"ege": [{**SITE, "adresse": {"usageAdresse": "03"}}]}]),
        json.dumps([{"ege": [{**SITE, "adresse": [None]}]}]),
        "[" * 100_000,
    ],
    ids=range(9),
)  # fmt: skip
def test_a_finess_of_another_shape_is_refused(france_jouet: Geographie, pmej: str) -> None:
    flux = f'{{"schemaVersion": "1", "generatedAt": "2026-08-13T02:07:30Z", "pmej": {pmej}}}'
    with pytest.raises(ImportRefuseError):
        analyse(france_jouet, flux)


def test_an_announced_year_is_a_year(france_jouet: Geographie) -> None:
    with pytest.raises(ImportRefuseError, match="« hier » n’est pas une année"):
        analyse(france_jouet, csv(*structure()), annee_annoncee="hier")


@pytest.mark.parametrize("coupe", [40, 5_000, 200_000])
def test_a_truncated_finess_is_refused(partage: Path, france: Any, coupe: int) -> None:
    contenu = (
        partage / "fixtures/finess/finess-structures-20260813-echantillon.json.gz"
    ).read_bytes()
    with pytest.raises(ImportRefuseError):
        analyse_fichier("x", contenu[:coupe], france.geographie, le=LE)
    entier = gzip.decompress(contenu)
    with pytest.raises(ImportRefuseError, match="tronqué"):
        analyse_fichier("x", entier[: coupe * 3], france.geographie, le=LE)


def test_the_census_is_found_by_its_prefix_and_gives_three_tables(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    archive = fait_zip({"base.CSV": csv(lignes, colonnes), "meta_base.CSV": "COD_VAR;LIB_VAR\nx;y"})
    lu = analyse(france_jouet, archive)
    tables = par_id(lu)
    assert set(tables) == {"structure", "ages", "categories"}
    assert {t.libelle_millesime for t in lu.tables} == {"RP 2022"}
    assert tables["structure"].valeurs.loc["01001", "pop_90p"] == 100
    assert tables["ages"].valeurs.loc["2A004"].to_dict() == {
        "pop": 700, "pop_0_19": 140, "pop_20_64": 360, "pop_65p": 200,
    }  # fmt: skip
    assert tables["categories"].valeurs.loc["35001", "retraites"] == 150


def test_an_older_census_is_of_its_own_year(france_jouet: Geographie) -> None:
    lu = analyse(france_jouet, csv(*structure("21")))
    assert {t.millesime for t in lu.tables} == {"2021"}
    assert {t.geographie_origine for t in lu.tables} == {"2024"}


def test_the_renamed_categories_of_2022_are_understood(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    noms = {f"CS{n}": f"STAT_GSEC1{n}_2{n}" for n in range(1, 7)} | {"CS7": "STAT_GSEC32"}
    contenu = csv(lignes, colonnes)
    for ancien, nouveau in noms.items():
        contenu = contenu.replace(f"POP15P_{ancien}", f"POP15P_{nouveau}")
    categories = par_id(analyse(france_jouet, contenu))["categories"].valeurs
    assert categories["retraites"].sum() == 600
    assert categories.loc["35001", ["agriculteurs", "cadres", "ouvriers"]].tolist() == [10, 30, 60]


def test_former_communes_are_added_to_the_present_one(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    lignes["35900"] = lignes["35001"]
    table = par_id(analyse(france_jouet, csv(lignes, colonnes)))["structure"]
    assert table.valeurs.loc["35001", "pop"] == 1_400
    assert table.compte["traduites"] == 1


def test_a_split_commune_speaks_for_its_successors_together(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    lignes["35901"] = lignes["35001"]
    table = par_id(analyse(france_jouet, csv(lignes, colonnes)))["structure"]
    assert table.valeurs.loc["35002 35003", "pop"] == 700


def test_a_city_counts_once(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    lignes["35100"] = lignes["35001"]
    avec_arrondissements = par_id(analyse(france_jouet, csv(lignes, colonnes)))["structure"]
    assert "35101 35102 35103 35104" not in avec_arrondissements.valeurs.index
    del lignes["35101"]
    seule = par_id(analyse(france_jouet, csv(lignes, colonnes)))["structure"]
    assert seule.valeurs.loc["35101 35102 35103 35104", "pop"] == 700


def test_households_activity_diplomas_and_dwellings_are_read(france_jouet: Geographie) -> None:
    champs = {
        "menages": "C22_MEN C22_MENPSEUL C22_PMEN P22_POP80P P22_POP80P_PSEUL C22_FAM "
        "C22_COUPAENF C22_FAMMONO",
        "emploi": "P22_POP1564 P22_ACT1564 P22_CHOM1564",
        "diplomes": "P22_NSCOL15P P22_NSCOL15P_DIPLMIN P22_NSCOL15P_SUP2 P22_NSCOL15P_SUP34 "
        "P22_NSCOL15P_SUP5",
        "logement": "P22_LOG P22_RP P22_RSECOCC P22_LOGVAC P22_APPART P22_RP_VOIT1P",
    }
    for role, noms in champs.items():
        colonnes = noms.split()
        ligne = dict(zip(colonnes, range(100, 10, -10), strict=False))
        lu = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), colonnes, ","))
        assert role in par_id(lu)
        assert lu.tables[0].compte["communes"] == 4
    voitures = par_id(lu)["voitures"].valeurs
    assert voitures.loc["01001", "menages_sans_voiture"] == 90 - 50


def test_journeys_to_work_are_read_from_either_file(france_jouet: Geographie) -> None:
    lieux = "P22_ACTOCC15P P22_ACTOCC15P_ILT1 P22_ACTOCC15P_ILT2P".split()
    actifs = "P22_POP1564 P22_ACT1564 P22_CHOM1564".split()
    ligne = dict(zip([*lieux, *actifs], (305, 100, 200, 400, 300, 30), strict=True))
    seul = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), lieux))
    assert (seul.source.cle, set(par_id(seul))) == ("rp_trajets", {"lieux_travail"})
    # the sum of the two places, not the total of another exploitation
    assert par_id(seul)["lieux_travail"].valeurs.loc["35001", "actifs_occupes"] == 300
    ensemble = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), [*actifs, *lieux]))
    assert ensemble.source.cle == "rp_emploi"
    assert set(par_id(ensemble)) == {"emploi", "lieux_travail"}


def test_the_two_exploitations_of_a_census_never_meet_in_a_ratio(france_jouet: Geographie) -> None:
    principale = {"P22_POP1564": 400, "P22_ACT1564": 300, "P22_CHOM1564": 30}
    autre = {"C22_POP1564": 404, "C22_ACT1564": 310, "C22_CHOM1564": 31}
    # the communal file of activity really holds the active population twice
    for ligne in (principale | autre, autre | principale):
        lu = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), list(ligne)))
        assert par_id(lu)["emploi"].valeurs.loc["35001"].tolist() == [400, 300, 30]
    lignes, colonnes = structure()
    for ligne in lignes.values():
        ligne["P22_POP15P"] = 640
    table = par_id(analyse(france_jouet, csv(lignes, [*colonnes, "P22_POP15P"])))["categories"]
    assert table.valeurs.loc["35001", "pop_15p"] == 600


def test_people_of_65_living_alone_need_the_communal_bands(france_jouet: Geographie) -> None:
    noms = "MEN MENPSEUL PMEN POP80P POP80P_PSEUL FAMMONO COUPAENF".split()
    colonnes = [f"P22_{nom}" for nom in noms]
    for tranche, attendu in (("6579", {"menages", "seuls", "ages_fins"}), ("5579", {"menages"})):
        toutes = [*colonnes, f"P22_POP{tranche}", f"P22_POP{tranche}_PSEUL"]
        ligne = dict.fromkeys(toutes, 10)
        lu = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), toutes))
        assert set(par_id(lu)) == attendu


def test_births_and_deaths_leave_the_rest_to_migrations(france_jouet: Geographie) -> None:
    ligne = {"P22_POP": 940, "P16_POP": 1_000, "NAIS1621": 30, "DECE1621": 60}
    lu = analyse(france_jouet, csv(dict.fromkeys(CODES, ligne), list(ligne)))
    (table,) = lu.tables
    assert (table.millesime, table.libelle_millesime) == ("2022", "RP 2016-2022")
    assert table.valeurs.loc["35001"].to_dict() == {
        "pop_debut": 1_000, "solde_naturel": -5, "solde_migratoire": -5,
    }  # fmt: skip
    sans_fin = {nom: valeur for nom, valeur in ligne.items() if nom != "P22_POP"}
    with pytest.raises(ImportRefuseError, match="P22_POP"):
        analyse(france_jouet, csv(dict.fromkeys(CODES, sans_fin), list(sans_fin)))


LONG = (
    "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MEASURE;UNIT_MULT;CONF_STATUS;OBS_STATUS;TIME_PERIOD"
    ";OBS_VALUE"
)


def test_the_long_filosofi_keeps_the_values_published_elsewhere(france_jouet: Geographie) -> None:
    lignes = [
        '"01001";"COM";"MED_SL";"EUR";"0";"F";"A";"2023";"22000"',
        '"01001";"COM";"PR_MD60";"PT";"0";"C";"A";"2023";""',
        '"35101";"ARM";"MED_SL";"EUR";"0";"F";"A";"2023";"25000"',
        '"35001";"COM";"MED_SL";"EUR";"0";"C";"A";"2023";"19999"',
        '"200000001";"EPCI";"MED_SL";"EUR";"0";"F";"A";"2023";"23000"',
        '"35";"DEP";"PR_MD60";"PT";"0";"F";"A";"2023";"11.5"',
        '"F";"FRANCE";"MED_SL";"EUR";"3";"F";"A";"2023";"24"',
        '"FM";"FRANCE";"MED_SL";"EUR";"0";"F";"A";"2023";"24100"',
        '"001";"UU2020";"MED_SL";"EUR";"0";"F";"A";"2023";"1"',
    ]
    (table,) = analyse(france_jouet, "\n".join([LONG, *lignes])).tables
    assert table.millesime == "2023"
    assert table.valeurs["niveau_vie_median"].dropna().to_dict() == {
        "01001": 22_000, "35101": 25_000,
    }  # fmt: skip
    assert table.compte["secrets"] == 2
    assert table.publiees.loc["epci:200000001", "niveau_vie_median"] == 23_000
    assert table.publiees.loc["departement:35", "taux_pauvrete"] == 11.5
    assert table.publiees.loc["france:", "niveau_vie_median"] == 24_000


BPE = "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;TIME_PERIOD;OBS_VALUE"


@pytest.mark.parametrize(
    ("lignes", "attendu"),
    [
        (["01001;COM;MED_SL;EUR;0;F;A;2023;5", "XX;COM;MED_SL;E;0;F;A;2023;5"], "ligne 3 « XX »"),
        (["200000001;EPCI;MED_SL;EUR;0;F;A;2023;5"], "aucune ligne par commune"),
        (["01001;COM;MED_SL;EUR;0;F;A;vingt;5"], "année de ses données est illisible"),
    ],
)
def test_a_faulty_long_filosofi_is_refused(
    france_jouet: Geographie, lignes: list[str], attendu: str
) -> None:
    with pytest.raises(ImportRefuseError, match=attendu):
        analyse(france_jouet, "\n".join([LONG, *lignes]))


def test_a_long_filosofi_without_its_year_or_with_two_frances(france_jouet: Geographie) -> None:
    commune = "01001;COM;MED_SL;EUR;0;F;A;2023;5"
    with pytest.raises(ImportRefuseError, match="colonnes manquantes : TIME_PERIOD"):
        analyse(france_jouet, "\n".join([LONG.replace("TIME_PERIOD", "PERIODE"), commune]))
    frances = [f"{code};FRANCE;MED_SL;E;0;F;A;2023;{v}" for code, v in (("F", 7), ("FR", 8))]
    (table,) = analyse(france_jouet, "\n".join([LONG, commune, *frances])).tables
    assert table.publiees.loc["france:", "niveau_vie_median"] == 7


def test_the_bpe_counts_what_exists_and_zero_elsewhere(france_jouet: Geographie) -> None:
    lignes = [
        "35001;COM;D;D2;D265;FACILITIES;2025;4",
        "35001;COM;D;D2;D281;FACILITIES;2025;",
        "35002;COM;A;A1;A101;FACILITIES;2025;1",
        "35;DEP;D;D2;D265;FACILITIES;2025;99",
    ]
    (table,) = analyse(france_jouet, "\n".join([BPE, *lignes])).tables
    assert table.valeurs.loc["35001", "generalistes"] == 4
    assert np.isnan(table.valeurs.loc["35001", "infirmiers"])
    assert table.valeurs.loc["35003", "generalistes"] == 0
    # Loire-Atlantique is not in this file: unknown, not zero
    assert "44001" not in table.valeurs.index


def test_an_old_bpe_is_refused_with_the_reason(france_jouet: Geographie) -> None:
    with pytest.raises(ImportRefuseError, match="d’avant 2024"):
        analyse(france_jouet, "REG;DEP;DEPCOM;DCIRIS;AN;TYPEQU;NB_EQUIP\n53;35;35001;x;2021;D201;3")


def test_the_rsa_of_the_latest_date_is_added_by_type(france_jouet: Geographie) -> None:
    lignes = [
        "202312;35001;Aubignac;RSA majoré;10;25",
        "202412;35001;Aubignac;RSA majoré;15;40",
        "202412;35001;Aubignac;RSA non majoré;85;120",
        "202412;35002;Bellerive;RSA majoré;;",
        "202412;35002;Bellerive;RSA non majoré;20;30",
    ]
    entete = "dtreffre;numcomdo;nomcom;rsa_type;indfoy_rsa;indnbp_rsa"
    (table,) = analyse(france_jouet, "\n".join([entete, *lignes])).tables
    assert table.valeurs.loc["35001", "foyers_rsa"] == 100
    assert np.isnan(table.valeurs.loc["35002", "foyers_rsa"])
    assert table.libelle_millesime == "12/2024"


@pytest.mark.parametrize("dates", [("31/12/2022", "30/06/2023"), ("2022-12-31", "2023-06-30")])
def test_the_latest_date_of_the_rsa_is_that_of_the_calendar(
    france_jouet: Geographie, dates: tuple[str, str]
) -> None:
    entete = "dtreffre;numcomdo;nomcom;rsa_type;indfoy_rsa;indnbp_rsa"
    lignes = [f"{le};35001;x;RSA;{foyers};1" for le, foyers in zip(dates, (10, 20), strict=True)]
    (table,) = analyse(france_jouet, "\n".join([entete, *lignes])).tables
    assert (table.libelle_millesime, table.valeurs.loc["35001", "foyers_rsa"]) == ("06/2023", 20)
    with pytest.raises(ImportRefuseError, match="date illisible"):
        analyse(france_jouet, "\n".join([entete, lignes[0], "hier;35001;x;RSA;1;1"]))


def classeur_apl(annees: tuple[int, ...] = (2023, 2024), agee: bool = True) -> bytes:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        for annee in annees:
            feuille = classeur.add_worksheet(f"APL {annee}")
            feuille.write(0, 0, "Indicateur d'accessibilité potentielle localisée")
            entete = ["Code commune INSEE", "Commune", "APL aux médecins généralistes "]
            entete += ["APL aux médecins généralistes de 65 ans et moins"] * agee
            entete += [f"Population standardisée {annee} pour la médecine générale "]
            entete += [f"Population totale {annee}"]
            feuille.write_row(8, 0, entete)
            feuille.write_row(9, 0, ["", "", "C/V par an et habitant"])
            feuille.write_row(10, 0, ["35001", "Aubignac", 2.0, 1.0, 3_000.5, 10_000])
            feuille.write_row(11, 0, ["35900", "Vieil-Aubignac", 4.0, 3.0, 1_000.5, 3_000])
            feuille.write_row(12, 0, ["35002", "Bellerive", "", "", 900, 800])
            feuille.write_row(13, 0, ["Total", "", 3.7, 3.0, 5_000, 14_000])
    return tampon.getvalue()


def test_the_apl_reads_its_latest_sheet_below_the_units(france_jouet: Geographie) -> None:
    (table,) = analyse(france_jouet, classeur_apl()).tables
    assert table.libelle_millesime == "APL 2024"
    # merged communes: exact, because the products are moved and divided after
    attendu = (2.0 * 3_000.5 + 4.0 * 1_000.5) / 4_001
    assert table.valeurs.loc["35001", "apl"] == pytest.approx(attendu)
    assert np.isnan(table.valeurs.loc["35002", "apl"])
    assert len(table.valeurs) == 2


def test_no_commune_of_the_apl_is_dropped_in_silence(france_jouet: Geographie) -> None:
    def classeur(*lignes: list[object]) -> bytes:
        tampon = io.BytesIO()
        with xlsxwriter.Workbook(tampon) as classeur:
            feuille = classeur.add_worksheet("APL 2024")
            feuille.write_row(8, 0, [
                "Code commune INSEE", "Commune", "APL aux médecins généralistes",
                "APL aux médecins généralistes de 65 ans et moins", "Population standardisée 2024",
                "Population totale 2024",
            ])  # fmt: skip
            for rang, ligne in enumerate(lignes, start=10):
                feuille.write_row(rang, 0, ligne)
        return tampon.getvalue()

    # a number in the column of codes: the zero of the Ain is gone
    ain, total = [1001, "Ville", 3.0, 2.0, 100, 110], ["Total", "", 3.0, 2.0, 100, 110]
    (table,) = analyse(france_jouet, classeur(ain, total, ["Source : Drees"])).tables
    assert table.valeurs.loc["01001", "apl"] == 3
    assert len(table.valeurs) == 1
    with pytest.raises(ImportRefuseError, match=r"illisible.*ligne 12 « 1X »"):
        analyse(france_jouet, classeur(ain, ["1X", "Autre", 3.0, 2.0, 100, 110]))


def test_an_apl_of_another_profession_is_refused(france_jouet: Geographie) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        feuille = classeur.add_worksheet("APL 2024")
        feuille.write_row(8, 0, ["Code commune INSEE", "Commune", "APL aux infirmières"])
    with pytest.raises(ImportRefuseError, match="médecins généralistes"):
        analyse(france_jouet, tampon.getvalue())


def remplacer(ancien: str, nouveau: str, combien: int = 1) -> str:
    return csv(*structure()).replace(ancien, nouveau, combien)


@pytest.mark.parametrize(
    ("contenu", "attendus"),
    [
        (csv(*structure(), sep="£"), ["Une seule colonne", "séparateur"]),
        (remplacer(";100.0", ";cent"), ["non numérique", "ligne 2", "cent"]),
        (remplacer(";100.0", ";-3"), ["négatif"]),
        (remplacer("2A004", "01001"), ["01001", "plusieurs fois"]),
        (remplacer("2A004", "2A4"), ["illisible"]),
        (csv(*structure())[:-20], ["la ligne 5", "tronqué"]),
        (remplacer("P22_POP;", "P22_TOTAL;"), ["colonnes manquantes", "P22_POP"]),
        (remplacer("\n01001;", "\n01001;9;9;"), ["plus de cellules"]),
        (csv(*structure()).split("\n")[0], ["aucune ligne"]),
        ("bonjour", ["aucun des fichiers officiels"]),
        (b"%PDF-1.7 \x00\x01", ["aucun des fichiers officiels"]),
        (b"", ["vide"]),
        (fait_zip({"base.CSV": csv(*structure())})[:-40], ["tronquée"]),
        (gzip.compress(csv(*structure()).encode())[:-20], ["tronqué"]),
    ],
    ids=[
        "séparateur", "texte", "négatif", "doublon", "codes", "coupé", "colonne", "ligne longue",
        "sans ligne", "autre", "pdf", "vide", "zip tronqué", "gzip tronqué",
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused_with_its_faults(
    france_jouet: Geographie, contenu: bytes | str, attendus: list[str]
) -> None:
    with pytest.raises(ImportRefuseError) as refus:
        analyse(france_jouet, contenu)
    for attendu in attendus:
        assert attendu in str(refus.value)


def test_every_fault_is_said_at_once(france_jouet: Geographie) -> None:
    contenu = remplacer("2A004", "01001").replace(";100.0", ";cent", 1).replace(";50.0", ";-1", 1)
    with pytest.raises(ImportRefuseError) as refus:
        analyse(france_jouet, contenu)
    for attendu in ("plusieurs fois", "non numérique", "négatif"):
        assert attendu in str(refus.value)


def test_codes_of_nowhere_are_counted_or_refused(france_jouet: Geographie) -> None:
    lignes, colonnes = structure()
    lignes["35999"] = lignes["97502"] = lignes["35001"]
    lu = analyse(france_jouet, csv(lignes, colonnes))
    assert lu.codes_perdus == ("35999",)
    assert lu.tables[0].compte["hors_champ"] == 1
    beaucoup = {f"36{rang:03d}": lignes["35001"] for rang in range(30)}
    with pytest.raises(ImportRefuseError, match="31 codes"):
        analyse(france_jouet, csv(lignes | beaucoup, colonnes))


def test_a_zero_eaten_by_a_spreadsheet_is_put_back(france_jouet: Geographie) -> None:
    table = par_id(analyse(france_jouet, remplacer("\n01001;", "\n1001;")))["structure"]
    assert "01001" in table.valeurs.index


def test_french_numbers_and_windows_text_are_read(france_jouet: Geographie) -> None:
    contenu = remplacer(";100.0", ";1 234,5").replace(";Nom", ";Île").encode("cp1252")
    table = par_id(analyse(france_jouet, contenu))["structure"]
    assert table.valeurs.loc["01001", "pop_0014"] == 1234.5


def test_a_stored_table_comes_back_the_same(
    filosofi: ImportOfficiel, france_jouet: Geographie, tmp_path: Path
) -> None:
    magasin = Magasin(tmp_path / "tables")
    long = analyse(
        france_jouet,
        LONG + "\n01001;COM;MED_SL;EUR;0;F;A;2023;22000\n35;DEP;MED_SL;EUR;0;F;A;2023;21000",
    )
    for table in (*filosofi.tables, *long.tables):
        magasin.store(table)
    (ancienne, neuve), refus = magasin.load_all()
    assert not refus
    assert ancienne.compte == dict(filosofi.tables[0].compte)
    np.testing.assert_array_equal(ancienne.valeurs, filosofi.tables[0].valeurs)
    assert ancienne.valeurs.index.equals(filosofi.tables[0].valeurs.index)
    assert neuve.publiees.loc["departement:35", "niveau_vie_median"] == 21_000
    avant = magasin.empreinte
    magasin.remove(ancienne)
    assert magasin.empreinte != avant
    assert [t.millesime for t in magasin.load_all()[0]] == ["2023"]


def test_a_damaged_table_is_left_out_and_said(filosofi: ImportOfficiel, tmp_path: Path) -> None:
    magasin = Magasin(tmp_path)
    magasin.store(filosofi.tables[0])
    (parquet,) = tmp_path.glob("*.valeurs.parquet")
    parquet.write_bytes(parquet.read_bytes()[:-10])
    tables, refus = magasin.load_all()
    assert tables == ()
    assert "filosofi-2021" in refus[0]


def test_a_card_removed_meanwhile_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "bpe-2025-importee.json").symlink_to(tmp_path / "absente")
    assert Magasin(tmp_path).empreinte == ()


def test_a_folder_that_cannot_be_written_is_said(filosofi: ImportOfficiel, tmp_path: Path) -> None:
    obstacle = tmp_path / "fichier"
    obstacle.write_text("pas un dossier")
    with pytest.raises(GeodataError, match="CPTS_DOSSIER_DONNEES"):
        Magasin(obstacle / "tables").store(filosofi.tables[0])
