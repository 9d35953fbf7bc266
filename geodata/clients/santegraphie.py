"""Client of the layer « CPTS et projets de CPTS » of Santégraphie (DGOS), a WFS.

Only its address is known: fields and licence are not documented. What comes back goes through the
same reading, audit and review as a file given by a person.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from geodata.clients.geo_api import Lecture
from geodata.errors import SourceModifieeError
from geodata.telechargement import Reponse, Telechargeur

SOURCE: Final = "Santégraphie, couche CPTS (DGOS)"
RACINE: Final = "https://santegraphie.fr/geoserver/GCS/ows"
NOM_FICHIER: Final = "santegraphie-cpts.geojson"
_PARAMETRES: Final = {
    "service": "WFS",
    "version": "1.0.0",
    "request": "GetFeature",
    "typeName": "GCS:AMBU_CPTS",
    "outputFormat": "application/json",
}


class ClientSantegraphie:
    """Read the layer through one bounded gate."""

    def __init__(
        self,
        telechargeur: Telechargeur,
        racine: str = RACINE,
        fraicheur: timedelta = timedelta(days=1),
    ) -> None:
        self._telechargeur = telechargeur
        self._racine = racine
        self._fraicheur = fraicheur

    def load_couche(self) -> Lecture[bytes]:
        """Return the layer as GeoJSON.

        Raises
        ------
        SourceIndisponibleError
            If the service does not answer and nothing was kept.
        SourceModifieeError
            If it answers something else than polygons.
        """
        reponse = self._telechargeur.get(
            self._racine, _PARAMETRES, fraicheur=self._fraicheur, controle=_check_couche
        )
        return Lecture(reponse.contenu, reponse.recupere_le, reponse.est_perime)


def _check_couche(reponse: Reponse) -> None:
    """Refuse the XML of a WFS error, a proxy page, or an empty layer."""
    couche = reponse.json(SOURCE)
    entites = couche.get("features") if isinstance(couche, dict) else None
    if not isinstance(entites, list) or not entites:
        debut = json.dumps(couche, ensure_ascii=False)[:80]
        raise SourceModifieeError(
            f"La source « {SOURCE} » ne renvoie plus de polygones (début : {debut}) : "
            f"{reponse.url}. Rien n’a été changé dans le registre."
        )
