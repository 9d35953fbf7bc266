// What the browser knows of the country: the unités (communes, arrondissements), in the order
// of the server's table, and the groups one clicks on (EPCI, EPT, Paris, communes without EPCI).
// State: read-only once built; built once per page from the cached route `unites`.

/**
 * @typedef {object} TableUnites what the route sends: columns, one entry per unité
 * @property {string} codes five characters each, end to end
 * @property {string[]} noms
 * @property {(number | null)[]} municipale
 * @property {(number | null)[]} totale
 * @property {number[]} groupe rank in `groupes`
 * @property {number[]} departement rank in `departements`
 * @property {number[]} longitude hundred-thousandths of a degree, town hall
 * @property {number[]} latitude
 * @property {[string, string, "epci" | "ept" | "commune"][]} groupes code, nom, type
 * @property {[string, string][]} departements
 */

/** @typedef {"municipale" | "totale"} TypePopulation */

/**
 * @typedef {object} Groupe
 * @property {string} code
 * @property {string} nom
 * @property {"epci" | "ept" | "commune"} type
 * @property {number[]} membres ranks of its unités
 * @property {number} centre rank of its most populated unité
 */

export class Unites {
  /** @param {TableUnites} table */
  constructor(table) {
    this.nombre = table.noms.length;
    this.noms = table.noms;
    /** @type {string[]} */
    this.codes = table.noms.map((_, rang) => table.codes.slice(rang * 5, rang * 5 + 5));
    this.rangs = new Map(this.codes.map((code, rang) => [code, rang]));
    this.populations = {
      municipale: Float64Array.from(table.municipale, (n) => n ?? NaN),
      totale: Float64Array.from(table.totale, (n) => n ?? NaN),
    };
    this.groupe = Int32Array.from(table.groupe);
    this.departement = Int32Array.from(table.departement);
    this.longitude = Float64Array.from(table.longitude, (n) => n / 1e5);
    this.latitude = Float64Array.from(table.latitude, (n) => n / 1e5);
    this.departements = table.departements.map(([code, nom]) => ({ code, nom }));
    /** @type {Groupe[]} */
    this.groupes = table.groupes.map(([code, nom, type]) => ({
      code,
      nom,
      type,
      membres: [],
      centre: -1,
    }));
    const population = this.populations.municipale;
    for (let rang = 0; rang < this.nombre; rang += 1) {
      const groupe = this.groupeDe(rang);
      groupe.membres.push(rang);
      if (groupe.centre < 0 || at(population, rang) > at(population, groupe.centre)) {
        groupe.centre = rang;
      }
    }
  }

  /** @param {number} rang @returns {Groupe} */
  groupeDe(rang) {
    return /** @type {Groupe} */ (this.groupes[at(this.groupe, rang)]);
  }

  /** @param {number} rang */
  nom(rang) {
    return this.noms[rang] ?? "";
  }

  /** @param {number} rang */
  code(rang) {
    return this.codes[rang] ?? "";
  }

  /**
   * Ranks of the codes we know, and the codes we do not.
   * @param {Iterable<string>} codes
   */
  resolve(codes) {
    const rangs = [];
    const inconnus = [];
    for (const code of codes) {
      const rang = this.rangs.get(code);
      if (rang === undefined) inconnus.push(code);
      else rangs.push(rang);
    }
    return { rangs, inconnus };
  }
}

/**
 * Read a typed array where the rank is known to be inside.
 * @param {ArrayLike<number>} tableau @param {number} rang
 */
export function at(tableau, rang) {
  return /** @type {number} */ (tableau[rang]);
}
