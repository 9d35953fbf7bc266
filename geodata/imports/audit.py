"""Doubts that only show once every territory is read: strays, twins, rival claims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy.sparse import csgraph

from geodata.imports.rapport import Anomalie, Candidat, TerritoireLu
from geodata.noms import compute_cle, normaliser
from geodata.recherche import Recherche
from geodata.schema import Geographie

_ELOIGNEMENT_KM: Final = 25.0
_PART_ELOIGNEE: Final = 0.2
_RESSEMBLANCE: Final = 90.0
_ECART_POPULATION: Final = 0.15
_MONTRE: Final = 6
_VIDES: Final = re.compile(
    r"\b(cpts|communaute|professionnelle|territoriale|sante|du|de|des|d|et)\b"
)


def audit_territoires(
    territoires: Sequence[TerritoireLu],
    recherche: Recherche,
    connus: Mapping[str, str],
) -> list[Anomalie]:
    """Return every doubt about territories taken together.

    Parameters
    ----------
    connus
        Name of each territory already in the register, by identifier.
    """
    geographie = recherche.geographie
    points = _compute_points(geographie)
    return [
        *(
            doute
            for territoire in territoires
            for doute in (
                *_find_strays(territoire, recherche, points),
                *_compare_announced(territoire, geographie),
            )
        ),
        *_find_twins(territoires),
        *_find_known(territoires, connus),
        *_find_rival_claims(territoires, geographie),
    ]


def _find_strays(
    territoire: TerritoireLu, recherche: Recherche, points: npt.NDArray[np.float64]
) -> Iterator[Anomalie]:
    """Doubt a small group of communes far from all the rest: the usual homonym slip."""
    geographie = recherche.geographie
    codes = sorted(territoire.codes)
    if len(codes) < 3:
        return
    rangs = geographie.rangs(codes)
    nombre, groupes = csgraph.connected_components(
        geographie.graphe[rangs][:, rangs], directed=False
    )
    if nombre == 1:
        return
    tailles = np.bincount(groupes)
    principal = int(tailles.argmax())
    places = points[rangs]
    for groupe in range(nombre):
        dedans = groupes == groupe
        if groupe == principal or tailles[groupe] > max(1, _PART_ELOIGNEE * len(rangs)):
            continue
        ecarts = places[dedans][:, None, :] - places[~dedans][None, :, :]
        distance = (
            2 * 6_371.0 * np.arcsin(np.minimum(1.0, np.sqrt((ecarts**2).sum(axis=2)).min() / 2))
        )
        if distance < _ELOIGNEMENT_KM:
            continue
        lointaines = [str(code) for code in geographie.codes[rangs[dedans]]]
        noms = ", ".join(_name(geographie, code) for code in lointaines[:_MONTRE])
        yield Anomalie(
            "commune_eloignee",
            "attention",
            f"« {territoire.nom} » : {noms} à {distance:.0f} km du reste du territoire. "
            "Probable confusion entre deux communes du même nom.",
            territoire.fichier,
            territoire.lignes.get(lointaines[0]),
            tuple(lointaines),
            territoire.nom,
            _find_homonyms(lointaines, codes, recherche),
        )


def _compute_points(geographie: Geographie) -> npt.NDArray[np.float64]:
    """Return town halls on the unit sphere, so that distances are chords."""
    lon = np.radians(geographie.unites["longitude"].to_numpy(dtype=np.float64))
    lat = np.radians(geographie.unites["latitude"].to_numpy(dtype=np.float64))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _find_homonyms(
    lointaines: Sequence[str], codes: Sequence[str], recherche: Recherche
) -> tuple[Candidat, ...]:
    """Return the commune to keep or, first, its namesakes where the territory is."""
    if len(lointaines) != 1:
        return ()
    unites = recherche.geographie.unites
    departements = {str(unites.at[code, "code_departement"]) for code in codes} - {
        str(unites.at[lointaines[0], "code_departement"])
    }
    nom = str(unites.at[lointaines[0], "nom"])
    autres = [
        recherche.decrire(rang)
        for rang in recherche.nommes(compute_cle(nom))
        if recherche.entrees[rang].type == "commune"
        and recherche.entrees[rang].code != lointaines[0]
        and recherche.departement(rang) in departements
    ]
    if not autres:
        return ()
    return (
        *(Candidat(autre.code, f"{autre.libelle}, {autre.precision}") for autre in autres),
        Candidat(lointaines[0], f"{nom} : garder telle quelle"),
    )


def _compare_announced(territoire: TerritoireLu, geographie: Geographie) -> Iterator[Anomalie]:
    """Compare what the file announces with what it lists."""
    annoncees = territoire.communes_annoncees
    if annoncees is not None and annoncees != (
        comptees := len({geographie.unites["code_commune"][code] for code in territoire.codes})
    ):
        yield Anomalie(
            "ecart_communes",
            "attention",
            f"« {territoire.nom} » annonce {annoncees} communes, le fichier en liste {comptees}.",
            territoire.fichier,
            territoire=territoire.nom,
        )
    annoncee = territoire.population_annoncee
    if not annoncee or not territoire.codes:
        return
    population = float(np.nansum(geographie.population()[geographie.rangs(territoire.codes)]))
    if abs(population - annoncee) > _ECART_POPULATION * annoncee:
        yield Anomalie(
            "ecart_population",
            "information",
            f"« {territoire.nom} » annonce {annoncee} habitants, ses communes en comptent "
            f"{population:.0f} (population municipale).",
            territoire.fichier,
            territoire=territoire.nom,
        )


def simplify_nom(nom: str) -> str:
    """Reduce the name of a CPTS to what tells it from another."""
    simple = " ".join(_VIDES.sub(" ", compute_cle(nom)).split())
    return simple or normaliser(nom)


def _find_twins(territoires: Sequence[TerritoireLu]) -> Iterator[Anomalie]:
    """Doubt two names that differ by an article, a hyphen or a letter."""
    simples = [simplify_nom(territoire.nom) for territoire in territoires]
    proches = process.cdist(
        simples, simples, scorer=fuzz.ratio, score_cutoff=_RESSEMBLANCE, dtype=np.uint8
    )
    for i, j in zip(*np.nonzero(np.triu(proches, k=1)), strict=True):
        a, b = territoires[int(i)], territoires[int(j)]
        if _numbers(simples[int(i)]) != _numbers(simples[int(j)]):
            continue  # « Paris 13 » and « Paris 14 » are not twins
        yield Anomalie(
            "noms_proches",
            "attention",
            f"« {a.nom} » et « {b.nom} » sont peut-être la même CPTS.",
            a.fichier,
            territoire=a.nom,
            candidats=(Candidat(b.nom, f"réunir avec « {b.nom} »"),),
        )


def _numbers(nom: str) -> list[str]:
    return re.findall(r"\d+", nom)


def _find_known(
    territoires: Sequence[TerritoireLu], connus: Mapping[str, str]
) -> Iterator[Anomalie]:
    simples = {simplify_nom(nom): nom for nom in connus.values()}
    for territoire in territoires:
        connu = simples.get(simplify_nom(territoire.nom))
        if connu is not None:
            yield Anomalie(
                "deja_au_registre",
                "attention",
                f"« {territoire.nom} » ressemble à « {connu} », déjà au registre : "
                "l’enregistrer en créerait une seconde.",
                territoire.fichier,
                territoire=territoire.nom,
            )


def _find_rival_claims(
    territoires: Sequence[TerritoireLu], geographie: Geographie
) -> Iterator[Anomalie]:
    revendications: dict[str, list[TerritoireLu]] = defaultdict(list)
    for territoire in territoires:
        for code in territoire.codes:
            revendications[code].append(territoire)
    par_groupe: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for code, rivaux in revendications.items():
        if len(rivaux) > 1:
            par_groupe[tuple(sorted(rival.nom for rival in rivaux))].append(code)
    for noms, codes in sorted(par_groupe.items()):
        codes.sort()
        communes = ", ".join(_name(geographie, code) for code in codes[:_MONTRE])
        suite = f" et {len(codes) - _MONTRE} autres" if len(codes) > _MONTRE else ""
        yield Anomalie(
            "commune_revendiquee",
            "attention",
            f"{communes}{suite} : revendiquée(s) par {' et '.join(f'« {nom} »' for nom in noms)}.",
            codes=tuple(codes),
            territoire=noms[0],
        )


def _name(geographie: Geographie, code: str) -> str:
    return f"{geographie.unites['nom'][code]} ({code})"
