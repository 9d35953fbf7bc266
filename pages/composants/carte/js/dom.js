// Build elements without ever parsing text as HTML: names typed by people stay text.
// State: none.

/** @typedef {Node | string | null | undefined | false} Enfant */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((e: any) => void)>} Attributs */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} balise @param {Attributs} [attributs] @param {...Enfant} enfants
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(balise, attributs = {}, ...enfants) {
  const element = document.createElement(balise);
  for (const [nom, valeur] of Object.entries(attributs)) {
    if (typeof valeur === "function") element.addEventListener(nom.slice(2), valeur);
    else if (valeur === true) element.setAttribute(nom, "");
    else if (valeur !== false && valeur !== null && valeur !== undefined) {
      element.setAttribute(nom, String(valeur));
    }
  }
  element.append(...enfants.filter(isShown));
  return element;
}

/** @param {Enfant} enfant @returns {enfant is Node | string} */
function isShown(enfant) {
  return enfant !== null && enfant !== undefined && enfant !== false;
}

/** Do what can wait once the picture is on screen. @param {() => void} action */
export function auRepos(action) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(action, { timeout: 200 });
  else setTimeout(action, 50);
}

/** Replace everything in an element. @param {Element} element @param {...Enfant} enfants */
export function remplir(element, ...enfants) {
  element.replaceChildren(...enfants.filter(isShown));
}

/**
 * Same, for a list that is written again under the hands of who uses the keyboard: the focus stays
 * on what bears the same name, else on what has taken its place.
 * @param {HTMLElement} element @param {...Enfant} enfants
 */
export function remplirSousLeFocus(element, ...enfants) {
  const racine = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  const actif = racine.activeElement;
  const rang = actif && element.contains(actif) ? focusables(element).indexOf(actif) : -1;
  remplir(element, ...enfants);
  if (!actif || rang < 0) return;
  const suivants = focusables(element);
  const nom = nommer(actif);
  const meme = suivants.find((suivant) => nommer(suivant) === nom);
  const place = meme ?? suivants[Math.min(rang, suivants.length - 1)] ?? element;
  if (place === element) element.tabIndex = -1;
  if (place instanceof HTMLElement) place.focus({ preventScroll: true });
}

/** @param {HTMLElement} element @returns {Element[]} */
function focusables(element) {
  return [...element.querySelectorAll("button, summary")];
}

/** What a control is called, and where. @param {Element} element */
function nommer(element) {
  const nom = element.getAttribute("aria-label") ?? element.querySelector(".nom")?.textContent;
  return `${element.getAttribute("data-lieu") ?? ""} ${nom ?? element.textContent}`;
}

const TRACES = {
  clic: "M5 3l13 8-6 1.5L9 19z",
  balayage: "M4 17c4-9 8 3 12-6M14 5l5 5-4 1-2-2z",
  gomme: "M4 15L13 5l6 6-8 8H7zM9 9l6 6",
  rectangle: "M4 6h16v12H4z",
  polygone: "M5 9l8-5 7 7-4 8-9-1z",
  annuler: "M9 5L4 10l5 5M4 10h10a5 5 0 010 10h-3",
  retablir: "M15 5l5 5-5 5M20 10H10a5 5 0 000 10h3",
  vider: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  coller: "M8 5H5v15h14V5h-3M9 3h6v4H9zM8 12h8M8 16h5",
  retirer: "M6 6l12 12M18 6L6 18",
  cadrer: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  loupe: "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20 20",
};

/** Small line drawing beside a label; says nothing to screen readers. @param {keyof typeof TRACES} nom */
export function icone(nom) {
  const espace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(espace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icone");
  const trace = document.createElementNS(espace, "path");
  trace.setAttribute("d", TRACES[nom]);
  svg.append(trace);
  return svg;
}
