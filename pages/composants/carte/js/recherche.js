// Search box and pasted lists. Names are understood by the server (route `recherche`, `liste`):
// one place knows former communes, postal codes and spellings.
// State: the results shown, the list under review. Nothing reaches the drawing before « Appliquer ».

import { el, icone, remplir } from "./dom.js";
import { decodeLien } from "./lien.js";
import { compter } from "./texte.js";
import { RefusError } from "./verification.js";

/** @typedef {{type: string, code: string, libelle: string, precision: string, nature: string, lien: string, approche: boolean}} Resultat */
/**
 * @typedef {object} ListeLue
 * @property {{saisi: string, libelle: string, lien: string, note: string}[]} comprises
 * @property {{saisi: string, choix: {libelle: string, lien: string}[]}[]} ambigues
 * @property {{saisi: string, ligne: number}[]} inconnues
 * @property {string} message
 */

const ATTENTE_MS = 90;
const CHOIX_MONTRES = 60; // beyond, nobody settles them one by one

export class Recherche {
  /**
   * @param {HTMLElement} hote
   * @param {{chercher: (texte: string, signal: AbortSignal) => Promise<Resultat[]>,
   *   onChoix: (resultat: Resultat) => void}} options
   */
  constructor(hote, { chercher, onChoix }) {
    this.chercher = chercher;
    this.onChoix = onChoix;
    /** @type {Resultat[]} */
    this.resultats = [];
    this.actif = -1;
    this.minuterie = 0;
    /** @type {AbortController | null} */
    this.appel = null;
    this.champ = el("input", {
      type: "search",
      role: "combobox",
      id: "atelier-recherche",
      "aria-expanded": "false",
      "aria-controls": "atelier-resultats",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "Commune, intercommunalité, CPTS…",
      "aria-label": "Chercher une commune, une intercommunalité, un département, une CPTS du registre",
      maxlength: 200,
      oninput: () => this.#plan(),
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.#key(e),
      onblur: () => setTimeout(() => this.#close(), 150),
      onfocus: () => this.resultats.length > 0 && this.#open(),
    });
    this.liste = el("ul", {
      role: "listbox",
      id: "atelier-resultats",
      "aria-label": "Résultats",
      hidden: true,
    });
    this.etat = el("p", { class: "sr", role: "status" });
    hote.append(icone("loupe"), this.champ, this.liste, this.etat);
  }

  #plan() {
    clearTimeout(this.minuterie);
    this.minuterie = window.setTimeout(() => this.#search(), ATTENTE_MS);
  }

  async #search() {
    const texte = this.champ.value.trim();
    this.appel?.abort();
    if (!texte) {
      this.resultats = [];
      this.#close();
      return;
    }
    const appel = new AbortController();
    this.appel = appel;
    let rien = "Aucun lieu de ce nom.";
    try {
      this.resultats = await this.chercher(texte, appel.signal);
    } catch {
      if (appel.signal.aborted) return;
      this.resultats = [];
      rien = "La recherche ne répond pas\u00a0: réessayez dans un instant.";
    }
    this.#show(rien);
  }

  /** @param {string} rien what to say when there is no result */
  #show(rien) {
    // a name that is only alike is never taken by a mere Enter
    const approche = this.resultats[0]?.approche ?? false;
    this.actif = this.resultats.length > 0 && !approche ? 0 : -1;
    const peutEtre = "Aucun lieu ne porte exactement ce nom. Peut-être\u00a0:";
    remplir(
      this.liste,
      approche && el("li", { class: "rien", role: "presentation" }, peutEtre),
      ...this.resultats.map((resultat, n) =>
        el(
          "li",
          {
            role: "option",
            id: `atelier-resultat-${n}`,
            onmousedown: (/** @type {MouseEvent} */ e) => e.preventDefault(),
            onclick: () => this.#choose(n),
          },
          el("span", { class: "libelle" }, resultat.libelle),
          el("span", { class: "precision" }, resultat.precision),
          !resultat.precision.startsWith(resultat.nature) &&
            el("span", { class: "nature" }, resultat.nature),
        ),
      ),
      this.resultats.length === 0 &&
        el("li", { class: "rien", role: "option", "aria-disabled": "true" }, rien),
    );
    this.etat.textContent =
      this.resultats.length > 0 ? compter(this.resultats.length, "résultat") : rien;
    if (approche) this.etat.textContent = `${peutEtre} ${this.etat.textContent}`;
    this.#open();
    this.#mark();
  }

  #open() {
    this.liste.hidden = false;
    this.champ.setAttribute("aria-expanded", "true");
  }

  #close() {
    this.liste.hidden = true;
    this.champ.setAttribute("aria-expanded", "false");
    this.champ.removeAttribute("aria-activedescendant");
  }

  #mark() {
    this.champ.removeAttribute("aria-activedescendant");
    for (const [n, option] of [...this.liste.querySelectorAll("[role=option]")].entries()) {
      option.setAttribute("aria-selected", String(n === this.actif));
      if (n === this.actif) {
        option.scrollIntoView({ block: "nearest" });
        this.champ.setAttribute("aria-activedescendant", option.id);
      }
    }
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    const nombre = this.resultats.length;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (nombre === 0) return;
      this.#open();
      const pas = e.key === "ArrowDown" ? 1 : -1;
      this.actif = this.actif < 0 && pas < 0 ? nombre - 1 : (this.actif + pas + nombre) % nombre;
      this.#mark();
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (!this.liste.hidden) this.#choose(this.actif);
    } else if (e.key === "Escape") {
      if (!this.liste.hidden) e.stopPropagation();
      this.#close();
    }
  }

  /** @param {number} n */
  #choose(n) {
    const resultat = this.resultats[n];
    if (!resultat) return;
    this.champ.value = "";
    this.resultats = [];
    this.#close();
    this.onChoix(resultat);
  }
}

/** @param {ListeLue["comprises"][number]} comprise */
function buildComprise({ saisi, libelle, note }) {
  const lu = note.startsWith(libelle) ? "" : libelle; // the note names it already
  return el("li", {}, saisi === libelle ? lu : `${saisi} → ${lu}`, note && el("em", {}, ` ${note}`));
}

/** What to do of a file that is no list, "" when it may be one. @param {Uint8Array} octets */
function nommerAilleurs(octets) {
  const debut = String.fromCharCode(...octets.subarray(0, 2));
  if (debut === "PK") {
    return (
      "c’est un classeur ou une archive. Copiez-en la colonne des communes et collez-la ici, ou " +
      "déposez-le dans la page «\u00a0Chevauchements\u00a0»."
    );
  }
  if (debut.startsWith("{")) {
    return (
      "ce n’est pas une liste. Un projet «\u00a0.cpts.json\u00a0» s’ouvre dans la page " +
      "«\u00a0Exporter\u00a0», une couche GeoJSON dans «\u00a0Chevauchements\u00a0»."
    );
  }
  return "";
}

/** Text of a file of any spreadsheet: UTF-8, else UTF-16 where it says so, else Windows. @param {Uint8Array} octets */
function decodeTexte(octets) {
  if (octets[0] === 0xff && octets[1] === 0xfe) return new TextDecoder("utf-16le").decode(octets);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    return new TextDecoder("windows-1252").decode(octets);
  }
}

export class Collage {
  /**
   * @param {HTMLElement} hote
   * @param {{analyser: (texte: string) => Promise<ListeLue>,
   *   onAppliquer: (codes: string[], remplacer: boolean) => void}} options
   */
  constructor(hote, { analyser, onAppliquer }) {
    this.analyser = analyser;
    this.onAppliquer = onAppliquer;
    /** @type {ListeLue | null} */
    this.lue = null;
    this.champ = el("textarea", {
      rows: 6,
      id: "atelier-liste",
      spellcheck: "false",
      placeholder: "35238, 35281\nSaint-Malo (35)\nRennes Métropole",
    });
    this.fichier = el("input", {
      type: "file",
      class: "sr",
      accept: ".csv,.txt,.tsv",
      id: "atelier-fichier",
      onchange: () => this.#readFichier(),
    });
    this.rapport = el("div", { class: "rapport", "aria-live": "polite" });
    this.dialogue = el(
      "dialog",
      { class: "collage", "aria-labelledby": "atelier-titre-liste" },
      el("h2", { id: "atelier-titre-liste" }, "Coller une liste"),
      el(
        "label",
        { for: "atelier-liste" },
        "Codes ou noms de communes, d’intercommunalités, de départements, ou un lien de ce site.",
      ),
      this.champ,
      el(
        "div",
        { class: "boutons" },
        el("button", { type: "button", class: "principal", onclick: () => this.#analyse() }, "Lire la liste"),
        this.fichier,
        el("label", { for: "atelier-fichier", class: "bouton" }, "Ouvrir un fichier texte ou CSV"),
        el("button", { type: "button", onclick: () => this.dialogue.close() }, "Fermer"),
      ),
      this.rapport,
    );
    hote.append(this.dialogue);
  }

  open() {
    this.lue = null;
    remplir(this.rapport);
    this.dialogue.showModal();
    this.champ.focus();
  }

  async #readFichier() {
    const fichier = this.fichier.files?.[0];
    if (!fichier) return;
    this.fichier.value = ""; // so that the same file, corrected, can be opened again
    this.lue = null;
    if (fichier.size > 4e6) {
      this.#refuse(`Fichier «\u00a0${fichier.name}\u00a0» trop gros\u00a0: 4\u00a0Mo au plus.`);
      return;
    }
    const octets = new Uint8Array(await fichier.arrayBuffer());
    const ailleurs = nommerAilleurs(octets);
    if (ailleurs) {
      this.#refuse(`Fichier «\u00a0${fichier.name}\u00a0»\u00a0: ${ailleurs}`);
      return;
    }
    this.champ.value = decodeTexte(octets);
    await this.#analyse();
  }

  /** @param {string} raison */
  #refuse(raison) {
    remplir(this.rapport, el("p", { class: "erreur", role: "alert" }, raison));
  }

  async #analyse() {
    const texte = this.champ.value;
    if (!texte.trim()) {
      this.#refuse("La liste est vide.");
      return;
    }
    remplir(this.rapport, el("p", {}, "Lecture…"));
    try {
      this.lue = await this.analyser(texte);
    } catch (erreur) {
      const muet = "Le serveur ne répond pas\u00a0: la liste n’a pas été lue. Réessayez dans un instant.";
      this.#refuse(erreur instanceof RefusError ? erreur.message : muet);
      return;
    }
    this.#review(this.lue);
  }

  /** @param {ListeLue} lue */
  #review(lue) {
    const choix = lue.ambigues.slice(0, CHOIX_MONTRES).map(({ saisi, choix: possibles }, n) =>
      el(
        "p",
        { class: "ambigue" },
        el("label", { for: `atelier-choix-${n}` }, `«\u00a0${saisi}\u00a0»`),
        el(
          "select",
          { id: `atelier-choix-${n}` },
          el("option", { value: "" }, "à choisir (sinon laissé de côté)"),
          ...possibles.map(({ libelle, lien }) => el("option", { value: lien }, libelle)),
        ),
      ),
    );
    remplir(
      this.rapport,
      lue.message && el("p", {}, lue.message),
      this.#section("Compris", lue.comprises.length, true, [
        el(
          "ul",
          {},
          ...lue.comprises
            .slice(0, 200)
            .map((comprise) => buildComprise(comprise)),
          lue.comprises.length > 200 &&
            el("li", {}, `et ${compter(lue.comprises.length - 200, "autre")}`),
        ),
      ]),
      this.#section("Ambigu", lue.ambigues.length, false, [
        ...choix,
        lue.ambigues.length > choix.length &&
          el(
            "p",
            {},
            `${compter(lue.ambigues.length - choix.length, "autre ligne ambiguë", "autres lignes ambiguës")}, ` +
              "laissées de côté\u00a0: ajoutez le département, «\u00a0Nom (35)\u00a0», ou donnez les codes Insee.",
          ),
      ]),
      this.#section("Non compris", lue.inconnues.length, false, [
        el(
          "ul",
          {},
          ...lue.inconnues
            .slice(0, 200)
            .map(({ saisi, ligne }) => el("li", {}, `ligne ${ligne}\u00a0: ${saisi}`)),
          lue.inconnues.length > 200 &&
            el("li", {}, `et ${compter(lue.inconnues.length - 200, "autre")}`),
        ),
      ]),
      lue.comprises.length + choix.length > 0 &&
        el(
          "div",
          { class: "boutons" },
          el("button", { type: "button", class: "principal", onclick: () => this.#apply(false) }, "Ajouter au territoire"),
          el("button", { type: "button", onclick: () => this.#apply(true) }, "Remplacer le territoire"),
        ),
    );
  }

  /** @param {string} titre @param {number} nombre @param {boolean} replie @param {import("./dom.js").Enfant[]} contenu */
  #section(titre, nombre, replie, contenu) {
    if (nombre === 0) return null;
    return el(
      "details",
      { open: !replie || nombre <= 8 },
      el("summary", {}, `${titre}\u00a0: ${compter(nombre, "ligne")}`),
      ...contenu,
    );
  }

  /** @param {boolean} remplacer */
  #apply(remplacer) {
    if (!this.lue) return;
    const liens = this.lue.comprises.map(({ lien }) => lien);
    for (const choix of this.rapport.querySelectorAll("select")) {
      if (choix.value) liens.push(choix.value);
    }
    const codes = new Set(liens.flatMap((lien) => decodeLien(lien).codes));
    this.dialogue.close();
    this.champ.value = "";
    this.onAppliquer([...codes], remplacer);
  }
}
