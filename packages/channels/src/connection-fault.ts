/** What a broken connection means to whoever set up the account, from the operating system's or OpenSSL's own word. */
import type { ConnectionFault, ConnectionTest } from "@chorus/core/connection";

const faultOfCause: Readonly<Record<string, ConnectionFault>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  EDNS: "dns",
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  timeout: "timeout",
  stopped: "timeout",
  ETLS: "tls",
  EPROTO: "tls",
  HOSTNAME_MISMATCH: "tls",
};

/** The names of certificate errors in Node's tls, from OpenSSL's X509_V_ERR_… (nodejs.org/api/tls.html#x509-certificate-error-codes). */
const aboutCertificate = /CERT|CRL|SIGNED|SIGNATURE|^ERR_(?:TLS|SSL)_/;

export const faultOf = (cause: string): ConnectionFault =>
  faultOfCause[cause] ?? (aboutCertificate.test(cause) ? "tls" : "unreachable");

const words: Readonly<Partial<Record<ConnectionFault, (host: string, cause: string) => string>>> = {
  dns: (host) => `No server is known by the name ${host}. Check its spelling.`,
  refused: (host) => `Nobody listens at ${host}. Check the host and the port.`,
  timeout: (host) => `${host} did not answer in time. Check the host and the port, and that a firewall lets us out.`,
  tls: (host, cause) =>
    `The connection to ${host} cannot be encrypted (${cause}). Check the port and the server's certificate.`,
  unreachable: (host, cause) => `The connection to ${host} broke off (${cause}). Check the host and the port.`,
};

export function brokenConnection(of: { cause: string; host: string; setting: string }): ConnectionTest {
  const fault = faultOf(of.cause);
  const detail = words[fault]?.(of.host, of.cause) ?? `The connection to ${of.host} failed (${of.cause}).`;
  return { is: "fails", fault, detail, setting: of.setting };
}
