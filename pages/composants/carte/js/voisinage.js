// Who touches whom: pieces, enclaves, and what a click would do to them.
// State: read-only once built; built once per page from the cached route `voisinage`.

import { at } from "./unites.js";

const PLAFOND = 400; // an uncovered set larger than this is not an enclave but the outside

/**
 * @typedef {object} TableVoisinage what the route sends
 * @property {number[]} nombres neighbours of each unité that come after it
 * @property {number[]} ecarts their ranks, as differences with the unité's own rank
 * @property {[number, number][]} liaisons bridges and ferries: they join, they do not surround
 * @property {number[]} bordure ranks of the unités that touch the sea or a foreign country
 */

export class Voisinage {
  /** @param {TableVoisinage} table */
  constructor(table) {
    const nombre = table.nombres.length;
    const degres = new Int32Array(nombre + 1);
    let position = 0;
    for (let a = 0; a < nombre; a += 1) {
      for (let n = at(table.nombres, a); n > 0; n -= 1, position += 1) {
        const b = a + at(table.ecarts, position);
        degres[a] = at(degres, a) + 1;
        degres[b] = at(degres, b) + 1;
      }
    }
    this.debut = new Int32Array(nombre + 1);
    for (let a = 0; a < nombre; a += 1) this.debut[a + 1] = at(this.debut, a) + at(degres, a);
    this.voisins = new Int32Array(at(this.debut, nombre));
    const libre = this.debut.slice();
    /** @param {number} a @param {number} b */
    const put = (a, b) => {
      const place = at(libre, a);
      this.voisins[place] = b;
      libre[a] = place + 1;
    };
    position = 0;
    for (let a = 0; a < nombre; a += 1) {
      for (let n = at(table.nombres, a); n > 0; n -= 1, position += 1) {
        const b = a + at(table.ecarts, position);
        put(a, b);
        put(b, a);
      }
    }
    /** @type {Map<number, number[]>} */
    this.liaisons = new Map();
    for (const [a, b] of table.liaisons) {
      this.liaisons.set(a, [...(this.liaisons.get(a) ?? []), b]);
      this.liaisons.set(b, [...(this.liaisons.get(b) ?? []), a]);
    }
    this.bordure = new Uint8Array(nombre);
    for (const rang of table.bordure) this.bordure[rang] = 1;
  }

  /** Neighbours by land. @param {number} rang */
  de(rang) {
    return this.voisins.subarray(at(this.debut, rang), at(this.debut, rang + 1));
  }

  /** Neighbours by land or over water. @param {number} rang */
  relies(rang) {
    const liaisons = this.liaisons.get(rang);
    return liaisons ? [...this.de(rang), ...liaisons] : this.de(rang);
  }

  /**
   * Pieces of the set, largest first; each is a list of ranks.
   * @param {(rang: number) => boolean} dans @param {Iterable<number>} rangs
   */
  morceaux(dans, rangs) {
    const vus = new Set();
    /** @type {number[][]} */
    const morceaux = [];
    for (const depart of rangs) {
      if (vus.has(depart) || !dans(depart)) continue;
      const morceau = [depart];
      vus.add(depart);
      for (let n = 0; n < morceau.length; n += 1) {
        for (const voisin of this.relies(at(morceau, n))) {
          if (vus.has(voisin) || !dans(voisin)) continue;
          vus.add(voisin);
          morceau.push(voisin);
        }
      }
      morceaux.push(morceau);
    }
    return morceaux.sort((a, b) => b.length - a.length);
  }

  /**
   * Sets left out that border the territory, among those touching `depuis`, and no other unité,
   * even over water. With a coast or a foreign border, only a commune alone counts (the rule of
   * diagnostic/contiguite.py).
   * @param {(rang: number) => boolean} dans @param {Iterable<number>} depuis
   */
  enclaves(dans, depuis) {
    /** @type {Map<number, number>} first unité of the set in which each one was met */
    const vus = new Map();
    /** @type {number[][]} */
    const enclaves = [];
    for (const rang of depuis) {
      for (const voisin of this.de(rang)) {
        if (dans(voisin) || vus.has(voisin)) continue;
        const poche = [voisin];
        vus.set(voisin, voisin);
        let exterieure = false;
        let suiteAilleurs = false; // it is the rest of a set that was left before its end
        for (let n = 0; n < poche.length && poche.length <= PLAFOND; n += 1) {
          const place = at(poche, n);
          if (this.bordure[place]) exterieure = true;
          for (const suivant of this.relies(place)) {
            if (dans(suivant)) continue;
            const premiere = vus.get(suivant);
            if (premiere === undefined) {
              vus.set(suivant, voisin);
              poche.push(suivant);
            } else if (premiere !== voisin) suiteAilleurs = true;
          }
        }
        const fermee = !exterieure && poche.length <= PLAFOND;
        if (!suiteAilleurs && (poche.length === 1 || fermee)) enclaves.push(poche);
      }
    }
    return enclaves;
  }
}
