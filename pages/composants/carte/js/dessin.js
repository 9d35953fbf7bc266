// The drawing itself: which unités are in, and the history of gestures.
// State: `dans` (one byte per unité), running totals, the two stacks of gestures. Nothing else
// in the application may write them: everyone asks `Dessin` and listens to it.

import { at } from "./unites.js";

/** @typedef {import("./unites.js").Unites} Unites */
/** @typedef {{libelle: string, ajouts: number[], retraits: number[]}} Geste */

export const PROFONDEUR = 300; // gestures kept for undo

export class Dessin {
  /** @param {Unites} unites */
  constructor(unites) {
    this.unites = unites;
    this.dans = new Uint8Array(unites.nombre);
    this.nombre = 0;
    this.totaux = { municipale: 0, totale: 0 };
    this.inconnues = { municipale: 0, totale: 0 };
    /** members of each group that are in */
    this.compteGroupe = new Int32Array(unites.groupes.length);
    /** grows with each change; tells which state the server has confirmed */
    this.revision = 0;
    /** @type {Geste[]} */
    this.passe = [];
    /** @type {Geste[]} */
    this.futur = [];
    /** @type {Geste | null} */
    this.enCours = null;
    /** @type {((geste: Geste) => void)[]} */
    this.auditeurs = [];
  }

  /** @param {(geste: Geste) => void} auditeur */
  listen(auditeur) {
    this.auditeurs.push(auditeur);
  }

  rangs() {
    const rangs = [];
    for (let rang = 0; rang < this.dans.length; rang += 1) if (this.dans[rang]) rangs.push(rang);
    return rangs;
  }

  codes() {
    return this.rangs().map((rang) => this.unites.code(rang));
  }

  /**
   * "vide", "partiel" or "complet".
   * @param {number} groupe
   */
  etatGroupe(groupe) {
    const compte = at(this.compteGroupe, groupe);
    if (compte === 0) return "vide";
    return compte === this.unites.groupes[groupe]?.membres.length ? "complet" : "partiel";
  }

  /**
   * Add and remove in one gesture that undo takes back at once.
   * @param {string} libelle @param {Iterable<number>} ajouts @param {Iterable<number>} retraits
   * @returns {boolean} whether anything changed
   */
  apply(libelle, ajouts, retraits = []) {
    const geste = this.#write(libelle, ajouts, retraits);
    if (!geste) return false;
    this.#remember(geste);
    this.#tell(geste);
    return true;
  }

  /** @param {number[]} rangs @param {string} libelle */
  replace(rangs, libelle) {
    const voulus = new Set(rangs);
    return this.apply(
      libelle,
      rangs,
      this.rangs().filter((rang) => !voulus.has(rang)),
    );
  }

  /**
   * Open a gesture that grows while the pointer moves; `extend` it, then `close` it.
   * @param {string} libelle
   */
  open(libelle) {
    this.close();
    this.enCours = { libelle, ajouts: [], retraits: [] };
  }

  /** @param {Iterable<number>} ajouts @param {Iterable<number>} retraits */
  extend(ajouts, retraits) {
    if (!this.enCours) return false;
    const geste = this.#write(this.enCours.libelle, ajouts, retraits);
    if (!geste) return false;
    this.enCours.ajouts.push(...geste.ajouts);
    this.enCours.retraits.push(...geste.retraits);
    this.#tell(geste);
    return true;
  }

  close() {
    const geste = this.enCours;
    this.enCours = null;
    if (geste && geste.ajouts.length + geste.retraits.length > 0) this.#remember(geste);
    return geste;
  }

  /** Take back the gesture that is open. @returns {boolean} whether it had changed anything */
  abandon() {
    const geste = this.enCours;
    this.enCours = null;
    if (!geste || geste.ajouts.length + geste.retraits.length === 0) return false;
    this.#write(geste.libelle, geste.retraits, geste.ajouts);
    this.#tell(geste);
    return true;
  }

  /** @returns {Geste | undefined} the gesture taken back */
  undo() {
    this.close();
    const geste = this.passe.pop();
    if (!geste) return undefined;
    this.futur.push(geste);
    this.#write(geste.libelle, geste.retraits, geste.ajouts);
    this.#tell(geste);
    return geste;
  }

  /** @returns {Geste | undefined} the gesture done again */
  redo() {
    this.close();
    const geste = this.futur.pop();
    if (!geste) return undefined;
    this.passe.push(geste);
    this.#write(geste.libelle, geste.ajouts, geste.retraits);
    this.#tell(geste);
    return geste;
  }

  /**
   * Take a state as it is, with its history, without it being a gesture.
   * @param {number[]} rangs @param {Geste[]} passe @param {Geste[]} futur
   */
  restore(rangs, passe = [], futur = []) {
    this.enCours = null;
    const voulus = new Set(rangs);
    this.#write(
      "",
      rangs,
      this.rangs().filter((rang) => !voulus.has(rang)),
    );
    this.passe = passe.slice(-PROFONDEUR);
    this.futur = futur.slice(-PROFONDEUR);
    this.#tell({ libelle: "", ajouts: [], retraits: [] });
  }

  /** @param {Geste} geste */
  #remember(geste) {
    this.passe.push(geste);
    if (this.passe.length > PROFONDEUR) this.passe.shift();
    this.futur.length = 0;
  }

  /** @param {Geste} geste */
  #tell(geste) {
    this.revision += 1;
    for (const auditeur of this.auditeurs) auditeur(geste);
  }

  /**
   * @param {string} libelle @param {Iterable<number>} ajouts @param {Iterable<number>} retraits
   * @returns {Geste | null}
   */
  #write(libelle, ajouts, retraits) {
    /** @type {Geste} */
    const geste = { libelle, ajouts: [], retraits: [] };
    for (const rang of retraits) if (this.#set(rang, 0)) geste.retraits.push(rang);
    for (const rang of ajouts) if (this.#set(rang, 1)) geste.ajouts.push(rang);
    return geste.ajouts.length + geste.retraits.length > 0 ? geste : null;
  }

  /** @param {number} rang @param {0 | 1} valeur */
  #set(rang, valeur) {
    if (this.dans[rang] === undefined || this.dans[rang] === valeur) return false;
    this.dans[rang] = valeur;
    const signe = valeur ? 1 : -1;
    this.nombre += signe;
    const groupe = at(this.unites.groupe, rang);
    this.compteGroupe[groupe] = at(this.compteGroupe, groupe) + signe;
    for (const type of /** @type {const} */ (["municipale", "totale"])) {
      const habitants = at(this.unites.populations[type], rang);
      if (Number.isNaN(habitants)) this.inconnues[type] += signe;
      else this.totaux[type] += signe * habitants;
    }
    return true;
  }
}
