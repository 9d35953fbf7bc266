"""Read the perimeters of any files people send; nothing is saved, everything is reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

import shapely

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Limites, open_membres
from geodata.imports.audit import audit_territoires
from geodata.imports.listes_cpts import read_liste
from geodata.imports.polygones import EXTENSIONS, PolygoneLu, read_polygones
from geodata.imports.rapport import (
    Anomalie,
    Candidat,
    RapportImport,
    TerritoireLu,
    sort_anomalies,
)
from geodata.imports.rattachement import Rattacheur
from geodata.imports.tableaux import read_tableau
from geodata.recherche import Recherche
from geodata.schema import UniteCpts

_LIMITES: Final = Limites(taille_totale=400 * 1024 * 1024, taille_membre=150 * 1024 * 1024)
_COMPAGNONS: Final = (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj", ".xml")
_NOTICES: Final = (".txt", ".md", ".pdf", ".docx", ".html", ".png", ".jpg")
_FICHIERS_MAXIMAUX: Final = 500


@dataclass(frozen=True)
class Lecteur:
    """Hold what reading perimeters needs.

    Parameters
    ----------
    rattacheur
        Opened only when a file holds polygons.
    connus
        Name of each territory of the register, by identifier.
    """

    recherche: Recherche
    rattacheur: Callable[[], Rattacheur]
    connus: Mapping[str, str] = field(default_factory=dict)

    def read(
        self,
        fichiers: Sequence[tuple[str, bytes]],
        avancer: Callable[[float, str], None] = lambda _part, _nom: None,
    ) -> RapportImport:
        """Read files, archives or both; one refused file does not hide the others.

        Parameters
        ----------
        fichiers
            Names given by the user, and contents.
        avancer
            Told the share done and the file being read.

        Raises
        ------
        ImportRefuseError
            When there is only one file and it is refused.
        """
        if len(fichiers) > _FICHIERS_MAXIMAUX:
            raise ImportRefuseError(
                fichiers[0][0],
                f"plus de {_FICHIERS_MAXIMAUX} fichiers : donnez-les en plusieurs fois.",
            )
        territoires: list[TerritoireLu] = []
        anomalies: list[Anomalie] = []
        refus: list[ImportRefuseError] = []
        for rang, (nom, contenu) in enumerate(fichiers):
            avancer(rang / len(fichiers), nom)
            try:
                for source, membres in _split(nom, contenu):
                    lus, doutes = self._read_one(source, membres)
                    territoires += lus
                    anomalies += doutes
            except ImportRefuseError as erreur:
                refus.append(erreur)
                anomalies.append(Anomalie("fichier_refuse", "bloquant", str(erreur), nom))
        if refus and len(fichiers) == 1:
            raise refus[0]
        territoires = _merge(territoires)
        anomalies += audit_territoires(territoires, self.recherche, self.connus)
        avancer(1.0, "")
        return RapportImport(tuple(territoires), sort_anomalies(anomalies))

    def _read_one(
        self, source: str, membres: dict[str, bytes]
    ) -> tuple[list[TerritoireLu], list[Anomalie]]:
        suffixe = PurePosixPath(source).suffix.lower()
        if suffixe in EXTENSIONS:
            rattacheur = self.rattacheur()
            polygones, anomalies = read_polygones(source, membres, rattacheur.plausibilite)
            return _attach(source, polygones, rattacheur, anomalies)
        return read_liste(source, read_tableau(source, membres[suffixe]), self.recherche)

    def settle(self, rapport: RapportImport, choix: Mapping[Anomalie, str | None]) -> RapportImport:
        """Apply the choices made on doubtful lines.

        Parameters
        ----------
        choix
            Doubt → code of the commune meant, or name of the territory to unite with; None drops
            the communes the doubt is about.
        """
        territoires = {territoire.nom: territoire for territoire in rapport.territoires}
        for anomalie, code in choix.items():
            territoire = territoires.get(anomalie.territoire)
            if territoire is None:
                continue
            if anomalie.type == "noms_proches":
                jumeau = territoires.pop(code, None) if code else None
                if jumeau is not None:
                    reuni = _merge([territoire, replace(jumeau, nom=territoire.nom)])
                    territoires[territoire.nom] = reuni[0]
                continue
            gardees = {u.code: u for u in territoire.unites if u.code not in anomalie.codes}
            if code is not None:
                unites = self.recherche.geographie.membres("commune", code) or {code}
                gardees.update({unite: UniteCpts(unite) for unite in unites})
            territoires[anomalie.territoire] = replace(
                territoire, unites=tuple(sorted(gardees.values()))
            )
        restantes = [
            anomalie
            for anomalie in rapport.anomalies
            if anomalie not in choix and anomalie.type not in _GLOBALES
        ]
        nouveaux = tuple(territoires.values())
        globales = [
            anomalie
            for anomalie in audit_territoires(nouveaux, self.recherche, self.connus)
            if anomalie not in choix
        ]
        return RapportImport(nouveaux, sort_anomalies([*restantes, *globales]))


# doubts that `audit_territoires` finds again, or no longer finds, once choices are applied
_GLOBALES: Final = frozenset(
    {
        *("commune_eloignee", "noms_proches", "commune_revendiquee", "ecart_communes"),
        *("ecart_population", "deja_au_registre"),
    }
)


def _split(nom: str, contenu: bytes) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Give the layers and tables of a file: the parts of a shapefile travel together."""
    membres = open_membres(nom, contenu, _LIMITES)
    if len(membres) == 1 and membres[0].nom == nom:
        yield nom, {PurePosixPath(nom).suffix.lower(): membres[0].read()}
        return
    groupes: dict[str, dict[str, bytes]] = defaultdict(dict)
    for membre in membres:
        chemin = PurePosixPath(membre.nom)
        if chemin.suffix.lower() not in _NOTICES:
            groupes[str(chemin.with_suffix(""))][chemin.suffix.lower()] = membre.read()
    if not groupes:
        raise ImportRefuseError(nom, "l’archive ne contient aucune liste ni aucun polygone.")
    for base, parties in sorted(groupes.items()):
        if ".shp" in parties:
            yield f"{base}.shp", parties
        else:
            for suffixe, partie in parties.items():
                if suffixe not in _COMPAGNONS:
                    yield f"{base}{suffixe}", {suffixe: partie}


def _attach(
    source: str,
    polygones: Sequence[PolygoneLu],
    rattacheur: Rattacheur,
    anomalies: list[Anomalie],
) -> tuple[list[TerritoireLu], list[Anomalie]]:
    """Turn polygons into territories; parts of the same name are one territory."""
    par_nom: dict[str, list[PolygoneLu]] = defaultdict(list)
    for polygone in polygones:
        par_nom[polygone.nom].append(polygone)
    territoires = []
    for nom, groupe in par_nom.items():
        forme = shapely.union_all([polygone.geometrie for polygone in groupe])
        trouvees = rattacheur.rattacher(forme)
        if not trouvees:
            anomalies.append(
                Anomalie(
                    "hors_de_france",
                    "bloquant",
                    f"« {nom} » ne touche aucune commune de France.",
                    source,
                    territoire=nom,
                )
            )
            continue
        for trouvee in trouvees:
            anomalies += _review(source, nom, trouvee.unite, trouvee.est_residence_dedans)
        territoires.append(
            TerritoireLu(
                nom=nom,
                unites=tuple(sorted(trouvee.unite for trouvee in trouvees)),
                fichier=source,
                statut=groupe[0].statut,
                finess=groupe[0].finess,
            )
        )
    return territoires, anomalies


def _review(source: str, nom: str, unite: UniteCpts, est_dedans: bool) -> Iterator[Anomalie]:
    if unite.statut == "partiel":
        lieu = "dans" if est_dedans else "hors de"
        yield Anomalie(
            "commune_partielle",
            "attention",
            f"« {nom} » : {unite.code} tenue en partie ({unite.commentaire}, chef-lieu {lieu} "
            "la zone). À confirmer : entière, en partie, ou non.",
            source,
            codes=(unite.code,),
            territoire=nom,
            candidats=(Candidat(unite.code, "commune entière"),),
        )
    elif unite.statut == "limitrophe":
        yield Anomalie(
            "commune_limitrophe",
            "information",
            f"« {nom} » : {unite.code} seulement bordée, elle ne compte pas.",
            source,
            codes=(unite.code,),
            territoire=nom,
        )


def _merge(territoires: Sequence[TerritoireLu]) -> list[TerritoireLu]:
    """Put together the parts of one CPTS found in several files."""
    fusionnes: dict[str, TerritoireLu] = {}
    for territoire in territoires:
        deja = fusionnes.get(territoire.nom)
        if deja is None:
            fusionnes[territoire.nom] = territoire
            continue
        unites = {unite.code: unite for unite in territoire.unites}
        unites.update({unite.code: unite for unite in deja.unites})
        fusionnes[territoire.nom] = replace(
            deja,
            unites=tuple(sorted(unites.values())),
            finess=deja.finess or territoire.finess,
        )
    return list(fusionnes.values())
