"""Build a perimeter from the codes a user gives, and report everything that was understood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from diagnostic.alertes import Alerte
from diagnostic.errors import TerritoireNonCouvertError
from diagnostic.perimetre import Perimetre, nommer
from diagnostic.redaction import enumerer
from geodata.errors import CodeInconnuError
from geodata.schema import Geographie, Niveau

# collectivités of the Republic outside the départements and régions; the two five-digit codes are
# those of the communes of Guadeloupe that became collectivités in 2007
_NON_COUVERTS: Final = {
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "984": "Terres australes et antarctiques françaises",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
    "989": "Clipperton",
    "97123": "Saint-Barthélemy",
    "97127": "Saint-Martin",
}
_NOMS_NIVEAU: Final[dict[Niveau, str]] = {
    "commune": "une commune",
    "epci": "une intercommunalité",
    "ept": "un établissement public territorial",
    "departement": "un département",
    "region": "une région",
}


@dataclass(frozen=True)
class CodeTraduit:
    """A former commune code, and the present commune that stands for it."""

    ancien: str
    nouveau: str
    nom_ancien: str


@dataclass(frozen=True)
class Composition:
    """A perimeter, and what was understood while composing it."""

    perimetre: Perimetre
    codes_traduits: tuple[CodeTraduit, ...] = ()
    alertes: tuple[Alerte, ...] = ()


def composer_perimetre(
    geographie: Geographie,
    *,
    nom: str = "",
    epci: Iterable[str] = (),
    ept: Iterable[str] = (),
    communes: Iterable[str] = (),
    departements: Iterable[str] = (),
    regions: Iterable[str] = (),
    sans: Iterable[str] = (),
) -> Composition:
    """Put together intercommunalités, communes, départements and régions, minus exceptions.

    Parameters
    ----------
    communes
        Present or former communes, arrondissements of Paris, Lyon and Marseille.
    sans
        Codes to take away, of any of the levels above.

    Raises
    ------
    CodeInconnuError
        With every code, of every level, that could not be understood.
    TerritoireNonCouvertError
        If the only codes not understood are those of collectivités without embedded data.
    """
    lecture = _Lecture(geographie)
    demandes: tuple[tuple[Niveau, Iterable[str]], ...] = (
        ("epci", epci),
        ("ept", ept),
        ("commune", communes),
        ("departement", departements),
        ("region", regions),
    )
    inclus: frozenset[str] = frozenset().union(
        *(lecture.lire(niveau, code) for niveau, codes in demandes for code in codes)
    )
    retires: frozenset[str] = frozenset()
    sans_effet = []
    for code in sans:
        unites = lecture.lire_tout_niveau(code)
        retires |= unites
        if unites and not unites & inclus:
            sans_effet.append(code)
    lecture.refuser_inconnus()
    return Composition(
        Perimetre(nom, inclus - retires, millesime=geographie.millesime),
        tuple(lecture.traduits.values()),
        tuple(lecture.build_alertes(sans_effet)),
    )


@dataclass
class _Lecture:
    """Reading of the codes of one request: what was understood and what was not."""

    geographie: Geographie
    inconnus: dict[str, Niveau | None] = field(default_factory=dict)
    traduits: dict[str, CodeTraduit] = field(default_factory=dict)
    zeros_restitues: dict[str, str] = field(default_factory=dict)
    demandes: set[str] = field(default_factory=set)

    def lire(self, niveau: Niveau, code_brut: str) -> frozenset[str]:
        """Return the unités of a code of a level; an unknown code is kept for the error."""
        code = _nettoyer(code_brut)
        unites = self._chercher(niveau, code)
        if not unites:
            self.inconnus.setdefault(code_brut.strip() or "(vide)", niveau)
        return unites

    def lire_tout_niveau(self, code_brut: str) -> frozenset[str]:
        """Return the unités of a code whose level is not said."""
        code = _nettoyer(code_brut)
        # two-digit codes are both départements and régions: a département is what one leaves out
        niveaux: tuple[Niveau, ...] = ("epci", "ept", "departement", "commune")
        for niveau in niveaux:
            if unites := self._chercher(niveau, code, est_demande=False):
                return unites
        self.inconnus.setdefault(code_brut.strip() or "(vide)", None)
        return frozenset()

    def refuser_inconnus(self) -> None:
        """Raise with every code that was not understood."""
        if not self.inconnus:
            return
        non_couverts = {
            code: territoire
            for code in self.inconnus
            if (territoire := _find_territoire_non_couvert(code))
        }
        if len(non_couverts) == len(self.inconnus):
            raise TerritoireNonCouvertError(non_couverts)
        precisions = [
            precision
            for code, niveau in self.inconnus.items()
            if (precision := self._preciser(code, niveau))
        ]
        raise CodeInconnuError(self.inconnus, precisions)

    def build_alertes(self, sans_effet: list[str]) -> Iterable[Alerte]:
        """Report what was understood otherwise than written."""
        for ancien, traduit in self.traduits.items():
            ligne = self.geographie.passage.loc[ancien]
            if ligne["est_scindee"]:
                successeurs = tuple(str(ligne["successeurs"]).split())
                yield Alerte(
                    "commune_scindee",
                    "attention",
                    f"L’ancienne commune {traduit.nom_ancien} ({ancien}) a été partagée entre "
                    f"{enumerer(nommer(self.geographie, successeurs))} ; seule "
                    f"{nommer(self.geographie, [traduit.nouveau])[0]} ({traduit.nouveau}) est "
                    "retenue. Ajoutez les autres si elles font partie du territoire.",
                    successeurs,
                )
        for commune, arrondissements in self.geographie.communes_divisees.items():
            doublons = sorted(self.demandes & arrondissements)
            if commune in self.demandes and doublons:
                nom = nommer(self.geographie, arrondissements)[0]
                yield Alerte(
                    "commune_et_arrondissements",
                    "information",
                    f"{nom} ({commune}) est demandée en entier et aussi par arrondissement "
                    f"({enumerer(doublons)}) : ses habitants ne sont comptés qu’une fois.",
                    (commune, *doublons),
                )
        if self.zeros_restitues:
            liste = enumerer([f"{brut} → {code}" for brut, code in self.zeros_restitues.items()])
            yield Alerte(
                "zero_initial_restitue",
                "information",
                f"Zéro initial perdu, sans doute par un tableur, et restitué : {liste}.",
                tuple(self.zeros_restitues.values()),
            )
        if sans_effet:
            yield Alerte(
                "retrait_sans_effet",
                "information",
                f"À retirer, mais absent du territoire : {enumerer(sans_effet)}.",
                tuple(_nettoyer(code) for code in sans_effet),
            )

    def _chercher(self, niveau: Niveau, code: str, *, est_demande: bool = True) -> frozenset[str]:
        essais = [code]
        # a spreadsheet that takes 01001 for a number writes 1001
        if code.isdigit() and len(code) == {"commune": 4, "departement": 1}.get(niveau):
            essais.append(f"0{code}")
        for essai in essais:
            unites = self._membres(niveau, essai)
            if unites:
                if essai != code:
                    self.zeros_restitues[code] = essai
                if est_demande:
                    self.demandes.add(essai)
                return unites
        return frozenset()

    def _membres(self, niveau: Niveau, code: str) -> frozenset[str]:
        if niveau != "commune":
            return self.geographie.membres(niveau, code)
        if code in self.geographie.position:
            return frozenset({code})
        unites = self.geographie.membres("commune", code)
        if not unites and code in self.geographie.passage.index:
            ligne = self.geographie.passage.loc[code]
            nouveau = str(ligne["code"])
            unites = self._membres("commune", nouveau)
            self.traduits[code] = CodeTraduit(code, nouveau, str(ligne["nom_ancien"]))
        return unites

    def _preciser(self, code_brut: str, niveau: Niveau | None) -> str | None:
        """Say what a code that was not understood is instead, if it is something."""
        code = _nettoyer(code_brut)
        if territoire := _find_territoire_non_couvert(code_brut):
            return f"{code_brut} relève de {territoire}, que les données ne couvrent pas."
        if niveau is None:
            return None
        for autre, nom in _NOMS_NIVEAU.items():
            if autre != niveau and (
                self.geographie.membres(autre, code)
                or (autre == "commune" and code in self.geographie.position)
            ):
                return f"{code_brut} désigne {nom} et non {_NOMS_NIVEAU[niveau]}."
        return None


def _nettoyer(code: str) -> str:
    """Drop the spaces, even unbreakable, and write Corsican letters in upper case."""
    return "".join(code.split()).upper()


def _find_territoire_non_couvert(code: str) -> str | None:
    code = _nettoyer(code)
    est_commune_ou_departement = code.isdigit() and len(code) in (3, 5)
    return (
        _NON_COUVERTS.get(code, _NON_COUVERTS.get(code[:3])) if est_commune_ou_departement else None
    )
