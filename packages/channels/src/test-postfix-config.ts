/** The two configuration files of a test's Postfix (postconf(5), master(5)): everything by hand, nothing from the system. */
import { join } from "node:path";

export type PostfixPlan = {
  /** `recipient` → what the relay answers at RCPT TO, as in `550 5.1.1 nobody here`. Everybody else is taken. */
  readonly answers?: Readonly<Record<string, string>>;
  /** The same for the far mailbox provider, to which it relays `far.example.com` after it has accepted. */
  readonly farAnswers?: Readonly<Record<string, string>>;
  /** Bytes; a larger mail is refused. */
  readonly largestMail?: number;
  /** Offers STARTTLS with a certificate of its own; "must": takes no mail without it. */
  readonly tls?: "may" | "must";
  /** `host:port` of a server that speaks Dovecot's authentication protocol: offers AUTH, once the line is encrypted. */
  readonly signsInAt?: string;
  /** Everything for this domain is piped into a shell script, as docs/operations/bounces.md has it. */
  readonly pipes?: string;
};

type Place = { readonly folder: string; readonly plan: PostfixPlan; readonly port: number; readonly farPort: number };

export const farDomain = "far.example.com";

export function instanceConfig(of: Place & { readonly reader: { uid: number; gid: number } }): string {
  const { folder, plan, reader, farPort } = of;
  const at = (name: string) => join(folder, name);
  const settings = {
    compatibility_level: "3.6",
    queue_directory: at("queue"),
    data_directory: at("data"),
    maillog_file: at("data/mail.log"),
    maillog_file_prefixes: folder,
    mail_owner: "postfix",
    setgid_group: "postdrop",
    myhostname: "relay.example.net",
    mydomain: "example.net",
    mydestination: "",
    // Reaches nobody: loopback only, no DNS, and no transport but those named here.
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    smtp_dns_support_level: "disabled",
    smtp_host_lookup: "native",
    disable_vrfy_command: "yes",
    default_transport: "error:5.4.4 this Postfix reaches nobody",
    relay_transport: "error:5.4.4 this Postfix reaches nobody",
    transport_maps: `inline:{ {${farDomain} = smtp:[127.0.0.1]:${farPort}} ${piped(plan)} }`,
    // Whoever it is for, it lands in one mailbox.
    virtual_mailbox_domains: "static:all",
    virtual_mailbox_base: at("mail"),
    virtual_mailbox_maps: "static:inbox/",
    virtual_transport: "virtual",
    virtual_uid_maps: `static:${reader.uid}`,
    virtual_gid_maps: `static:${reader.gid}`,
    local_transport: "error:5.1.1 nobody lives here",
    alias_maps: "",
    alias_database: "",
    local_recipient_maps: "",
    recipient_delimiter: "",
    append_dot_mydomain: "no",
    biff: "no",
    notify_classes: "",
    message_size_limit: plan.largestMail ?? 10_240_000,
    mailbox_size_limit: 0,
    virtual_mailbox_limit: 0,
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    smtpd_recipient_restrictions: `${answers(plan.answers)} permit_mynetworks, reject`,
    smtpd_error_sleep_time: "0",
    smtpd_peername_lookup: "no",
    smtpd_client_connection_rate_limit: 0,
    minimal_backoff_time: "1s",
    maximal_backoff_time: "1s",
    queue_run_delay: "1s",
    delay_warning_time: "1s",
    ...security(plan, at),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

const piped = ({ pipes }: PostfixPlan): string => (pipes ? `{${pipes} = take-mail:}` : "");

/** access(5), in the configuration itself: no table has to be compiled. */
function answers(of: PostfixPlan["answers"] = {}): string {
  const lines = Object.entries(of).map(([recipient, answer]) => `{${recipient} = ${answer}}`);
  return lines.length > 0 ? `check_recipient_access inline:{ ${lines.join(" ")} },` : "";
}

function security({ tls, signsInAt }: PostfixPlan, at: (name: string) => string): Record<string, string> {
  return {
    ...(tls
      ? {
          smtpd_tls_security_level: tls === "must" ? "encrypt" : "may",
          smtpd_tls_cert_file: at("etc/certificate.pem"),
          smtpd_tls_key_file: at("etc/key.pem"),
          smtpd_tls_received_header: "yes",
        }
      : {}),
    ...(signsInAt
      ? {
          smtpd_sasl_auth_enable: "yes",
          smtpd_sasl_type: "dovecot",
          smtpd_sasl_path: `inet:${signsInAt}`,
          smtpd_tls_auth_only: "yes",
          smtpd_sasl_authenticated_header: "yes",
          mynetworks: "127.255.255.254/32", // only who signs in may relay
          smtpd_relay_restrictions: "permit_sasl_authenticated, reject",
          smtpd_recipient_restrictions: "permit_sasl_authenticated, reject",
        }
      : {}),
  };
}

/** No service runs in a chroot, whose files the temporary folder does not have. */
export function servicesConfig({ folder, plan, port, farPort }: Place): string {
  const far = [
    "-o myhostname=mail.far.example.com", // a host that greets with our own name is a loop to Postfix
    "-o smtpd_tls_security_level=none",
    "-o smtpd_sasl_auth_enable=no",
    `-o { smtpd_recipient_restrictions = ${answers(plan.farAnswers)} permit_mynetworks, reject }`,
    "-o { smtpd_relay_restrictions = permit_mynetworks, reject }",
    "-o transport_maps=",
  ].join(" ");
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    `127.0.0.1:${farPort} inet n - n - - smtpd ${far}`,
    "pickup unix n - n 60 1 pickup",
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    "proxywrite unix - - n - 1 proxymap",
    "smtp unix - - n - - smtp",
    "relay unix - - n - - smtp",
    "showq unix n - n - - showq",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "discard unix - - n - - discard",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "postlog unix-dgram n - n - 1 postlogd",
    `take-mail unix - n n - - pipe flags=DORX user=nobody argv=/bin/sh ${join(folder, "take-mail.sh")}`,
    "",
  ].join("\n");
}
