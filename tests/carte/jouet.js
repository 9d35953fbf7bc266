// A toy country: a grid of square communes, two columns to a group, drawn row by row.
import { Unites } from "../../pages/composants/carte/js/unites.js";
import { Voisinage } from "../../pages/composants/carte/js/voisinage.js";
import { Couche } from "../../pages/composants/carte/js/topologie.js";

export const LARGEUR = 6;
export const HAUTEUR = 4;
const rang = (x, y) => y * LARGEUR + x;
const dehors = (x, y) => x < 0 || y < 0 || x >= LARGEUR || y >= HAUTEUR;

export function createUnites() {
  const nombre = LARGEUR * HAUTEUR;
  const rangs = Array.from({ length: nombre }, (_, n) => n);
  return new Unites({
    codes: rangs.map((n) => String(35001 + n)).join(""),
    noms: rangs.map((n) => `Commune ${n}`),
    municipale: rangs.map((n) => (n === 23 ? null : 1000 * (n + 1))),
    totale: rangs.map((n) => 1010 * (n + 1)),
    groupe: rangs.map((n) => Math.floor((n % LARGEUR) / 2)),
    departement: rangs.map(() => 0),
    longitude: rangs.map((n) => ((n % LARGEUR) + 0.5) * 1e4),
    latitude: rangs.map((n) => -(Math.floor(n / LARGEUR) + 0.5) * 1e4),
    groupes: [
      ["200000001", "Ouest", "epci"],
      ["200000002", "Centre", "epci"],
      ["200000003", "Est", "epci"],
    ],
    departements: [["35", "Ille-et-Vilaine"]],
  });
}

export function createVoisinage(largeur = LARGEUR, hauteur = HAUTEUR, liaisons = []) {
  const nombres = [];
  const ecarts = [];
  const bordure = [];
  for (let y = 0; y < hauteur; y += 1) {
    for (let x = 0; x < largeur; x += 1) {
      const suivants = [];
      if (x + 1 < largeur) suivants.push(1);
      if (y + 1 < hauteur) suivants.push(largeur);
      nombres.push(suivants.length);
      ecarts.push(...suivants);
      if (!x || !y || x === largeur - 1 || y === hauteur - 1) bordure.push(y * largeur + x);
    }
  }
  return new Voisinage({ nombres, ecarts, bordure, liaisons });
}

// One border per side of a square, on a grid of a tenth of a degree.
export function createCouche() {
  const table = {
    pas: 0.1,
    entites: Array.from({ length: LARGEUR * HAUTEUR }, (_, n) => n),
    longueurs: [],
    xy: [],
    gauche: [],
    droite: [],
    niveaux: [],
  };
  let dernier = [0, 0];
  const add = (points, a, b) => {
    table.longueurs.push(points.length);
    for (const [x, y] of points) {
      table.xy.push(x - dernier[0], y - dernier[1]);
      dernier = [x, y];
    }
    const [gauche, droite] = a === -1 ? [b, a] : [a, b];
    table.gauche.push(gauche);
    table.droite.push(droite);
    table.niveaux.push(droite === -1 ? 4 : 0);
  };
  const ou = (x, y) => (dehors(x, y) ? -1 : rang(x, y));
  for (let y = 0; y <= HAUTEUR; y += 1) {
    for (let x = 0; x <= LARGEUR; x += 1) {
      if (x < LARGEUR) add([[x, -y], [x + 1, -y]], ou(x, y - 1), ou(x, y));
      if (y < HAUTEUR) add([[x, -y], [x, -y - 1]], ou(x - 1, y), ou(x, y));
    }
  }
  return new Couche(table);
}
