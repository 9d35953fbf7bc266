"""Lists and polygons of perimeters: what is understood, what is doubted, what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from geodata.errors import ImportRefuseError
from geodata.imports.listes_cpts import read_part, read_statut
from geodata.imports.perimetres import Lecteur
from geodata.imports.rapport import RapportImport, export_anomalies


def lire(
    lecteur: Lecteur, texte: str, encodage: str = "utf-8", nom: str = "x.csv"
) -> RapportImport:
    return lecteur.read([(nom, texte.encode(encodage))])


def types(rapport: RapportImport) -> list[str]:
    return [anomalie.type for anomalie in rapport.anomalies]


def codes(rapport: RapportImport, rang: int = 0) -> list[str]:
    return sorted(rapport.territoires[rang].codes)


# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_separator_and_encoding(lecteur: Lecteur, separateur: str, encodage: str) -> None:
    lignes = [
        ["Nom de la CPTS", "Commune", "Département"],
        ["CPTS de l'Été", "Saint-Étienne-en-Coglès", "35"],
        ["CPTS de l'Été", "Fougères", "35"],
    ]
    rapport = lire(lecteur, "\n".join(separateur.join(ligne) for ligne in lignes), encodage)
    assert rapport.territoires[0].nom == "CPTS de l'Été"
    assert "35115" in codes(rapport)


def test_the_header_need_not_be_the_first_row_and_names_are_forgiven(lecteur: Lecteur) -> None:
    rapport = lire(
        lecteur,
        "Liste des CPTS;;\nmise à jour : octobre 2026;;\n\nNom CPTS;Commune;Dép.\n"
        "CPTS X;ST MALO;35\nCPTS X;LE MANS;72\nCPTS X;rennes;35\nCPTS X;L HAY LES ROSES;94\n",
    )
    assert codes(rapport) == ["35238", "35288", "72181", "94038"]


def test_misspellings_are_suggested_never_applied(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;commune;departement\nA;Cazevieilles;34\nA;Montpellier;34\n")
    assert codes(rapport) == ["34172"]
    (doute,) = rapport.a_trancher
    assert doute.type == "nom_inconnu"
    assert doute.ligne == 2
    assert doute.candidats[0].code == "34066"  # Cazevieille
    tranche = lecteur.settle(rapport, {doute: "34066"})
    assert codes(tranche) == ["34066", "34172"]
    assert tranche.a_trancher == ()


def test_homonyms_are_to_be_chosen_the_nearby_one_first(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;commune\nA;Marseille\nA;Aubagne\nA;Cassis\nA;Mirabeau\n")
    (doute,) = [a for a in rapport.anomalies if a.type == "homonyme"]
    assert {candidat.code for candidat in doute.candidats} == {"04122", "84076"}
    assert not {"04122", "84076"} & rapport.territoires[0].codes


def test_a_postal_code_or_a_departement_name_tells_homonyms_apart(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;commune;cp\nA;Mirabeau;84120\n")
    assert codes(rapport) == ["84076"]
    rapport = lire(lecteur, "cpts;commune;departement\nA;Mirabeau;Alpes de Haute Provence\n")
    assert codes(rapport) == ["04122"]


def test_a_homonym_slip_shows_as_a_far_commune_and_can_be_settled(lecteur: Lecteur) -> None:
    texte = "cpts;insee\n" + "\n".join(
        f"CPTS du Gapençais;{code}"
        for code in ("05061", "05132", "05170", "05096", "05062", "05112")
    )
    rapport = lire(lecteur, texte + "\nCPTS du Gapençais;81235\n")
    (loin,) = [a for a in rapport.anomalies if a.type == "commune_eloignee"]
    assert loin.codes == ("81235",)
    assert "km du reste" in loin.message
    assert codes(lecteur.settle(rapport, {loin: None})) == codes(lire(lecteur, texte))


def test_a_code_and_a_name_that_disagree_are_doubted(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;code_insee;commune\nA;35238;Brest\n")
    (doute,) = rapport.anomalies
    assert doute.type == "code_et_nom_differents"
    assert [candidat.code for candidat in doute.candidats] == ["35238", "29019"]


def test_former_codes_are_translated_and_split_ones_asked(lecteur: Lecteur, france: Any) -> None:
    passage = france.geographie.passage
    scindee = str(passage.index[passage["est_scindee"]][0])
    rapport = lire(lecteur, f"cpts;insee\nA;05043\nA;{scindee}\nA;99999\nA;1001\n")
    assert {"05039", "01001"} <= rapport.territoires[0].codes
    assert sorted(types(rapport)) == [
        "code_inconnu",
        "code_scinde",
        "code_traduit",
        "zero_retabli",
    ]
    assert "est aujourd’hui Aubessagne (05039)" in "".join(a.message for a in rapport.anomalies)


def test_paris_counts_as_its_twenty_arrondissements(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;insee\nParis;75056\n")
    assert len(codes(rapport)) == 20
    assert all(code.startswith("751") for code in codes(rapport))


def test_partial_shares_statuses_and_announced_counts_are_read(lecteur: Lecteur) -> None:
    rapport = lire(
        lecteur,
        "nom_cpts;code_insee;part;statut_commune;statut;nombre_communes;commentaire\n"
        "Est;34154;80 %;;ACI signé;3;sans Carnon\nEst;34022;;partiel;ACI signé;3;\n",
    )
    (territoire,) = rapport.territoires
    par_code = {unite.code: unite for unite in territoire.unites}
    assert (par_code["34154"].statut, par_code["34154"].part) == ("partiel", 0.8)
    assert par_code["34154"].commentaire == "sans Carnon"
    assert (par_code["34022"].statut, par_code["34022"].part) == ("partiel", None)
    assert territoire.statut == "aci_signe"
    assert types(rapport) == ["ecart_communes"]


def test_twins_duplicates_and_rival_claims_are_told(lecteur: Lecteur) -> None:
    rapport = lire(
        lecteur,
        "cpts;insee\nGapençais;05061\ndu Gapençais;05132\nGapençais;05061\nAutre;05061\n"
        "Paris 13;75113\nParis 14;75114\n",
    )
    assert sorted(types(rapport)) == ["commune_revendiquee", "doublon", "noms_proches"]
    (rivale,) = [a for a in rapport.anomalies if a.type == "commune_revendiquee"]
    assert rivale.codes == ("05061",)


def test_twins_can_be_united(lecteur: Lecteur) -> None:
    rapport = lire(lecteur, "cpts;insee\nGapençais;05061\ndu Gapençais;05132\n")
    (doute,) = rapport.a_trancher
    reuni = lecteur.settle(rapport, {doute: doute.candidats[0].code})
    assert [t.nom for t in reuni.territoires] == ["Gapençais"]
    assert codes(reuni) == ["05061", "05132"]
    assert reuni.anomalies == ()
    garde = lecteur.settle(rapport, {doute: None})
    assert len(garde.territoires) == 2


def test_what_the_register_already_holds_is_told(lecteur: Lecteur) -> None:
    averti = replace(lecteur, connus={"x": "CPTS du Pays de Fougères"})
    rapport = lire(averti, "cpts;insee\nPays de Fougères;35115\n")
    assert types(rapport) == ["deja_au_registre"]


def test_the_published_perimeters_read_whole(lecteur: Lecteur, partage: Path) -> None:
    contenu = (partage / "cpts" / "perimetres_reels.csv").read_bytes()
    rapport = lecteur.read([("perimetres_reels.csv", contenu)])
    assert len(rapport.territoires) == 18
    assert types(rapport) == ["doublon"]


def test_a_workbook_reads_like_a_csv(lecteur: Lecteur) -> None:
    flux = io.BytesIO()
    classeur = xlsxwriter.Workbook(flux)
    classeur.add_worksheet("Lisez-moi").write(0, 0, "rien ici")
    feuille = classeur.add_worksheet("Données")
    for rang, ligne in enumerate(
        [["Extraction ARS"], ["CPTS", "Code INSEE", "Commune"], ["A", 1001, ""], ["A", "35238", ""]]
    ):
        feuille.write_row(rang, 0, ligne)
    classeur.close()
    rapport = lecteur.read([("liste.xlsx", flux.getvalue())])
    assert codes(rapport) == ["01001", "35238"]


def test_a_folder_of_files_is_one_report_and_a_refused_one_does_not_hide_the_others(
    lecteur: Lecteur,
) -> None:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w") as archive:
        archive.writestr("nord/a.csv", "code\n35238\n")
        archive.writestr("sud/b.csv", "code\n13201\n")
        archive.writestr("LISEZMOI.txt", "bonjour")
    rapport = lecteur.read([("lot.zip", flux.getvalue()), ("vide.csv", b"")])
    assert [territoire.nom for territoire in rapport.territoires] == ["a", "b"]
    assert types(rapport) == ["fichier_refuse"]


# --- polygons --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def epci(france: Any) -> gpd.GeoDataFrame:
    """Give three neighbouring EPCI of Ille-et-Vilaine, named as perimeters."""
    couche = france.contours("epci", ["243500139", "200070688", "243500774"])
    return couche.assign(nom_cpts=couche["nom"])[["nom_cpts", "geometry"]]


def ecrire(couche: gpd.GeoDataFrame, dossier: Path, genre: str) -> tuple[str, bytes]:
    if genre == "shp":
        couche.rename(columns={"nom_cpts": "nom"}).to_file(dossier / "c.shp")
        flux = io.BytesIO()
        with zipfile.ZipFile(flux, "w") as archive:
            for partie in dossier.glob("c.*"):
                archive.write(partie, f"dossier/{partie.name}")
        return "perimetres.zip", flux.getvalue()
    chemin = dossier / f"c.{genre}"
    couche.rename(columns={"nom_cpts": "Name"} if genre == "kml" else {}).to_file(
        chemin, driver={"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "KML"}[genre]
    )
    return chemin.name, chemin.read_bytes()


@pytest.mark.parametrize("genre", ["geojson", "gpkg", "shp", "kml"])
def test_polygons_give_back_exactly_the_communes(
    lecteur: Lecteur, epci: gpd.GeoDataFrame, tmp_path: Path, france: Any, genre: str
) -> None:
    rapport = lecteur.read([ecrire(epci, tmp_path, genre)])
    trouve = {territoire.nom: territoire for territoire in rapport.territoires}
    for code, nom in epci["nom_cpts"].items():
        assert trouve[nom].codes == france.geographie.membres("epci", str(code))
        assert all(unite.statut == "entier" for unite in trouve[nom].unites)
    assert "commune_revendiquee" not in types(rapport)  # shared borders are not overlaps


@pytest.mark.parametrize(
    ("crs", "libelle"), [("EPSG:2154", "Lambert 93"), ("EPSG:3857", "Web Mercator")]
)
def test_metres_read_as_degrees_are_recognised_and_said(
    lecteur: Lecteur, epci: gpd.GeoDataFrame, france: Any, crs: str, libelle: str
) -> None:
    brut = json.loads(epci.to_crs(crs).to_json(to_wgs84=False))
    brut.pop("crs", None)
    rapport = lecteur.read([("sans_systeme.geojson", json.dumps(brut).encode())])
    assert rapport.territoires[0].codes == france.geographie.membres("epci", epci.index[0])
    (doute,) = [a for a in rapport.anomalies if a.type == "crs_suppose"]
    assert libelle in doute.message


def test_swapped_latitude_and_longitude_are_recognised(
    lecteur: Lecteur, epci: gpd.GeoDataFrame, france: Any
) -> None:
    inverse = epci.set_geometry(
        gpd.GeoSeries(shapely.transform(epci.geometry.to_numpy(), lambda c: c[:, ::-1]), epci.index)
    ).set_crs(None, allow_override=True)
    rapport = lecteur.read([("inverse.geojson", inverse.to_json().encode())])
    assert rapport.territoires[0].codes == france.geographie.membres("epci", epci.index[0])
    assert "crs_suppose" in types(rapport)


def geojson(*formes: shapely.Geometry, nom: str = "Zone") -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"nom": nom}, "geometry": forme.__geo_interface__}
                for forme in formes
            ],
        }
    ).encode()


def test_a_crossed_outline_is_repaired_with_the_change_in_area(lecteur: Lecteur) -> None:
    noeud = shapely.Polygon([(-1.8, 48.0), (-1.5, 48.2), (-1.5, 48.0), (-1.8, 48.2)])
    rapport = lecteur.read([("noeud.geojson", geojson(noeud))])
    (repare,) = [a for a in rapport.anomalies if a.type == "geometrie_reparee"]
    assert "km² avant" in repare.message


def test_a_drawn_quarter_is_partial_and_a_brushed_border_is_not(
    lecteur: Lecteur, france: Any
) -> None:
    rennes = france.contours("unite", ["35238"]).geometry.iloc[0]
    ouest, sud, est, nord = rennes.bounds
    moitie = shapely.intersection(rennes, shapely.box(ouest, sud, (ouest + est) / 2, nord))
    rapport = lecteur.read([("moitie.geojson", geojson(moitie))])
    statuts = {unite.code: unite.statut for unite in rapport.territoires[0].unites}
    assert statuts.pop("35238") == "partiel"
    assert "entier" not in statuts.values()
    (doute,) = [a for a in rapport.a_trancher if a.codes == ("35238",)]
    tranche = lecteur.settle(rapport, {doute: "35238"})
    assert {u.code for u in tranche.territoires[0].unites if u.statut == "entier"} == {"35238"}
    # 150 m beyond the border of Rennes: its neighbours are bordered, and never held
    rapport = lecteur.read([("large.geojson", geojson(rennes.buffer(0.0015)))])
    statuts = {unite.code: unite.statut for unite in rapport.territoires[0].unites}
    assert statuts.pop("35238") == "entier"
    assert set(statuts.values()) == {"limitrophe"}


# --- hostile files ---------------------------------------------------------------------------

KML_BOMBE = """<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&b;</name></Placemark></kml>"""
KML_EXTERNE = """<?xml version="1.0"?><!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&x;</name></Placemark></kml>"""


@pytest.mark.parametrize(
    ("nom", "contenu", "raison"),
    [
        ("b.kml", KML_BOMBE.encode(), "entités XML"),
        ("x.kml", KML_EXTERNE.encode(), "entités XML"),
        ("x.kml", b"<kml><Placemark>", "pas un fichier KML lisible"),
        ("x.geojson", b"{", "illisible"),
        ("x.geojson", b'{"type": "Autre"}', "illisible|aucun polygone"),
        ("x.geojson", b'{"a":' * 100_000, "illisible"),
        ("x.geojson", b"[" * 200_000, "pas un fichier GeoJSON"),
        ("x.gpkg", b"SQLite format 3\x00 mais non", "illisible ou abîmée"),
        ("x.geojson", geojson(shapely.Point(2, 48)), "aucun polygone"),
        ("x.geojson", geojson(shapely.box(-100, 40, -99, 41)), "hors de France"),
        ("x.geojson", geojson(shapely.box(5e8, 5e8, 6e8, 6e8)), "France"),
        ("x.csv", b"prenom;age\nA;3\n", "aucune colonne de communes"),
        ("x.csv", b"a" * 41 * 1024 * 1024, "ce n’est pas une liste"),
        ("x.csv", b"code\n" + b"x" * 300_000, "illisible"),
        ("x.xlsx", b"PK\x03\x04tronque", "tronquée ou abîmée"),
        ("x.bin", bytes(range(256)) * 10, "pas un fichier texte"),
    ],
)
def test_hostile_or_broken_files_are_refused_with_a_reason(
    lecteur: Lecteur, nom: str, contenu: bytes, raison: str
) -> None:
    with pytest.raises(ImportRefuseError, match=raison):
        lecteur.read([(nom, contenu)])


@pytest.mark.parametrize("valeur", ["NaN", "Infinity", "1e999"])
def test_coordinates_that_are_not_numbers_are_refused(lecteur: Lecteur, valeur: str) -> None:
    contenu = geojson(shapely.box(-1.7, 48, -1.6, 48.1)).replace(b"-1.7", valeur.encode(), 1)
    with pytest.raises(ImportRefuseError):
        lecteur.read([("nan.geojson", contenu)])


def test_millions_of_vertices_are_refused_before_any_work(
    lecteur: Lecteur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.imports.polygones._SOMMETS_MAXIMAUX", 100)
    cercle = shapely.Point(-1.7, 48.1).buffer(0.1, quad_segs=64)
    with pytest.raises(ImportRefuseError, match="257 sommets"):
        lecteur.read([("cercle.geojson", geojson(cercle))])


def test_names_stay_text_and_formulas_do_not_run(lecteur: Lecteur) -> None:
    nom = "<script>alert(1)</script>\u202e\x07"
    rapport = lire(lecteur, f'cpts;commune\n"{nom}";Zzyzx\n"=HYPERLINK(1)";Zzyzx\n')
    assert [t.nom for t in rapport.territoires] == ["<script>alert(1)</script>", "=HYPERLINK(1)"]
    csv = export_anomalies(rapport.anomalies).decode("utf-8-sig")
    assert ";'=HYPERLINK(1);" in csv
    assert ";=HYPERLINK" not in csv


@pytest.mark.parametrize(
    ("texte", "statut"),
    [
        ("ACI signé le 3/5", "aci_signe"),
        ("Lettre d'intention validée", "lettre_intention"),
        ("Projet de santé validé", "projet_valide"),
        ("En cours de rédaction", "pre_projet"),
        ("Pré-projet", "pre_projet"),
        ("CPTS dissoute", "dissous"),
        ("?", None),
    ],
)
def test_statuses_are_recognised_in_their_usual_wordings(texte: str, statut: str | None) -> None:
    assert read_statut(texte) == statut


@pytest.mark.parametrize(
    ("texte", "part"),
    [("30 %", 0.3), ("0,3", 0.3), ("30", 0.3), ("100 %", 1.0), ("0", None), ("deux", None)],
)
def test_shares_are_read_in_their_usual_writings(texte: str, part: float | None) -> None:
    assert read_part(texte) == part
