// Compact link of a drawing: the twin of pages/composants/lien.py, where the format is described.
// State: none; every function is pure.

const VERSION = "1";
const TAILLE_MAXIMALE = 60000;
const MARQUE_SUITE = 0;

/** @type {string[]} */
const DEPARTEMENTS = [];
for (let n = 1; n < 96; n += 1) if (n !== 20) DEPARTEMENTS.push(String(n).padStart(2, "0"));
DEPARTEMENTS.push("2A", "2B", "971", "972", "973", "974", "976");
const RANG = new Map(DEPARTEMENTS.map((code, rang) => [code, rang]));

/** @param {string} code */
function numeroDe(code) {
  const departement = code.startsWith("97") ? code.slice(0, 3) : code.slice(0, 2);
  const rang = RANG.get(departement);
  const reste = Number(code.slice(departement.length));
  if (rang === undefined || !Number.isInteger(reste)) throw new Error(`code inattendu : ${code}`);
  return rang * 1000 + reste;
}

/** @param {number} numero */
function codeDe(numero) {
  const departement = DEPARTEMENTS[Math.floor(numero / 1000)];
  if (departement === undefined) throw new Error("département inattendu");
  return departement + String(numero % 1000).padStart(5 - departement.length, "0");
}

/**
 * Append a number as a base-128 varint.
 * @param {number[]} sortie @param {number} nombre
 */
function writeVarint(sortie, nombre) {
  let reste = nombre;
  while (reste > 127) {
    sortie.push((reste & 127) | 128);
    reste >>>= 7;
  }
  sortie.push(reste);
}

/**
 * Append growing numbers as differences; a run of differences of 1 is a mark and its length.
 * @param {number[]} sortie @param {number[]} numeros sorted, distinct
 */
export function writeNumeros(sortie, numeros) {
  writeVarint(sortie, numeros.length);
  let precedent = -1;
  let suite = 0;
  const closeSuite = () => {
    if (suite > 2) {
      sortie.push(MARQUE_SUITE);
      writeVarint(sortie, suite);
    } else for (; suite > 0; suite -= 1) sortie.push(1);
    suite = 0;
  };
  for (const numero of numeros) {
    const ecart = numero - precedent;
    precedent = numero;
    if (ecart === 1) suite += 1;
    else {
      closeSuite();
      writeVarint(sortie, ecart);
    }
  }
  closeSuite();
}

/**
 * Read back what `writeNumeros` wrote, from `position`.
 * @param {Uint8Array} octets @param {number} position @param {number} plafond
 * @returns {{numeros: number[], position: number}}
 */
export function readNumeros(octets, position, plafond) {
  let curseur = position;
  const next = () => {
    let nombre = 0;
    for (let decalage = 0; decalage < 32; decalage += 7) {
      const octet = octets[curseur];
      if (octet === undefined) throw new Error("lien tronqué");
      curseur += 1;
      nombre |= (octet & 127) << decalage;
      if (octet < 128) return nombre;
    }
    throw new Error("nombre trop long");
  };
  const attendus = next();
  if (attendus > plafond) throw new Error("trop de codes");
  const numeros = [];
  let numero = -1;
  while (numeros.length < attendus) {
    const ecart = next();
    if (ecart !== MARQUE_SUITE) {
      numero += ecart;
      numeros.push(numero);
      continue;
    }
    for (let n = Math.min(next(), attendus - numeros.length); n > 0; n -= 1) {
      numero += 1;
      numeros.push(numero);
    }
  }
  return { numeros, position: curseur };
}

/** @param {Uint8Array} octets */
function crc32(octets) {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** @param {number[] | Uint8Array} octets */
export function toBase64url(octets) {
  let binaire = "";
  for (const octet of octets) binaire += String.fromCharCode(octet);
  return btoa(binaire).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} texte */
export function fromBase64url(texte) {
  const binaire = atob(texte.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binaire, (caractere) => caractere.charCodeAt(0));
}

/**
 * Write codes of unités as the shortest text a web address can carry.
 * @param {Iterable<string>} codes @param {Iterable<string>} partielles
 */
export function encodeLien(codes, partielles = []) {
  /** @type {number[]} */
  const corps = [];
  for (const liste of [codes, partielles]) {
    const numeros = [...new Set(Array.from(liste, numeroDe))].sort((a, b) => a - b);
    writeNumeros(corps, numeros);
  }
  const controle = crc32(Uint8Array.from(corps));
  for (const decalage of [24, 16, 8, 0]) corps.push((controle >>> decalage) & 255);
  return `${VERSION}.${toBase64url(corps)}`;
}

/**
 * Read a link back; throws on anything `encodeLien` did not write.
 * @param {string} texte
 * @returns {{codes: string[], partielles: string[]}}
 */
export function decodeLien(texte) {
  const [version, corps, ...reste] = texte.split(".");
  if (texte.length > TAILLE_MAXIMALE || version !== VERSION || reste.length > 0 || !corps) {
    throw new Error("lien illisible");
  }
  const octets = fromBase64url(corps);
  const utile = octets.subarray(0, octets.length - 4);
  const controle = octets.subarray(octets.length - 4).reduce((n, octet) => n * 256 + octet, 0);
  if (octets.length < 6 || crc32(utile) !== controle) throw new Error("lien tronqué ou modifié");
  const plafond = DEPARTEMENTS.length * 1000;
  const codes = readNumeros(utile, 0, plafond);
  const partielles = readNumeros(utile, codes.position, plafond);
  return { codes: codes.numeros.map(codeDe), partielles: partielles.numeros.map(codeDe) };
}
