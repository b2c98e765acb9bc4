import { expect, it } from "vitest";
import { explain, type Reasons } from "./why-sentence.ts";

const agreed: Reasons = {
  brand: "Tidewater",
  locale: "en-GB",
  basis: { is: "agreed", at: new Date("2026-03-03T12:00:00Z") },
  version: { is: "by", lookedAt: ["purchase", "country", "purchase"] },
  writtenBy: "model",
};

it.each([
  [
    "en-GB",
    "Tidewater sent you this because you agreed to its news on 3 March 2026; which version you got was decided by what you bought and your country; the words were written with AI and approved by a person.",
  ],
  [
    "zh-CN",
    "您于2026年3月3日同意接收Tidewater的资讯，因此收到此消息；您收到哪个版本取决于您的购买记录和您所在的国家或地区；文字由人工智能撰写，并经人工审核。",
  ],
  [
    "de",
    "Tidewater hat Ihnen dies gesendet, weil Sie am 3. März 2026 Neuigkeiten zugestimmt haben; welche Fassung Sie bekamen, hing davon ab: was Sie gekauft haben und Ihr Land; der Text wurde mit KI geschrieben und von einem Menschen freigegeben.",
  ],
  [
    "fr",
    "Tidewater vous a envoyé ce message car vous avez accepté ses nouvelles le 3 mars 2026 ; la version reçue dépend de ceci : vos achats et votre pays ; le texte a été écrit avec une IA et approuvé par une personne.",
  ],
])(
  "whoever reads %s gets one sentence in that language, with everything that was looked at once",
  (locale, sentence) => {
    expect(explain({ ...agreed, locale }).sentence).toBe(sentence);
  },
);

it("a language without words of its own gets the English ones, whole", () => {
  const { language, sentence } = explain({ ...agreed, locale: "pt-BR" });
  expect([language, sentence]).toEqual(["en", expect.stringContaining("on March 3, 2026; which")]);
});

it("what is not known is not said", () => {
  const of: Reasons = { ...agreed, basis: { is: "agreed", at: null }, version: null, writtenBy: null };
  expect(explain(of).sentence).toBe("Tidewater sent you this because you agreed to its news.");
  expect(explain({ ...of, basis: { is: "account" } }).sentence).toBe(
    "Tidewater sent you this because of your account or an order.",
  );
});

it("whoever declined profiling is told that they got what everyone gets", () => {
  expect(explain({ ...agreed, version: { is: "declined" }, writtenBy: null }).sentence).toContain(
    "the version that is for everyone, because you do not want to be profiled.",
  );
});
