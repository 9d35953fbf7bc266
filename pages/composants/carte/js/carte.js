// The map on screen: Leaflet, the four canvases, the layers in memory, the view.
// State: the Leaflet map, the layers already fetched, what is hovered. The drawing itself stays in
// `Dessin`; this module only paints it.

import {
  peindreHachures,
  peindreLignes,
  peindreNoms,
  peindreSurvol,
  peindreTerre,
  peindreTerritoire,
} from "./toile.js";
import { Couche, mercator } from "./topologie.js";
import { at } from "./unites.js";

/** @typedef {import("./dessin.js").Dessin} Dessin */
/** @typedef {import("./toile.js").Vue} Vue */
/** @typedef {import("./toile.js").Palette} Palette */
/** @typedef {"groupe" | "commune"} Maille */

export const ZOOM_COMMUNES = 9; // from there the communes of the départements in view are drawn
const ZOOM_COMMUNES_VOULUES = 7.5; // same, when one draws by communes
const ZOOM_NOMS_CPTS = 9; // below, the names of the CPTS would cover them
const FRANCE = /** @type {[number, number][]} */ ([[41.3, -5.3], [51.2, 9.7]]);
const TUILES =
  "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0" +
  "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png" +
  "&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";
const PLANS = /** @type {const} */ (["fond", "territoire", "survol", "noms"]);

/** @typedef {(typeof PLANS)[number]} Plan */

/**
 * Four canvases that Leaflet moves and scales as one of its renderers.
 * @param {any} L @param {(plan: Plan, vue: Vue) => void} peindre @param {() => Palette} palette
 */
function createToiles(L, peindre, palette) {
  const Toiles = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("div");
      this._toiles = PLANS.map((plan) => {
        const toile = document.createElement("canvas");
        toile.className = `toile toile-${plan}`;
        this._container.append(toile);
        return toile;
      });
      this._attendus = new Set();
    },
    _destroyContainer() {
      cancelAnimationFrame(this._image);
      this._container.remove();
      delete this._container;
    },
    _updatePaths() {},
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const taille = this._bounds.getSize();
      const finesse = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this._container, this._bounds.min);
      for (const toile of this._toiles) {
        toile.width = taille.x * finesse;
        toile.height = taille.y * finesse;
        toile.style.width = `${taille.x}px`;
        toile.style.height = `${taille.y}px`;
      }
      for (const plan of PLANS) this._paint(plan);
      this._attendus.clear();
      this.fire("update");
    },
    /** @param {Plan[]} plans */
    demander(...plans) {
      if (!this._map || !this._bounds) return;
      for (const plan of plans) this._attendus.add(plan);
      if (this._image) return;
      this._image = requestAnimationFrame(() => {
        this._image = 0;
        for (const plan of this._attendus) this._paint(plan);
        this._attendus.clear();
      });
    },
    /** @param {Plan} plan */
    _paint(plan) {
      const toile = this._toiles[PLANS.indexOf(plan)];
      const ctx = toile.getContext("2d");
      const finesse = window.devicePixelRatio || 1;
      ctx.setTransform(finesse, 0, 0, finesse, 0, 0);
      const taille = this._bounds.getSize();
      ctx.clearRect(0, 0, taille.x, taille.y);
      const origine = this._map.getPixelOrigin();
      peindre(plan, {
        ctx,
        echelle: 256 * 2 ** this._zoom,
        x: origine.x + this._bounds.min.x,
        y: origine.y + this._bounds.min.y,
        largeur: taille.x,
        hauteur: taille.y,
        zoom: this._zoom,
        palette: palette(),
      });
    },
  });
  return new Toiles({ padding: 0.15 });
}

export class Carte {
  /**
   * @param {any} L Leaflet
   * @param {HTMLElement} hote
   * @param {Dessin} dessin
   * @param {(nom: string) => Promise<any>} load fetch a display file
   * @param {{onMessage: (texte: string) => void, onFondPerdu: () => void, palette: () => Palette}} options
   */
  constructor(L, hote, dessin, load, { onMessage, onFondPerdu, palette }) {
    this.L = L;
    this.dessin = dessin;
    this.unites = dessin.unites;
    this.load = load;
    this.onMessage = onMessage;
    this.onFondPerdu = onFondPerdu;
    /** @type {Maille} */
    this.maille = "groupe";
    /** @type {Couche | null} */
    this.france = null;
    /** @type {Map<number, Couche>} by rank of the département */
    this.details = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.demandes = new Map();
    /** @type {{rangs: number[], groupe: number, retirer: boolean} | null} */
    this.survol = null;
    this.noms = true;
    this.fond = false;
    /** @type {any} layer of the other territories */
    this.cpts = null;
    /** @type {(() => void)[]} */
    this.auditeursVue = [];
    const carte = L.map(hote, {
      zoomControl: false,
      attributionControl: false,
      minZoom: 4,
      maxZoom: 16,
      zoomSnap: 0.5,
      zoomDelta: 1,
      wheelPxPerZoomLevel: 90,
      boxZoom: false,
      doubleClickZoom: false,
      worldCopyJump: false,
      keyboardPanDelta: 60,
    });
    this.carte = carte;
    this.attributions = L.control.attribution({ prefix: false, position: "bottomright" });
    this.attributions.addTo(carte);
    this.attributions.addAttribution("Contours\u00a0: IGN, Etalab, Insee");
    carte.fitBounds(FRANCE);
    this.toiles = createToiles(L, (plan, vue) => this.#paint(plan, vue), palette).addTo(carte);
    carte.on("moveend", () => this.#onMove());
    carte.on("zoomend", () => hote.classList.toggle("noms-cpts", carte.getZoom() >= ZOOM_NOMS_CPTS));
    dessin.listen(() => this.toiles.demander("territoire"));
    this.#setBoitesDepartements();
  }

  async start() {
    this.france = new Couche(await this.load("france"));
    this.#setBoitesDepartements();
    this.toiles.demander(...PLANS);
    this.#onMove();
  }

  /** @param {Maille} maille */
  setMaille(maille) {
    this.maille = maille;
    this.setSurvol(null);
    this.#onMove();
    this.toiles.demander("fond", "noms");
  }

  /** Whether communes are drawn and can be designated at this scale. */
  get montreCommunes() {
    const seuil = this.maille === "commune" ? ZOOM_COMMUNES_VOULUES : ZOOM_COMMUNES;
    return this.carte.getZoom() >= seuil;
  }

  /** Layers that are on screen, most detailed. */
  get couches() {
    if (!this.montreCommunes) return this.france ? [this.france] : [];
    return this.#enVue().flatMap((departement) => this.details.get(departement) ?? []);
  }

  /** Whether communes should be drawn here and some are not there yet. */
  get attendCommunes() {
    return this.montreCommunes && this.couches.length < this.#enVue().length;
  }

  /** @param {boolean} montrer */
  setNoms(montrer) {
    this.noms = montrer;
    this.toiles.demander("noms");
  }

  /**
   * Outlines of other territories, dashed, that never catch the mouse.
   * @param {any} contours GeoJSON, or null to hide them
   */
  setCpts(contours) {
    this.cpts?.remove();
    this.cpts = null;
    if (!contours) return;
    this.cpts = this.L.geoJSON(contours, {
      interactive: false,
      style: { className: "contour-cpts", fill: false },
      onEachFeature: (/** @type {any} */ trait, /** @type {any} */ couche) => {
        const nom = document.createElement("span");
        nom.textContent = trait.properties.nom;
        couche.bindTooltip(nom, { permanent: true, direction: "center", className: "nom-cpts" });
      },
    }).addTo(this.carte);
  }

  /** @param {boolean} montrer */
  setFond(montrer) {
    this.fond = montrer;
    if (!montrer) {
      this.tuiles?.remove();
      this.tuiles = null;
    } else if (!this.tuiles) {
      let [recues, perdues] = [0, 0];
      const tuiles = this.L.tileLayer(TUILES, {
        attribution: "Plan\u00a0: ©\u00a0IGN – Géoplateforme",
        maxZoom: 16,
        className: "tuiles",
      });
      tuiles.on("tileload", () => {
        recues += 1;
      });
      tuiles.on("tileerror", () => {
        perdues += 1;
        if (recues > 0 || perdues !== 3) return;
        tuiles.remove();
        this.tuiles = null;
        this.fond = false;
        this.toiles.demander("fond");
        this.onFondPerdu();
        this.onMessage(
          "Le fond de plan de l’IGN ne répond pas\u00a0: la carte continue avec les contours seuls.",
        );
      });
      this.tuiles = tuiles.addTo(this.carte);
    }
    this.toiles.demander("fond");
  }

  /** @param {{rangs: number[], groupe: number, retirer: boolean} | null} survol */
  setSurvol(survol) {
    if (!survol && !this.survol) return;
    this.survol = survol;
    this.toiles.demander("survol");
  }

  /** Position of a screen point in the world from 0 to 1. @param {{x: number, y: number}} point */
  toMonde(point) {
    const position = this.carte.containerPointToLatLng(point);
    return /** @type {[number, number]} */ (mercator(position.lng, position.lat));
  }

  /** Pixels of the map of a point of the world. @param {[number, number]} point @returns {{x: number, y: number}} */
  toEcran([x, y]) {
    return this.carte.latLngToContainerPoint(fromMonde(x, y));
  }

  /** Pixels for the whole world at this scale. */
  get echelle() {
    return 256 * 2 ** this.carte.getZoom();
  }

  /** @param {number} rang @returns {[number, number]} */
  mondeUnite(rang) {
    const { longitude, latitude } = this.unites;
    return /** @type {[number, number]} */ (mercator(at(longitude, rang), at(latitude, rang)));
  }

  /** Show unités, whole. @param {number[]} rangs */
  async fly(rangs) {
    if (rangs.length === 0) return;
    const departements = new Set(rangs.map((rang) => at(this.unites.departement, rang)));
    if (rangs.length < 800) await Promise.all([...departements].map((d) => this.#request(d)));
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const rang of rangs) {
      const couche = this.details.get(at(this.unites.departement, rang));
      const point = this.mondeUnite(rang);
      const boite = couche?.boites.get(rang) ?? [point[0], point[1], point[0], point[1]];
      x0 = Math.min(x0, boite[0]);
      y0 = Math.min(y0, boite[1]);
      x1 = Math.max(x1, boite[2]);
      y1 = Math.max(y1, boite[3]);
    }
    this.flyBoite([x0, y0, x1, y1]);
  }

  /** @param {[number, number, number, number]} boite world box */
  flyBoite([x0, y0, x1, y1]) {
    this.carte.fitBounds([fromMonde(x0, y1), fromMonde(x1, y0)], {
      padding: [30, 30],
      maxZoom: 12,
      animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      duration: 0.4,
    });
  }

  flyFrance() {
    this.carte.fitBounds(FRANCE);
  }

  close() {
    this.carte.remove();
  }

  resize() {
    this.carte.invalidateSize({ animate: false });
  }

  /** Box of each département, to know which are in view before their file is here. */
  #setBoitesDepartements() {
    /** @type {[number, number, number, number][]} */
    const boites = this.unites.departements.map(() => [Infinity, Infinity, -Infinity, -Infinity]);
    for (let rang = 0; rang < this.unites.nombre; rang += 1) {
      const boite = boites[at(this.unites.departement, rang)];
      const [x, y] = this.mondeUnite(rang);
      if (!boite) continue;
      boite[0] = Math.min(boite[0], x);
      boite[1] = Math.min(boite[1], y);
      boite[2] = Math.max(boite[2], x);
      boite[3] = Math.max(boite[3], y);
    }
    this.boitesDepartements = boites;
  }

  /** Ranks of the départements in view. */
  #enVue() {
    const bornes = this.carte.getBounds();
    const marge = 0.0004; // town halls stand inside their commune, not on its border
    const [x0, y1] = mercator(bornes.getWest(), bornes.getSouth());
    const [x1, y0] = mercator(bornes.getEast(), bornes.getNorth());
    const enVue = [];
    for (const [rang, boite] of (this.boitesDepartements ?? []).entries()) {
      const dedans =
        boite[0] - marge <= /** @type {number} */ (x1) &&
        boite[2] + marge >= /** @type {number} */ (x0) &&
        boite[1] - marge <= /** @type {number} */ (y1) &&
        boite[3] + marge >= /** @type {number} */ (y0);
      if (dedans) enVue.push(rang);
    }
    return enVue;
  }

  #onMove() {
    if (this.montreCommunes) for (const departement of this.#enVue()) this.#request(departement);
    // an EPCI held in part is drawn by its communes, even from afar
    for (let groupe = 0; groupe < this.unites.groupes.length; groupe += 1) {
      if (this.dessin.etatGroupe(groupe) === "partiel") this.#requestGroupe(groupe);
    }
    for (const auditeur of this.auditeursVue) auditeur();
  }

  /** @param {number} groupe */
  #requestGroupe(groupe) {
    const membres = this.unites.groupes[groupe]?.membres ?? [];
    const departements = new Set(membres.map((rang) => at(this.unites.departement, rang)));
    for (const departement of departements) this.#request(departement);
  }

  /** @param {number} departement rank */
  #request(departement) {
    let demande = this.demandes.get(departement);
    if (!demande) {
      const code = this.unites.departements[departement]?.code ?? "";
      demande = this.load(`dep-${code}`).then(
        (table) => {
          this.details.set(departement, new Couche(table));
          this.toiles.demander("fond", "territoire", "survol");
          for (const auditeur of this.auditeursVue) auditeur();
        },
        () => {
          this.demandes.delete(departement);
          this.onMessage("Les contours d’un département n’ont pas pu être chargés.");
        },
      );
      this.demandes.set(departement, demande);
    }
    return demande;
  }

  /** @param {Plan} plan @param {Vue} vue */
  #paint(plan, vue) {
    if (!this.france) return;
    if (plan === "fond") this.#paintFond(vue);
    else if (plan === "territoire") this.#paintTerritoire(vue);
    else if (plan === "survol") this.#paintSurvol(vue);
    else if (this.noms) this.#paintNoms(vue);
  }

  /** @param {Vue} vue */
  #paintFond(vue) {
    const { couches, france } = this;
    const complet = this.montreCommunes && couches.length === this.#enVue().length;
    const dessinees = this.montreCommunes ? couches : [];
    if (!complet && france) {
      if (!this.fond) peindreTerre(vue, france);
      peindreLignes(vue, france, false);
    }
    for (const couche of dessinees) if (!this.fond) peindreTerre(vue, couche);
    for (const couche of dessinees) peindreLignes(vue, couche, true);
  }

  /** @param {Vue} vue */
  #paintTerritoire(vue) {
    const { dessin, france } = this;
    if (!france || dessin.nombre === 0) return;
    if (this.montreCommunes) {
      for (const couche of this.couches) {
        peindreTerritoire(vue, couche, (rang) => dessin.dans[rang] === 1);
      }
      return;
    }
    peindreTerritoire(vue, france, (groupe) => dessin.etatGroupe(groupe) === "complet");
    const partiels = [];
    for (let groupe = 0; groupe < this.unites.groupes.length; groupe += 1) {
      if (dessin.etatGroupe(groupe) === "partiel") partiels.push(groupe);
    }
    if (partiels.length === 0) return;
    peindreHachures(vue, france, partiels, vue.palette.contour);
    for (const groupe of partiels) this.#requestGroupe(groupe);
    const choisis = new Set(partiels);
    for (const couche of this.details.values()) {
      peindreTerritoire(
        vue,
        couche,
        (rang) => dessin.dans[rang] === 1 && choisis.has(at(this.unites.groupe, rang)),
      );
    }
  }

  /** @param {Vue} vue */
  #paintSurvol(vue) {
    const { survol, france } = this;
    if (!survol || !france) return;
    if (!this.montreCommunes && survol.groupe >= 0) {
      peindreSurvol(vue, france, [survol.groupe], survol.retirer);
      return;
    }
    for (const couche of this.couches) {
      peindreSurvol(vue, couche, survol.rangs, survol.retirer);
    }
  }

  /** @param {Vue} vue */
  #paintNoms(vue) {
    const { unites } = this;
    const noms = [];
    const villes = new Map();
    for (let rang = 0; rang < unites.nombre; rang += 1) {
      const [mx, my] = this.mondeUnite(rang);
      const [px, py] = [mx * vue.echelle - vue.x, my * vue.echelle - vue.y];
      if (px < 0 || py < 0 || px > vue.largeur || py > vue.hauteur) continue;
      const poids = at(unites.populations.municipale, rang) || 0;
      const ville = vue.zoom < 11 ? /^(\D+) \d+er?e? arrondissement$/i.exec(unites.nom(rang)) : null;
      if (!ville) noms.push({ nom: unites.nom(rang), x: mx, y: my, poids });
      else {
        const nom = ville[1] ?? "";
        const deja = villes.get(nom);
        if (deja) deja.poids += poids;
        else villes.set(nom, { nom, x: mx, y: my, poids });
      }
    }
    const plafond = vue.zoom < 7 ? 25 : vue.zoom < 9 ? 60 : 220;
    peindreNoms(vue, [...noms, ...villes.values()], plafond);
  }
}

/** @param {number} x @param {number} y @returns {[number, number]} latitude, longitude */
function fromMonde(x, y) {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return [latitude, (x - 0.5) * 360];
}
