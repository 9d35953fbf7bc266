// One display layer: the borders of a coverage, each drawn once, with who stands on either side.
// State: read-only once built; outlines of an entity are stitched, and borders lightened for a
// scale, at first use and kept.

import { at } from "./unites.js";

const ECART_PX = 0.5; // a vertex nearer than that to its border is not seen

/**
 * @typedef {object} Trace vertices of each border that a scale shows
 * @property {Int32Array} debut where each border starts in `sommets`
 * @property {Int32Array} sommets ranks of vertices of the layer
 */

/**
 * @typedef {object} TableCouche what a layer file holds
 * @property {number[]} entites those whose outline is complete here; others only lend a border
 * @property {number} pas degrees per grid step
 * @property {number[]} longueurs vertices of each border
 * @property {number[]} xy differences with the previous vertex, in grid steps, x then y
 * @property {number[]} gauche entity on one side (rank of a unité, or of a group)
 * @property {number[]} droite entity on the other side, -1 for the sea or a foreign country
 * @property {number[]} niveaux 0 commune, 1 group, 2 département, 3 région, 4 coast or frontier
 */

/** Web Mercator, the whole world from 0 to 1. @param {number} longitude @param {number} latitude */
export function mercator(longitude, latitude) {
  const sinus = Math.sin((latitude * Math.PI) / 180);
  return [
    longitude / 360 + 0.5,
    0.5 - Math.log((1 + sinus) / (1 - sinus)) / (4 * Math.PI),
  ];
}

export class Couche {
  /** @param {TableCouche} table */
  constructor(table) {
    this.nombre = table.longueurs.length;
    this.gauche = Int32Array.from(table.gauche);
    this.droite = Int32Array.from(table.droite);
    this.niveaux = Uint8Array.from(table.niveaux);
    this.debut = new Int32Array(this.nombre + 1);
    for (let arc = 0; arc < this.nombre; arc += 1) {
      this.debut[arc + 1] = at(this.debut, arc) + at(table.longueurs, arc);
    }
    const sommets = at(this.debut, this.nombre);
    this.x = new Float64Array(sommets);
    this.y = new Float64Array(sommets);
    /** grid position of both ends of each border, to stitch them without rounding */
    this.bouts = new Float64Array(2 * this.nombre);
    let [gx, gy] = [0, 0];
    for (let arc = 0, n = 0; arc < this.nombre; arc += 1) {
      const fin = at(this.debut, arc + 1);
      for (let premier = true; n < fin; n += 1) {
        gx += at(table.xy, 2 * n);
        gy += at(table.xy, 2 * n + 1);
        const point = mercator(gx * table.pas, gy * table.pas);
        this.x[n] = at(point, 0);
        this.y[n] = at(point, 1);
        if (premier) this.bouts[2 * arc] = gx * 1e7 + gy;
        premier = false;
      }
      this.bouts[2 * arc + 1] = gx * 1e7 + gy;
    }
    /** @type {Map<number, number[]>} borders of each entity */
    this.arcs = new Map(table.entites.map((entite) => [entite, []]));
    for (let arc = 0; arc < this.nombre; arc += 1) {
      const [gauche, droite] = [at(this.gauche, arc), at(this.droite, arc)];
      if (gauche === droite) continue; // a département border inside one group
      this.arcs.get(gauche)?.push(arc);
      this.arcs.get(droite)?.push(arc);
    }
    /** @type {Map<number, [number, number, number, number]>} xmin, ymin, xmax, ymax */
    this.boites = new Map();
    for (const [entite, arcs] of this.arcs) this.boites.set(entite, this.#box(arcs));
    /** boxes of each border, four numbers: the pointer asks for them often */
    this.boitesArcs = new Float64Array(4 * this.nombre);
    for (let arc = 0; arc < this.nombre; arc += 1) this.boitesArcs.set(this.#box([arc]), 4 * arc);
    /** @type {Map<number, number[][]>} */
    this.contours = new Map();
    /** @type {Map<number, Trace>} by power of two of the scale */
    this.traces = new Map();
  }

  /**
   * Borders as a scale shows them. Both sides share a border, so that none gapes.
   * @param {number} echelle pixels for the whole world
   */
  trace(echelle) {
    const puissance = Math.ceil(Math.log2(echelle));
    let trace = this.traces.get(puissance);
    if (!trace) {
      trace = this.#lighten(ECART_PX / 2 ** puissance);
      this.traces.set(puissance, trace);
    }
    return trace;
  }

  /** @param {number} ecart in the world from 0 to 1 @returns {Trace} */
  #lighten(ecart) {
    const debut = new Int32Array(this.nombre + 1);
    const gardes = new Uint8Array(this.x.length);
    for (let arc = 0; arc < this.nombre; arc += 1) {
      this.#keep(at(this.debut, arc), at(this.debut, arc + 1) - 1, ecart * ecart, gardes);
    }
    /** @type {number[]} */
    const sommets = [];
    for (let arc = 0; arc < this.nombre; arc += 1) {
      for (let n = at(this.debut, arc); n < at(this.debut, arc + 1); n += 1) {
        if (gardes[n]) sommets.push(n);
      }
      debut[arc + 1] = sommets.length;
    }
    return { debut, sommets: Int32Array.from(sommets) };
  }

  /**
   * Mark the vertices to keep between two, both kept (Douglas and Peucker).
   * @param {number} premier @param {number} dernier @param {number} carre @param {Uint8Array} gardes
   */
  #keep(premier, dernier, carre, gardes) {
    gardes[premier] = 1;
    gardes[dernier] = 1;
    const pile = [premier, dernier];
    while (pile.length > 0) {
      const b = /** @type {number} */ (pile.pop());
      const a = /** @type {number} */ (pile.pop());
      const [ax, ay] = [at(this.x, a), at(this.y, a)];
      const [dx, dy] = [at(this.x, b) - ax, at(this.y, b) - ay];
      const longueur = dx * dx + dy * dy;
      let [loin, plus] = [-1, carre];
      for (let n = a + 1; n < b; n += 1) {
        const [px, py] = [at(this.x, n) - ax, at(this.y, n) - ay];
        const part = longueur > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / longueur)) : 0;
        const distance = (px - part * dx) ** 2 + (py - part * dy) ** 2;
        if (distance > plus) [loin, plus] = [n, distance];
      }
      if (loin < 0) continue;
      gardes[loin] = 1;
      pile.push(a, loin, loin, b);
    }
  }

  /** Entities whose outline is complete here. */
  entites() {
    return this.arcs.keys();
  }

  /**
   * Closed outlines of an entity: lists of borders, `~arc` when walked backwards.
   * @param {number} entite
   */
  anneaux(entite) {
    let anneaux = this.contours.get(entite);
    if (!anneaux) {
      anneaux = this.stitch(this.arcs.get(entite) ?? []);
      this.contours.set(entite, anneaux);
    }
    return anneaux;
  }

  /**
   * Join borders end to end into closed outlines. Where outlines touch, any pairing draws the
   * same area under the even-odd rule.
   * @param {number[]} arcs
   */
  stitch(arcs) {
    /** @type {Map<number, number[]>} */
    const parBout = new Map();
    for (const arc of arcs) {
      for (const cote of [0, 1]) {
        const bout = at(this.bouts, 2 * arc + cote);
        const liste = parBout.get(bout);
        if (liste) liste.push(arc);
        else parBout.set(bout, [arc]);
      }
    }
    const pris = new Set();
    const anneaux = [];
    for (const premier of arcs) {
      if (pris.has(premier)) continue;
      const anneau = [];
      const origine = at(this.bouts, 2 * premier);
      let arc = premier;
      let entree = origine;
      for (;;) {
        pris.add(arc);
        const endroit = at(this.bouts, 2 * arc) === entree;
        anneau.push(endroit ? arc : ~arc);
        const sortie = at(this.bouts, 2 * arc + (endroit ? 1 : 0));
        if (sortie === origine) break;
        const suivant = parBout.get(sortie)?.find((candidat) => !pris.has(candidat));
        if (suivant === undefined) break;
        arc = suivant;
        entree = sortie;
      }
      anneaux.push(anneau);
    }
    return anneaux;
  }

  /** @param {number[]} arcs @returns {[number, number, number, number]} */
  #box(arcs) {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const arc of arcs) {
      for (let n = at(this.debut, arc); n < at(this.debut, arc + 1); n += 1) {
        const [x, y] = [at(this.x, n), at(this.y, n)];
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        if (y > y1) y1 = y;
      }
    }
    return [x0, y0, x1, y1];
  }
}
