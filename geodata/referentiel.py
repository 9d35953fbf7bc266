"""Read-only access to the embedded tables, by code and millésime; nothing is read before need."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from geodata.errors import GeodataError, MillesimeError
from geodata.schema import MILLESIME_GEOGRAPHIE, Geographie
from geodata.sources import SourceDonnees, build_source

if TYPE_CHECKING:
    import geopandas as gpd

DOSSIER_DONNEES: Final = Path(__file__).with_name("donnees")

NiveauContour = Literal["unite", "commune", "epci", "ept", "departement", "region"]


class Referentiel:
    """Open the embedded reference data.

    Parameters
    ----------
    dossier
        Folder of the tables, with their manifest.
    """

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier

    @classmethod
    def ouvrir(cls, dossier: Path | None = None) -> Referentiel:
        """Open a folder of tables, the embedded one by default.

        Raises
        ------
        GeodataError
            When the folder holds no manifest.
        MillesimeError
            When it was built for another geography.
        """
        referentiel = cls(dossier or DOSSIER_DONNEES)
        millesime = str(referentiel.description["millesime_geographie"])
        if millesime != MILLESIME_GEOGRAPHIE:
            raise MillesimeError(
                f"Les données de {referentiel._dossier} sont de la géographie {millesime} ; cette "
                f"version travaille sur {MILLESIME_GEOGRAPHIE}. Relancez `make data`."
            )
        return referentiel

    @cached_property
    def description(self) -> dict[str, Any]:
        """Content of the manifest: tables, sources, holes and changes of the contours."""
        chemin = self._dossier / "MANIFEST.toml"
        try:
            return tomllib.loads(chemin.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as erreur:
            raise GeodataError(
                f"Manifeste des données illisible : {chemin}. Relancez `make data`."
            ) from erreur

    @cached_property
    def manifeste(self) -> tuple[SourceDonnees, ...]:
        """Sources of the tables, with their millésime and licence."""
        return tuple(build_source(brut) for brut in self.description["source"])

    @cached_property
    def geographie(self) -> Geographie:
        """Tables that the rules need, without any contour."""
        communes = self.table("communes").set_index("code")
        arrondissements = self.table("arrondissements").set_index("code")
        return Geographie(
            unites=_build_unites(communes, arrondissements),
            communes=communes,
            epci=self.table("epci").set_index("code"),
            ept=self.table("ept").set_index("code"),
            departements=self.table("departements").set_index("code"),
            regions=self.table("regions").set_index("code"),
            passage=self.table("passage").set_index("code_ancien"),
            adjacence=self.table("adjacence"),
            populations_blocs=self.table("blocs").set_index("code"),
            anciens_noms=self.table("anciens_noms"),
        )

    @cached_property
    def iris(self) -> pd.DataFrame:
        """Ages and dwellings by IRIS (columns of `COLONNES_IRIS`)."""
        return self.table("iris")

    def contours(
        self, niveau: NiveauContour, codes: Iterable[str] | None = None
    ) -> gpd.GeoDataFrame:
        """Return contours in EPSG:4326, indexed by code, with `nom` and `geometry`.

        Parameters
        ----------
        codes
            Those wanted; the others are left out before their geometry is decoded. All by default.
            Codes without contour are simply absent from the result.
        """
        import geopandas as gpd  # noqa: PLC0415  heavy, and useless to who only reads figures

        voulus = None if codes is None else sorted(set(codes))
        if niveau != "commune":
            return self._read_couche(niveau, voulus)
        villes = self._read_couche("ville", voulus)
        unites = self._read_couche("unite", voulus)
        arrondissements = self.table("arrondissements")["code"]
        communes = unites[~unites.index.isin(arrondissements)]
        return gpd.GeoDataFrame(pd.concat([communes, villes]).sort_index(), crs=unites.crs)

    def _read_couche(self, nom: str, codes: list[str] | None) -> gpd.GeoDataFrame:
        import geopandas as gpd  # noqa: PLC0415

        chemin = self._chemin(f"contours_{nom}")
        filtre = None if codes is None else [("code", "in", codes or [""])]
        return gpd.read_parquet(chemin, filters=filtre).set_index("code")

    def table(self, nom: str) -> pd.DataFrame:
        """Read one table as it is on disk (columns of `schema.COLONNES`)."""
        return pd.read_parquet(self._chemin(nom))

    def _chemin(self, nom: str) -> Path:
        chemin = self._dossier / f"{nom}.parquet"
        if not chemin.exists():
            raise GeodataError(f"Table absente : {chemin}. Relancez `make data`.")
        return chemin


def _build_unites(communes: pd.DataFrame, arrondissements: pd.DataFrame) -> pd.DataFrame:
    """Put the arrondissements in the place of their communes; all are sorted by code.

    Sorting ranks rather than strings halves the time to open the tables.
    """
    codes = communes.index.to_numpy(dtype=object)
    villes = np.searchsorted(codes, arrondissements["code_commune"].unique().astype(object))
    places = np.searchsorted(codes, arrondissements.index.to_numpy(dtype=object))
    ordre = np.argsort(np.concatenate([np.arange(len(codes)), places - 0.5]), kind="stable")
    ensemble = pd.concat([communes.assign(code_commune=communes.index), arrondissements])
    return ensemble.take(ordre[~np.isin(ordre, villes)])
