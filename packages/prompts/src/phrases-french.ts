/** French, to adults who are not known: "vous". Kept to letters that an SMS carries at 160 a part, so without ç, ê, î and ô there. */
import type { Phrases } from "./phrases-as-data.ts";

export const french: Phrases = {
  greeting: "Bonjour {{contact:first_name|à vous}},",
  and: "et",
  named: "{name} à {price}",
  off: "{offer} de remise",
  subject: [
    "{first}, et {off}",
    "{off} jusqu'au {until}",
    "{off} chez {brand}",
    "{first} et d'autres idées de {brand}",
    "{first}",
    "Quelques idées de {brand}",
    "Nouveau en rayon",
  ],
  preheader: [
    "Avec le code {code} jusqu'au {until}.",
    "A voir aussi : {secondPriced}.",
    "A voir aussi : {second}.",
    "Valable jusqu'au {until}.",
    "Prenez le temps d'y jeter un oeil.",
  ],
  headline: [
    "{off} jusqu'au {until}",
    "{off}",
    "De nouvelles idées de {brand}",
    "{first}",
    "De la part de {brand}",
    "A découvrir",
  ],
  button: ["Voir la sélection", "Découvrir", "En voir plus"],
  shortMessage: [
    "{priced}. {off} jusqu'au {until} avec le code {code} : {link}",
    "{priced}. {off} jusqu'au {until} : {link}",
    "{priced}. {off} : {link}",
    "{first}. {off} : {link}",
    "{off} : {link}",
    "{priced} : {link}",
    "{first} : {link}",
    "Venez voir ce qui est nouveau : {link}",
    "Venez voir ce qui est nouveau.",
  ],
  opening: {
    personal: [
      "nous avons réuni quelques objets qui pourraient vous plaire.",
      "voici quelques idées choisies pour vous.",
    ],
    generic: [
      "voici quelques objets que nous sommes heureux d'avoir en rayon.",
      "voici ce qui est nouveau chez nous en ce moment.",
    ],
  },
  lead: {
    price: { subject: "{priced}", opening: "commençons par les prix." },
    curiosity: { subject: "Connaissez-vous {first} ?", opening: "connaissez-vous déjà {first} ?" },
    urgency: { subject: "Jusqu'au {ground}", opening: "c'est valable jusqu'au {ground}." },
    novelty: { subject: "{ground}", opening: "voici ce qui est nouveau chez nous : {ground}." },
    social_proof: { subject: "{ground}", opening: "voici ce que d'autres en disent : {ground}." },
    values: { subject: "{ground}", opening: "voici ce qui compte pour nous : {ground}." },
  },
  offer: [
    "Il y a {off} jusqu'au {until} avec le code {code}.",
    "Il y a {off} jusqu'au {until}.",
    "Il y a {off} avec le code {code}.",
    "Il y a {off}.",
  ],
  reminder: [
    "Utilisez le code {code} jusqu'au {until}.",
    "Utilisez le code {code}.",
    "C'est valable jusqu'au {until}.",
  ],
  products: ["Regardez {list}.", "Parmi eux : {list}.", "Commencez par {list}."],
  features: "{first} : {features}.",
  picks: { personal: "Ceci pourrait vous plaire aussi : {{picks}}", generic: "Également chez nous : {{picks}}" },
  nothingElse: "voici ce qui est nouveau chez nous.",
};
