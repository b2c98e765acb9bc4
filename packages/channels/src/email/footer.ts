/** The last lines of every mail: why it came, how to end it, who sent it and where they are. */
import { languageOf } from "@chorus/core/fact";

type FooterWords = {
  readonly why: (brand: string) => string;
  /** Why a receipt or a security message came: nobody opts out of those. */
  readonly whySingle: (brand: string) => string;
  readonly unsubscribe: string;
};

const english: FooterWords = {
  why: (brand) => `You get this mail because you agreed to news from ${brand}.`,
  whySingle: (brand) => `You get this mail because of your account or an order with ${brand}.`,
  unsubscribe: "Unsubscribe",
};
const byLanguage: Readonly<Record<string, FooterWords>> = {
  en: english,
  zh: {
    why: (brand) => `您收到此邮件，是因为您同意接收 ${brand} 的资讯。`,
    whySingle: (brand) => `您收到此邮件，是因为您在 ${brand} 的账户或订单。`,
    unsubscribe: "退订",
  },
  de: {
    why: (brand) => `Sie erhalten diese Mail, weil Sie Neuigkeiten von ${brand} zugestimmt haben.`,
    whySingle: (brand) => `Sie erhalten diese Mail wegen Ihres Kontos oder einer Bestellung bei ${brand}.`,
    unsubscribe: "Abmelden",
  },
  fr: {
    why: (brand) => `Vous recevez cet e-mail car vous avez accepté les nouvelles de ${brand}.`,
    whySingle: (brand) => `Vous recevez cet e-mail à propos de votre compte ou d'une commande chez ${brand}.`,
    unsubscribe: "Se désabonner",
  },
  es: {
    why: (brand) => `Recibe este correo porque aceptó recibir noticias de ${brand}.`,
    whySingle: (brand) => `Recibe este correo por su cuenta o un pedido en ${brand}.`,
    unsubscribe: "Darse de baja",
  },
};

/** Languages without words of their own get the English ones. */
export const footerWords = (locale: string): FooterWords => byLanguage[languageOf(locale)] ?? english;
