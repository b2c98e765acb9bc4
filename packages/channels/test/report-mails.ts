/** Mails that come back, as different mail servers write them: laid out like theirs, every word and name our own. */

type About = {
  /** The address the report is sent to. */
  readonly to?: string;
  readonly status?: string;
  readonly action?: string;
  readonly diagnostic?: string;
  readonly envelopeId?: string;
  readonly returned?: string;
};

const crlf = (text: string): string => text.replace(/\n/g, "\r\n");

export const returnedHeader = (messageId: string): string =>
  `From: Hearth & Home <news@shop.example.com>
To: Ann <ann@example.com>
Subject: Tea towels
Message-ID: <${messageId}@shop.example.com>
Date: Thu, 26 Nov 2026 02:00:00 +0000`;

/** A Postfix: everything in its place, the returned mail whole or its header only. */
export const likePostfix = (of: About): string =>
  crlf(`Return-Path: <>
Received: by mx.example.net (Postfix) id 4TbXq; Thu, 26 Nov 2026 02:00:01 +0000 (UTC)
From: MAILER-DAEMON@mx.example.net (Mail system)
To: ${of.to ?? "news@shop.example.com"}
Subject: Could not be delivered
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4TbXq.1/mx.example.net"

This mail has several parts.

--4TbXq.1/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

Your mail did not arrive.

--4TbXq.1/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
${of.envelopeId ? `Original-Envelope-Id: ${of.envelopeId}\n` : ""}X-Postfix-Queue-ID: 4TbXq
Arrival-Date: Thu, 26 Nov 2026 02:00:00 +0000 (UTC)

Final-Recipient: rfc822; ann@example.com
Original-Recipient: rfc822;ann@example.com
Action: ${of.action ?? "failed"}
Status: ${of.status ?? "5.1.1"}
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; ${of.diagnostic ?? "550 5.1.1 <ann@example.com>: nobody here"}

--4TbXq.1/mx.example.net
Content-Description: Headers of the mail
Content-Type: text/rfc822-headers

${of.returned ?? ""}

--4TbXq.1/mx.example.net--
`);

/** An Exchange: empty lines in front of the fields, folded lines, an HTML explanation, and the mail returned as an attachment. */
export const likeExchange = (of: About): string =>
  crlf(`From: <postmaster@office.example.com>
To: <${of.to ?? "news@shop.example.com"}>
Date: Thu, 26 Nov 2026 02:00:02 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="a9f1c0de-2222-4444"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <ndr-1@office.example.com>
In-Reply-To: <earlier@office.example.com>
Subject: Undeliverable: Tea towels
Auto-Submitted: auto-replied
MIME-Version: 1.0

--a9f1c0de-2222-4444
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="b7e2"

--b7e2
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

ann wasn't found at example.com.

--b7e2
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body><p>ann wasn't found at example.com.</p></body></html>

--b7e2--

--a9f1c0de-2222-4444
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.office.example.com
Received-From-MTA: dns;relay.shop.example.com
Arrival-Date: Thu, 26 Nov 2026 02:00:00 +0000


Final-Recipient: rfc822;ann@example.com
Action: ${of.action ?? "failed"}
Status: ${of.status ?? "5.1.10"}
Diagnostic-Code: smtp;550 5.1.10 Recipient not found by
 address lookup
X-Display-Name: Ann

--a9f1c0de-2222-4444
Content-Type: message/rfc822

Received: from relay.shop.example.com by EXCH01.office.example.com
 with Microsoft SMTP Server id 15.20
${of.returned ?? ""}
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain

the mail itself
--inner--

--a9f1c0de-2222-4444--
`);

/** A Gmail: a general status, and the true one in a diagnostic of several lines. */
export const likeGmail = (of: About): string =>
  crlf(`Return-Path: <>
MIME-Version: 1.0
From: Mail Delivery Subsystem <mailer-daemon@mailbox.example>
To: ${of.to ?? "news@shop.example.com"}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: ann@example.com
Content-Type: multipart/report; boundary="000000000000d1"; report-type=delivery-status

--000000000000d1
Content-Type: multipart/related; boundary="000000000000d2"

--000000000000d2
Content-Type: text/plain; charset="UTF-8"

There is no such address.
--000000000000d2
Content-Type: image/png; name="icon.png"
Content-Disposition: attachment; filename="icon.png"
Content-Transfer-Encoding: base64
Content-ID: <icon.png>

iVBORw0KGgo=
--000000000000d2--

--000000000000d1
Content-Type: message/delivery-status

Reporting-MTA: dns; mailbox.example
Received-From-MTA: dns; relay.shop.example.com
X-Original-Message-ID: <kept.by.the.mailbox@example>

Final-Recipient: rfc822; ann@example.com
Action: ${of.action ?? "failed"}
Status: ${of.status ?? "5.0.0"}
Remote-MTA: dns; mx.example.com. (192.0.2.7, the server for the domain example.com.)
Diagnostic-Code: smtp; ${of.diagnostic ?? "550-5.1.1 Nobody has this address. Look for typing mistakes or\n 550 5.1.1 unneeded spaces."}
Last-Attempt-Date: Wed, 25 Nov 2026 18:00:03 -0800 (PST)

--000000000000d1
Content-Type: message/rfc822

${of.returned ?? ""}

the mail itself
--000000000000d1--
`);

/** An abuse report as mailbox providers send it, with the reader's address blacked out. */
export const feedback = (of: About & { readonly kind?: string; readonly mailFrom?: string }): string =>
  crlf(`From: <feedback@mailbox.example>
To: <${of.to ?? "abuse@shop.example.com"}>
Subject: FW: Tea towels
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;
 boundary="part_arf"

--part_arf
Content-Type: text/plain; charset="US-ASCII"

A reader does not want this mail.

--part_arf
Content-Type: message/feedback-report

Feedback-Type: ${of.kind ?? "abuse"}
User-Agent: Mailbox/1.0
Version: 1
${of.mailFrom ? `Original-Mail-From: <${of.mailFrom}>\n` : ""}Original-Rcpt-To: <redacted@example.com>
Source-IP: 192.0.2.1

--part_arf
Content-Type: message/rfc822
Content-Disposition: inline

${of.returned ?? ""}

the mail itself
--part_arf--
`);

export const outOfOffice = (to: string): string =>
  crlf(`Return-Path: <>
From: Ann <ann@example.com>
To: ${to}
Subject: Away until Monday
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

550 5.1.1 is what I say to everybody who writes on holidays.
`);
