/** E-mail: one mail to one address, in HTML and plain text, with a way out in every one. */
import { defineChannel } from "../define-channel.ts";
import { normalizeEmail } from "./address.ts";
import { checkEmail, emailContent, emailLimits, singleEmail } from "./content.ts";
import { compileEmail, previewEmail } from "./render.ts";
import { smtp } from "./smtp.ts";

export const email = defineChannel({
  id: "email",
  label: "E-mail",
  traits: {
    reach: "one_contact",
    limits: emailLimits,
    markup: "html",
    permission: { needsConsent: true },
    optOuts: ["link"],
  },
  content: emailContent,
  single: singleEmail,
  writingNotes:
    "One mail, one thought, one action. The subject says what is in it for the reader within 60 characters and keeps its promise inside; the preheader goes on where the subject stops and does not repeat it. The headline opens the mail, one to four short paragraphs carry it, the button's two to four words say what happens next. Links stand in paragraphs as {{link:id}} and show as their label. The unsubscribe link, the sender and the postal address are added: do not write them.",
  providers: [smtp],
  normalizeAddress: normalizeEmail,
  check: checkEmail,
  compile: compileEmail,
  preview: previewEmail,
});
