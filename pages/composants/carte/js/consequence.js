// What a click would do, said before the click.
// State: none; every function is pure.

import { situation, tailleDe } from "./taille.js";
import { compter, ecartFr, enumerer, nombreFr } from "./texte.js";
import { at } from "./unites.js";

/** @typedef {import("./dessin.js").Dessin} Dessin */
/** @typedef {import("./voisinage.js").Voisinage} Voisinage */
/** @typedef {import("./taille.js").Bareme} Bareme */
/** @typedef {import("./unites.js").TypePopulation} TypePopulation */

const PLAFOND = 3000; // beyond, walking the graph at each move of the pointer would be felt

/**
 * Lines of the tooltip for a change of the drawing.
 * @param {Dessin} dessin
 * @param {number[]} rangs unités under the pointer
 * @param {boolean} retirer whether the click removes them
 * @param {{bareme: Bareme | null, type: TypePopulation, voisinage: Voisinage | null}} contexte
 * @returns {string[]}
 */
export function computeConsequences(dessin, rangs, retirer, { bareme, type, voisinage }) {
  const touches = rangs.filter((rang) => Boolean(dessin.dans[rang]) === retirer);
  const { unites } = dessin;
  const avant = dessin.totaux[type];
  let ecart = 0;
  let inconnues = 0;
  for (const rang of touches) {
    const habitants = at(unites.populations[type], rang);
    if (Number.isNaN(habitants)) inconnues += 1;
    else ecart += retirer ? -habitants : habitants;
  }
  const apres = avant + ecart;
  const lignes = [`${ecartFr(ecart)} hab. → ${nombreFr(apres)}`];
  if (inconnues > 0) lignes.push(`population inconnue pour ${compter(inconnues, "commune")}`);
  if (bareme && dessin.nombre > 0) {
    const [t0, t1] = [tailleDe(avant, bareme), tailleDe(apres, bareme)];
    if (retirer && touches.length === dessin.nombre) lignes.push("territoire vide");
    else if (t0 !== t1) lignes.push(`taille ${t0} → ${t1}`);
  } else if (bareme) lignes.push(`taille ${situation(apres, bareme).taille}`);
  if (voisinage && dessin.nombre + touches.length <= PLAFOND) lignes.push(...computeTopologie(dessin, touches, retirer, voisinage));
  return lignes;
}

/**
 * Pieces and enclaves the change would create.
 * @param {Dessin} dessin @param {number[]} touches @param {boolean} retirer
 * @param {Voisinage} voisinage
 */
function computeTopologie(dessin, touches, retirer, voisinage) {
  const { unites } = dessin;
  const bouge = new Set(touches);
  /** @param {number} rang */
  const avant = (rang) => dessin.dans[rang] === 1;
  /** @param {number} rang */
  const apres = (rang) => (bouge.has(rang) ? !retirer : dessin.dans[rang] === 1);
  const lignes = [];
  const proches = new Set(touches);
  for (const rang of touches) for (const voisin of voisinage.de(rang)) proches.add(voisin);
  const autour = [...proches].filter(apres);
  const deja = new Set(voisinage.enclaves(avant, [...proches].filter(avant)).flat());
  const nouvelles = voisinage
    .enclaves(apres, autour)
    .filter((poche) => poche.some((rang) => !deja.has(rang)));
  if (nouvelles.length > 0) {
    const noms = nouvelles.flat().map((rang) => unites.nom(rang));
    lignes.push(`laisse ${enumerer(noms)} ${noms.length > 1 ? "enclavées" : "enclavée"}`);
  }
  const rangs = dessin.rangs();
  const morceauxAvant = voisinage.morceaux(avant, rangs).length;
  const morceauxApres = voisinage.morceaux(apres, [...rangs, ...touches]).length;
  if (morceauxApres > Math.max(1, morceauxAvant)) {
    lignes.push(`territoire en ${compter(morceauxApres, "morceau", "morceaux")}`);
  }
  return lignes;
}
