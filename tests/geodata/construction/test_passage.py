from geodata.construction.administratif import build_cog
from geodata.construction.passage import SCISSIONS, successeurs_de


def _cog(anciens):
    fiches = [
        {"code": code, "type": "commune-actuelle", "zone": "metro", "anciensCodes": liste}
        for code, liste in anciens.items()
    ]
    return build_cog(fiches)


def test_une_commune_fusionnee_a_un_seul_successeur():
    assert successeurs_de("05043", _cog({"05039": ["05043"]})) == ("05039",)


def test_une_commune_scindee_les_nomme_tous_le_principal_en_tete():
    cog = _cog({"51235": ["51606"], "51313": [], "51369": []})
    assert successeurs_de("51606", cog) == ("51235", "51313", "51369")


def test_un_successeur_fusionne_depuis_est_suivi_jusqu_a_aujourd_hui():
    cog = _cog({"08203": ["08227", "08454"]})
    assert successeurs_de("08227", cog) == ("08203",)


def test_six_communes_ont_ete_scindees():
    assert len(SCISSIONS) == 6
