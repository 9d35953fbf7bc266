// The folium map of one indicator: its view, its keyboard, its place among fingers that scroll.
// Read between Leaflet and the script that folium writes; State: the map of the document.

(() => {
  const L = /** @type {any} */ (globalThis).L;
  const MARGE = 14; // pixels around the territory
  const NOMS = 9; // more names would hide the colours
  const LARGEUR_NOM = 110; // pixels of the frame for each name
  const PAS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  /** @type {any} */
  let carte;
  L.Control.Zoom.mergeOptions({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" });
  L.Map.addInitHook(/** @this {any} */ function () {
    carte = this;
  });

  /** The communes, in the order of the table. @returns {any[]} */
  function lireCommunes() {
    /** @type {any[]} */
    const communes = [];
    carte.eachLayer((/** @type {any} */ couche) => {
      if (couche.feature?.properties?.lu) communes.push(couche);
    });
    return communes;
  }

  /** Show the whole territory, and keep the reader near it. @param {any} bornes */
  function cadrer(bornes) {
    carte.setMinZoom(0);
    carte.invalidateSize({ animate: false });
    carte.fitBounds(bornes, { padding: [MARGE, MARGE], animate: false });
    carte.setMinZoom(carte.getZoom());
    carte.setMaxBounds(bornes.pad(0.5));
  }

  /** One stop for Tab, then the arrows from the highest value to the lowest. @param {any[]} communes */
  function equiperClavier(communes) {
    communes.forEach((commune, rang) => {
      const trace = commune.getElement();
      trace.setAttribute("role", "img");
      trace.setAttribute("aria-label", commune.feature.properties.lu);
      trace.setAttribute("tabindex", rang ? "-1" : "0");
      trace.addEventListener("keydown", (/** @type {KeyboardEvent} */ touche) => {
        const suivant = choisir(touche.key, rang, communes.length);
        if (suivant === null) return;
        touche.preventDefault();
        trace.setAttribute("tabindex", "-1");
        const autre = communes[suivant].getElement();
        autre.setAttribute("tabindex", "0");
        autre.focus({ preventScroll: true });
      });
      trace.addEventListener("focus", () => {
        carte.panInside(commune.getBounds().getCenter(), { padding: [60, 60] });
      });
    });
  }

  /**
   * Outline the commune under the mouse or the keyboard, above its neighbours; moving the commune
   * itself to the front would take the focus away from it.
   * @param {any[]} communes
   */
  function equiperVisee(communes) {
    const visee = L.geoJSON(null, { interactive: false, style: { className: "vise", fill: false } });
    visee.addTo(carte);
    for (const commune of communes) {
      const viser = () => visee.clearLayers().addData(commune.feature);
      const quitter = () => visee.clearLayers();
      commune.on({ mouseover: viser, mouseout: quitter });
      commune.getElement().addEventListener("focus", viser);
      commune.getElement().addEventListener("blur", quitter);
    }
  }

  /**
   * Write the names of the most populated communes that find room at this scale.
   * @param {any[]} communes @param {any} noms layer of the names
   */
  function nommer(communes, noms) {
    noms.clearLayers();
    /** @type {DOMRect[]} */
    const places = [];
    const maximum = Math.min(NOMS, Math.floor(carte.getSize().x / LARGEUR_NOM));
    const grandes = communes.filter((commune) => commune.feature.properties.rang);
    grandes.sort((a, b) => a.feature.properties.rang - b.feature.properties.rang);
    for (const { feature } of grandes) {
      if (places.length >= maximum) return;
      const { commune, centre } = feature.properties;
      const options = { permanent: true, direction: "center", className: "nom", opacity: 1 };
      const nom = L.tooltip(centre, { ...options, content: commune }).addTo(noms);
      const boite = nom.getElement().getBoundingClientRect();
      nom.getElement().setAttribute("aria-hidden", "true");
      if (places.some((place) => seTouchent(place, boite))) noms.removeLayer(nom);
      else places.push(boite);
    }
  }

  /** @param {DOMRect} a @param {DOMRect} b */
  function seTouchent(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  /** @param {string} touche @param {number} rang @param {number} combien */
  function choisir(touche, rang, combien) {
    if (touche === "Home") return 0;
    if (touche === "End") return combien - 1;
    const pas = PAS[/** @type {keyof typeof PAS} */ (touche)];
    return pas ? (rang + pas + combien) % combien : null;
  }

  addEventListener("load", () => {
    const communes = lireCommunes();
    const bornes = L.featureGroup(communes).getBounds();
    const conteneur = carte.getContainer();
    conteneur.setAttribute("role", "region");
    conteneur.setAttribute("aria-label", "Carte : flèches pour la déplacer, plus et moins pour l’échelle");
    // one finger scrolls the page, two move and zoom the map
    if (matchMedia("(pointer: coarse)").matches) carte.dragging.disable();
    equiperClavier(communes);
    equiperVisee(communes);
    cadrer(bornes);
    const noms = L.layerGroup().addTo(carte);
    nommer(communes, noms);
    carte.on("zoomend", () => nommer(communes, noms));
    addEventListener("resize", () => cadrer(bornes));
    document.documentElement.dataset.pret = "";
  });
})();
