// The toolbar: level, tools, history, pasted lists.
// State: none but what its buttons show; the tool in hand is in `Gestes`.

import { el, icone } from "./dom.js";

/** @typedef {import("./gestes.js").Gestes} Gestes */
/** @typedef {import("./gestes.js").Outil} Outil */
/** @typedef {import("./carte.js").Maille} Maille */

const OUTILS = /** @type {[Outil, string, string][]} */ ([
  ["clic", "Cliquer", "Un clic ajoute, un second retire. Maj + clic : l’autre maille."],
  ["balayage", "Balayer", "Glissez sur la carte pour ajouter tout ce que le pinceau touche."],
  ["gomme", "Gommer", "Glissez sur la carte pour retirer tout ce que le pinceau touche."],
  ["rectangle", "Rectangle", "Glissez pour tracer un rectangle. Alt : retirer au lieu d’ajouter."],
  ["polygone", "Polygone", "Cliquez les sommets ; double-clic ou premier sommet pour fermer."],
]);

/** What a tool does, and how the map moves meanwhile. @param {Outil} outil */
export function aideOutil(outil) {
  const aide = OUTILS.find(([nom]) => nom === outil)?.[2] ?? "";
  const doigt = matchMedia("(pointer: coarse)").matches;
  return `${aide} ${doigt ? "Deux doigts déplacent" : "Molette et bouton du milieu déplacent"} la carte.`;
}

export class Barre {
  /**
   * @param {HTMLElement} hote
   * @param {{rayon: number, onMaille: (maille: Maille) => void, onOutil: (outil: Outil) => void,
   *   onRayon: (rayon: number) => void, onRetirer: (retirer: boolean) => void,
   *   onAnnuler: () => void, onRetablir: () => void, onVider: () => void,
   *   onColler: () => void}} actions
   */
  constructor(hote, actions) {
    this.outils = OUTILS.map(([outil, texte, aide]) =>
      el(
        "button",
        {
          type: "button",
          "data-outil": outil,
          "aria-pressed": "false",
          title: aide,
          onclick: () => actions.onOutil(outil),
        },
        icone(outil),
        el("span", {}, texte),
      ),
    );
    const largeur = el("input", {
      type: "range",
      min: 4,
      max: 60,
      value: actions.rayon,
      "aria-label": "Largeur du pinceau, en pixels",
      oninput: () => actions.onRayon(Number(largeur.value)),
    });
    this.largeur = el("label", { class: "reglage", hidden: true }, "Largeur ", largeur);
    const sens = el("input", { type: "checkbox", onchange: () => actions.onRetirer(sens.checked) });
    this.sens = el("label", { class: "reglage", hidden: true }, sens, " Retirer");
    this.annuler = bouton(
      "annuler",
      "Annuler",
      "Annuler le dernier geste (Ctrl + Z)",
      actions.onAnnuler,
    );
    this.retablir = bouton(
      "retablir",
      "Rétablir",
      "Rétablir (Ctrl + Maj + Z)",
      actions.onRetablir,
    );
    this.vider = bouton(
      "vider",
      "Vider",
      "Retirer toutes les communes du territoire",
      actions.onVider,
    );
    this.coller = bouton(
      "coller",
      "Coller une liste",
      "Coller une liste ou ouvrir un fichier",
      actions.onColler,
      false,
    );
    hote.append(
      buildMailles(actions.onMaille),
      buildGroupe("Outils de dessin", ...this.outils),
      this.largeur,
      this.sens,
      buildGroupe(
        "Historique et listes",
        this.annuler,
        this.retablir,
        this.vider,
        this.coller,
      ),
    );
  }

  /** @param {Outil} outil */
  showOutil(outil) {
    for (const unBouton of this.outils) {
      unBouton.setAttribute("aria-pressed", String(unBouton.dataset.outil === outil));
    }
    this.largeur.hidden = outil !== "balayage" && outil !== "gomme";
    this.sens.hidden = outil !== "rectangle" && outil !== "polygone";
  }

  /** @param {import("./dessin.js").Dessin} dessin */
  showHistorique({ passe, futur, nombre }) {
    const boutons = [this.annuler, this.retablir, this.vider];
    const tenu = boutons.find((unBouton) => unBouton.matches(":focus"));
    this.annuler.disabled = passe.length === 0;
    this.retablir.disabled = futur.length === 0;
    this.vider.disabled = nombre === 0;
    // a button that goes out would take the focus with it
    if (tenu?.disabled) (boutons.find((unBouton) => !unBouton.disabled) ?? this.coller).focus();
  }
}

/** @param {string} nom @param {...HTMLElement} boutons */
function buildGroupe(nom, ...boutons) {
  return el("div", { class: "outils", role: "group", "aria-label": nom }, ...boutons);
}

/** @param {(maille: Maille) => void} onMaille */
function buildMailles(onMaille) {
  const groupe = `maille-${Math.random()}`;
  const choix = /** @type {[Maille, string][]} */ ([
    ["groupe", "Intercommunalités"],
    ["commune", "Communes"],
  ]);
  return el(
    "fieldset",
    { class: "segments" },
    el("legend", { class: "sr" }, "Dessiner par"),
    ...choix.map(([maille, texte]) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: groupe,
          value: maille,
          checked: maille === "groupe",
          onchange: () => onMaille(maille),
        }),
        el("span", {}, texte),
      ),
    ),
  );
}

/**
 * @param {Parameters<typeof icone>[0]} image @param {string} texte @param {string} aide
 * @param {() => void} action @param {boolean} [court] the text is for screen readers only
 */
function bouton(image, texte, aide, action, court = true) {
  return el(
    "button",
    { type: "button", title: aide, "data-action": image, onclick: action },
    icone(image),
    el("span", { class: court ? "sr" : "" }, texte),
  );
}
