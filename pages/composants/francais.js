// The words that Streamlit only knows in English: put in French as they appear, for the eye and for
// screen readers. The drawing map writes its own words and is left alone.
// State: none.

/** @type {Record<string, string>} */
const ETIQUETTES = {
  "App pages": "Pages de l’application",
  "Choose an option": "Choisir",
  "Choose options": "Choisir",
  "Clear all": "Tout effacer",
  "Clear entry": "Effacer",
  "Clear value": "Effacer",
  Close: "Fermer",
  "Collapse sidebar": "Replier le menu",
  Decrement: "Diminuer",
  Dismiss: "Fermer",
  "Expand sidebar": "Déplier le menu",
  "file upload": "Choisir un fichier",
  Increment: "Augmenter",
  "Main menu": "Menu",
  "Multiselect options": "Choix possibles",
  "Navigate to home page": "Aller à l’accueil",
  Open: "Ouvrir la liste",
  "Running...": "Calcul en cours",
  "Selectbox options": "Choix possibles",
  "Selected values": "Valeurs choisies",
  Sidebar: "Menu",
  "Stop script": "Arrêter le calcul",
};

/** @type {Record<string, string>} */
const TEXTES = {
  "Connection error": "Le serveur ne répond plus",
  "Drag and drop a file here": "Déposez un fichier ici",
  "Drag and drop files here": "Déposez des fichiers ici",
  "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
    "L’application a peut-être été arrêtée. Relancez-la, cette page reprendra d’elle-même :",
  "No results": "Aucun résultat",
  "Press Enter to apply": "Entrée pour valider",
  "Press Enter to submit form": "Entrée pour valider",
  "Select all": "Tout choisir",
  "Skip to main content": "Aller au contenu",
  "streamlit run yourscript.py": "make run",
};

/** @type {[RegExp, string][]} */
const TOURNURES = [
  [/^Help for (.+)$/, "Aide : $1"],
  [/^Remove (.+)$/, "Retirer $1"],
  [/^Upload .+$/, "Choisir un fichier"],
  [/^Press (Ctrl|⌘) ?\+ ?Enter to (?:apply|submit form)$/, "$1 + Entrée pour valider"],
  [/^(\d+) more$/, "$1 autres"],
  [/^Select (\d+) matches$/, "Choisir les $1 réponses"],
  [/^(\d+) options? available\.$/, "$1 choix."],
  [/^(.+), selected\.?$/, "$1, choisi."],
  [/^(\d+)MB per file$/, "$1 Mo par fichier"],
  [/^File must be (\d+)MB or smaller\.$/, "Ce fichier dépasse $1 Mo."],
  [/^(\d+)\.(\d)(K|M|G)?B$/, "$1,$2 $3o"],
  [/^(.+) files are not allowed\.$/, "Les fichiers $1 ne sont pas acceptés."],
];

const ATTRIBUTS = ["aria-label", "title", "placeholder"];
const SELECTEUR = ATTRIBUTS.map((attribut) => `[${attribut}]`).join();
// what the pages write is in French already, and may quote anything
const NOTRES = ".atelier, .stHtml, :not([role=dialog] *, header *)[data-testid=stMarkdownContainer]";

/** @param {string} texte @param {Record<string, string>} mots @returns {string | undefined} */
function traduire(texte, mots) {
  if (Object.hasOwn(mots, texte)) return mots[texte];
  const tournure = TOURNURES.find(([modele]) => modele.test(texte));
  return tournure && texte.replace(...tournure);
}

/** @param {Element} element */
function traduireAttributs(element) {
  for (const attribut of ATTRIBUTS) {
    const valeur = element.getAttribute(attribut);
    const traduit = valeur && traduire(valeur, ETIQUETTES);
    if (traduit) element.setAttribute(attribut, traduit);
  }
}

/** @param {Text} noeud */
function traduireTexte(noeud) {
  const traduit = traduire(noeud.data.trim(), TEXTES);
  if (traduit) noeud.data = traduit;
  // a word too common to be put in French wherever it stands
  else if (noeud.data === "Upload" && noeud.parentElement?.closest(".stFileUploader")) {
    noeud.data = "Choisir un fichier";
  }
}

/** @param {Node} noeud */
function parcourir(noeud) {
  if (noeud instanceof Text) {
    if (!noeud.parentElement?.closest(NOTRES) || noeud.data === "Upload") traduireTexte(noeud);
    return;
  }
  if (!(noeud instanceof Element) || noeud.closest(".atelier, .stHtml")) return;
  traduireAttributs(noeud);
  noeud.querySelectorAll(SELECTEUR).forEach(traduireAttributs);
  const textes = document.createTreeWalker(noeud, NodeFilter.SHOW_TEXT);
  while (textes.nextNode()) parcourir(textes.currentNode);
}

// Streamlit may have begun to draw
parcourir(document.documentElement);
new MutationObserver((changements) => {
  for (const { type, target, addedNodes } of changements) {
    if (type === "childList") addedNodes.forEach(parcourir);
    else if (type === "characterData") parcourir(target);
    else if (target instanceof Element && !target.closest(".atelier")) traduireAttributs(target);
  }
}).observe(document.documentElement, {
  attributeFilter: ATTRIBUTS,
  characterData: true,
  childList: true,
  subtree: true,
});
