// The panel beside the map: totals, gauge, funding, alerts, composition.
// State: what the server confirmed last, which groups are unfolded. Totals are read in `Dessin` at
// each change; the server's answer fills what only the rules know (funding, alerts).

import { el, icone, remplir, remplirSousLeFocus } from "./dom.js";
import { placeSurJauge, situation } from "./taille.js";
import { compter, nombreFr } from "./texte.js";
import { at } from "./unites.js";

/** @typedef {import("./dessin.js").Dessin} Dessin */
/** @typedef {import("./taille.js").Bareme} Bareme */
/** @typedef {import("./unites.js").TypePopulation} TypePopulation */
/** @typedef {{code: string, gravite: "bloquant" | "attention" | "information", message: string, codes: string[]}} Alerte */

/**
 * @typedef {object} Confirmation what the server computed for one revision of the drawing
 * @property {number} revision
 * @property {number | null} population
 * @property {string} legende definition and year of the population
 * @property {number | null} taille
 * @property {string} phrase_financement
 * @property {[string, string][]} financement lines of the detail
 * @property {string} bareme name and caveat of the funding table
 * @property {Alerte[]} alertes
 * @property {string} resume communes, area, density
 */

const GRAVITES = { bloquant: "Bloquant", attention: "À vérifier", information: "À savoir" };
const MONTREES = 12; // communes listed before « tout afficher »
const COMPLETES = 4; // groups that the alert offers to complete, as many as it names

/**
 * @typedef {object} Actions
 * @property {(nom: string) => void} onNom
 * @property {(type: TypePopulation) => void} onType
 * @property {(rangs: number[]) => void} onVoir
 * @property {(libelle: string, ajouts: number[], retraits: number[]) => void} onChange
 */

export class Panneau {
  /**
   * @param {HTMLElement} hote @param {Dessin} dessin @param {Actions} actions
   */
  constructor(hote, dessin, actions) {
    this.dessin = dessin;
    this.unites = dessin.unites;
    this.actions = actions;
    /** @type {Bareme} */
    this.bareme = [];
    /** @type {TypePopulation} */
    this.type = "municipale";
    /** @type {Confirmation | null} */
    this.confirmation = null;
    /** why the present drawing could not be checked */
    this.echec = "";
    /** @type {Set<number>} */
    this.deplies = new Set();
    /** @type {Set<number>} */
    this.entiers = new Set();
    this.nom = el("input", {
      type: "text",
      id: "atelier-nom",
      maxlength: 120,
      placeholder: "Sans titre",
      autocomplete: "off",
      onchange: () => this.actions.onNom(this.nom.value),
    });
    /** reminder over the map, where the panel is below it */
    this.rappel = el("div", { class: "rappel", "aria-hidden": "true" });
    this.chiffre = el("p", { class: "chiffre", "data-total": "" });
    this.confirme = el("span", { class: "confirme" });
    this.legende = el("p", { class: "legende" });
    this.choix = el(
      "select",
      {
        "aria-label": "Définition de la population",
        onchange: () =>
          this.actions.onType(this.choix.value === "totale" ? "totale" : "municipale"),
      },
      el("option", { value: "municipale" }, "population municipale"),
      el("option", { value: "totale" }, "population totale"),
    );
    this.jauge = el("div", { class: "jauge" });
    this.distance = el("p", { class: "distance" });
    this.financement = el("div", { class: "financement" });
    this.alertes = el("ul", { class: "alertes" });
    this.titreAlertes = el("h3", {}, "Points à vérifier");
    this.composition = el("ul", { class: "composition" });
    this.titreComposition = el("h3", {}, "Composition");
    this.resume = el("p", { class: "resume" });
    remplir(
      hote,
      el("label", { class: "titre-projet", for: "atelier-nom" }, "Nom du projet"),
      this.nom,
      el(
        "section",
        { class: "totaux", "aria-label": "Population et taille" },
        this.chiffre,
        el("div", { class: "ligne-legende" }, this.choix, this.confirme),
        this.legende,
        this.jauge,
        this.distance,
        this.financement,
      ),
      el("section", { "aria-label": "Alertes" }, this.titreAlertes, this.alertes),
      el(
        "section",
        { "aria-label": "Composition" },
        this.titreComposition,
        this.resume,
        this.composition,
      ),
      el("p", { class: "esquisse" }, "Esquisse sans valeur officielle."),
    );
    dessin.listen(() => this.renderTotaux());
  }

  /** Never under the fingers of who is typing. @param {string} nom */
  showNom(nom) {
    if (!this.nom.matches(":focus")) this.nom.value = nom;
  }

  /** @param {Bareme} bareme @param {TypePopulation} type */
  setRegles(bareme, type) {
    this.bareme = bareme;
    this.type = type;
    this.choix.value = type;
  }

  /** Figures the browser sums itself; called at each change, before the server knows. */
  renderTotaux() {
    const { dessin, type } = this;
    const population = dessin.totaux[type];
    const inconnues = dessin.inconnues[type];
    remplir(this.chiffre, el("strong", {}, nombreFr(population)), "\u00a0habitants");
    const partiel =
      inconnues > 0 ? `dont ${compter(inconnues, "commune")} sans population connue` : "";
    this.legende.textContent = partiel;
    const { taille } = situation(population, this.bareme);
    this.rappel.textContent =
      `${nombreFr(population)}\u00a0hab.` + (dessin.nombre > 0 ? ` · taille\u00a0${taille}` : "");
    this.#renderJauge(population);
    this.#renderDistance(population);
    this.#renderConfirme();
  }

  #renderConfirme() {
    const { population, revision } = this.confirmation ?? {};
    const recu = revision === this.dessin.revision;
    const ecart = recu && population !== null && population !== this.dessin.totaux[this.type];
    this.confirme.classList.toggle("en-cours", !recu || ecart);
    if (ecart) {
      this.confirme.textContent = `${nombreFr(population ?? NaN)}\u00a0hab. selon le serveur`;
      this.confirme.title = "Les données de cette page ont vieilli\u00a0: rechargez-la.";
    } else if (recu) {
      this.confirme.textContent = "✓ vérifié";
      this.confirme.title = "Total recalculé par le serveur, identique à celui affiché.";
    } else {
      this.confirme.textContent = this.echec ? "non vérifié" : "calcul…";
      this.confirme.title = this.echec || "Le serveur recalcule les totaux et les alertes.";
    }
  }

  /** @param {number} population */
  #renderJauge(population) {
    const { bareme } = this;
    const parts = bareme.length + 1;
    const place = placeSurJauge(population, bareme);
    const { taille } = situation(population, bareme);
    const cases = Array.from({ length: parts }, (_, n) =>
      el(
        "span",
        { class: n + 1 === taille && this.dessin.nombre > 0 ? "case active" : "case" },
        `Taille\u00a0${n + 1}`,
      ),
    );
    const seuils = bareme.map((seuil, n) =>
      el(
        "span",
        { class: "seuil", style: `left:${((n + 1) * 100) / parts}%` },
        nombreFr(seuil.habitants),
      ),
    );
    remplir(
      this.jauge,
      el("div", { class: "cases" }, ...cases),
      el(
        "div",
        { class: "rail", "aria-hidden": "true" },
        el("div", { class: "rempli", style: `width:${place * 100}%` }),
        ...bareme.map((_, n) =>
          el("span", { class: "cran", style: `left:${((n + 1) * 100) / parts}%` }),
        ),
      ),
      el("div", { class: "seuils" }, ...seuils),
    );
  }

  /** @param {number} population */
  #renderDistance(population) {
    if (this.dessin.nombre === 0) {
      this.distance.textContent =
        "Pour commencer\u00a0: cliquez une intercommunalité sur la carte\u202f; cherchez une commune, " +
        "un département ou une CPTS existante\u202f; ou collez une liste, un fichier, un lien.";
      return;
    }
    const { taille, manque, marge } = situation(population, this.bareme);
    const phrases = [];
    if (manque !== null) {
      phrases.push(`encore ${nombreFr(manque)}\u00a0habitants avant la taille\u00a0${taille + 1}`);
    }
    if (marge !== null) phrases.push(`marge de ${nombreFr(marge)}\u00a0habitants`);
    remplir(
      this.distance,
      el("strong", {}, `Taille\u00a0${taille}`),
      phrases.length > 0 ? `\u00a0: ${phrases.join(", ")}.` : ".",
    );
  }

  /** What was checked is of another drawing, and may stay so for long. @param {string} raison */
  setEchec(raison) {
    this.echec = raison;
    this.#setReponse(null);
  }

  /** @param {Confirmation} confirmation */
  setConfirmation(confirmation) {
    this.echec = "";
    this.#setReponse(confirmation);
  }

  /** @param {Confirmation | null} confirmation */
  #setReponse(confirmation) {
    this.confirmation = confirmation;
    this.#renderConfirme();
    this.#renderFinancement();
    this.#renderAlertes();
    this.resume.textContent = confirmation?.resume ?? "";
    this.#renderLegende();
  }

  #renderLegende() {
    const { confirmation } = this;
    const inconnues = this.dessin.inconnues[this.type];
    const reserve =
      inconnues > 0 ? ` Total hors ${compter(inconnues, "commune")} sans population connue.` : "";
    this.legende.textContent = (confirmation?.legende ?? "") + reserve;
  }

  #renderFinancement() {
    const { confirmation } = this;
    if (!confirmation?.phrase_financement || this.dessin.nombre === 0) {
      remplir(this.financement);
      return;
    }
    const ouvert = this.financement.querySelector("details")?.open ?? false;
    remplirSousLeFocus(
      this.financement,
      el(
        "details",
        { open: ouvert },
        el("summary", {}, confirmation.phrase_financement),
        el(
          "dl",
          {},
          ...confirmation.financement.flatMap(([nom, montant]) => [
            el("dt", {}, nom),
            el("dd", {}, montant),
          ]),
        ),
        el("p", { class: "legende" }, confirmation.bareme),
      ),
    );
  }

  #renderAlertes() {
    const alertes = this.dessin.nombre > 0 ? (this.confirmation?.alertes ?? []) : [];
    this.titreAlertes.textContent =
      alertes.length > 0 ? `Points à vérifier (${alertes.length})` : "Points à vérifier";
    if (alertes.length === 0) {
      const attente = this.echec || "Vérification en cours…";
      const rien = this.confirmation ? "Rien à signaler." : attente;
      const texte = this.dessin.nombre > 0 ? rien : "Le territoire est vide.";
      remplirSousLeFocus(this.alertes, el("li", { class: "rien" }, texte));
      return;
    }
    remplirSousLeFocus(this.alertes, ...alertes.map((alerte) => this.#renderAlerte(alerte)));
  }

  /** @param {Alerte} alerte */
  #renderAlerte(alerte) {
    const rangs = this.#rangsDe(alerte.codes);
    /** @param {string} texte @param {() => void} onclick */
    const bouton = (texte, onclick) =>
      el("button", { type: "button", class: "lien", "data-lieu": alerte.code, onclick }, texte);
    const boutons = [];
    // what has no place of its own (size, floor) is about the whole territory
    boutons.push(
      rangs.length > 0
        ? bouton("Voir sur la carte", () => this.actions.onVoir(rangs))
        : bouton("Voir le territoire", () => this.actions.onVoir(this.dessin.rangs())),
    );
    const absents = rangs.filter((rang) => !this.dessin.dans[rang]);
    if (alerte.code === "enclave" && absents.length > 0) {
      boutons.push(
        bouton("Combler", () => this.actions.onChange("Combler l’enclave", absents, [])),
      );
    }
    if (alerte.code === "epci_incomplet" || alerte.code === "ept_incomplet") {
      const groupes = this.unites.groupes.filter(({ code }) => alerte.codes.includes(code));
      for (const { nom, membres } of groupes.slice(0, COMPLETES)) {
        const libelle = `Compléter ${nom}`;
        boutons.push(bouton(libelle, () => this.actions.onChange(libelle, membres, [])));
      }
    }
    return el(
      "li",
      { class: `alerte ${alerte.gravite}`, "data-alerte": alerte.code },
      el("span", { class: "gravite" }, GRAVITES[alerte.gravite]),
      el("p", {}, alerte.message),
      el("div", { class: "boutons" }, ...boutons),
    );
  }

  /** Unités of an alert, whose codes may be those of communes or of groups. @param {string[]} codes */
  #rangsDe(codes) {
    const rangs = [];
    for (const code of codes) {
      const rang = this.unites.rangs.get(code);
      if (rang !== undefined) rangs.push(rang);
      else rangs.push(...(this.unites.groupes.find((g) => g.code === code)?.membres ?? []));
    }
    return rangs;
  }

  /** Composition by intercommunalité; heavier than the totals, drawn after them. */
  renderComposition() {
    const { dessin, unites } = this;
    /** @type {number[]} */
    const groupes = [];
    for (let groupe = 0; groupe < unites.groupes.length; groupe += 1) {
      if (at(dessin.compteGroupe, groupe) > 0) groupes.push(groupe);
    }
    const populations = new Map(groupes.map((groupe) => [groupe, this.#population(groupe)]));
    groupes.sort((a, b) => (populations.get(b) ?? 0) - (populations.get(a) ?? 0));
    // Paris and a few islands are in no intercommunalité: each is its own group
    const nombre = groupes.filter((n) => unites.groupes[n]?.type !== "commune").length;
    this.titreComposition.textContent =
      nombre > 0 ? `Composition (${compter(nombre, "intercommunalité")})` : "Composition";
    remplirSousLeFocus(
      this.composition,
      ...groupes
        .slice(0, 60)
        .map((groupe) => this.#renderGroupe(groupe, populations.get(groupe) ?? 0)),
      groupes.length > 60 &&
        el("li", { class: "rien" }, `et ${compter(groupes.length - 60, "autre")}.`),
    );
  }

  /** @param {number} groupe */
  #population(groupe) {
    let total = 0;
    for (const rang of this.unites.groupes[groupe]?.membres ?? []) {
      if (this.dessin.dans[rang]) total += at(this.unites.populations[this.type], rang) || 0;
    }
    return total;
  }

  /** @param {number} groupe @param {number} population */
  #renderGroupe(groupe, population) {
    const { dessin, unites, actions } = this;
    const { nom, membres } = /** @type {import("./unites.js").Groupe} */ (unites.groupes[groupe]);
    const presents = membres.filter((rang) => dessin.dans[rang]);
    const complet = presents.length === membres.length;
    const compte = complet
      ? compter(membres.length, "commune")
      : `${nombreFr(presents.length)} sur ${compter(membres.length, "commune")}`;
    const contenu = el("div", { class: "communes" });
    if (this.deplies.has(groupe)) this.#renderCommunes(contenu, groupe, presents, membres);
    const detail = el(
      "details",
      {
        open: this.deplies.has(groupe),
        ontoggle: () => {
          if (!detail.open) this.deplies.delete(groupe);
          else if (!this.deplies.has(groupe)) {
            this.deplies.add(groupe);
            this.#renderCommunes(contenu, groupe, presents, membres);
          }
        },
      },
      el(
        "summary",
        {},
        el("span", { class: "nom" }, nom),
        el(
          "span",
          { class: "compte" },
          `${complet ? "" : "◩ "}${compte} · ${nombreFr(population)}\u00a0hab.`,
        ),
      ),
      contenu,
    );
    return el(
      "li",
      { "data-groupe": unites.groupes[groupe]?.code },
      detail,
      el(
        "div",
        { class: "outils-groupe" },
        !complet &&
          el(
            "button",
            {
              type: "button",
              class: "lien",
              "aria-label": `Compléter ${nom}`,
              onclick: () => actions.onChange(`Compléter ${nom}`, membres, []),
            },
            "Compléter",
          ),
        el(
          "button",
          {
            type: "button",
            class: "retirer",
            "aria-label": `Retirer ${nom}`,
            title: `Retirer ${nom}`,
            onclick: () => actions.onChange(`Retirer ${nom}`, [], presents),
          },
          icone("retirer"),
        ),
      ),
    );
  }

  /**
   * @param {HTMLElement} hote @param {number} groupe
   * @param {number[]} presents @param {number[]} membres
   */
  #renderCommunes(hote, groupe, presents, membres) {
    const absents = membres.filter((rang) => !this.dessin.dans[rang]);
    const tout = this.entiers.has(groupe);
    const montres = tout ? presents : presents.slice(0, MONTREES);
    remplir(
      hote,
      el("ul", {}, ...montres.map((rang) => this.#renderCommune(rang, true))),
      presents.length > montres.length &&
        el(
          "button",
          {
            type: "button",
            class: "lien",
            onclick: () => {
              this.entiers.add(groupe);
              this.#renderCommunes(hote, groupe, presents, membres);
            },
          },
          `Afficher les ${nombreFr(presents.length)} communes`,
        ),
      absents.length > 0 && el("p", { class: "legende" }, "Hors du territoire\u00a0:"),
      absents.length > 0 &&
        el("ul", {}, ...absents.slice(0, 80).map((rang) => this.#renderCommune(rang, false))),
    );
  }

  /** @param {number} rang @param {boolean} presente */
  #renderCommune(rang, presente) {
    const nom = this.unites.nom(rang);
    const habitants = at(this.unites.populations[this.type], rang);
    const verbe = presente ? "Retirer" : "Ajouter";
    return el(
      "li",
      { class: presente ? "" : "absente" },
      el("button", { type: "button", class: "commune", onclick: () => this.actions.onVoir([rang]) }, nom),
      el(
        "span",
        { class: "compte" },
        Number.isNaN(habitants) ? "population inconnue" : nombreFr(habitants),
      ),
      el(
        "button",
        {
          type: "button",
          class: presente ? "retirer" : "lien",
          "aria-label": `${verbe} ${nom}`,
          title: `${verbe} ${nom}`,
          onclick: () =>
            this.actions.onChange(`${verbe} ${nom}`, presente ? [] : [rang], presente ? [rang] : []),
        },
        presente ? icone("retirer") : "Ajouter",
      ),
    );
  }
}
