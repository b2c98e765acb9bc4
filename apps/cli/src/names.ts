/**
 * First names for the demo's contacts, because the shop's data holds none. An own list: common given names of each
 * language, a name's language following the contact's country. They belong to nobody.
 */
import { countryOf } from "@chorus/core/country";
import { languageOf } from "@chorus/core/fact";

export type FirstName = {
  readonly name: string;
  /** In small letters of a to z, for an e-mail address. */
  readonly plain: string;
};

const english =
  "Amelia Oliver Isla George Ava Noah Mia Arthur Ivy Harry Lily Leo Grace Jack Freya Charlie Florence Oscar Willow Henry " +
  "Poppy Thomas Ella William Evie Alfie Sophie James Daisy Edward Alice Joseph Ruby Samuel Rosie Daniel Harriet Max Phoebe " +
  "Benjamin Martha Lucas Beatrice Adam Eleanor Toby Clara Ethan Hannah Rory Emma Callum Jessica Owen Lucy Dylan Maya Finn " +
  "Abigail Hugo Megan Louis Bethany Felix Holly Theo Imogen Reuben Naomi Jude Zara Elliot Anna Stanley Nancy Frank Olive " +
  "Ralph Edith Victor Mabel Walter Joan Simon Ruth Peter Helen Alan Priya Arjun Amina Yusuf";

/** By language of the country; who lives elsewhere gets an English one. */
const byLanguage: Readonly<Record<string, readonly FirstName[]>> = {
  en: listed(english),
  de: listed(
    "Lena Jonas Mia Paul Hannah Felix Clara Lukas Greta Moritz Anja Stefan Ida Jörg Katrin Uwe Frieda Jürgen Sabine Till",
  ),
  fr: listed(
    "Camille Hugo Léa Louis Chloé Arthur Manon Jules Inès Gabriel Élodie Théo Margaux Rémi Amélie Benoît Zoé Luc",
  ),
  es: listed("Lucía Hugo Martina Mateo Sofía Pablo Carmen Javier Elena Álvaro Inés Diego Alba Sergio Nuria Íñigo"),
  nl: listed("Emma Daan Sanne Bram Lotte Sem Fleur Thijs Noor Jasper Femke Ruben Anouk Pieter"),
  pt: listed("Maria João Leonor Tiago Beatriz Rui Inês Duarte Matilde Gonçalo Ana Luís"),
  it: listed("Giulia Leonardo Chiara Matteo Francesca Lorenzo Elena Davide Sara Niccolò"),
  fi: listed("Aino Eino Sofia Leo Helmi Onni Venla Väinö Kerttu Mikko"),
  nb: listed("Nora Jakob Ingrid Magnus Solveig Håkon Sigrid Øystein Astrid Lars"),
  sv: listed("Alma Lucas Elsa Nils Astrid Erik Maja Göran Freja Sven"),
  da: listed("Ida Emil Freja Oscar Søren Karen Mathias Astrid Bjørn Clara"),
  pl: listed("Zofia Jan Hanna Paweł Maja Michał Julia Tomasz Łucja Piotr"),
  cs: listed("Eliška Jakub Tereza Ondřej Anna Jiří"),
  lt: listed("Austėja Lukas Emilija Matas"),
  is: listed("Guðrún Jón Katrín Ólafur"),
  el: listed("Eleni Giorgos Katerina Nikos Sofia Dimitris"),
  he: listed("Noa Eitan Tamar Yonatan Maya Daniel"),
  ar: listed("Layla Omar Mariam Khalid Noor Yousef Salma Tariq"),
  ja: listed("Yui Haruto Sakura Ren Hina Sota Aoi Daiki"),
  zh: listed(
    "静:jing 伟:wei 芳:fang 敏:min 丽华:lihua 志强:zhiqiang 晓明:xiaoming 雨桐:yutong 子涵:zihan 浩然:haoran 欣怡:xinyi 思远:siyuan " +
      "佳琪:jiaqi 俊杰:junjie 梦洁:mengjie 建国:jianguo 婷婷:tingting 晨曦:chenxi 文博:wenbo 秀英:xiuying 嘉怡:jiayi 宇轩:yuxuan 雪梅:xuemei 天佑:tianyou",
  ),
};

/** Whose language is Chinese gets a Chinese name wherever they live. `pick` is in [0, 1) and chooses the name. */
export function firstNameFor(of: { country: string; isChinese: boolean; pick: number }): FirstName {
  const language = of.isChinese ? "zh" : languageOf(countryOf(of.country)?.locale ?? "en");
  const names = byLanguage[language] ?? byLanguage.en ?? [];
  const name = names[Math.floor(of.pick * names.length)];
  if (!name) throw new Error(`There is no name at ${of.pick} of the list for ${language}.`);
  return name;
}

/** "Léa" is its own plain form but for the accent; a name in another script brings its own after a colon. */
function listed(names: string): FirstName[] {
  return names.split(" ").map((each) => {
    const [name = "", plain] = each.split(":");
    return { name, plain: plain ?? plainOf(name) };
  });
}

function plainOf(name: string): string {
  const letters: Readonly<Record<string, string>> = { ø: "o", æ: "ae", ł: "l", ð: "d", þ: "th", ß: "ss" };
  return name
    .toLowerCase()
    .replace(/[øæłðþß]/g, (letter) => letters[letter] ?? "")
    .normalize("NFKD")
    .replace(/[^a-z]/g, "");
}
