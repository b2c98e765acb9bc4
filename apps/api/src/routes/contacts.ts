/** Contacts: sent in as JSON, found, and looked at with everything that decides whether they may be written to. */
import type { Problem } from "@chorus/core/problem";
import { contactBody, contactPage, newContacts, savedContacts } from "@chorus/core/wire-contact";
import { pageQuery, publicId } from "@chorus/core/wire-page";
import type { ContactEntry } from "@chorus/db/contact-merge";
import { getContact, listContacts, type StoredContact } from "@chorus/db/contacts";
import { importContacts } from "@chorus/db/import-contacts";
import { inTransaction } from "@chorus/db/open";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { readContact } from "../contact-entry.ts";
import { takenNotes } from "../contact-rows.ts";
import { noteBody } from "../import-notes.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function contactRoutes(app: Api, world: World): void {
  takeContacts(app, world);
  findContacts(app, world);
  showContact(app, world);
}

function takeContacts(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/contacts",
    config: { needs: "data" },
    schema: { summary: "Add or change up to 500 contacts", body: newContacts, response: { 200: savedContacts } },
    handler: async (request, reply) => {
      const { workspace } = callerOf(request);
      const of = { channels: world.channels, addressHash: world.addressHash(workspace.id), source: "api" };
      const entries: ContactEntry[] = [];
      const problems: Problem[] = [];
      const noticed: Record<string, number> = {};
      for (const [i, given] of request.body.contacts.entries()) {
        const read = readContact(given, of);
        if (read.is === "bad")
          problems.push(...read.problems.map((each) => ({ ...each, path: `contacts[${i}].${each.path}` })));
        else entries.push(read.value.entry);
        for (const code of read.is === "ok" ? read.value.notes : []) noticed[code] = (noticed[code] ?? 0) + 1;
      }
      if (problems.length > 0) return refuse(reply, badFields(problems));
      const page = { workspaceId: workspace.id, locale: workspace.locale, entries, channels: world.db.channels };
      const taken = await inTransaction(world.db, (sql) => importContacts(sql, page));
      const notes = Object.entries({ ...noticed, ...takenNotes(taken) }).filter(([, count]) => count > 0);
      return {
        items: entries.map(({ externalId }, i) => ({ id: world.seal.seal("contact", taken.ids[i] ?? ""), externalId })),
        notes: notes.map(([code, count]) => noteBody({ code, count })),
      };
    },
  });
}

const findQuery = z.strictObject({
  q: z.string().max(200).optional().describe("the beginning of an external id or first name, or a whole address"),
  ...pageQuery,
});

function findContacts(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/contacts",
    config: { needs: "read" },
    schema: { summary: "Find contacts", querystring: findQuery, response: { 200: contactPage } },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const { q, limit } = request.query;
      const list = { workspaceId, list: `contacts:${q ?? ""}` };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const hashes = q === undefined ? [] : hashesOf(world, workspaceId, q);
      const rows = await listContacts(world.db, { workspaceId, limit: limit + 1, after: after.value, q, hashes });
      const page = cutPage(rows, limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((row) => summaryOf(world, row)), nextCursor };
    },
  });
}

/** What the search words would be as an address of each channel, if they are one. */
function hashesOf(world: World, workspaceId: string, q: string): Buffer[] {
  const hash = world.addressHash(workspaceId);
  return world.channels.flatMap((channel) => {
    const normal = channel.normalizeAddress(q);
    return normal.is === "ok" ? [hash(channel.id, normal.value.address)] : [];
  });
}

function showContact(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/contacts/:id",
    config: { needs: "read" },
    schema: { summary: "One contact", params: z.strictObject({ id: publicId }), response: { 200: contactBody } },
    handler: async (request, reply) => {
      const id = world.seal.open("contact", request.params.id);
      const contact = id && (await getContact(world.db, { workspaceId: callerOf(request).workspace.id, id }));
      if (!contact) return refuse(reply, notFound("contact"));
      const { fields, addresses, consents, updatedAt } = contact;
      const dated = <Line extends { at: Date }>({ at, ...line }: Line) => ({ ...line, at: at.toISOString() });
      return {
        ...summaryOf(world, contact),
        fields: { ...fields },
        addresses: addresses.map(({ channel, value, suppressions }) => ({
          channel,
          value,
          suppressions: suppressions.map(({ scope, reason, source, at }) => dated({ scope, reason, source, at })),
        })),
        consents: consents.map(dated),
        updatedAt: updatedAt.toISOString(),
      };
    },
  });
}

const summaryOf = (world: World, contact: StoredContact) => ({
  id: world.seal.seal("contact", contact.id),
  externalId: contact.externalId,
  firstName: contact.firstName,
  locale: contact.locale,
  timeZone: contact.timeZone,
  country: contact.country,
  profiling: contact.profiling,
  createdAt: contact.createdAt.toISOString(),
});
