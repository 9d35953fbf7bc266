"""Form of the figures read in REZONE CPTS: one theme at a time, checked before they are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, Literal, cast

import streamlit as st

from diagnostic.indicateurs import ValeurSaisie
from diagnostic.indicateurs.saisie import CHAMPS, PAR_CLE, ChampSaisie, validate_saisie
from diagnostic.redaction import enumerer, typographier
from pages.composants import etat
from pages.composants.format import INSECABLE, formater_nombre, lire_nombre
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.jour import dire_faux_jour, lire_jour
from pages.composants.mise_en_page import echapper_markdown

_CLE_SAISIES: Final = "diagnostic.saisies"
# the drawing each figure « of the territory » was read for: another one needs another reading
_CLE_DESSINS: Final = "diagnostic.saisies-dessins"
_Perimetre = Literal["territoire", "departement", "region", "france"]
_PERIMETRES: Final[dict[_Perimetre, str]] = {
    "territoire": "le territoire",
    "departement": "le département",
    "region": "la région",
    "france": "la France",
}


def lire_saisies() -> tuple[ValeurSaisie, ...]:
    """Return the typed values of the session."""
    return cast("tuple[ValeurSaisie, ...]", etat.lire(_CLE_SAISIES, ()))


def garder_saisies(
    saisies: tuple[ValeurSaisie, ...], confirmees: Collection[ValeurSaisie] = ()
) -> None:
    """Keep typed values; those confirmed are of the present drawing, the others of theirs."""
    avant, codes = _lire_dessins(), etat.lire_dessin().codes
    etat.garder(
        _CLE_DESSINS, {s: codes if s in confirmees else avant.get(s, codes) for s in saisies}
    )
    etat.garder(_CLE_SAISIES, saisies)


def _lire_dessins() -> dict[ValeurSaisie, frozenset[str]]:
    return cast("dict[ValeurSaisie, frozenset[str]]", etat.lire(_CLE_DESSINS, {}))


def _lire_douteux() -> list[ValeurSaisie]:
    codes, dessins = etat.lire_dessin().codes, _lire_dessins()
    return [
        s
        for s in lire_saisies()
        if s.cle in PAR_CLE and s.perimetre_saisi == "territoire" and dessins.get(s, codes) != codes
    ]


def afficher_doute() -> None:
    """Warn of the figures read for a territory that was then drawn otherwise."""
    douteux = _lire_douteux()
    if douteux:
        st.warning(
            "Le dessin a changé depuis que ces relevés REZONE ont été saisis « pour le "
            f"territoire » : {enumerer([_nommer(s) for s in douteux])}. Ils sont peut-être faux "
            "ici : corrigez-les, retirez-les ou confirmez-les dans « Relevés REZONE »."
        )


def _nommer(saisie: ValeurSaisie) -> str:
    champ = PAR_CLE[saisie.cle]
    return saisie.commentaire if champ.libre else champ.libelle


def afficher_saisie(le: date) -> None:
    """Show the form, then what was typed."""
    st.markdown(
        "Les chiffres de [REZONE CPTS](https://rezonecpts.ameli.fr) (Assurance maladie) ne se "
        "téléchargent pas : recopiez ici ceux qui vous servent. Ils restent marqués « saisi » avec "
        "la date du relevé, et suivent le projet que vous enregistrez."
    )
    groupe = st.segmented_control(
        "Bloc de REZONE",
        list(dict.fromkeys(champ.groupe for champ in CHAMPS)),
        default=CHAMPS[0].groupe,
        key="rezone-groupe",
        required=True,
    )
    champs = [champ for champ in CHAMPS if champ.groupe == groupe]
    with st.form(f"rezone-{groupe}", border=True):
        champ = st.selectbox(
            "Chiffre relevé", champs, format_func=lambda c: f"{c.libelle} ({c.unite})"
        )
        gauche, milieu, droite = st.columns(3)
        valeur = gauche.text_input("Valeur", max_chars=20, placeholder="ex. 21,9")
        perimetre = milieu.selectbox(
            "Relevée pour", list(_PERIMETRES), format_func=_PERIMETRES.__getitem__
        )
        jour = droite.text_input(
            "Date du relevé",
            f"{le:%d/%m/%Y}",
            max_chars=10,
            placeholder="JJ/MM/AAAA",
            key=f"rezone-jour-{groupe}",
        )
        commentaire = st.text_input(
            "Commentaire, ou libellé exact pour un « autre indicateur »", max_chars=200
        )
        if st.form_submit_button("Enregistrer ce relevé", type="primary"):
            _garder(champ, valeur, jour, perimetre, etat.nettoyer_nom(commentaire), le)
    _afficher_releves(le)


def _garder(
    champ: ChampSaisie,
    texte_valeur: str,
    texte_jour: str,
    perimetre: _Perimetre,
    commentaire: str,
    le: date,
) -> None:
    valeur, jour = lire_nombre(texte_valeur), lire_jour(texte_jour)
    fautes = []
    if valeur is None:
        fautes.append("Indiquez une valeur, par exemple 21,9.")
    if jour is None:
        fautes.append(
            dire_faux_jour(texte_jour) if texte_jour.strip() else "Indiquez la date du relevé."
        )
    if valeur is None or jour is None:
        st.error(echapper_markdown(" ".join(fautes)))
        return
    saisie = ValeurSaisie(champ.cle, valeur, jour, perimetre, commentaire)
    if refus := validate_saisie(saisie, le):
        st.error(echapper_markdown(typographier(" ".join(refus))))
        return
    ancienne = next((s for s in lire_saisies() if _est_meme(s, saisie)), None)
    garder_saisies((*(s for s in lire_saisies() if not _est_meme(s, saisie)), saisie))
    suite = f" à la place de {_ecrire(ancienne)}, du {ancienne.le:%d/%m/%Y}" if ancienne else ""
    st.success(typographier(f"Relevé enregistré dans ce dessin{suite}."))


def _est_meme(une: ValeurSaisie, autre: ValeurSaisie) -> bool:
    return (une.cle, une.perimetre_saisi) == (autre.cle, autre.perimetre_saisi)


def _ecrire(saisie: ValeurSaisie) -> str:
    champ = PAR_CLE[saisie.cle]
    return f"{formater_nombre(saisie.valeur, champ.decimales)}{INSECABLE}{champ.unite}"


def _afficher_releves(le: date) -> None:
    # a project file may have been edited by hand, or come from a later version
    for saisie in lire_saisies():
        if fautes := validate_saisie(saisie, le):
            st.warning(echapper_markdown(typographier("Relevé du projet : " + " ".join(fautes))))
    saisies = [saisie for saisie in lire_saisies() if saisie.cle in PAR_CLE]
    if not saisies:
        st.info("Aucun relevé pour l’instant.")
        return
    afficher_tableau(
        ["Relevé", "Pour", "Valeur", "Date"],
        [
            Ligne(
                _nommer(saisie),
                [
                    _PERIMETRES[saisie.perimetre_saisi],
                    _ecrire(saisie),
                    f"{saisie.le:%d/%m/%Y}",
                ],
            )
            for saisie in saisies
        ],
        "Relevés REZONE CPTS de ce dessin.",
        textes=True,
    )
    if _lire_douteux() and st.button("Les relevés valent aussi pour le dessin actuel"):
        garder_saisies(lire_saisies(), confirmees=saisies)
        st.rerun()
    a_retirer = st.multiselect(
        "Relevés à retirer",
        list(range(len(saisies))),
        format_func=lambda rang: (
            f"{PAR_CLE[saisies[rang].cle].libelle}, {_PERIMETRES[saisies[rang].perimetre_saisi]}"
        ),
        key="rezone-retirer",
        placeholder="Choisir",
    )
    if a_retirer and st.button("Retirer les relevés choisis"):
        retires = [saisies[rang] for rang in a_retirer]
        garder_saisies(tuple(s for s in lire_saisies() if s not in retires))
        st.rerun()
