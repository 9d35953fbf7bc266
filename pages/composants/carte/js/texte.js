// French numbers and small sentences.
// State: none; every function is pure.

const FORMAT = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });
const NBSP = "\u00a0";

/** @param {number} nombre with narrow no-break spaces, as French typography wants */
export function nombreFr(nombre) {
  return FORMAT.format(nombre).replace(/\s/g, "\u202f");
}

/** @param {number} nombre with its sign, the true minus */
export function ecartFr(nombre) {
  return (nombre < 0 ? "\u2212" : "+") + nombreFr(Math.abs(nombre));
}

/** @param {number} nombre @param {string} singulier @param {string} pluriel */
export function compter(nombre, singulier, pluriel = `${singulier}s`) {
  return `${nombreFr(nombre)}${NBSP}${Math.abs(nombre) < 2 ? singulier : pluriel}`;
}

/** @param {string[]} noms @param {number} plafond */
export function enumerer(noms, plafond = 3) {
  const montres = noms.slice(0, plafond);
  const reste = noms.length - montres.length;
  if (reste > 0) return `${montres.join(", ")} et ${compter(reste, "autre")}`;
  const dernier = montres.pop() ?? "";
  return montres.length > 0 ? `${montres.join(", ")} et ${dernier}` : dernier;
}
