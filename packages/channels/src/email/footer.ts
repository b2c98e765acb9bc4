/** The last lines of every mail: why it came, how to end it, who sent it and where they are. */
import { languageOf } from "@chorus/core/fact";

type FooterWords = { readonly why: (brand: string) => string; readonly unsubscribe: string };

const english: FooterWords = {
  why: (brand) => `You get this mail because you agreed to news from ${brand}.`,
  unsubscribe: "Unsubscribe",
};
const byLanguage: Readonly<Record<string, FooterWords>> = {
  en: english,
  zh: { why: (brand) => `您收到此邮件，是因为您同意接收 ${brand} 的资讯。`, unsubscribe: "退订" },
  de: {
    why: (brand) => `Sie erhalten diese Mail, weil Sie Neuigkeiten von ${brand} zugestimmt haben.`,
    unsubscribe: "Abmelden",
  },
  fr: {
    why: (brand) => `Vous recevez cet e-mail car vous avez accepté les nouvelles de ${brand}.`,
    unsubscribe: "Se désabonner",
  },
  es: {
    why: (brand) => `Recibe este correo porque aceptó recibir noticias de ${brand}.`,
    unsubscribe: "Darse de baja",
  },
};

/** Languages without words of their own get the English ones. */
export const footerWords = (locale: string): FooterWords => byLanguage[languageOf(locale)] ?? english;
