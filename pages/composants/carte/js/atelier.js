// Entry of the drawing map: builds one workshop per place of the page, then only updates it.
//
// Where state lives:
//   Dessin (dessin.js)        the unités that are in, the totals, undo and redo
//   Carte (carte.js)          Leaflet, the layers fetched, the hover
//   Gestes (gestes.js)        the tool in hand, the shape being drawn
//   Panneau (panneau.js)      what the server confirmed, what is unfolded
//   Brouillons (brouillon.js) the browser's storage
//   Verification (verification.js) the question in flight
//   Python                    the rules, the drawing of the session
// The browser leads during a gesture. After it, the link of the whole drawing goes two ways: to the
// route that applies the rules and answers with the checks of that revision (verification.js), and
// to the session, which the other pages read. When the session's drawing is another one (a link
// that was opened), it replaces ours, in one gesture that can be undone.

import { Barre, aideOutil } from "./barre.js";
import { Brouillons } from "./brouillon.js";
import { Bulle } from "./bulle.js";
import { Carte } from "./carte.js";
import { Message, buildCoins, departementsDe } from "./coins.js";
import { Dessin } from "./dessin.js";
import { auRepos, el, remplir } from "./dom.js";
import { Gestes } from "./gestes.js";
import { decodeLien, encodeLien } from "./lien.js";
import { Panneau } from "./panneau.js";
import { Collage, Recherche } from "./recherche.js";
import { situation } from "./taille.js";
import { compter, nombreFr } from "./texte.js";
import { Unites } from "./unites.js";
import { RefusError, Verification } from "./verification.js";
import { Voisinage } from "./voisinage.js";

/** @typedef {import("./toile.js").Palette} Palette */

/**
 * @typedef {object} Donnees what Python gives at each run
 * @property {string} ressources address of these modules
 * @property {string} couches address of the display files
 * @property {string} leaflet address of Leaflet
 * @property {string} recherche address of the search
 * @property {string} liste address of the pasted lists
 * @property {string} verification address of the rules
 * @property {string} cpts address of the outlines of the CPTS of the register
 * @property {string} millesime
 * @property {import("./taille.js").Bareme} bareme
 * @property {import("./unites.js").TypePopulation} type
 * @property {string} nom
 * @property {string} lien drawing of the session
 * @property {{onglet: string, revision: number} | null} recu gesture that this drawing follows
 */

/**
 * @typedef {object} Composant what Streamlit gives a component
 * @property {Donnees} data
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(nom: string, valeur: unknown) => void} setStateValue
 */

const REPRISE_MS = 2000; // before writing again an address that the browser refused
const PARTAGE_MS = 300; // the session gets the drawing by then, even if its check takes longer

/** @type {WeakMap<Node, Promise<Atelier>>} */
const ateliers = new WeakMap();
/** @type {Set<Atelier>} those not closed yet: going to another page tells us nothing */
const ouverts = new Set();

/**
 * Called by Streamlit at each run of the page.
 * @param {Composant} composant
 */
export async function render(composant) {
  const racine = composant.parentElement;
  let atelier = ateliers.get(racine);
  if (!atelier) {
    atelier = open(racine, composant);
    ateliers.set(racine, atelier);
  }
  (await atelier).receive(composant);
}

/** @param {HTMLElement | ShadowRoot} racine @param {Composant} composant */
async function open(racine, { data }) {
  const hote = /** @type {HTMLElement} */ (racine.querySelector(".atelier-hote"));
  for (const ancien of ouverts) if (!ancien.hote.isConnected) ancien.close();
  try {
    // one wait for everything the first picture needs; the borders come on their own
    const [table] = await Promise.all([
      loadJson(`${data.couches}unites.json`),
      loadStyle(racine, `${data.leaflet}leaflet.css`),
      loadStyle(racine, `${data.ressources}atelier.css`),
      import(`${location.origin}${data.leaflet}leaflet.js`),
    ]);
    const atelier = new Atelier(hote, data, new Unites(table));
    ouverts.add(atelier);
    // for browser tests and measures, which need to know where a commune stands on the screen
    Object.assign(hote, { atelier });
    return atelier;
  } catch (erreur) {
    hote.textContent =
      "La carte n’a pas pu être chargée. Rechargez la page ; le dessin est dans l’adresse.";
    throw erreur;
  }
}

/** @param {string} adresse */
async function loadJson(adresse) {
  const reponse = await fetch(adresse);
  if (!reponse.ok) throw new Error(`${adresse} : ${reponse.status}`);
  return reponse.json();
}

/** @param {HTMLElement | ShadowRoot} racine @param {string} adresse */
function loadStyle(racine, adresse) {
  return new Promise((resolve) => {
    const feuille = el("link", { rel: "stylesheet", href: adresse });
    feuille.onload = feuille.onerror = () => resolve(undefined);
    racine.prepend(feuille);
  });
}

class Atelier {
  /** @param {HTMLElement} hote @param {Donnees} data @param {Unites} unites */
  constructor(hote, data, unites) {
    this.hote = hote;
    this.data = data;
    this.unites = unites;
    this.dessin = new Dessin(unites);
    /** @type {Voisinage | null} */
    this.voisinage = null;
    /** identity of this workshop for the server: a reload is another one */
    this.instance = newId();
    this.envoye = -1;
    this.lienEnvoye = "";
    this.partage = 0;
    this.aPartager = false;
    this.reprise = 0;
    this.nom = data.nom;
    this.type = data.type;
    /** codes held in part only, kept as long as they are drawn */
    this.partielles = new Set();
    /** @type {any} GeoJSON of the CPTS of the register, once read */
    this.contoursCpts = null;
    this.fin = new AbortController();
    this.pret = false;
    this.aGarder = false;
    this.prevenu = false;
    /** @type {Composant["setStateValue"]} */
    this.setStateValue = () => {};
    this.brouillons = new Brouillons(
      {
        local: () => localStorage,
        session: () => sessionStorage,
        hasard: newId,
        maintenant: Date.now,
      },
      data.millesime,
      unites.nombre,
    );
    this.message = new Message();
    this.bulle = new Bulle();
    this.annonce = el("p", {
      class: "sr",
      role: "status",
      "aria-live": "polite",
      "data-annonce": "",
    });
    const { coins, fond } = buildCoins({
      onZoom: (sens) => this.carte.carte.setZoom(this.carte.carte.getZoom() + sens),
      onCadrer: () => this.#cadrer(),
      onVue: (vue) => this.#goTo(vue),
      onNoms: (montrer) => this.carte.setNoms(montrer),
      onFond: (montrer) => this.carte.setFond(montrer),
      onCpts: (montrer) => this.#showCpts(montrer),
    });
    const carteHote = el("div", {
      class: "carte",
      role: "application",
      tabindex: 0,
      "aria-label":
        "Carte. Flèches : se déplacer ; plus et moins : zoomer ; Entrée : ajouter ou retirer ce " +
        "qui est au centre. Tout peut aussi se faire par la recherche et la composition.",
    });
    const panneauHote = el("aside", { class: "panneau", "aria-label": "Territoire dessiné" });
    const rechercheHote = el("div", { class: "recherche", role: "search" });
    const barreHote = el("div", { class: "barre" });
    this.scene = el(
      "div",
      { class: "scene" },
      this.message.element, // just after the search box, whose answer it often is
      carteHote,
      el("div", { class: "mire", "aria-hidden": "true" }),
      coins,
      this.bulle.element,
    );
    this.cadre = el(
      "div",
      { class: "atelier" },
      barreHote,
      rechercheHote,
      this.scene,
      panneauHote,
      this.annonce,
    );
    remplir(hote, this.cadre);
    this.palette = readPalette(this.cadre);
    this.carte = new Carte(
      /** @type {any} */ (globalThis).L,
      carteHote,
      this.dessin,
      (nom) => loadJson(`${this.data.couches}${nom}.json`),
      {
        onMessage: (texte) => this.say(texte),
        onFondPerdu: () => {
          fond.checked = false;
        },
        palette: () => this.palette,
      },
    );
    this.gestes = new Gestes(this.carte, this.dessin, {
      onSurvol: (cible, point) => this.#showConsequences(cible, point),
      onTape: (cible, tape) => this.#tellTape(cible, tape),
      onFin: () => this.#finish(),
      onMessage: (texte) => this.say(texte),
    });
    this.barre = new Barre(barreHote, {
      rayon: this.gestes.rayon,
      onMaille: (maille) => this.carte.setMaille(maille),
      onOutil: (outil) => {
        this.gestes.setOutil(outil);
        this.barre.showOutil(outil);
        if (outil !== "clic") this.say(aideOutil(outil));
      },
      onRayon: (rayon) => {
        this.gestes.rayon = rayon;
      },
      onRetirer: (retirer) => {
        this.gestes.retirer = retirer;
      },
      onAnnuler: () => this.#undo(),
      onRetablir: () => this.#redo(),
      onVider: () => {
        if (this.dessin.apply("Vider", [], this.dessin.rangs())) this.#finish();
      },
      onColler: () => this.collage.open(),
    });
    this.panneau = new Panneau(panneauHote, this.dessin, {
      onNom: (nom) => {
        this.nom = nom;
        this.dessin.revision += 1; // an answer to the name before is not an answer to this one
        this.#finish();
      },
      onType: (type) => {
        this.type = type;
        this.panneau.setRegles(this.data.bareme, type);
        this.dessin.revision += 1;
        this.panneau.renderTotaux();
        this.#finish();
      },
      onVoir: (rangs) => {
        // on a phone the panel is below the map
        this.scene.scrollIntoView({ block: "nearest" });
        this.carte.fly(rangs);
      },
      onChange: (libelle, ajouts, retraits) => {
        if (this.dessin.apply(libelle, ajouts, retraits)) this.#finish();
      },
    });
    this.scene.append(this.panneau.rappel);
    this.recherche = new Recherche(rechercheHote, {
      chercher: (texte, signal) => this.#search(texte, signal),
      onChoix: (resultat) => this.#takeResultat(resultat),
    });
    this.collage = new Collage(this.cadre, {
      analyser: (texte) => this.#readListe(texte),
      onAppliquer: (codes, remplacer) => this.#takeListe(codes, remplacer),
    });
    this.verification = new Verification(data.verification, {
      onReponse: (confirmation) => {
        this.panneau.setConfirmation(confirmation);
        this.#announce();
        this.#share();
      },
      onEchec: (raison) => {
        this.panneau.setEchec(raison);
        this.#share();
      },
    });
    this.gestes.setOutil("clic");
    this.barre.showOutil("clic");
    this.#listen(carteHote);
    this.carte.start().catch(() => {
      this.say("Les contours n’ont pas pu être chargés\u00a0: rechargez la page.");
    });
    this.#showCpts(true);
    this.#loadVoisinage();
  }

  /** @param {HTMLElement} carteHote */
  #listen(carteHote) {
    const { signal } = this.fin;
    this.#watchCopies();
    carteHote.addEventListener("pointerdown", () => this.message.yield());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint(), {
      signal,
    });
    addEventListener("pagehide", () => this.#settle(), { signal });
    const mesure = new ResizeObserver(() => this.carte.resize());
    mesure.observe(carteHote);
    signal.addEventListener("abort", () => mesure.disconnect());
    document.addEventListener("keydown", (e) => this.#key(e), { signal });
    // about to leave for another page, which must have the drawing; a click would be too late,
    // Streamlit sends what it is given a few milliseconds after
    for (const signe of ["pointerdown", "focusin"]) {
      document.addEventListener(signe, (e) => this.#leave(e), { signal, capture: true });
    }
  }

  /** Let go of the page: another workshop has taken the place, or will. */
  close() {
    ouverts.delete(this);
    this.fin.abort();
    clearTimeout(this.partage);
    clearTimeout(this.reprise);
    this.verification.close();
    this.carte.close();
  }

  /** @param {Event} e */
  #leave(e) {
    if (this.aPartager && !e.composedPath().includes(this.hote)) this.#share();
  }

  /** Without it, the hover says the totals only; the server still checks pieces and enclaves. */
  async #loadVoisinage() {
    try {
      this.voisinage = new Voisinage(await loadJson(`${this.data.couches}voisinage.json`));
    } catch {
      this.say("Le survol ne dira pas les enclaves\u00a0: leur fichier n’a pas pu être chargé.");
    }
  }

  /** Outlines of the known CPTS; asked only when the map is there. @param {boolean} montrer */
  async #showCpts(montrer) {
    if (montrer && !this.contoursCpts) {
      try {
        this.contoursCpts = await loadJson(this.data.cpts);
      } catch {
        this.say("Les CPTS connues n’ont pas pu être lues\u00a0: la carte continue sans elles.");
        return;
      }
    }
    this.carte.setCpts(montrer ? this.contoursCpts : null);
  }

  #cadrer() {
    if (this.dessin.nombre > 0) this.carte.fly(this.dessin.rangs());
    else this.carte.flyFrance();
  }

  /** @param {string} vue */
  #goTo(vue) {
    if (vue === "france") this.carte.flyFrance();
    const codes = departementsDe(vue);
    const { departement, departements, nombre } = this.unites;
    const rangs = [];
    for (let rang = 0; rang < nombre; rang += 1) {
      const code = departements[departement[rang] ?? -1]?.code ?? "";
      if (codes.includes(code)) rangs.push(rang);
    }
    this.carte.fly(rangs);
  }

  // ---- what Python says ----

  /** @param {Composant} composant */
  receive({ data, setStateValue }) {
    this.data = data;
    this.setStateValue = setStateValue;
    if (!this.pret) {
      this.pret = true;
      this.panneau.setRegles(data.bareme, data.type);
      this.#start(data);
      return;
    }
    const { recu } = data;
    if (recu?.onglet === this.instance && recu.revision === this.envoye) {
      if (data.nom !== this.nom) {
        this.nom = data.nom; // as the server cleaned it
        this.panneau.showNom(data.nom);
        this.#writeAdresse();
      }
      if (data.lien !== this.lienEnvoye) this.#adopt(data);
    }
  }

  /** First picture: the drawing of the session, or the draft of this tab. @param {Donnees} data */
  #start(data) {
    const brouillon = this.brouillons.read();
    const garde = brouillon ? (this.#readLien(brouillon.lien) ?? []) : null;
    this.partielles.clear();
    // an empty drawing of a session that has had ours was emptied on another page
    const neuve = !data.lien && !data.recu;
    const lien = neuve ? (brouillon?.lien ?? "") : data.lien;
    const rangs = this.#readLien(lien) ?? [];
    this.dessin.restore(garde ?? rangs, brouillon?.passe, brouillon?.futur);
    // changed on another page, or a link opened over a draft: undo gives the draft back
    this.dessin.replace(rangs, "Ouvrir un autre territoire");
    if (brouillon?.lien === lien && !this.nom) this.nom = brouillon.nom;
    if (neuve && rangs.length > 0) {
      this.say(`Brouillon retrouvé\u00a0: ${compter(rangs.length, "commune")}.`);
    }
    this.panneau.showNom(this.nom);
    if (rangs.length > 0) this.carte.fly(rangs);
    else this.#offerDrafts();
    this.#finish();
    this.hote.dataset.pret = "oui";
  }

  /** The server's drawing is another one: take it, in a gesture that undo takes back. @param {Donnees} data */
  #adopt(data) {
    const rangs = this.#readLien(data.lien) ?? [];
    this.dessin.replace(rangs, "Ouvrir un autre territoire");
    this.carte.fly(rangs);
    this.#finish();
  }

  /** @param {string} lien */
  #readLien(lien) {
    if (!lien) return [];
    try {
      const { codes, partielles } = decodeLien(lien);
      for (const code of partielles) this.partielles.add(code);
      return this.unites.resolve(codes).rangs;
    } catch {
      return null;
    }
  }

  // ---- what we say to Python ----

  /** End of a gesture: ask the server to check it, then show and keep what can wait. */
  #finish() {
    const lien = this.#encode();
    this.envoye = this.dessin.revision;
    this.lienEnvoye = lien;
    this.verification.ask({ revision: this.envoye, lien, type: this.type });
    this.aPartager = true;
    clearTimeout(this.partage);
    this.partage = setTimeout(() => this.#share(), PARTAGE_MS);
    this.barre.showHistorique(this.dessin);
    this.aGarder = true;
    auRepos(() => this.#settle());
  }

  /** Give the drawing to the session; after its check, which a run of the page would slow down. */
  #share() {
    clearTimeout(this.partage);
    this.aPartager = false;
    this.setStateValue("geste", {
      onglet: this.instance,
      revision: this.envoye,
      lien: this.lienEnvoye,
      nom: this.nom,
      type: this.type,
    });
  }

  /** What does not have to be on the next picture. */
  #settle() {
    if (!this.aGarder) return;
    this.aGarder = false;
    this.#writeAdresse();
    this.panneau.renderComposition();
    const { passe, futur } = this.dessin;
    const garde = this.brouillons.save({ lien: this.lienEnvoye, nom: this.nom, passe, futur });
    if (!garde && !this.prevenu) {
      this.prevenu = true;
      this.say("Ce navigateur refuse de garder un brouillon\u00a0: seule l’adresse retient le dessin.");
    }
  }

  #encode() {
    const codes = this.dessin.codes();
    const enPartie = codes.filter((code) => this.partielles.has(code));
    return codes.length > 0 ? encodeLien(codes, enPartie) : "";
  }

  /** Written here alone: the server would bring back the address of the gesture before. */
  #writeAdresse() {
    clearTimeout(this.reprise);
    if (!this.hote.isConnected) return; // another page has the address now
    const adresse = new URL(location.href);
    const pop = this.type === "totale" ? this.type : "";
    for (const [cle, valeur] of Object.entries({ t: this.lienEnvoye, nom: this.nom, pop })) {
      if (valeur) adresse.searchParams.set(cle, valeur);
      else adresse.searchParams.delete(cle);
    }
    try {
      history.replaceState(history.state, "", adresse);
    } catch {
      // too many changes in a short time for this browser
      this.reprise = setTimeout(() => this.#writeAdresse(), REPRISE_MS);
    }
  }

  // ---- tabs and drafts ----

  /** Two tabs made by « dupliquer » share an identity: the copy takes a new one. */
  #watchCopies() {
    if (!("BroadcastChannel" in globalThis)) return;
    const canal = new BroadcastChannel("cpts:onglets");
    canal.onmessage = ({ data }) => {
      if (data?.instance === this.instance || data?.onglet !== this.brouillons.onglet) return;
      if (data.question) canal.postMessage({ onglet: data.onglet, instance: this.instance });
      else this.brouillons.renew();
    };
    canal.postMessage({ onglet: this.brouillons.onglet, instance: this.instance, question: true });
    this.fin.signal.addEventListener("abort", () => canal.close());
  }

  #offerDrafts() {
    const [dernier] = this.brouillons.others();
    if (!dernier?.brouillon) return;
    const { nom, lien, date } = dernier.brouillon;
    const rangs = this.#readLien(lien);
    if (!rangs || rangs.length === 0) return;
    const quand = new Date(date).toLocaleString("fr-FR", { dateStyle: "short", timeStyle: "short" });
    const titre = nom ? `«\u00a0${nom}\u00a0»` : "sans titre";
    this.say(
      `Un brouillon ${titre} (${compter(rangs.length, "commune")}, ${quand}) est resté dans ce navigateur.`,
      {
        texte: "Le reprendre",
        action: () => {
          this.nom ||= nom;
          this.panneau.showNom(this.nom);
          if (this.dessin.apply("Reprendre le brouillon", rangs)) this.#finish();
          this.carte.fly(rangs);
        },
      },
    );
  }

  // ---- search and lists ----

  /** @param {string} texte @param {AbortSignal} signal */
  async #search(texte, signal) {
    const reponse = await fetch(`${this.data.recherche}?q=${encodeURIComponent(texte)}`, { signal });
    if (!reponse.ok) throw new Error("recherche");
    return reponse.json();
  }

  /** @param {import("./recherche.js").Resultat} resultat */
  #takeResultat({ type, libelle, precision, lien }) {
    const { codes, partielles } = decodeLien(lien);
    const { rangs } = this.unites.resolve(codes);
    this.carte.fly(rangs);
    if (type === "cpts") {
      this.#offerCpts(libelle, rangs, partielles);
      return;
    }
    if (rangs.length > 0 && rangs.every((rang) => this.dessin.dans[rang])) {
      this.say(`${libelle} est déjà dans le territoire.`, {
        texte: "Retirer",
        action: () => {
          if (this.dessin.apply(`Retirer ${libelle}`, [], rangs)) this.#finish();
        },
      });
      return;
    }
    const ajouter = () => {
      if (this.dessin.apply(`Ajouter ${libelle}`, rangs)) this.#finish();
    };
    if (type === "departement" || type === "region") {
      this.say(`${libelle}\u00a0: ${compter(rangs.length, "commune")}.`, {
        texte: "Tout ajouter",
        action: ajouter,
      });
      return;
    }
    const avant = this.dessin.nombre;
    ajouter();
    const ajoutees = compter(this.dessin.nombre - avant, "commune ajoutée", "communes ajoutées");
    // what was typed is not what is drawn: said, since it may be larger
    const autre = type === "ancienne_commune" || type === "code_postal";
    const quoi = autre ? `${libelle} (${precision})` : libelle;
    this.say(`${quoi}\u00a0: ${ajoutees}.`, {
      texte: "Annuler",
      action: () => this.#undo(),
    });
  }

  /**
   * A CPTS of the register is a starting point: it takes the place of the drawing, when asked.
   * @param {string} nom @param {number[]} rangs @param {string[]} partielles
   */
  #offerCpts(nom, rangs, partielles) {
    this.say(`${nom}\u00a0: ${compter(rangs.length, "commune")}.`, {
      texte: this.dessin.nombre > 0 ? "Remplacer mon dessin" : "Partir de ce territoire",
      action: () => {
        this.partielles = new Set(partielles);
        this.nom ||= nom;
        this.panneau.showNom(this.nom);
        if (this.dessin.replace(rangs, `Ouvrir ${nom}`)) this.#finish();
      },
    });
  }

  /** @param {string} texte @returns {Promise<import("./recherche.js").ListeLue>} */
  async #readListe(texte) {
    // a link is read here, then its codes as any list: the server knows those of the past
    const lien = /[?&]t=([^&\s]+)/.exec(texte)?.[1];
    const body = lien ? readCodes(lien).join("\n") : texte;
    const reponse = await fetch(this.data.liste, { method: "POST", body });
    const corps = await reponse.json();
    if (!reponse.ok) throw new RefusError(corps.message);
    return corps;
  }

  /** @param {string[]} codes @param {boolean} remplacer */
  #takeListe(codes, remplacer) {
    const { rangs } = this.unites.resolve(codes);
    const change = remplacer
      ? this.dessin.replace(rangs, "Remplacer par une liste")
      : this.dessin.apply("Ajouter une liste", rangs);
    if (change) this.#finish();
    this.carte.fly(rangs);
    this.say(
      change
        ? `Liste appliquée\u00a0: ${compter(rangs.length, "commune")}.`
        : "La liste n’apporte rien de nouveau.",
    );
  }

  // ---- what one sees ----

  #undo() {
    if (this.gestes.takeBack()) return;
    const geste = this.dessin.undo();
    if (geste) this.#finish();
    this.say(geste ? `Annulé\u00a0: ${geste.libelle}.` : "Rien à annuler.");
  }

  #redo() {
    const geste = this.dessin.redo();
    if (geste) this.#finish();
    this.say(geste ? `Rétabli\u00a0: ${geste.libelle}.` : "Rien à rétablir.");
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (!this.hote.isConnected || !(e.ctrlKey || e.metaKey) || e.altKey) return;
    const cible = e.composedPath()[0];
    const saisie = cible instanceof HTMLElement && cible.matches("input[type=text], input[type=search], textarea");
    if (saisie) return;
    const touche = e.key.toLowerCase();
    if (touche === "z" && !e.shiftKey) this.#undo();
    else if ((touche === "z" && e.shiftKey) || touche === "y") this.#redo();
    else return;
    e.preventDefault();
  }

  /**
   * @param {import("./gestes.js").Cible | null} cible @param {{x: number, y: number} | null} point
   */
  #showConsequences(cible, point) {
    if (!cible || !point) {
      this.bulle.hide();
      return;
    }
    const phrase = this.bulle.write(this.dessin, cible, this.gestes.retire(cible), this.#contexte());
    this.bulle.place(point, this.scene.getBoundingClientRect());
    if (this.cadre.querySelector(".carte[data-clavier]")) this.annonce.textContent = phrase;
  }

  /**
   * A finger had no hover to say what it would do: it is said once done.
   * @param {import("./gestes.js").Cible} cible @param {() => void} tape
   */
  #tellTape(cible, tape) {
    const phrase = this.bulle.write(this.dessin, cible, this.gestes.retire(cible), this.#contexte());
    this.bulle.hide();
    tape();
    this.say(`${phrase}.`, { texte: "Annuler", action: () => this.#undo() });
  }

  #contexte() {
    return { bareme: this.data.bareme, type: this.type, voisinage: this.voisinage };
  }

  /** Say the totals to screen readers, once the server has confirmed them. */
  #announce() {
    const { dessin, type } = this;
    if (dessin.nombre === 0) {
      this.annonce.textContent = "Territoire vide.";
      return;
    }
    const { taille } = situation(dessin.totaux[type], this.data.bareme);
    this.annonce.textContent =
      `${compter(dessin.nombre, "commune")}, ${nombreFr(dessin.totaux[type])} habitants, taille ${taille}.`;
  }

  /** @param {string} texte @param {{texte: string, action: () => void}} [suite] */
  say(texte, suite) {
    this.message.say(texte, suite);
  }

  #repaint() {
    requestAnimationFrame(() => {
      this.palette = readPalette(this.cadre);
      this.carte.toiles.demander("fond", "territoire", "survol", "noms");
    });
  }
}

/** Colours of the canvases, read in the style sheet: one place for both themes. @param {HTMLElement} cadre */
function readPalette(cadre) {
  const style = getComputedStyle(cadre);
  const noms = [
    ...["terre", "commune", "groupe", "departement", "region", "cote"],
    ...["dedans", "contour", "liseret", "ajout", "retrait", "texte", "halo"],
  ];
  // where the system imposes its colours, the map would be of one colour
  const sonde = el("i", { style: "forced-color-adjust: none" });
  cadre.append(sonde);
  const couleurs = noms.map((nom) => {
    sonde.style.color = style.getPropertyValue(`--carte-${nom}`);
    return [nom, getComputedStyle(sonde).color];
  });
  sonde.remove();
  return /** @type {Palette} */ (Object.fromEntries(couleurs));
}

/** @param {string} lien */
function readCodes(lien) {
  try {
    return decodeLien(lien).codes;
  } catch {
    throw new RefusError("Ce lien ne peut pas être lu\u00a0: vérifiez qu’il a été copié en entier.");
  }
}

function newId() {
  const octets = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
