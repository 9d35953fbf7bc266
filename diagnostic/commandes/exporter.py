"""`python -m diagnostic exporter`: the documents of a territory, or of many at once."""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from diagnostic.chevauchement import IndexTerritoires
from diagnostic.commandes import perimetre
from diagnostic.commandes.analyseur import read_date
from diagnostic.commandes.importer import today
from diagnostic.commandes.registre import (
    build_index_actif,
    build_lecteur,
    open_registre,
    read_fichiers,
)
from diagnostic.composition import Composition
from diagnostic.exports.projet import Projet
from diagnostic.exports.texte import build_nom_fichier
from diagnostic.indicateurs import TablesIndicateurs
from diagnostic.parametres import Parametres, load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.rapport import Diagnostic, compute_diagnostic
from diagnostic.redaction import accorder
from geodata.errors import CptsError, GeodataError, RegistreError
from geodata.magasin import Magasin, dossier_tables
from geodata.referentiel import Referentiel
from geodata.registre import load_cpts_reels
from geodata.schema import TerritoireCpts, TypePopulation
from geodata.tables import load_tables_embarquees

if TYPE_CHECKING:
    from diagnostic.exports.formats import Format

NOM_SYNTHESE = ("synthese", ".xlsx")


class EcritureImpossibleError(GeodataError):
    """A folder where the documents cannot be written."""

    def __init__(self, chemin: Path, raison: str) -> None:
        super().__init__(
            f"Écriture impossible dans « {chemin} » ({raison}). Vérifiez le dossier, les droits et "
            "la place restante."
        )


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "exporter",
        help="documents d’un périmètre, ou d’un lot de périmètres",
        description="Écrit les documents d’un périmètre : rapport, trames, tableaux, cartes, "
        "couches. Avec --lot, un dossier par périmètre et un classeur de synthèse.",
    )
    perimetre.ajouter_options(analyseur)
    groupe = analyseur.add_argument_group("documents")
    groupe.add_argument(
        "--sortie", metavar="DOSSIER", type=Path, required=True, help="dossier créé au besoin"
    )
    groupe.add_argument(
        "--formats",
        metavar="LISTE",
        default="",
        help="séparés par des virgules : pdf, docx, xlsx, csv, geojson, gpkg, html… (tous par "
        "défaut)",
    )
    groupe.add_argument(
        "--lot",
        metavar="FICHIER",
        nargs="+",
        action="extend",
        type=Path,
        help="listes ou couches de plusieurs CPTS (CSV, XLSX, GeoJSON, GeoPackage, zip…)",
    )
    groupe.add_argument(
        "--population", choices=("municipale", "totale"), help="définition de la population"
    )
    groupe.add_argument(
        "--le",
        metavar="AAAA-MM-JJ",
        type=read_date,
        help="date des documents et des règles (aujourd’hui par défaut)",
    )
    analyseur.set_defaults(executer=executer)


def executer(args: argparse.Namespace) -> int:
    """Write the documents and print their names."""
    # heavy libraries (Word, maps, typesetting): only for who exports
    from diagnostic.exports.formats import choose_formats  # noqa: PLC0415

    formats = choose_formats(args.formats.split(","))
    atelier = _open_atelier(Referentiel.ouvrir(), args.le or today())
    if args.lot:
        return _export_lot(atelier, args, formats)
    demande = perimetre.compose(args, atelier.referentiel.geographie)
    projet = demande.projet.projet if demande.projet else None
    if projet is None:
        projet = Projet(demande.composition.perimetre)
    diagnostic = atelier.compute(
        demande.composition, projet, args.population or projet.type_population
    )
    for nom, contenu in atelier.export(diagnostic, formats, projet).items():
        sys.stdout.write(f"{_write(args.sortie / nom, contenu)}\n")
    return 0


@dataclass(frozen=True)
class _Atelier:
    """Hold what is opened once for any number of territories."""

    referentiel: Referentiel
    tables: TablesIndicateurs
    parametres: Parametres
    connues: IndexTerritoires
    libelle_registre: str

    def compute(
        self, composition: Composition, projet: Projet, type_population: TypePopulation
    ) -> Diagnostic:
        """Return the diagnostic of a territory, with what its project holds."""
        return compute_diagnostic(
            self.tables,
            composition.perimetre,
            parametres=self.parametres,
            type_population=type_population,
            autres_cpts=self.connues,
            registre=self.libelle_registre,
            codes_traduits=composition.codes_traduits,
            alertes=composition.alertes,
            sources=[source.en_dict() for source in self.referentiel.manifeste],
            saisies=projet.saisies,
            notes=projet.notes,
        )

    def export(
        self, diagnostic: Diagnostic, formats: Sequence[Format], projet: Projet
    ) -> dict[str, bytes]:
        """Return the files of a territory by name."""
        from diagnostic.exports.fond import build_fond  # noqa: PLC0415
        from diagnostic.exports.formats import build_entrees, export_fichiers  # noqa: PLC0415

        geographie = self.referentiel.geographie
        fond = build_fond(self.referentiel, geographie, diagnostic.territoire.perimetre)
        entrees = build_entrees(diagnostic, fond, geographie, projet)
        return export_fichiers(entrees, formats)


def _open_atelier(referentiel: Referentiel, le: date) -> _Atelier:
    importees, refus = Magasin(dossier_tables()).load_all()
    for phrase in refus:
        sys.stderr.write(f"Attention : {phrase}\n")
    parametres = load_parametres()
    connues = build_index_actif(referentiel, _read_registre(referentiel), parametres, le)
    return _Atelier(
        referentiel=referentiel,
        tables=TablesIndicateurs(
            referentiel.geographie, le, (*load_tables_embarquees(referentiel), *importees)
        ),
        parametres=parametres,
        connues=connues,
        libelle_registre=(
            f"le registre de l’application ({accorder(len(connues.territoires), 'CPTS', 'CPTS')} "
            "ou projets en vigueur, liste partielle)"
        ),
    )


def _read_registre(referentiel: Referentiel) -> tuple[TerritoireCpts, ...]:
    """Return the known territories; without the register, the published ones."""
    try:
        return open_registre(referentiel).territoires()
    except RegistreError as erreur:
        sys.stderr.write(f"Attention : {erreur}\n")
        return load_cpts_reels(referentiel.geographie)


def _export_lot(atelier: _Atelier, args: argparse.Namespace, formats: Sequence[Format]) -> int:
    """Write one folder per perimeter, then the summary; a perimeter that fails is reported.

    Nothing that is already there is overwritten by something else.
    """
    from diagnostic.exports.synthese import export_synthese, summarise  # noqa: PLC0415

    lignes = []
    perimetres, remarques = _read_lot(atelier, args.lot)
    # some systems do not tell capitals apart
    porteurs = Counter(build_nom_fichier(lu.nom).lower() for lu in perimetres)
    for rang, lu in enumerate(perimetres, start=1):
        nom = build_nom_fichier(lu.nom)
        sys.stderr.write(f"{rang}/{len(perimetres)} {nom}\n")
        try:
            projet = Projet(lu, type_population=args.population or "municipale")
            diagnostic = atelier.compute(Composition(lu), projet, projet.type_population)
        except CptsError as erreur:
            remarques.append(f"« {lu.nom} » n’a pas été exporté. {erreur}")
            continue
        fichiers = atelier.export(diagnostic, formats, projet)
        dossier = _choose_nom(args.sortie, nom, "", fichiers, seul=porteurs[nom.lower()] == 1)
        for fichier, contenu in fichiers.items():
            _write(args.sortie / dossier / fichier, contenu)
        lignes.append(summarise(dossier, diagnostic))
        # figures hold cycles: without this, those of several territories would pile up
        gc.collect()
        sys.stdout.write(f"{args.sortie / dossier} : {len(fichiers)} fichiers\n")
    le = atelier.tables.le
    synthese = export_synthese(lignes, remarques, le)
    base, extension = NOM_SYNTHESE
    nom = _choose_nom(args.sortie, base, extension, {"": synthese}) + extension
    sys.stdout.write(f"{_write(args.sortie / nom, synthese)}\n")
    return 0


def _read_lot(atelier: _Atelier, chemins: Sequence[Path]) -> tuple[list[Perimetre], list[str]]:
    """Read the perimeters of any files, with what the reading reported."""
    rapport = build_lecteur(atelier.referentiel).read(read_fichiers(chemins))
    lus = [
        Perimetre(
            territoire.nom,
            territoire.codes,
            frozenset(unite.code for unite in territoire.unites if unite.statut == "partiel"),
        )
        for territoire in rapport.territoires
        if territoire.codes
    ]
    return lus, [anomalie.message for anomalie in rapport.anomalies]


def _choose_nom(
    sortie: Path, nom: str, extension: str, fichiers: Mapping[str, bytes], *, seul: bool = True
) -> str:
    """Return the name, without extension, under which files can be written without any loss.

    A second name is drawn from the content: the same files always find the same place again.

    Parameters
    ----------
    nom
        Of a folder, or of a file whose extension is given.
    fichiers
        What it would hold, by path inside it.
    seul
        No other territory of the batch bears this name.
    """
    somme = hashlib.sha256()
    for chemin, contenu in sorted(fichiers.items()):
        somme.update(f"{chemin}\0{len(contenu)}\0".encode() + contenu)
    suffixe = f"{nom}-{somme.hexdigest()[:8]}"
    suivants = (f"{suffixe}-{rang}" for rang in count(2))
    return next(
        choix
        for choix in chain([nom] if seul else [], [suffixe], suivants)
        if all(
            _est_libre(sortie / f"{choix}{extension}" / chemin, contenu)
            for chemin, contenu in fichiers.items()
        )
    )


def _est_libre(chemin: Path, contenu: bytes) -> bool:
    """Tell whether nothing would be lost by writing there."""
    return not chemin.is_file() or chemin.read_bytes() == contenu


def _write(chemin: Path, contenu: bytes) -> Path:
    provisoire = chemin.with_name(f".{hashlib.sha256(chemin.name.encode()).hexdigest()[:12]}")
    try:
        chemin.parent.mkdir(parents=True, exist_ok=True)
        provisoire.write_bytes(contenu)
        provisoire.replace(chemin)
    except OSError as erreur:
        raise EcritureImpossibleError(chemin.parent, erreur.strerror or str(erreur)) from erreur
    return chemin
