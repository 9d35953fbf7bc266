// Unit tests of the pure modules of the drawing map: `node --test tests/carte/`.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Brouillons } from "../../pages/composants/carte/js/brouillon.js";
import { computeConsequences } from "../../pages/composants/carte/js/consequence.js";
import { Dessin, PROFONDEUR } from "../../pages/composants/carte/js/dessin.js";
import {
  contient,
  dansPolygone,
  entiteSous,
  entitesTouchees,
  jalonner,
} from "../../pages/composants/carte/js/geometrie.js";
import { decodeLien, encodeLien } from "../../pages/composants/carte/js/lien.js";
import { placeSurJauge, situation, tailleDe } from "../../pages/composants/carte/js/taille.js";
import { compter, ecartFr, enumerer, nombreFr } from "../../pages/composants/carte/js/texte.js";
import { Couche, mercator } from "../../pages/composants/carte/js/topologie.js";
import { Verification } from "../../pages/composants/carte/js/verification.js";
import { LARGEUR, createCouche, createUnites, createVoisinage } from "./jouet.js";

const BAREME = [
  { habitants: 10000, taille_a_la_borne: 2 },
  { habitants: 50000, taille_a_la_borne: 2 },
];

const monde = (x, y) => mercator(x / 10, -y / 10);

test("un lien relu rend les mêmes codes, triés", () => {
  const codes = ["35238", "2A004", "97608", "01001", "35001", "35002", "35003", "35004"];
  assert.deepEqual(decodeLien(encodeLien(codes, ["35238"])), {
    codes: ["01001", "35001", "35002", "35003", "35004", "35238", "2A004", "97608"],
    partielles: ["35238"],
  });
});

test("un lien abîmé est refusé", () => {
  const lien = encodeLien(["35238", "35239"]);
  for (const abime of [lien.slice(0, -1), `${lien}A`, `2${lien.slice(1)}`, "", "1.", "1.<script>"]) {
    assert.throws(() => decodeLien(abime));
  }
});

test("chaque geste s'annule et se rétablit, totaux compris", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [0, 1]);
  dessin.apply("b", [2], [0]);
  assert.equal(dessin.totaux.municipale, 5000);
  assert.equal(dessin.etatGroupe(0), "partiel");
  dessin.undo();
  assert.deepEqual(dessin.rangs(), [0, 1]);
  assert.equal(dessin.totaux.municipale, 3000);
  dessin.redo();
  assert.deepEqual(dessin.rangs(), [1, 2]);
  dessin.undo();
  dessin.apply("c", [5]);
  assert.equal(dessin.redo(), undefined);
});

test("au moins cent gestes s'annulent", () => {
  const dessin = new Dessin(createUnites());
  for (let n = 0; n < PROFONDEUR + 20; n += 1) {
    if (n % 2) dessin.apply("retirer", [], [3]);
    else dessin.apply("ajouter", [3]);
  }
  let annules = 0;
  while (dessin.undo()) annules += 1;
  assert.ok(annules >= 100);
  assert.equal(annules, PROFONDEUR);
});

test("un geste sans effet n'entre pas dans l'historique", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [1]);
  assert.equal(dessin.apply("encore", [1]), false);
  assert.equal(dessin.passe.length, 1);
});

test("un balayage est un seul geste", () => {
  const dessin = new Dessin(createUnites());
  dessin.open("Balayer");
  for (const rang of [0, 1, 2, 2, 1]) dessin.extend([rang], []);
  dessin.close();
  assert.equal(dessin.passe.length, 1);
  dessin.undo();
  assert.equal(dessin.nombre, 0);
});

test("un balayage abandonné rend le dessin d'avant, sans trace dans l'historique", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [0, 1]);
  dessin.open("Gommer");
  dessin.extend([], [1]);
  assert.equal(dessin.abandon(), true);
  assert.deepEqual(dessin.rangs(), [0, 1]);
  assert.equal(dessin.passe.length, 1);
  dessin.open("Balayer");
  assert.equal(dessin.abandon(), false);
});

test("annuler pendant un balayage l'annule, lui et lui seul", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [0]);
  dessin.open("Balayer");
  dessin.extend([1, 2], []);
  dessin.undo();
  assert.deepEqual(dessin.rangs(), [0]);
  assert.equal(dessin.extend([3], []), false);
});

test("une population inconnue n'est pas comptée zéro", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [22, 23]);
  assert.equal(dessin.totaux.municipale, 23000);
  assert.equal(dessin.inconnues.municipale, 1);
  assert.equal(dessin.totaux.totale, 1010 * 47);
});

test("la taille suit les seuils reçus, de chaque côté de la borne", () => {
  assert.deepEqual([9999, 10000, 10001, 50000, 50001].map((n) => tailleDe(n, BAREME)), [1, 2, 2, 2, 3]);
  assert.deepEqual(situation(12000, BAREME), {
    taille: 2,
    manque: 38000,
    marge: 2000,
  });
  assert.equal(situation(60000, BAREME).manque, null);
});

test("la jauge avance sans jamais reculer", () => {
  const places = [0, 5000, 10000, 30000, 50000, 70000, 1e6].map((n) => placeSurJauge(n, BAREME));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.equal(places.at(-1), 1);
});

test("un point est dans un carré et un seul", () => {
  const couche = createCouche();
  for (let y = 0; y < 4; y += 1) {
    for (let x = 0; x < LARGEUR; x += 1) {
      const [px, py] = monde(x + 0.3, y + 0.6);
      assert.equal(entiteSous([couche], px, py), y * LARGEUR + x);
    }
  }
  assert.equal(entiteSous([couche], ...monde(-1, 1)), -1);
  assert.equal(contient(couche, 0, ...monde(1.5, 0.5)), false);
});

test("le pinceau touche ce que son disque touche", () => {
  const couche = createCouche();
  const rayon = 0.2 / 3600;
  const [x, y] = monde(1, 1);
  assert.deepEqual([...entitesTouchees([couche], x, y, rayon)].sort((a, b) => a - b), [0, 1, 6, 7]);
  assert.deepEqual([...entitesTouchees([couche], ...monde(0.5, 0.5), rayon)], [0]);
});

test("un trait rapide est jalonné sans trou", () => {
  const points = jalonner([0, 0], [10, 0], 1);
  assert.equal(points.length, 10);
  assert.deepEqual(points.at(-1), [10, 0]);
});

test("un polygone prend les points qu'il entoure", () => {
  const concave = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  assert.equal(dansPolygone(concave, 0.5, 2), true);
  assert.equal(dansPolygone(concave, 2, 3), false);
});

test("une échelle ne garde que les sommets qu'elle montre, sans bouger le contour", () => {
  const grille = Array.from({ length: 2000 }, (_, n) => [n, Math.round(40 * Math.sin(n / 90)) + (n % 2)]);
  const couche = new Couche({
    pas: 0.0001,
    entites: [0],
    longueurs: [grille.length],
    xy: grille.flatMap(([x, y], n) => (n ? [x - grille[n - 1][0], y - grille[n - 1][1]] : [x, y])),
    gauche: [0],
    droite: [-1],
    niveaux: [4],
  });
  for (const zoom of [6, 9, 12, 15]) {
    const echelle = 256 * 2 ** zoom;
    const { debut, sommets } = couche.trace(echelle);
    assert.deepEqual([debut[1], sommets[0], sommets.at(-1)], [sommets.length, 0, grille.length - 1]);
    for (const [rang, fin] of [...sommets].entries()) {
      const depart = sommets[rang - 1] ?? fin;
      const [dx, dy] = [couche.x[fin] - couche.x[depart], couche.y[fin] - couche.y[depart]];
      for (let n = depart + 1; n < fin; n += 1) {
        const [px, py] = [couche.x[n] - couche.x[depart], couche.y[n] - couche.y[depart]];
        const ecart = Math.abs(px * dy - py * dx) / Math.hypot(dx, dy);
        assert.ok(ecart * echelle <= 0.5, `zoom ${zoom}, sommet ${n} : ${ecart * echelle} px`);
      }
    }
  }
  assert.ok(couche.trace(256 * 2 ** 6).sommets.length < 10);
  assert.ok(couche.trace(256 * 2 ** 15).sommets.length > 1000);
});

test("le contour d'un ensemble se recoud en anneaux fermés", () => {
  const couche = createCouche();
  const dans = new Set([0, 1, 2, 6, 8, 12, 13, 14]); // a ring around 7
  const bords = [];
  for (let arc = 0; arc < couche.nombre; arc += 1) {
    if (dans.has(couche.gauche[arc]) !== dans.has(couche.droite[arc])) bords.push(arc);
  }
  const anneaux = couche.stitch(bords);
  assert.equal(anneaux.flat().length, bords.length);
  assert.equal(anneaux.length, 2);
});

test("une commune entourée est une enclave, une baie n'en est pas une", () => {
  const voisinage = createVoisinage();
  const anneau = new Set([0, 1, 2, 6, 8, 12, 13, 14]);
  const dans = (rang) => anneau.has(rang);
  assert.deepEqual(voisinage.enclaves(dans, anneau), [[7]]);
  const bord = new Set([1, 6, 7, 9, 2 + 6, 3]); // closes 0 alone and 2 alone, on the coast
  assert.deepEqual(
    voisinage.enclaves((rang) => bord.has(rang), bord).map((poche) => poche[0]).sort(),
    [0, 2],
  );
  const large = new Set([2, 8, 14, 20]); // cuts the country in two: no enclave
  assert.deepEqual(voisinage.enclaves((rang) => large.has(rang), large), []);
});

test("le creux d'un grand pays n'est pas une enclave, si loin que s'arrête l'exploration", () => {
  const largeur = 60;
  const voisinage = createVoisinage(largeur, largeur);
  for (let longueur = 1; longueur <= 40; longueur += 1) {
    const dans = new Set();
    for (let n = 0; n < longueur; n += 1) {
      dans.add(30 * largeur + 10 + n).add((30 - n) * largeur + 10 + n); // an angle, open wide
    }
    assert.deepEqual(voisinage.enclaves((rang) => dans.has(rang), dans), []);
  }
});

test("une commune que relie un pont n'est pas une enclave", () => {
  const anneau = new Set([0, 1, 2, 6, 8, 12, 13, 14]);
  const voisinage = createVoisinage(6, 4, [[7, 22]]);
  assert.deepEqual(voisinage.enclaves((rang) => anneau.has(rang), anneau), []);
});

test("les morceaux se comptent sur le graphe", () => {
  const voisinage = createVoisinage();
  const dans = new Set([0, 1, 7, 3, 23]);
  const morceaux = voisinage.morceaux((rang) => dans.has(rang), dans);
  assert.deepEqual(morceaux.map((m) => m.length), [3, 1, 1]);
});

test("l'infobulle dit le total, la taille et l'enclave que ferait le clic", () => {
  const dessin = new Dessin(createUnites());
  dessin.apply("a", [0, 1, 2, 6, 8, 12, 14]);
  const contexte = { bareme: BAREME, type: "municipale", voisinage: createVoisinage() };
  const [total, taille, enclave] = computeConsequences(dessin, [13], false, contexte);
  assert.equal(total, "+14\u202f000 hab. → 64\u202f000");
  assert.equal(taille, "taille 2 → 3");
  assert.equal(enclave, "laisse Commune 7 enclavée");
  const retrait = computeConsequences(dessin, [6], true, contexte);
  assert.equal(retrait[0], "−7\u202f000 hab. → 43\u202f000");
  assert.ok(retrait.includes("territoire en 2\u00a0morceaux"));
});

test("les textes sont en français", () => {
  assert.equal(nombreFr(81246), "81\u202f246");
  assert.equal(ecartFr(-4310), "−4\u202f310");
  assert.equal(compter(1, "commune"), "1\u00a0commune");
  assert.equal(enumerer(["a", "b", "c", "d", "e"]), "a, b, c et 2\u00a0autres");
  assert.equal(enumerer(["a", "b"]), "a et b");
});

function createStorage() {
  const contenu = new Map();
  return {
    get length() {
      return contenu.size;
    },
    key: (n) => [...contenu.keys()][n] ?? null,
    getItem: (cle) => contenu.get(cle) ?? null,
    setItem: (cle, valeur) => void contenu.set(cle, valeur),
    removeItem: (cle) => void contenu.delete(cle),
  };
}

function createBrouillons(local, nom, millesime = "2026") {
  let date = 0;
  const session = createStorage();
  const milieu = {
    local: () => local,
    session: () => session,
    hasard: () => nom,
    maintenant: () => (date += 1),
  };
  return new Brouillons(milieu, millesime, 24);
}

test("un brouillon revient avec son historique", () => {
  const brouillons = createBrouillons(createStorage(), "onglet-a");
  const passe = [{ libelle: "Ajouter <b>", ajouts: [3, 1], retraits: [] }];
  brouillons.save({ lien: "1.x", nom: "<script>", passe, futur: [] });
  const relu = brouillons.read();
  assert.equal(relu.nom, "<script>");
  assert.deepEqual(relu.passe, [{ libelle: "Ajouter <b>", ajouts: [1, 3], retraits: [] }]);
});

test("deux onglets n'écrivent jamais l'un sur l'autre", () => {
  const local = createStorage();
  const a = createBrouillons(local, "onglet-a");
  const b = createBrouillons(local, "onglet-b");
  a.save({ lien: "1.a", nom: "A", passe: [], futur: [] });
  b.save({ lien: "1.b", nom: "B", passe: [], futur: [] });
  assert.equal(a.read().lien, "1.a");
  assert.deepEqual(b.others().map(({ brouillon }) => brouillon.nom), ["A"]);
});

test("un brouillon abîmé ou d'une autre géographie ne casse rien", () => {
  const local = createStorage();
  const brouillons = createBrouillons(local, "onglet-a");
  const passe = [{ libelle: "a", ajouts: [3], retraits: [] }];
  brouillons.save({ lien: "1.x", nom: "", passe, futur: [] });
  assert.deepEqual(createBrouillons(local, "onglet-a", "2027").open("onglet-a").passe, []);
  local.setItem("cpts:brouillon:onglet-a", "{abîmé");
  assert.equal(brouillons.read(), null);
});

test("ce qui fut annulé se rétablit encore après un rechargement", () => {
  const brouillons = createBrouillons(createStorage(), "onglet-a");
  const gestes = Array.from({ length: 5 }, (_, n) => ({ libelle: `${n}`, ajouts: [n], retraits: [] }));
  for (const passe of [0, 1, 4]) {
    brouillons.save({ lien: "", nom: "", passe: gestes.slice(0, passe), futur: gestes.slice(passe) });
    assert.deepEqual(brouillons.read().passe, gestes.slice(0, passe));
    assert.deepEqual(brouillons.read().futur, gestes.slice(passe));
  }
});

test("un stockage trop petit garde le dessin et les derniers gestes", () => {
  const local = createStorage();
  const plein = {
    ...local,
    setItem: (cle, valeur) => {
      if (valeur.length > 3000) throw new Error("plein");
      local.setItem(cle, valeur);
    },
  };
  const brouillons = createBrouillons(plein, "onglet-a");
  const passe = Array.from({ length: 300 }, (_, n) => ({ libelle: `${n}`, ajouts: [1], retraits: [] }));
  assert.equal(brouillons.save({ lien: "1.x", nom: "", passe, futur: [] }), true);
  assert.deepEqual(brouillons.read().passe, passe.slice(-100));
});

test("un navigateur qui interdit jusqu'au nom du stockage laisse dessiner", () => {
  const interdit = () => {
    throw new Error("interdit");
  };
  const milieu = { local: interdit, session: interdit, hasard: () => "onglet-a", maintenant: () => 0 };
  const brouillons = new Brouillons(milieu, "2026", 24);
  assert.equal(brouillons.read(), null);
  assert.deepEqual(brouillons.others(), []);
  assert.equal(brouillons.save({ lien: "1.x", nom: "", passe: [], futur: [] }), false);
});

test("un navigateur qui refuse d'écrire le dit", () => {
  const local = { ...createStorage(), setItem: () => { throw new Error("plein"); } };
  const brouillons = createBrouillons(local, "onglet-a");
  assert.equal(brouillons.save({ lien: "1.x", nom: "", passe: [], futur: [] }), false);
});

/** A server that answers what it is told, in turn. */
function serve(t, ...reponses) {
  const demandes = [];
  t.mock.method(globalThis, "fetch", async (adresse, { body, signal }) => {
    demandes.push(JSON.parse(body));
    const [statut, corps] = reponses.shift();
    if (statut === "lent") await new Promise((suite) => signal.addEventListener("abort", suite));
    signal.throwIfAborted();
    if (statut === 0) throw new TypeError("réseau");
    return { ok: statut === 200, status: statut, json: async () => corps };
  });
  const recu = [];
  const verification = new Verification("/v", {
    onReponse: ({ revision, population }) => recu.push([revision, population]),
    onEchec: (raison) => recu.push(raison),
  });
  return { demandes, recu, verification };
}

test("un dessin plus récent prend la place de celui qu'on vérifiait", async (t) => {
  const { recu, verification } = serve(t, ["lent"], [200, { population: 12 }]);
  const premiere = verification.ask({ revision: 1, lien: "1.a", type: "municipale" });
  await verification.ask({ revision: 2, lien: "1.b", type: "totale" });
  await premiere;
  assert.deepEqual(recu, [[2, 12]]);
});

test("un serveur qui ne répond pas est redemandé, un refus ne l'est pas", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const panne = serve(t, [0], [503, {}], [200, { population: 7 }]);
  const question = panne.verification.ask({ revision: 3, lien: "1.a", type: "municipale" });
  for (let n = 0; n < 40; n += 1) {
    await Promise.resolve();
    t.mock.timers.tick(500);
  }
  await question;
  assert.equal(panne.demandes.length, 3);
  assert.match(panne.recu[0], /ne répond pas/);
  assert.deepEqual(panne.recu.at(-1), [3, 7]);
  t.mock.restoreAll();
  const refus = serve(t, [422, { message: "Ce lien ne peut pas être lu." }]);
  await refus.verification.ask({ revision: 4, lien: "?", type: "municipale" });
  assert.deepEqual(refus.recu, ["Ce lien ne peut pas être lu."]);
});

test("une faute dans l'affichage n'est pas prise pour un serveur muet", async (t) => {
  const { demandes, recu, verification } = serve(t, [200, { population: 7 }]);
  verification.onReponse = () => {
    throw new Error("affichage");
  };
  const question = verification.ask({ revision: 1, lien: "1.a", type: "municipale" });
  await assert.rejects(question, /affichage/);
  assert.equal(demandes.length, 1);
  assert.deepEqual(recu, []);
});
