// The tooltip beside the pointer: what is designated, and what a click would do.
// State: none but the element.

import { computeConsequences } from "./consequence.js";
import { el, remplir } from "./dom.js";
import { compter, nombreFr } from "./texte.js";

/** @typedef {import("./gestes.js").Cible} Cible */
/** @typedef {import("./dessin.js").Dessin} Dessin */

const LARGEUR = 280;
const HAUTEUR = 120;

export class Bulle {
  constructor() {
    this.element = el("div", { class: "bulle", hidden: true });
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * @param {Dessin} dessin @param {Cible} cible @param {boolean} retirer
   * @param {Parameters<typeof computeConsequences>[3]} contexte
   * @returns {string} the same thing in one sentence, for screen readers
   */
  write(dessin, cible, retirer, contexte) {
    const { unites } = dessin;
    const populations = unites.populations[contexte.type];
    const habitants = cible.rangs.reduce((n, rang) => n + (populations[rang] ?? NaN), 0);
    const population = Number.isNaN(habitants)
      ? "population inconnue"
      : `${nombreFr(habitants)}\u00a0hab.`;
    const [premier = 0] = cible.rangs;
    const detail =
      cible.groupe < 0
        ? `${population} · ${unites.groupeDe(premier).nom}`
        : `${compter(cible.rangs.length, "commune")} · ${population}`;
    const lignes = computeConsequences(dessin, cible.rangs, retirer, contexte);
    const effet = `${retirer ? "Retirer" : "Ajouter"}\u00a0: ${lignes.join(", ")}`;
    remplir(
      this.element,
      el("strong", {}, cible.nom),
      el("span", {}, detail),
      el("span", { class: retirer ? "effet moins" : "effet plus" }, effet),
    );
    return `${cible.nom}. ${effet}`;
  }

  /**
   * Beside the pointer, on the side where there is room.
   * @param {{x: number, y: number}} point @param {DOMRect} cadre
   */
  place({ x, y }, { width, height }) {
    const aGauche = x > width - LARGEUR;
    const enHaut = y > height - HAUTEUR;
    const { style } = this.element;
    style.left = `${aGauche ? x - 16 : x + 16}px`;
    style.top = `${enHaut ? y - 12 : y + 18}px`;
    style.transform = `translate(${aGauche ? "-100%" : "0"}, ${enHaut ? "-100%" : "0"})`;
    this.element.hidden = false;
  }
}
