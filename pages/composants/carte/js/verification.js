// Asks the server to apply the rules to the drawing, again when it does not answer.
// State: the question in flight; a newer drawing takes its place.

/** @typedef {import("./panneau.js").Confirmation} Confirmation */
/** @typedef {import("./unites.js").TypePopulation} TypePopulation */
/** @typedef {{revision: number, lien: string, type: TypePopulation}} Question */

const DELAIS_MS = [1000, 2000, 5000, 10000]; // before asking again; the last one for ever

/** An answer that asking again would not change; its message is for people. */
export class RefusError extends Error {}

export class Verification {
  /**
   * @param {string} adresse
   * @param {{onReponse: (confirmation: Confirmation) => void,
   *   onEchec: (raison: string) => void}} options
   */
  constructor(adresse, { onReponse, onEchec }) {
    this.adresse = adresse;
    this.onReponse = onReponse;
    this.onEchec = onEchec;
    this.enVol = new AbortController();
  }

  /** @param {Question} question */
  async ask(question) {
    this.enVol.abort();
    const enVol = new AbortController();
    this.enVol = enVol;
    for (let essai = 0; !enVol.signal.aborted; essai += 1) {
      /** @type {Confirmation} */
      let confirmation;
      try {
        confirmation = await this.#send(question, enVol.signal);
      } catch (erreur) {
        if (enVol.signal.aborted) return;
        if (erreur instanceof RefusError) {
          this.onEchec(erreur.message);
          return;
        }
        this.onEchec("Le serveur ne répond pas\u00a0: nouvel essai dans un instant.");
        await wait(DELAIS_MS[Math.min(essai, DELAIS_MS.length - 1)] ?? 0);
        continue;
      }
      // outside the try: a fault in showing the answer is not a silent server
      this.onReponse(confirmation);
      return;
    }
  }

  /** Ask no more. */
  close() {
    this.enVol.abort();
  }

  /** @param {Question} question @param {AbortSignal} signal @returns {Promise<Confirmation>} */
  async #send({ revision, lien, type }, signal) {
    const reponse = await fetch(this.adresse, {
      method: "POST",
      body: JSON.stringify({ lien, type }),
      signal,
    });
    const corps = await reponse.json();
    if (reponse.ok) return { ...corps, revision };
    if (reponse.status < 500) throw new RefusError(corps.message);
    throw new Error(`${reponse.status}`);
  }
}

/** @param {number} duree milliseconds */
function wait(duree) {
  return new Promise((resolve) => {
    setTimeout(resolve, duree);
  });
}
