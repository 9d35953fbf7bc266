"""What is written in the register comes back, with its versions, and nothing is overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from geodata.errors import ConflitVersionError, RegistreError
from geodata.registre import Completude, Decision, Registre, nouvel_identifiant
from geodata.registre.tables import METADATA
from geodata.schema import TerritoireCpts, UniteCpts

MATIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FICHE = TerritoireCpts(
    identifiant="750000001",
    nom="CPTS de l'Étang d’Ô",
    unites=(
        UniteCpts("34154", "partiel", 0.2, "Carnon seul"),
        UniteCpts("34192"),
        UniteCpts("34344", "limitrophe"),
    ),
    statut="aci_signe",
    finess="750000001",
    statut_le=date(2023, 5, 1),
    valide_du=date(2023, 5, 1),
    source="Site de la CPTS",
    source_url="https://exemple.fr/territoire",
    source_le=date(2026, 1, 2),
)


def test_a_territory_comes_back_as_it_was_written(registre: Registre) -> None:
    assert registre.enregistrer(FICHE, version=None, auteur="ARS", le=MATIN) == 1
    assert registre.charger("750000001") == (FICHE, 1)
    assert registre.territoires() == (FICHE,)


def test_every_change_is_a_kept_version(registre: Registre) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN)
    retrecie = replace(FICHE, unites=FICHE.unites[:1])
    registre.enregistrer(
        retrecie,
        version=1,
        auteur="A. B.",
        motif="Sortie de Palavas",
        le=MATIN + timedelta(hours=1),
    )
    versions = registre.historique("750000001")
    assert [(v.numero, v.action, v.auteur, v.motif) for v in versions] == [
        (2, "modification", "A. B.", "Sortie de Palavas"),
        (1, "creation", "", ""),
    ]
    assert registre.charger_version("750000001", 1) == FICHE
    assert registre.charger("750000001") == (retrecie, 2)


def test_moments_are_kept_in_utc_whatever_their_zone(registre: Registre) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN.astimezone(timezone(timedelta(hours=2))))
    (ligne,), _ = registre.lister()
    assert ligne.modifie_le == MATIN
    assert ligne.modifie_le.utcoffset() == timedelta(0)


def test_a_second_writer_is_told_and_overwrites_nothing(registre: Registre, url: str) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN)
    autre = Registre.ouvrir(url, le=MATIN)
    autre.enregistrer(replace(FICHE, nom="Premier"), version=1, auteur="Alice", le=MATIN)
    with pytest.raises(ConflitVersionError, match=r"par Alice le 22/11/2026 à 09:00 \(version 2"):
        registre.enregistrer(replace(FICHE, nom="Second"), version=1, le=MATIN)
    assert registre.charger("750000001")[0].nom == "Premier"
    autre.fermer()


def test_a_batch_with_one_fault_changes_nothing(registre: Registre) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN)
    revision = registre.revision()
    bonne = replace(FICHE, identifiant=nouvel_identifiant(), finess=None, nom="Bonne")
    with pytest.raises(RegistreError, match="existe déjà"):
        registre.enregistrer_lot([(bonne, None), (FICHE, None)], le=MATIN)
    assert registre.territoires() == (FICHE,)
    assert registre.revision() == revision


@pytest.mark.parametrize(
    ("fiche", "message"),
    [
        (replace(FICHE, nom="  "), "le nom doit avoir"),
        (replace(FICHE, nom="x" * 400), "le nom doit avoir"),
        (replace(FICHE, nom="a\0b"), "caractère nul"),
        (replace(FICHE, unites=(UniteCpts("34154"), UniteCpts("34154"))), "deux fois"),
        (replace(FICHE, unites=(UniteCpts("34154", "partiel", 1.5),)), "part impossible"),
        (replace(FICHE, valide_au=date(2020, 1, 1)), "la fin de validité précède"),
        (replace(FICHE, statut="imaginaire"), "statut inconnu"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_refused(
    registre: Registre, fiche: TerritoireCpts, message: str
) -> None:
    with pytest.raises(RegistreError, match=message):
        registre.enregistrer(fiche, version=None, le=MATIN)
    assert registre.territoires() == ()


def test_the_list_filters_and_pages(registre: Registre) -> None:
    registre.enregistrer_lot(
        [
            (
                TerritoireCpts(
                    f"t{rang:02d}",
                    f"CPTS {'Été' if rang % 2 else 'Hiver'} {rang:02d}",
                    (UniteCpts("35001" if rang < 5 else "97411"),),
                    statut="initiative" if rang % 3 else "refuse",
                ),
                None,
            )
            for rang in range(12)
        ],
        le=MATIN,
    )
    lignes, total = registre.lister(limite=5, debut=5)
    assert (len(lignes), total) == (5, 12)
    assert registre.lister(texte="ETE 0")[1] == 5
    assert registre.lister(texte="100 %_")[1] == 0
    assert registre.lister(departements=["35"])[1] == 5
    assert registre.lister(departements=["974"], statuts=["refuse"])[1] == 2
    assert {ligne.departements for ligne in registre.lister(departements=["974"])[0]} == {("974",)}


def test_a_withdrawn_entry_leaves_the_list_but_not_the_history(registre: Registre) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN)
    registre.retirer("750000001", version=1, motif="Doublon", le=MATIN)
    assert registre.lister() == ((), 0)
    assert [v.action for v in registre.historique("750000001")] == ["retrait", "creation"]
    with pytest.raises(RegistreError, match="n’est plus dans le registre"):
        registre.enregistrer(FICHE, version=2, le=MATIN)


def test_a_decision_keeps_its_reason(registre: Registre) -> None:
    autre = replace(FICHE, identifiant="b", finess=None)
    registre.enregistrer_lot([(FICHE, None), (autre, None)], le=MATIN)
    decision = Decision(
        "750000001", "b", "a", {"34192": "750000001"}, "Bassin de vie", "ARS", MATIN
    )
    numero = registre.decider(decision)
    assert registre.decisions() == (replace(decision, numero=numero),)
    with pytest.raises(RegistreError, match="avec son motif"):
        registre.decider(replace(decision, motif=" "))


def test_completeness_is_declared_by_zone(registre: Registre) -> None:
    for complet in (False, True):
        registre.declarer_completude(
            Completude("departement", "35", complet, "Recensement DD35", "ARS", MATIN)
        )
    assert registre.completudes()[("departement", "35")].est_complet


def test_the_seed_is_laid_once(url: str) -> None:
    premier = Registre.ouvrir(url, amorce=[FICHE], le=MATIN)
    premier.retirer(FICHE.identifiant, version=1, motif="Erreur", le=MATIN)
    premier.fermer()
    second = Registre.ouvrir(url, amorce=[FICHE], le=MATIN)
    assert second.territoires() == ()
    second.fermer()


def test_the_migrations_build_exactly_the_tables_the_code_reads(
    registre: Registre, url: str
) -> None:
    engine = create_engine(url)
    with engine.connect() as connexion:
        assert compare_metadata(MigrationContext.configure(connexion), METADATA) == []
    engine.dispose()


def test_a_newer_schema_is_left_alone(registre: Registre, url: str) -> None:
    registre.enregistrer(FICHE, version=None, le=MATIN)
    engine = create_engine(url)
    with engine.begin() as connexion:
        connexion.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(RegistreError, match=r"version plus récente.*r9999"):
        Registre.ouvrir(url, le=MATIN)
    with engine.connect() as connexion:
        assert connexion.scalar(text("SELECT count(*) FROM territoire")) == 1
    engine.dispose()
