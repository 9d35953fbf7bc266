// Buttons laid over the map: zoom, shortcuts to places, names, background; the short messages.
// State: the message shown and its timer.

import { el, icone, remplir } from "./dom.js";

const VUES = /** @type {[string, string[]][]} */ ([
  ["Guadeloupe", ["971"]],
  ["Martinique", ["972"]],
  ["Guyane", ["973"]],
  ["La Réunion", ["974"]],
  ["Mayotte", ["976"]],
  ["Corse", ["2A", "2B"]],
  ["Paris et petite couronne", ["75", "92", "93", "94"]],
]);

const DUREE_MS = 7000;

/** Départements of a shortcut. @param {string} vue */
export function departementsDe(vue) {
  return VUES.find(([nom]) => nom === vue)?.[1] ?? [];
}

/**
 * @param {{onZoom: (sens: 1 | -1) => void, onCadrer: () => void, onVue: (vue: string) => void,
 *   onNoms: (montrer: boolean) => void, onFond: (montrer: boolean) => void,
 *   onCpts: (montrer: boolean) => void}} actions
 */
export function buildCoins({ onZoom, onCadrer, onVue, onNoms, onFond, onCpts }) {
  const vues = el(
    "select",
    {
      "aria-label": "Aller à",
      onchange: () => {
        onVue(vues.value);
        vues.value = "";
      },
    },
    el("option", { value: "" }, "Aller à…"),
    el("option", { value: "france" }, "France métropolitaine"),
    ...VUES.map(([nom]) => el("option", { value: nom }, nom)),
  );
  const noms = el("input", {
    type: "checkbox",
    checked: true,
    onchange: () => onNoms(noms.checked),
  });
  const fond = el("input", { type: "checkbox", onchange: () => onFond(fond.checked) });
  const cpts = el("input", {
    type: "checkbox",
    checked: true,
    onchange: () => onCpts(cpts.checked),
  });
  const coins = el(
    "div",
    { class: "coins" },
    el(
      "div",
      { class: "coin haut", role: "group", "aria-label": "Vue" },
      el("button", { type: "button", "aria-label": "Zoomer", onclick: () => onZoom(1) }, "+"),
      el("button", { type: "button", "aria-label": "Dézoomer", onclick: () => onZoom(-1) }, "−"),
      el(
        "button",
        {
          type: "button",
          "aria-label": "Voir tout le territoire",
          title: "Voir tout le territoire",
          "data-action": "cadrer",
          onclick: onCadrer,
        },
        icone("cadrer"),
      ),
    ),
    el(
      "div",
      { class: "coin bas" },
      vues,
      el("label", {}, noms, " Noms"),
      el("label", {}, cpts, " CPTS connues"),
      el("label", {}, fond, " Plan IGN"),
    ),
  );
  return { coins, fond };
}

export class Message {
  constructor() {
    this.element = el("div", { class: "message", role: "status", hidden: true });
    this.minuterie = 0;
    this.aSuite = false;
  }

  /** Make way for a gesture on the map, unless there is an answer to give. */
  yield() {
    if (!this.aSuite) this.element.hidden = true;
  }

  /**
   * Short message over the map, with one action at most: it then waits to be answered or replaced,
   * for nobody reaches a button by keyboard in a few seconds.
   * @param {string} texte @param {{texte: string, action: () => void}} [suite]
   */
  say(texte, suite) {
    clearTimeout(this.minuterie);
    this.aSuite = suite !== undefined;
    const fermer = () => {
      this.element.hidden = true;
    };
    const agir = () => {
      fermer();
      suite?.action();
    };
    remplir(
      this.element,
      el("span", {}, texte),
      suite && el("button", { type: "button", class: "lien", onclick: agir }, suite.texte),
      el(
        "button",
        {
          type: "button",
          class: "retirer",
          "aria-label": "Fermer le message",
          onclick: fermer,
        },
        icone("retirer"),
      ),
    );
    this.element.hidden = false;
    if (!suite) this.minuterie = window.setTimeout(fermer, DUREE_MS);
  }
}
