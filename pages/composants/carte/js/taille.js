// Size tiers, computed with the thresholds the server read in its dated parameters.
// State: none; every function is pure.

/**
 * @typedef {object} Seuil
 * @property {number} habitants
 * @property {number} taille_a_la_borne size of a territory that has exactly that many inhabitants
 */
/** @typedef {Seuil[]} Bareme growing thresholds, one less than there are sizes */

/**
 * Size of a population, from 1.
 * @param {number} population @param {Bareme} bareme
 */
export function tailleDe(population, bareme) {
  let taille = 1;
  for (const [rang, seuil] of bareme.entries()) {
    if (population > seuil.habitants) taille = rang + 2;
    else if (population === seuil.habitants) taille = seuil.taille_a_la_borne;
  }
  return taille;
}

/**
 * Size, and distance to both neighbouring thresholds (null beyond the first or the last one).
 * @param {number} population @param {Bareme} bareme
 */
export function situation(population, bareme) {
  const taille = tailleDe(population, bareme);
  const dessous = bareme[taille - 2];
  const dessus = bareme[taille - 1];
  return {
    taille,
    manque: dessus ? Math.max(0, dessus.habitants - population) : null,
    marge: dessous ? population - dessous.habitants : null,
  };
}

/**
 * Place of a population on the gauge, from 0 to 1: each size takes the same width.
 * @param {number} population @param {Bareme} bareme
 */
export function placeSurJauge(population, bareme) {
  const bornes = [0, ...bareme.map((seuil) => seuil.habitants)];
  const largeur = 1 / bornes.length;
  for (let n = bornes.length - 1; n >= 0; n -= 1) {
    const bas = /** @type {number} */ (bornes[n]);
    if (population < bas) continue;
    const haut = bornes[n + 1] ?? bas * 2;
    return Math.min(1, n * largeur + (largeur * (population - bas)) / (haut - bas || 1));
  }
  return 0;
}
