/**
 * An e-mail address in the one form that is stored, compared and put into an envelope: local part and domain in lower
 * case, the domain as an A-label. What is RFC-legal but dangerous in a list (quoted local parts, address literals,
 * groups) is refused on purpose, because mail software reads it as something else or as several addresses.
 */
import { domainToASCII } from "node:url";
import type { Normalized } from "@chorus/core/channel";
import { bad, ok, type Problem } from "@chorus/core/problem";
import { remembered } from "@chorus/core/remembered";

const reservedDomains = new Set(["invalid", "test", "localhost", "local", "example", "onion", "arpa"]);
/** RFC 2142 names, and senders nobody reads. */
const roleNames = new Set(
  "abuse postmaster hostmaster webmaster noc security mailer-daemon noreply no-reply donotreply do-not-reply".split(
    " ",
  ),
);
const typos = new Map([
  ["gmial.com", "gmail.com"],
  ["gmai.com", "gmail.com"],
  ["gmal.com", "gmail.com"],
  ["gmail.co", "gmail.com"],
  ["gmail.con", "gmail.com"],
  ["gnail.com", "gmail.com"],
  ["hotmial.com", "hotmail.com"],
  ["hotmial.con", "hotmail.com"],
  ["hotmail.con", "hotmail.com"],
  ["hotnail.com", "hotmail.com"],
  ["outlok.com", "outlook.com"],
  ["outlook.con", "outlook.com"],
  ["yaho.com", "yahoo.com"],
  ["yahoo.con", "yahoo.com"],
  ["iclod.com", "icloud.com"],
  ["163.con", "163.com"],
  ["qq.con", "qq.com"],
]);

/** RFC 5321 §4.5.3.1: 64 octets before the @; a path of 256 leaves 254 for the address. */
const mostOctets = { local: 64, address: 254 };
const unquotedLocal = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|%0[ad]/i;

export function normalizeEmail(raw: string): Normalized {
  const text = raw.replace(/^ +| +$/g, "");
  const wrong = wrongForm(text);
  if (wrong) return bad(wrong);
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at).toLowerCase();
  const { domain, wrong: unreachable } = readDomain(text.slice(at + 1));
  const refused = wrongLocal(local) ?? unreachable;
  if (refused) return bad(refused);
  const address = `${local}@${domain}`;
  if (local.length > mostOctets.local || address.length > mostOctets.address)
    return bad(
      problem("email.length", "An address has at most 64 characters before the @ and 254 in all. Check for a slip."),
    );
  const warning = warningFor(local, domain);
  return ok(warning ? { address, warning } : { address });
}

const problem = (code: string, message: string): Problem => ({ path: "", code, message });

function wrongForm(text: string): Problem | null {
  if (control.test(text))
    return problem("email.control_char", "The address holds a control or invisible character. Type it again by hand.");
  if (/[,;]/.test(text) || text.split("@").length > 2)
    return problem("email.multiple", "Give one address; several belong into several rows.");
  if (!text.includes("@")) return problem("email.form", "An address has the form name@domain.");
  if (/[<>]/.test(text)) return problem("email.form", "Give the bare address, without a name and angle brackets.");
  return null;
}

function wrongLocal(local: string): Problem | null {
  if (/[^\u0020-\u007e]/.test(local))
    return problem(
      "email.eai_unsupported",
      "Letters beyond ASCII before the @ need a relay with SMTPUTF8, which is not supported yet. Ask for another address.",
    );
  return unquotedLocal.test(local)
    ? null
    : problem(
        "email.unsupported_local",
        "Before the @ only letters, digits, !#$%&'*+/=?^_`{|}~- and single dots inside are taken. Quoted forms are legal but refused here on purpose.",
      );
}

/** Most addresses of a list are at the same few domains. */
const readDomain = remembered((written) => {
  const domain = domainToASCII(written);
  return { domain, wrong: wrongDomain(domain) };
});

function wrongDomain(domain: string): Problem | null {
  const labels = domain.split(".");
  const top = labels.at(-1) ?? "";
  const reachable =
    labels.length > 1 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/^\d+$/.test(top) &&
    !reservedDomains.has(top);
  return reachable
    ? null
    : problem(
        "email.domain",
        "After the @ a public domain is needed, such as example.com: no IP address, no local name.",
      );
}

function warningFor(local: string, domain: string): Problem | null {
  if (roleNames.has(local))
    return problem(
      "email.role_address",
      "This is the address of a role, not of a person. Marketing to it is suppressed.",
    );
  const meant = typos.get(domain);
  return meant ? problem("email.typo", `Did you mean ${meant}? The address is kept as it was given.`) : null;
}
