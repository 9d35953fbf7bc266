// Drafts kept by the browser, one per tab, with the history of gestures.
// State: the browser's storages (given, so that tests bring their own). One key per tab: two tabs
// never write over each other; a tab that opens without a link may take the draft of a closed one.

import { fromBase64url, readNumeros, toBase64url, writeNumeros } from "./lien.js";

/** @typedef {import("./dessin.js").Geste} Geste */

/**
 * @typedef {object} Brouillon
 * @property {number} version
 * @property {string} lien
 * @property {string} nom
 * @property {string} millesime geography the ranks of the history refer to
 * @property {[string, string, string][]} passe label, added, removed
 * @property {[string, string, string][]} futur
 * @property {number} date milliseconds
 */

const VERSION = 1;
const PREFIXE = "cpts:brouillon:";
const CLE_ONGLET = "cpts:onglet";
const CONSERVES = 8; // drafts of other tabs kept, the latest

/** @param {Geste} geste @returns {[string, string, string]} */
function writeGeste({ libelle, ajouts, retraits }) {
  return [libelle, writeRangs(ajouts), writeRangs(retraits)];
}

/** @param {number[]} rangs */
function writeRangs(rangs) {
  /** @type {number[]} */
  const octets = [];
  writeNumeros(
    octets,
    [...rangs].sort((a, b) => a - b),
  );
  return toBase64url(octets);
}

/** @param {string} texte @param {number} nombre */
function readRangs(texte, nombre) {
  const { numeros } = readNumeros(fromBase64url(texte), 0, nombre);
  if (numeros.some((rang) => rang >= nombre)) throw new Error("rang inattendu");
  return numeros;
}

/** @param {unknown} liste @param {number} nombre @returns {Geste[]} */
function readGestes(liste, nombre) {
  if (!Array.isArray(liste)) return [];
  return liste.map(([libelle, ajouts, retraits]) => ({
    libelle: String(libelle),
    ajouts: readRangs(ajouts, nombre),
    retraits: readRangs(retraits, nombre),
  }));
}

/** @param {Geste[]} gestes @param {number} profondeur */
function lastOf(gestes, profondeur) {
  return gestes.slice(Math.max(0, gestes.length - profondeur));
}

export class Brouillons {
  /**
   * @param {{local: () => Storage, session: () => Storage, hasard: () => string,
   *   maintenant: () => number}} milieu storages are functions: a browser may refuse even their name
   * @param {string} millesime @param {number} nombre unités of that geography
   */
  constructor({ local, session, hasard, maintenant }, millesime, nombre) {
    this.local = local;
    this.session = session;
    this.hasard = hasard;
    this.maintenant = maintenant;
    this.millesime = millesime;
    this.nombre = nombre;
    this.onglet = this.#tenter(() => session().getItem(CLE_ONGLET)) ?? "";
    if (!/^[\w-]{4,40}$/.test(this.onglet)) this.renew();
    this.#clean();
  }

  /** Take a new identity: this tab is a copy of another one. */
  renew() {
    this.onglet = this.hasard();
    this.#tenter(() => this.session().setItem(CLE_ONGLET, this.onglet));
  }

  /**
   * Keep the drawing of this tab.
   * @param {{lien: string, nom: string, passe: Geste[], futur: Geste[]}} dessin
   * @returns {boolean} false when the browser refuses (private mode, storage full)
   */
  save({ lien, nom, passe, futur }) {
    const cle = PREFIXE + this.onglet;
    for (const profondeur of [Infinity, 100, 20, 0]) {
      /** @type {Brouillon} */
      const brouillon = {
        version: VERSION,
        lien,
        nom,
        millesime: this.millesime,
        passe: lastOf(passe, profondeur).map(writeGeste),
        futur: lastOf(futur, profondeur).map(writeGeste),
        date: this.maintenant(),
      };
      const ecrit = this.#tenter(() => {
        this.local().setItem(cle, JSON.stringify(brouillon));
        return true;
      });
      if (ecrit) return true;
    }
    return false;
  }

  /** Draft of this tab, with its history. */
  read() {
    return this.open(this.onglet);
  }

  /**
   * Read a draft; a damaged one is as if absent, a history of another geography is left.
   * @param {string} onglet
   * @returns {{lien: string, nom: string, passe: Geste[], futur: Geste[], date: number} | null}
   */
  open(onglet) {
    return (
      this.#tenter(() => {
        const brouillon = JSON.parse(this.local().getItem(PREFIXE + onglet) ?? "null");
        if (brouillon?.version !== VERSION || typeof brouillon.lien !== "string") return null;
        const suivi = brouillon.millesime === this.millesime;
        return {
          lien: brouillon.lien,
          nom: String(brouillon.nom ?? ""),
          passe: suivi ? readGestes(brouillon.passe, this.nombre) : [],
          futur: suivi ? readGestes(brouillon.futur, this.nombre) : [],
          date: Number(brouillon.date) || 0,
        };
      }) ?? null
    );
  }

  /** Drafts of other tabs that hold something, the latest first. */
  others() {
    return this.#cles()
      .filter((onglet) => onglet !== this.onglet)
      .map((onglet) => ({ onglet, brouillon: this.open(onglet) }))
      .filter(({ brouillon }) => brouillon?.lien)
      .sort((a, b) => (b.brouillon?.date ?? 0) - (a.brouillon?.date ?? 0));
  }

  /** @param {string} onglet */
  remove(onglet) {
    this.#tenter(() => this.local().removeItem(PREFIXE + onglet));
  }

  #clean() {
    for (const { onglet } of this.others().slice(CONSERVES)) this.remove(onglet);
  }

  #cles() {
    return (
      this.#tenter(() =>
        Array.from({ length: this.local().length }, (_, n) => this.local().key(n) ?? "")
          .filter((cle) => cle.startsWith(PREFIXE))
          .map((cle) => cle.slice(PREFIXE.length)),
      ) ?? []
    );
  }

  /** A storage may refuse anything at any time. @template T @param {() => T} action @returns {T | null} */
  #tenter(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }
}
