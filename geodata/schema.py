"""Shape of the reference tables, and the `Geographie` object that the rules receive.

Vocabulary: a *commune* is one of the 34 875 communes of métropole and DROM. An *unité* is the
finest thing one can put in a territory: a commune, or a municipal arrondissement in Paris, Lyon
and Marseille (whose communes are then never units, so that nobody is counted twice).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geodata.errors import SchemaError

MILLESIME_GEOGRAPHIE: Final = "2026"
ANNEES_POPULATION: Final = (2018, 2019, 2020, 2021, 2022, 2023)

TypePopulation = Literal["municipale", "totale"]
MILLESIME_POPULATION: Final[Mapping[TypePopulation, int]] = {
    "municipale": 2023,
    "totale": 2022,
}


def colonne_population(type_population: TypePopulation, annee: int) -> str:
    """Return the name of the column that holds a population."""
    return f"population_{type_population}_{annee}"


# legal projections (décret 2019-165): Lambert-93, and the UTM zone of each overseas territory
EPSG_METROPOLE: Final = 2154
EPSG_OUTRE_MER: Final[Mapping[str, int]] = {
    "971": 5490,
    "972": 5490,
    "973": 2972,
    "974": 2975,
    "976": 4471,
}


def epsg_projete(code: str) -> int:
    """Return the EPSG code of the legal projection of a commune's or département's territory."""
    return EPSG_OUTRE_MER.get(code[:3], EPSG_METROPOLE)


Niveau = Literal["epci", "ept", "departement", "region", "commune"]
_NIVEAUX: Final[tuple[Niveau, ...]] = ("epci", "ept", "departement", "region", "commune")

# pandas dtypes of the Parquet tables; the index is written as the first column, `code`
COLONNES_COMMUNE: Final[Mapping[str, str]] = {
    "code": "str",
    "nom": "str",
    "code_departement": "str",
    "code_region": "str",
    "code_epci": "str",  # missing for the four islands without EPCI
    "code_ept": "str",  # Grand Paris only
    "codes_postaux": "str",  # separated by a space
    **{f"population_municipale_{annee}": "Int32" for annee in ANNEES_POPULATION},
    "population_totale_2022": "Int32",
    # 2023, except Mayotte whose only figure is the 2017 census (and has no 2018-2022 series)
    "millesime_population_municipale": "Int16",
    "surface_km2": "float64",  # of the generalised contour, in the territory's legal projection
    # border with the sea or another country: segments of the outline that no other unit has; for a
    # commune of arrondissements, the sum of theirs. It tells an enclave from a stretch of coast.
    "longueur_exterieure_m": "float64",
    "longitude": "float64",  # town hall, WGS84 degrees
    "latitude": "float64",
    # "mairie", or "interieur": a point inside the contour where no town hall is located
    "origine_point": "str",
}
COLONNES_ARRONDISSEMENT: Final[Mapping[str, str]] = {
    **COLONNES_COMMUNE,
    "code_commune": "str",
}
# restored communes, counted together before: index is the main code, `codes` the whole block
COLONNES_BLOC: Final[Mapping[str, str]] = {
    "code": "str",
    "codes": "str",  # separated by a space
    **{f"population_municipale_{annee}": "Int32" for annee in ANNEES_POPULATION},
}
COLONNES_EPCI: Final[Mapping[str, str]] = {
    "code": "str",
    "nom": "str",
    "nature": "str",  # CC, CA, CU, ME (métropoles)
}
COLONNES_EPT: Final[Mapping[str, str]] = {"code": "str", "nom": "str"}
COLONNES_DEPARTEMENT: Final[Mapping[str, str]] = {
    "code": "str",
    "nom": "str",
    "code_region": "str",
}
COLONNES_REGION: Final[Mapping[str, str]] = {"code": "str", "nom": "str"}
COLONNES_PASSAGE: Final[Mapping[str, str]] = {
    "code_ancien": "str",
    "code": "str",  # present commune (the main one when the former commune was split)
    "nom_ancien": "str",
    "est_scindee": "bool",
    "successeurs": "str",  # every present commune, separated by a space
}
COLONNES_ANCIEN_NOM: Final[Mapping[str, str]] = {
    "code": "str",  # present commune
    "nom_ancien": "str",  # commune merged, déléguée or associée, under that name
}
COLONNES_ADJACENCE: Final[Mapping[str, str]] = {
    "code_a": "str",  # unités, code_a < code_b
    "code_b": "str",
    "longueur_m": "float64",  # shared border; missing for a link over water
    "nature": "str",  # "frontiere" or "liaison" (bridge, ferry: see liaisons.csv)
}
COLONNES_IRIS: Final[Mapping[str, str]] = {
    "code_iris": "str",
    "code": "str",  # unité, COG 2026; the main code of the block for the restored communes
    "bloc": "str",  # main code of the block of restored communes, else missing
    "nom_iris": "str",
    "type_iris": "str",  # H habitat, A activity, D diverse, Z undivided commune
    "population": "Int32",  # RP 2021; the sum of the three bands is within 1
    "population_0_19": "Int32",
    "population_20_64": "Int32",
    "population_65_plus": "Int32",
    "logements": "Int32",
    "residences_principales": "Int32",
    "residences_secondaires": "Int32",
    "logements_vacants": "Int32",
    "maisons": "Int32",
    "appartements": "Int32",
    "residences_principales_appartements": "Int32",
}
COLONNES: Final[Mapping[str, Mapping[str, str]]] = {
    "communes": COLONNES_COMMUNE,
    "arrondissements": COLONNES_ARRONDISSEMENT,
    "blocs": COLONNES_BLOC,
    "epci": COLONNES_EPCI,
    "ept": COLONNES_EPT,
    "departements": COLONNES_DEPARTEMENT,
    "regions": COLONNES_REGION,
    "passage": COLONNES_PASSAGE,
    "anciens_noms": COLONNES_ANCIEN_NOM,
    "adjacence": COLONNES_ADJACENCE,
    "iris": COLONNES_IRIS,
}
# columns whose values, together, appear once
CLES: Final[Mapping[str, tuple[str, ...]]] = {
    "passage": ("code_ancien",),
    "anciens_noms": ("code", "nom_ancien"),
    "adjacence": ("code_a", "code_b"),
    "iris": ("code_iris",),
}


def validate_table(nom: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in its documented shape, its columns in order and its dtypes set.

    Raises
    ------
    SchemaError
        With every fault: columns missing or unknown, values of another type, key repeated.
    """
    colonnes = COLONNES[nom]
    defauts = [f"colonne absente : {c}" for c in colonnes if c not in table]
    defauts += [f"colonne inconnue : {c}" for c in table.columns if c not in colonnes]
    if defauts:
        raise SchemaError(nom, defauts)
    try:
        typee = table[list(colonnes)].astype(dict(colonnes))
    except (TypeError, ValueError) as erreur:
        raise SchemaError(nom, [f"valeur d’un autre type : {erreur}"]) from erreur
    cle = list(CLES.get(nom, ("code",)))
    if typee[cle].isna().to_numpy().any():
        defauts.append(f"clé absente ({', '.join(cle)})")
    if typee.duplicated(cle).any():
        defauts.append(f"clé répétée ({', '.join(cle)})")
    if defauts:
        raise SchemaError(nom, defauts)
    return typee


@dataclass(frozen=True)
class Geographie:
    """Hold the reference tables, indexed by code, as the rules need them.

    Parameters
    ----------
    unites
        One row per unité, columns of `COLONNES_ARRONDISSEMENT` without `code` (the index,
        sorted); `code_commune` is the unit's own code outside Paris, Lyon and Marseille.
    communes
        One row per commune, same columns without `code_commune`.
    epci, ept, departements, regions
        One row per entity, indexed by code.
    passage
        One row per former code, indexed by it.
    adjacence
        One row per pair of neighbouring unités, columns of `COLONNES_ADJACENCE`.
    populations_blocs
        One row per block of restored communes (columns of `COLONNES_BLOC`): the only series on
        which their growth means something; the years before are missing in `communes`.
    anciens_noms
        One row per former name of a present commune, déléguées and associées included, for search.
    """

    unites: pd.DataFrame
    communes: pd.DataFrame
    epci: pd.DataFrame
    ept: pd.DataFrame
    departements: pd.DataFrame
    regions: pd.DataFrame
    passage: pd.DataFrame
    adjacence: pd.DataFrame
    populations_blocs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(COLONNES_BLOC)).set_index("code")
    )
    anciens_noms: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(COLONNES_ANCIEN_NOM))
    )
    millesime: str = MILLESIME_GEOGRAPHIE

    @cached_property
    def position(self) -> dict[str, int]:
        """Row number of each unité, in the order of `unites`."""
        return {code: rang for rang, code in enumerate(self.unites.index)}

    @cached_property
    def blocs(self) -> dict[str, frozenset[str]]:
        """Block of each restored commune: all the codes that were counted together."""
        groupes = [frozenset(codes.split(" ")) for codes in self.populations_blocs["codes"]]
        return {code: groupe for groupe in groupes for code in groupe}

    @cached_property
    def codes(self) -> npt.NDArray[np.object_]:
        """Codes of the unités, in the order of `unites`."""
        return self.unites.index.to_numpy(dtype=object)

    @cached_property
    def noms(self) -> npt.NDArray[np.object_]:
        """Names of the unités, in the order of `unites`."""
        return self.unites["nom"].to_numpy(dtype=object)

    @cached_property
    def surface_km2(self) -> npt.NDArray[np.float64]:
        """Area of each unité, in square kilometres."""
        return self.unites["surface_km2"].to_numpy(dtype=np.float64)

    def population(
        self, type_population: TypePopulation = "municipale", annee: int | None = None
    ) -> npt.NDArray[np.float64]:
        """Return the inhabitants of each unité, NaN where unknown.

        The default year is the latest one of that definition.
        """
        annee = annee or MILLESIME_POPULATION[type_population]
        return self._populations[colonne_population(type_population, annee)]

    @cached_property
    def _populations(self) -> dict[str, npt.NDArray[np.float64]]:
        return {
            colonne: self.unites[colonne].to_numpy(dtype=np.float64, na_value=np.nan)
            for colonne in self.unites.columns
            if colonne.startswith(("population_municipale_", "population_totale_"))
        }

    def rangs(self, codes: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the row numbers of unités, sorted."""
        position = self.position
        return np.sort(np.fromiter((position[code] for code in codes), dtype=np.int64))

    def membres(self, niveau: Niveau, code: str) -> frozenset[str]:
        """Return the unités of an EPCI, EPT, département, région or commune; empty if unknown."""
        return self._membres[niveau].get(code, frozenset())

    @cached_property
    def _membres(self) -> dict[Niveau, dict[str, frozenset[str]]]:
        return {niveau: self._group_unites(niveau) for niveau in _NIVEAUX}

    def _group_unites(self, niveau: Niveau) -> dict[str, frozenset[str]]:
        groupes: defaultdict[str, list[str]] = defaultdict(list)
        for unite, code in zip(self.codes, self.appartenance[niveau], strict=True):
            if code is not None:
                groupes[code].append(unite)
        return {code: frozenset(groupe) for code, groupe in groupes.items()}

    def nom(self, niveau: Niveau, code: str) -> str:
        """Return the name of an EPCI, EPT, département, région or commune (or arrondissement)."""
        return self._noms[niveau][code]

    @cached_property
    def _noms(self) -> dict[Niveau, dict[str, str]]:
        tables: dict[Niveau, tuple[pd.DataFrame, ...]] = {
            "epci": (self.epci,),
            "ept": (self.ept,),
            "departement": (self.departements,),
            "region": (self.regions,),
            "commune": (self.communes, self.unites),
        }
        return {
            niveau: {
                code: nom
                for table in plusieurs
                for code, nom in zip(table.index.tolist(), table["nom"].tolist(), strict=True)
            }
            for niveau, plusieurs in tables.items()
        }

    @cached_property
    def appartenance(self) -> dict[Niveau, npt.NDArray[np.object_]]:
        """Code of the EPCI, EPT, département, région and commune of each unité; None if none."""
        codes = {niveau: self.unites[f"code_{niveau}"].astype(object) for niveau in _NIVEAUX}
        return {
            niveau: colonne.where(colonne.notna(), None).to_numpy(dtype=object)
            for niveau, colonne in codes.items()
        }

    @cached_property
    def numero_departement(self) -> npt.NDArray[np.intp]:
        """Number of the département of each unité, to compare many of them at once."""
        return pd.factorize(self.unites["code_departement"])[0]

    @cached_property
    def communes_divisees(self) -> dict[str, frozenset[str]]:
        """Arrondissements of the communes that are not unités: Paris, Lyon and Marseille."""
        membres = self._membres["commune"]
        return {code: unites for code, unites in membres.items() if code not in unites}

    @cached_property
    def epci_a_ept(self) -> frozenset[str]:
        """EPCI cut into territoires (EPT): the métropole du Grand Paris."""
        paires = zip(self.appartenance["epci"], self.appartenance["ept"], strict=True)
        return frozenset(epci for epci, ept in paires if epci is not None and ept is not None)

    @cached_property
    def est_exterieure(self) -> npt.NDArray[np.bool_]:
        """Tell, for each unité, whether it touches the sea or another country.

        Every unité is said to be inland when the tables do not hold the information.
        """
        if "longueur_exterieure_m" not in self.unites.columns:
            return np.zeros(len(self.unites), dtype=np.bool_)
        return self.unites["longueur_exterieure_m"].to_numpy(dtype=np.float64) > 0

    @cached_property
    def graphe(self) -> sparse.csr_array:
        """Symmetric neighbourhood of the unités; the weight is 1 for every kind of link."""
        return self._build_graphe(np.ones(len(self.adjacence), dtype=np.bool_))

    @cached_property
    def graphe_terrestre(self) -> sparse.csr_array:
        """Same as `graphe`, without the links over water."""
        return self._build_graphe((self.adjacence["nature"] == "frontiere").to_numpy(np.bool_))

    @cached_property
    def _paires(self) -> npt.NDArray[np.int64]:
        """Row numbers of the unités of each pair of neighbours, one column a pair."""
        position = self.position
        codes = (self.adjacence["code_a"].tolist(), self.adjacence["code_b"].tolist())
        return np.array([[position[code] for code in cote] for cote in codes], dtype=np.int64)

    def _build_graphe(self, retenues: npt.NDArray[np.bool_]) -> sparse.csr_array:
        a, b = self._paires[:, retenues]
        taille = len(self.unites)
        moitie = sparse.coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(taille, taille))
        return sparse.csr_array(moitie + moitie.T)


StatutCpts = Literal[
    "non_renseigne",
    "initiative",
    "lettre_intention",
    "pre_projet",
    "projet_valide",
    "aci_signe",
    "refuse",
    "fusionne",
    "dissous",
]
LIBELLES_STATUT_CPTS: Final[Mapping[StatutCpts, str]] = {
    "non_renseigne": "statut non renseigné",
    "initiative": "initiative",
    "lettre_intention": "lettre d’intention",
    "pre_projet": "pré-projet",
    "projet_valide": "projet de santé validé",
    "aci_signe": "ACI signé",
    "refuse": "refusé",
    "fusionne": "fusionné",
    "dissous": "dissous",
}
StatutUnite = Literal["entier", "partiel", "limitrophe"]


@dataclass(frozen=True, order=True)
class UniteCpts:
    """Say how a CPTS holds one unité.

    Parameters
    ----------
    code
        Unité.
    statut
        `entier`, `partiel` (a quartier only) or `limitrophe` (touches the border, holds nothing).
    part
        Estimated share of the inhabitants held, strictly between 0 and 1; only when `partiel`.
    commentaire
        Free text, never trusted.
    """

    code: str
    statut: StatutUnite = "entier"
    part: float | None = None
    commentaire: str = ""


@dataclass(frozen=True)
class TerritoireCpts:
    """Hold the territory of a CPTS or of a project, as a register or a file declares it.

    Parameters
    ----------
    identifiant
        Stable key: FINESS number where known, otherwise given by the register.
    valide_du, valide_au
        Period during which this perimeter holds, bounds included; None when unknown or open.
    source, source_url, source_le
        Who says so, where, and when it was read.
    """

    identifiant: str
    nom: str
    unites: tuple[UniteCpts, ...]
    statut: StatutCpts = "non_renseigne"
    finess: str | None = None
    statut_le: date | None = None
    valide_du: date | None = None
    valide_au: date | None = None
    source: str = ""
    source_url: str = ""
    source_le: date | None = None
    millesime: str = MILLESIME_GEOGRAPHIE

    @cached_property
    def codes(self) -> frozenset[str]:
        """Unités held, wholly or in part."""
        return frozenset(unite.code for unite in self.unites if unite.statut != "limitrophe")

    @cached_property
    def partielles(self) -> frozenset[str]:
        """Unités held in part only."""
        return frozenset(unite.code for unite in self.unites if unite.statut == "partiel")

    def est_valide(self, le: date) -> bool:
        """Tell whether this perimeter is in force on a given day."""
        return (self.valide_du is None or self.valide_du <= le) and (
            self.valide_au is None or le <= self.valide_au
        )


EtatTable = Literal["embarquee", "importee", "actualisee"]


@dataclass(frozen=True, eq=False)
class TableCommunale:
    """Hold one dated source of figures, moved to the unités of today.

    Parameters
    ----------
    id
        Role of the table ("ages", "emploi", "bpe"…): the newest of each role is used.
    titre, producteur, url, licence
        Identity of the source, as printed.
    millesime
        Year of the figures, "2021".
    libelle_millesime
        The same, as printed ("RP 2021", "BPE 2025").
    geographie_origine
        Year of the communal geography of the source.
    etat
        Embedded, imported from a file, refreshed from a service.
    recupere_le
        Day the data were taken.
    valeurs
        One row per unité, or per group of unités that the source only counts together (index:
        codes separated by a space); float columns, NaN where secret or missing.
    publiees
        Values the producer publishes at other levels and that cannot be summed, same columns;
        index `niveau:code` ("epci:243500139", "departement:35", "region:53", "france:"). Or places
        ("qpv:QN03501M") with the unités they lie in (column `communes`).
    notes
        French sentences that every figure of this source carries.
    compte
        What was understood: rows read, communes matched, translated, lost, secret.
    """

    id: str
    titre: str
    producteur: str
    url: str
    licence: str
    millesime: str
    libelle_millesime: str
    geographie_origine: str
    etat: EtatTable
    recupere_le: date
    valeurs: pd.DataFrame
    publiees: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()
    compte: Mapping[str, int] = field(default_factory=dict)
