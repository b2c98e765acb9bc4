/** How operators' pages leave: not kept, not framed, and able to load and to post nowhere but here. */
import type { FastifyReply } from "fastify";
import type { Html } from "./html.ts";

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** The referrer stays within this address: with none at all a browser would not say where a form was posted from. */
export const opsHeaders = {
  "cache-control": "no-store",
  "content-security-policy": policy,
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

export const sendHtml = (reply: FastifyReply, status: number, page: Html): FastifyReply =>
  reply.code(status).headers(opsHeaders).type("text/html; charset=utf-8").serializer(String).send(page.html);
