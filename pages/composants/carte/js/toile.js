// How things are painted: borders, the territory, the hover, the names.
// State: none; every function paints what it is given on the canvas it is given.

import { at } from "./unites.js";

/** @typedef {import("./topologie.js").Couche} Couche */
/** @typedef {import("./unites.js").Unites} Unites */
/** @typedef {import("./unites.js").TypePopulation} TypePopulation */

/**
 * @typedef {object} Vue where the canvas stands
 * @property {CanvasRenderingContext2D} ctx
 * @property {number} echelle pixels for the whole world
 * @property {number} x position of the canvas corner, in these pixels
 * @property {number} y
 * @property {number} largeur pixels
 * @property {number} hauteur
 * @property {number} zoom
 * @property {Palette} palette
 */

/**
 * @typedef {Record<"terre" | "commune" | "groupe" | "departement" | "region" | "cote" | "dedans"
 *   | "contour" | "liseret" | "ajout" | "retrait" | "texte" | "halo", string>} Palette
 */

const HORS_CHAMP = 4; // pixels beyond the canvas where lines still matter

/**
 * Borders of the layer that cross the canvas and are chosen.
 * @param {Vue} vue @param {Couche} couche @param {(arc: number) => boolean} choix
 */
function arcsVisibles(vue, couche, choix) {
  const [x0, y0] = [(vue.x - HORS_CHAMP) / vue.echelle, (vue.y - HORS_CHAMP) / vue.echelle];
  const x1 = (vue.x + vue.largeur + HORS_CHAMP) / vue.echelle;
  const y1 = (vue.y + vue.hauteur + HORS_CHAMP) / vue.echelle;
  const arcs = [];
  const b = couche.boitesArcs;
  for (let arc = 0, n = 0; arc < couche.nombre; arc += 1, n += 4) {
    const visible =
      at(b, n) <= x1 && at(b, n + 1) <= y1 && at(b, n + 2) >= x0 && at(b, n + 3) >= y0;
    if (visible && choix(arc)) arcs.push(arc);
  }
  return arcs;
}

/** @param {Vue} vue @param {Couche} couche @param {number} arc `~arc` is walked backwards @param {boolean} suite */
function tracerArc({ ctx, echelle, x, y }, couche, arc, suite) {
  const endroit = arc >= 0;
  const rang = endroit ? arc : ~arc;
  const trace = couche.trace(echelle);
  const debut = at(trace.debut, rang);
  const fin = at(trace.debut, rang + 1) - 1;
  const pas = endroit ? 1 : -1;
  for (let n = endroit ? debut : fin, k = debut; k <= fin; n += pas, k += 1) {
    const sommet = at(trace.sommets, n);
    const [px, py] = [at(couche.x, sommet) * echelle - x, at(couche.y, sommet) * echelle - y];
    if (k === debut && !suite) ctx.moveTo(px, py);
    else ctx.lineTo(px, py);
  }
}

/** @param {Vue} vue @param {Couche} couche @param {number[][]} anneaux */
function tracerAnneaux(vue, couche, anneaux) {
  for (const anneau of anneaux) {
    for (const [rang, arc] of anneau.entries()) tracerArc(vue, couche, arc, rang > 0);
    vue.ctx.closePath();
  }
}

/**
 * Fill the land of a layer: everything inside its outer borders.
 * @param {Vue} vue @param {Couche} couche
 */
export function peindreTerre(vue, couche) {
  const arcs = [];
  for (let arc = 0; arc < couche.nombre; arc += 1) {
    const [gauche, droite] = [at(couche.gauche, arc), at(couche.droite, arc)];
    if (couche.arcs.has(gauche) !== couche.arcs.has(droite)) arcs.push(arc);
  }
  vue.ctx.beginPath();
  tracerAnneaux(vue, couche, couche.stitch(arcs));
  vue.ctx.fillStyle = vue.palette.terre;
  vue.ctx.fill("evenodd");
}

/**
 * Lines of a layer, the wide ones above the thin ones.
 * @param {Vue} vue @param {Couche} couche @param {boolean} communes whether the finest are drawn
 */
export function peindreLignes(vue, couche, communes) {
  const { ctx, palette } = vue;
  const loin = vue.zoom < 7;
  const traits = [
    { niveau: 0, couleur: palette.commune, epaisseur: 0.6 },
    { niveau: 1, couleur: palette.groupe, epaisseur: loin ? 0.5 : communes ? 1.4 : 0.8 },
    { niveau: 2, couleur: palette.departement, epaisseur: loin ? 0.9 : 1.8 },
    { niveau: 3, couleur: palette.region, epaisseur: loin ? 1.5 : 2.6 },
    { niveau: 4, couleur: palette.cote, epaisseur: loin ? 0.8 : 1.2 },
  ];
  ctx.lineJoin = "round";
  for (const { niveau, couleur, epaisseur } of traits) {
    if (niveau === 0 && !communes) continue;
    ctx.beginPath();
    for (const arc of arcsVisibles(vue, couche, (a) => couche.niveaux[a] === niveau)) {
      tracerArc(vue, couche, arc, false);
    }
    ctx.strokeStyle = couleur;
    ctx.lineWidth = epaisseur;
    ctx.stroke();
  }
}

/**
 * Fill and outline the entities that are in.
 * @param {Vue} vue @param {Couche} couche @param {(entite: number) => boolean} dans
 */
export function peindreTerritoire(vue, couche, dans) {
  const { ctx, palette } = vue;
  /** @param {number} entite */
  const ici = (entite) => entite >= 0 && couche.arcs.has(entite) && dans(entite);
  const plein = [];
  for (let arc = 0; arc < couche.nombre; arc += 1) {
    if (ici(at(couche.gauche, arc)) !== ici(at(couche.droite, arc))) plein.push(arc);
  }
  if (plein.length === 0) return;
  ctx.beginPath();
  tracerAnneaux(vue, couche, couche.stitch(plein));
  ctx.fillStyle = palette.dedans;
  ctx.fill("evenodd");
  // a border shared with a unité of another file that is in too is not an outline
  const bords = plein.filter((arc) => {
    const [gauche, droite] = [at(couche.gauche, arc), at(couche.droite, arc)];
    return !(gauche >= 0 && droite >= 0 && dans(gauche) && dans(droite));
  });
  ctx.beginPath();
  for (const arc of bords) tracerArc(vue, couche, arc, false);
  ctx.lineJoin = "round";
  for (const [couleur, epaisseur] of /** @type {[string, number][]} */ ([
    [palette.liseret, vue.zoom < 7 ? 3.5 : 5.5],
    [palette.contour, vue.zoom < 7 ? 1.8 : 3],
  ])) {
    ctx.strokeStyle = couleur;
    ctx.lineWidth = epaisseur;
    ctx.stroke();
  }
}

/** Slanted lines, so that a state is seen without its colour. @param {CanvasRenderingContext2D} ctx @param {string} couleur */
function hachures(ctx, couleur) {
  const motif = document.createElement("canvas");
  motif.width = 8;
  motif.height = 8;
  const dessin = motif.getContext("2d");
  if (!dessin) return couleur;
  dessin.strokeStyle = couleur;
  dessin.lineWidth = 1.6;
  dessin.beginPath();
  for (const n of [-8, 0, 8]) {
    dessin.moveTo(n - 1, 9);
    dessin.lineTo(n + 9, -1);
  }
  dessin.stroke();
  return ctx.createPattern(motif, "repeat") ?? couleur;
}

/**
 * Hatch entities: those held in part, or those a gesture would take away.
 * @param {Vue} vue @param {Couche} couche @param {Iterable<number>} entites @param {string} couleur
 */
export function peindreHachures(vue, couche, entites, couleur) {
  const { ctx } = vue;
  ctx.beginPath();
  for (const entite of entites) tracerAnneaux(vue, couche, couche.anneaux(entite));
  ctx.fillStyle = hachures(ctx, couleur);
  ctx.fill("evenodd");
}

/**
 * Outline of what the pointer designates: a full line adds, a dashed and hatched one removes.
 * @param {Vue} vue @param {Couche} couche @param {number[]} entites @param {boolean} retirer
 */
export function peindreSurvol(vue, couche, entites, retirer) {
  const { ctx, palette } = vue;
  const presentes = entites.filter((entite) => couche.arcs.has(entite));
  if (presentes.length === 0) return;
  if (retirer) peindreHachures(vue, couche, presentes, palette.retrait);
  const choisies = new Set(presentes);
  ctx.beginPath();
  for (const entite of presentes) {
    for (const arc of couche.arcs.get(entite) ?? []) {
      const [gauche, droite] = [at(couche.gauche, arc), at(couche.droite, arc)];
      if (!(choisies.has(gauche) && choisies.has(droite))) tracerArc(vue, couche, arc, false);
    }
  }
  ctx.lineJoin = "round";
  ctx.strokeStyle = palette.liseret;
  ctx.lineWidth = 5;
  ctx.stroke();
  ctx.setLineDash(retirer ? [7, 4] : []);
  ctx.strokeStyle = retirer ? palette.retrait : palette.ajout;
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * Names, the most populated first, none over another.
 * @param {Vue} vue
 * @param {{nom: string, x: number, y: number, poids: number}[]} noms world positions
 * @param {number} plafond
 */
export function peindreNoms(vue, noms, plafond) {
  const { ctx, palette } = vue;
  /** @type {[number, number, number, number][]} */
  const places = [];
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const { nom, x, y, poids } of noms.sort((a, b) => b.poids - a.poids)) {
    if (places.length >= plafond) break;
    const taille = Math.min(15, 10.5 + Math.log10(1 + poids / 3000) * 1.6);
    ctx.font = `${poids > 60000 ? 600 : 400} ${taille.toFixed(1)}px system-ui, sans-serif`;
    const [px, py] = [x * vue.echelle - vue.x, y * vue.echelle - vue.y];
    const demi = ctx.measureText(nom).width / 2 + 5;
    const boite = /** @type {[number, number, number, number]} */ ([
      px - demi,
      py - taille * 0.8,
      px + demi,
      py + taille * 0.8,
    ]);
    const gene = places.some(
      (p) => p[0] < boite[2] && p[2] > boite[0] && p[1] < boite[3] && p[3] > boite[1],
    );
    if (gene) continue;
    places.push(boite);
    ctx.strokeStyle = palette.halo;
    ctx.lineWidth = 3;
    ctx.strokeText(nom, px, py);
    ctx.fillStyle = palette.texte;
    ctx.fillText(nom, px, py);
  }
}
