// Which entity is under the pointer, the brush, the rectangle or the polygon.
// State: none; every function is pure. Coordinates are Web Mercator, the world from 0 to 1.

import { at } from "./unites.js";

/** @typedef {import("./topologie.js").Couche} Couche */
/** @typedef {[number, number]} Point */

/**
 * Whether a point is inside an entity: parity of the borders crossed to the east of it.
 * @param {Couche} couche @param {number} entite @param {number} px @param {number} py
 */
export function contient(couche, entite, px, py) {
  const boite = couche.boites.get(entite);
  if (!boite || px < boite[0] || px > boite[2] || py < boite[1] || py > boite[3]) return false;
  const { x, y, debut, boitesArcs } = couche;
  let dedans = false;
  for (const arc of couche.arcs.get(entite) ?? []) {
    const b = 4 * arc;
    if (py < at(boitesArcs, b + 1) || py > at(boitesArcs, b + 3) || px > at(boitesArcs, b + 2)) {
      continue;
    }
    for (let n = at(debut, arc) + 1; n < at(debut, arc + 1); n += 1) {
      const [ya, yb] = [at(y, n - 1), at(y, n)];
      if (ya > py === yb > py) continue;
      const [xa, xb] = [at(x, n - 1), at(x, n)];
      if (px < xa + ((py - ya) / (yb - ya)) * (xb - xa)) dedans = !dedans;
    }
  }
  return dedans;
}

/**
 * Entity of the layers under a point, or -1.
 * @param {Iterable<Couche>} couches @param {number} px @param {number} py
 */
export function entiteSous(couches, px, py) {
  for (const couche of couches) {
    for (const entite of couche.entites()) {
      if (contient(couche, entite, px, py)) return entite;
    }
  }
  return -1;
}

/**
 * Entities a disc touches.
 * @param {Iterable<Couche>} couches @param {number} px @param {number} py @param {number} rayon
 * @returns {Set<number>}
 */
export function entitesTouchees(couches, px, py, rayon) {
  const touchees = new Set();
  for (const couche of couches) {
    for (const [entite, boite] of couche.boites) {
      if (touchees.has(entite)) continue;
      const hors =
        px + rayon < boite[0] ||
        px - rayon > boite[2] ||
        py + rayon < boite[1] ||
        py - rayon > boite[3];
      if (hors) continue;
      if (contient(couche, entite, px, py) || bordProche(couche, entite, px, py, rayon)) {
        touchees.add(entite);
      }
    }
  }
  return touchees;
}

/**
 * @param {Couche} couche @param {number} entite
 * @param {number} px @param {number} py @param {number} rayon
 */
function bordProche(couche, entite, px, py, rayon) {
  const { x, y, debut, boitesArcs } = couche;
  const limite = rayon * rayon;
  for (const arc of couche.arcs.get(entite) ?? []) {
    const b = 4 * arc;
    const hors =
      px + rayon < at(boitesArcs, b) ||
      py + rayon < at(boitesArcs, b + 1) ||
      px - rayon > at(boitesArcs, b + 2) ||
      py - rayon > at(boitesArcs, b + 3);
    if (hors) continue;
    for (let n = at(debut, arc) + 1; n < at(debut, arc + 1); n += 1) {
      const d = distanceCarree(px, py, at(x, n - 1), at(y, n - 1), at(x, n), at(y, n));
      if (d <= limite) return true;
    }
  }
  return false;
}

/**
 * Squared distance from a point to a segment.
 * @param {number} px @param {number} py
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by
 */
function distanceCarree(px, py, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const longueur = dx * dx + dy * dy;
  const part = longueur === 0 ? 0 : ((px - ax) * dx + (py - ay) * dy) / longueur;
  const t = Math.max(0, Math.min(1, part));
  const [ex, ey] = [px - ax - t * dx, py - ay - t * dy];
  return ex * ex + ey * ey;
}

/**
 * Whether a point is in a polygon given by its corners.
 * @param {Point[]} polygone @param {number} px @param {number} py
 */
export function dansPolygone(polygone, px, py) {
  let dedans = false;
  let [xa, ya] = polygone[polygone.length - 1] ?? [0, 0];
  for (const [xb, yb] of polygone) {
    if (ya > py !== yb > py && px < xa + ((py - ya) / (yb - ya)) * (xb - xa)) dedans = !dedans;
    [xa, ya] = [xb, yb];
  }
  return dedans;
}

/**
 * Points to test along a stroke, so that a fast pointer leaves no gap.
 * @param {Point} depuis @param {Point} vers @param {number} pas
 * @returns {Point[]}
 */
export function jalonner(depuis, vers, pas) {
  const [dx, dy] = [vers[0] - depuis[0], vers[1] - depuis[1]];
  const nombre = Math.max(1, Math.min(200, Math.ceil(Math.hypot(dx, dy) / pas)));
  return Array.from({ length: nombre }, (_, n) => [
    depuis[0] + (dx * (n + 1)) / nombre,
    depuis[1] + (dy * (n + 1)) / nombre,
  ]);
}
