// The tools: click, sweep, eraser, rectangle, polygon, and the keyboard on the map.
// State: the tool in hand, its width, the stroke or the shape being drawn. What the gesture takes
// is asked to `geometrie`, what it changes is asked to `Dessin`.

import { auRepos } from "./dom.js";
import { dansPolygone, entiteSous, entitesTouchees, jalonner } from "./geometrie.js";
import { compter } from "./texte.js";
import { at } from "./unites.js";

/** @typedef {import("./carte.js").Carte} Carte */
/** @typedef {import("./dessin.js").Dessin} Dessin */
/** @typedef {"clic" | "balayage" | "gomme" | "rectangle" | "polygone"} Outil */
/** @typedef {[number, number]} Point */
/** @typedef {{rangs: number[], groupe: number, nom: string}} Cible */

const PROCHE_PX = 12; // a click that near the first corner closes the polygon
const PROCHE_DOIGT_PX = 28; // same, for a finger

export class Gestes {
  /**
   * @param {Carte} carte @param {Dessin} dessin
   * @param {{onSurvol: (cible: Cible | null, point: {x: number, y: number} | null) => void,
   *   onTape: (cible: Cible, tape: () => void) => void,
   *   onFin: () => void, onMessage: (texte: string) => void}} options
   */
  constructor(carte, dessin, { onSurvol, onTape, onFin, onMessage }) {
    this.carte = carte;
    this.dessin = dessin;
    this.onSurvol = onSurvol;
    this.onTape = onTape;
    this.onFin = onFin;
    this.onMessage = onMessage;
    /** @type {Outil} */
    this.outil = "clic";
    this.rayon = 14; // pixels
    this.retirer = false;
    /** @type {Point | null} last world point of the stroke */
    this.dernier = null;
    /** @type {Point[]} corners, in the world: the map may move under the shape */
    this.coins = [];
    /** whether the last press was a finger's */
    this.auDoigt = false;
    /** whether a second finger came: the map is being moved, nothing is drawn */
    this.plusieurs = false;
    this.image = 0;
    /** @type {{x: number, y: number}} where the pointer was last seen */
    this.pointeur = { x: NaN, y: NaN };
    /** @type {HTMLElement} */
    this.hote = carte.carte.getContainer();
    // Leaflet takes the focus at each press; the page must not scroll under the pointer
    this.hote.focus = () => HTMLElement.prototype.focus.call(this.hote, { preventScroll: true });
    this.trace = createTrace(this.hote);
    this.#listen();
  }

  /** @param {Outil} outil */
  setOutil(outil) {
    this.cancel();
    this.outil = outil;
    this.hote.dataset.outil = outil;
    const carte = this.carte.carte;
    if (outil === "clic") carte.dragging.enable();
    else carte.dragging.disable();
    this.carte.setSurvol(null);
  }

  /** Give up the shape or the stroke in progress. */
  cancel() {
    this.coins = [];
    this.dernier = null;
    this.#drawTrace();
    if (this.dessin.abandon()) this.onFin();
  }

  /** Take back the last corner of the shape in progress. @returns {boolean} whether there was one */
  takeBack() {
    if (this.outil !== "polygone" || this.coins.length === 0) return false;
    this.coins.pop();
    this.#drawTrace();
    return true;
  }

  #listen() {
    const carte = this.carte.carte;
    carte.on("click", (/** @type {any} */ e) => {
      if (this.outil === "clic") this.#click(e.containerPoint, e.originalEvent.shiftKey);
    });
    // a finger does not hover: held on a place, it asks what a tap would do
    carte.on("contextmenu", (/** @type {any} */ e) => {
      if (this.auDoigt && this.outil === "clic") this.#hover(e.containerPoint, false);
    });
    carte.on("movestart zoomstart", () => this.onSurvol(null, null));
    carte.on("zoomstart", () => this.trace.svg.setAttribute("visibility", "hidden"));
    carte.on("move zoomend", () => {
      this.trace.svg.removeAttribute("visibility");
      this.#drawTrace();
    });
    // pointer events of our own: Leaflet would pan the map
    this.hote.addEventListener("pointerdown", (e) => this.#press(e));
    this.hote.addEventListener("pointermove", (e) => this.#move(e));
    this.hote.addEventListener("pointerup", (e) => this.#release(e));
    this.hote.addEventListener("mousedown", (e) => {
      if (e.button === 1) e.preventDefault(); // else the browser scrolls the page
    });
    this.hote.addEventListener("pointercancel", () => this.cancel());
    this.hote.addEventListener("pointerleave", () => {
      cancelAnimationFrame(this.image);
      this.pointeur = { x: NaN, y: NaN };
      this.carte.setSurvol(null);
      this.onSurvol(null, null);
    });
    this.hote.addEventListener("dblclick", () => {
      if (this.outil === "polygone") this.#closePolygone();
    });
    this.hote.addEventListener("keydown", (e) => this.#key(e));
  }

  /** @param {MouseEvent} e */
  #point(e) {
    const cadre = this.hote.getBoundingClientRect();
    return { x: e.clientX - cadre.left, y: e.clientY - cadre.top };
  }

  /** @param {Event} e whether it comes from a button laid over the map */
  #onControl(e) {
    return e.target instanceof Element && e.target.closest("button, a, input, label") !== null;
  }

  /**
   * What is designated at a point of the map: a group, or a commune.
   * @param {{x: number, y: number}} point @param {boolean} autre the other level than the one chosen
   * @returns {Cible | null}
   */
  cible(point, autre = false) {
    const [x, y] = this.carte.toMonde(point);
    const entite = entiteSous(this.carte.couches, x, y);
    if (entite >= 0) return this.#cibleDe(entite, autre);
    // the communes of the place are on their way: the whole country knows its groups already
    const { attendCommunes, france } = this.carte;
    if (!attendCommunes || !france || this.#parCommune(autre)) return null;
    const groupe = entiteSous([france], x, y);
    return groupe < 0 ? null : this.#cibleGroupe(groupe);
  }

  /** @param {boolean} autre */
  #parCommune(autre) {
    return (this.carte.maille === "commune") !== autre && this.carte.montreCommunes;
  }

  /** @param {number} entite @param {boolean} autre @returns {Cible} */
  #cibleDe(entite, autre) {
    const { unites } = this.dessin;
    if (this.#parCommune(autre)) return { rangs: [entite], groupe: -1, nom: unites.nom(entite) };
    return this.#cibleGroupe(this.carte.montreCommunes ? at(unites.groupe, entite) : entite);
  }

  /** @param {number} groupe @returns {Cible} */
  #cibleGroupe(groupe) {
    const { membres, nom } = this.dessin.unites.groupes[groupe] ?? { membres: [], nom: "" };
    return { rangs: membres, groupe, nom };
  }

  /** Whether all of the target is in. @param {Cible} cible */
  #contient(cible) {
    return cible.rangs.every((rang) => this.dessin.dans[rang] === 1);
  }

  /** @param {{x: number, y: number}} point @param {boolean} autre */
  #click(point, autre) {
    const cible = this.cible(point, autre);
    if (!cible) {
      if (this.carte.attendCommunes) this.onMessage("Les communes arrivent\u00a0: cliquez de nouveau.");
      return;
    }
    if (this.carte.maille === "commune" && !this.carte.montreCommunes) {
      this.carte.fly(cible.rangs);
      this.onMessage("Zoom sur l’intercommunalité\u00a0: cliquez maintenant une commune.");
      return;
    }
    if (this.auDoigt) {
      this.onTape(cible, () => this.toggle(cible));
      return;
    }
    this.toggle(cible);
    auRepos(() => this.#hover(point, autre));
  }

  /** @param {Cible} cible */
  toggle(cible) {
    if (this.retire(cible)) this.dessin.apply(`Retirer ${cible.nom}`, [], cible.rangs);
    else this.dessin.apply(`Ajouter ${cible.nom}`, cible.rangs);
    this.onFin();
  }

  /** @param {{x: number, y: number}} point @param {boolean} autre */
  #hover(point, autre) {
    const cible = this.cible(point, autre);
    this.carte.setSurvol(cible && { ...cible, retirer: this.retire(cible) });
    this.onSurvol(cible, point);
  }

  /** Whether the tool in hand takes the target away. @param {Cible} cible */
  retire(cible) {
    if (this.outil === "clic") return this.#contient(cible);
    return this.outil === "gomme" || (this.outil !== "balayage" && this.retirer);
  }

  /** @param {PointerEvent} e */
  #press(e) {
    delete this.hote.dataset.clavier;
    this.auDoigt = e.pointerType === "touch";
    this.plusieurs = !e.isPrimary;
    if (this.plusieurs) {
      // two fingers move the map: what the first one began was not meant
      if (this.outil !== "polygone") this.cancel();
      return;
    }
    if (e.button === 1 && this.outil !== "clic") this.#holdMap();
    if (e.button !== 0 || this.outil === "clic" || this.#onControl(e)) return;
    const point = this.#point(e);
    if (this.outil === "polygone") return;
    e.preventDefault();
    this.hote.focus({ preventScroll: true });
    this.hote.setPointerCapture(e.pointerId);
    if (this.outil === "rectangle") {
      const coin = this.carte.toMonde(point);
      this.coins = [coin, coin];
      this.#drawTrace();
      return;
    }
    this.dessin.open(this.outil === "gomme" ? "Gommer" : "Balayer");
    this.dernier = this.carte.toMonde(point);
    if (this.carte.maille === "commune" && !this.carte.montreCommunes) {
      this.onMessage(
        "À cette échelle, le pinceau prend des intercommunalités entières\u00a0: zoomez pour les communes.",
      );
    }
    this.#sweep(point);
  }

  /** The middle button moves the map, whatever the tool in hand. */
  #holdMap() {
    const { dragging } = this.carte.carte;
    dragging.enable();
    addEventListener("pointerup", () => this.outil !== "clic" && dragging.disable(), {
      once: true,
    });
  }

  /** @param {PointerEvent} e */
  #move(e) {
    if (this.#onControl(e)) return;
    const point = this.#point(e);
    if (this.outil === "rectangle" && this.coins.length === 2) {
      this.coins[1] = this.carte.toMonde(point);
      this.#drawTrace();
    } else if (this.dernier) {
      this.#sweep(point);
      this.#drawTrace(point);
    } else if (e.pointerType !== "touch") {
      // browsers also send moves of a pointer that stands still: at each press, at each layout
      if (point.x === this.pointeur.x && point.y === this.pointeur.y) return;
      this.pointeur = point;
      cancelAnimationFrame(this.image);
      const autre = e.shiftKey;
      this.image = requestAnimationFrame(() => {
        if (this.outil === "clic") this.#hover(point, autre);
        this.#drawTrace(point);
      });
    }
  }

  /** @param {PointerEvent} e */
  #release(e) {
    if (this.#onControl(e) || this.plusieurs) return;
    if (this.outil === "polygone" && e.button === 0) {
      this.#addCoin(this.#point(e));
    } else if (this.outil === "rectangle" && this.coins.length === 2) {
      const coins = this.#forme();
      const [a, , b] = /** @type {[any, any, any]} */ (coins.map((c) => this.carte.toEcran(c)));
      this.coins = [];
      this.#drawTrace();
      if (Math.abs(a.x - b.x) > 3 && Math.abs(a.y - b.y) > 3) {
        this.#takeZone(coins, "Rectangle", e.altKey);
      }
    } else if (this.dernier) {
      this.dernier = null;
      this.#drawTrace();
      const geste = this.dessin.close();
      if (geste && geste.ajouts.length + geste.retraits.length > 0) this.onFin();
    }
  }

  /** @param {{x: number, y: number}} point */
  #sweep(point) {
    const vers = this.carte.toMonde(point);
    const rayon = this.rayon / this.carte.echelle;
    const { couches } = this.carte;
    const touches = new Set();
    for (const [x, y] of jalonner(this.dernier ?? vers, vers, rayon)) {
      for (const entite of entitesTouchees(couches, x, y, rayon)) {
        for (const rang of this.#cibleDe(entite, false).rangs) touches.add(rang);
      }
    }
    this.dernier = vers;
    if (this.outil === "gomme") this.dessin.extend([], touches);
    else this.dessin.extend(touches, []);
  }

  /** @param {{x: number, y: number}} point */
  #addCoin(point) {
    const [premier] = this.coins;
    const proche = this.auDoigt ? PROCHE_DOIGT_PX : PROCHE_PX;
    if (premier && this.coins.length > 2 && this.#distance(premier, point) < proche) {
      this.#closePolygone();
      return;
    }
    const dernier = this.coins[this.coins.length - 1];
    if (!dernier || this.#distance(dernier, point) > 3) this.coins.push(this.carte.toMonde(point));
    this.#drawTrace(point);
  }

  /** Pixels from a corner to a point of the map. @param {Point} coin @param {{x: number, y: number}} point */
  #distance(coin, point) {
    const { x, y } = this.carte.toEcran(coin);
    return Math.hypot(point.x - x, point.y - y);
  }

  /** Corners of the shape in progress: a rectangle holds two of them only. @returns {Point[]} */
  #forme() {
    const [a, b] = this.coins;
    if (this.outil !== "rectangle" || !a || !b) return this.coins;
    return [a, [b[0], a[1]], b, [a[0], b[1]]];
  }

  #closePolygone() {
    const { coins } = this;
    this.coins = [];
    this.#drawTrace();
    if (coins.length > 2) this.#takeZone(coins, "Polygone", false);
  }

  /**
   * Take the communes whose town hall is in the shape, or the groups whose main commune is.
   * @param {Point[]} polygone @param {string} libelle @param {boolean} alt
   */
  #takeZone(polygone, libelle, alt) {
    const { unites } = this.dessin;
    /** @param {number} rang */
    const dedans = (rang) => dansPolygone(polygone, ...this.carte.mondeUnite(rang));
    /** @type {number[]} */
    const rangs = [];
    if (this.carte.maille === "commune") {
      for (let rang = 0; rang < unites.nombre; rang += 1) if (dedans(rang)) rangs.push(rang);
    } else {
      for (const groupe of unites.groupes) {
        if (dedans(groupe.centre)) rangs.push(...groupe.membres);
      }
    }
    const retirer = this.retirer !== alt;
    const avant = this.dessin.nombre;
    const change = this.dessin.apply(libelle, retirer ? [] : rangs, retirer ? rangs : []);
    const nombre = Math.abs(this.dessin.nombre - avant);
    const participe = retirer ? "retirée" : "ajoutée";
    this.onMessage(
      change
        ? `${libelle}\u00a0: ${compter(nombre, `commune ${participe}`, `communes ${participe}s`)}.`
        : `${libelle}\u00a0: rien à ${retirer ? "retirer" : "ajouter"} dans cette zone.`,
    );
    this.onFin();
  }

  /** @param {KeyboardEvent} e */
  #key(e) {
    if (this.#onControl(e)) return;
    this.hote.dataset.clavier = "";
    if (e.key === "Escape") {
      this.cancel();
      return;
    }
    if (e.key !== "Enter" && e.key !== " ") {
      if (e.key.startsWith("Arrow")) setTimeout(() => this.announceCentre(), 350);
      return;
    }
    e.preventDefault();
    if (this.outil === "polygone" && this.coins.length > 2) this.#closePolygone();
    else this.#click(this.#centre(), e.shiftKey);
  }

  #centre() {
    const { x, y } = this.carte.carte.getSize();
    return { x: x / 2, y: y / 2 };
  }

  /** Say what stands under the aim, for those who move the map with the arrows. */
  announceCentre() {
    if ("clavier" in this.hote.dataset) this.#hover(this.#centre(), false);
  }

  /** @param {{x: number, y: number}} [pointeur] */
  #drawTrace(pointeur) {
    const { cercle, forme } = this.trace;
    const pinceau = this.outil === "balayage" || this.outil === "gomme";
    cercle.setAttribute("visibility", pinceau && pointeur ? "visible" : "hidden");
    if (pinceau && pointeur) {
      cercle.setAttribute("cx", String(pointeur.x));
      cercle.setAttribute("cy", String(pointeur.y));
      cercle.setAttribute("r", String(this.rayon));
    }
    const points = this.#forme().map((coin) => this.carte.toEcran(coin));
    if (pointeur && this.outil === "polygone" && points.length > 0) points.push(pointeur);
    forme.setAttribute("points", points.map(({ x, y }) => `${x},${y}`).join(" "));
  }
}

/** Drawing of the brush and of the shape, above the map. @param {HTMLElement} hote */
function createTrace(hote) {
  const espace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(espace, "svg");
  svg.setAttribute("class", "trace");
  svg.setAttribute("aria-hidden", "true");
  const forme = document.createElementNS(espace, "polygon");
  const cercle = document.createElementNS(espace, "circle");
  cercle.setAttribute("visibility", "hidden");
  svg.append(forme, cercle);
  hote.append(svg);
  return { svg, forme, cercle };
}
