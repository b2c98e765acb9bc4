/** German, to adults who are not known: "Sie". Kept to letters that an SMS carries at 160 a part. */
import type { Phrases } from "./phrases-as-data.ts";

export const german: Phrases = {
  greeting: "Hallo {{contact:first_name|zusammen}},",
  and: "und",
  named: "{name} für {price}",
  off: "{offer} Rabatt",
  subject: [
    "{first}, und dazu {off}",
    "{off} bis {until}",
    "{off} bei {brand}",
    "{first} und mehr von {brand}",
    "{first}",
    "Ein paar Ideen von {brand}",
    "Neu im Regal",
  ],
  preheader: [
    "Mit dem Code {code} bis {until}.",
    "Auch dabei: {secondPriced}.",
    "Auch dabei: {second}.",
    "Gültig bis {until}.",
    "Schauen Sie in Ruhe hinein.",
  ],
  headline: ["{off} bis {until}", "{off}", "Neue Ideen von {brand}", "{first}", "Von {brand}", "Schauen Sie hinein"],
  button: ["Zur Auswahl", "Ansehen", "Mehr sehen"],
  shortMessage: [
    "{priced}. {off} bis {until} mit dem Code {code}: {link}",
    "{priced}. {off} bis {until}: {link}",
    "{priced}. {off}: {link}",
    "{first}. {off}: {link}",
    "{off}: {link}",
    "{priced}: {link}",
    "{first}: {link}",
    "Schauen Sie, was es Neues gibt: {link}",
    "Schauen Sie, was es Neues gibt.",
  ],
  opening: {
    personal: [
      "wir haben ein paar Dinge zusammengestellt, die zu Ihnen passen könnten.",
      "hier sind einige Ideen für Sie.",
    ],
    generic: [
      "hier sind ein paar Dinge, über die wir uns im Regal freuen.",
      "das ist bei uns gerade neu und einen Blick wert.",
    ],
  },
  lead: {
    price: { subject: "{priced}", opening: "fangen wir mit den Preisen an." },
    curiosity: { subject: "Kennen Sie schon {first}?", opening: "kennen Sie schon {first}?" },
    urgency: { subject: "Bis {ground}", opening: "das gilt bis {ground}." },
    novelty: { subject: "{ground}", opening: "das ist neu bei uns: {ground}." },
    social_proof: { subject: "{ground}", opening: "das sagen andere dazu: {ground}." },
    values: { subject: "{ground}", opening: "das ist uns wichtig: {ground}." },
  },
  offer: [
    "Es gibt {off} bis {until} mit dem Code {code}.",
    "Es gibt {off} bis {until}.",
    "Es gibt {off} mit dem Code {code}.",
    "Es gibt {off}.",
  ],
  reminder: ["Nutzen Sie den Code {code} bis {until}.", "Nutzen Sie den Code {code}.", "Das gilt bis {until}."],
  products: ["Sehen Sie sich {list} an.", "Mit dabei: {list}.", "Beginnen Sie mit {list}."],
  features: "{first}: {features}.",
  picks: { personal: "Das könnte Ihnen auch gefallen: {{picks}}", generic: "Außerdem bei uns: {{picks}}" },
  nothingElse: "schauen Sie, was es bei uns Neues gibt.",
};
