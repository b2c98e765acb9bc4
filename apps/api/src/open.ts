/** Opens everything the API needs, in one place, and lets go of it again. */
import type { Server } from "node:http";
import { readAccounts } from "@chorus/channels/accounts";
import { channels } from "@chorus/channels/registry";
import { openAddressHash } from "@chorus/core/address-hash";
import { openIdSeal } from "@chorus/core/id";
import { openLinkTokens } from "@chorus/core/link-token";
import { openOpsNotes } from "@chorus/core/ops-link";
import { openVault } from "@chorus/core/vault";
import { openDb } from "@chorus/db/open";
import { hasWorkspace } from "@chorus/db/workspaces";
import { openBoard } from "@chorus/queue/board";
import { openProducer } from "@chorus/queue/producer";
import { openTelemetry } from "@chorus/telemetry/telemetry";
import type { Config } from "./config.ts";
import { openCursors } from "./page.ts";
import type { KnownRoute } from "./route-list.ts";
import { buildServer } from "./server.ts";
import type { World } from "./world.ts";

export type RunningApi = { readonly url: string; readonly routes: readonly KnownRoute[]; close(): Promise<void> };

/** An upload may take hours: what of it was taken stays, and the rest is sent again. */
const finishWithinMs = 10_000;

/** Somebody waits for every answer: after so long, and 5 s for a connection at most before that, it is a 503. */
const answerWithinMs = 10_000;

/** Opens the world and listens. `close` lets requests under way finish, for up to 10 s. */
export async function openApi(config: Config): Promise<RunningApi> {
  const key = config.CHORUS_KEY;
  const place = { url: config.PUBLIC_URL ?? "" };
  const trouble = { tell: (_detail: string) => {} };
  const db = await openDb({
    url: config.DATABASE_URL,
    channels: channels.map((channel) => channel.id),
    answerWithinMs,
  });
  const world: World = {
    config,
    db,
    channels,
    accounts: readAccounts(config),
    vault: openVault(key),
    producer: openProducer({ url: config.QUEUE_URL }),
    telemetry: await openTelemetry({
      settings: config,
      service: "chorus-api",
      onTrouble: (detail) => trouble.tell(detail),
    }),
    board: openBoard({ url: config.QUEUE_URL }),
    seal: openIdSeal(key),
    linkTokens: openLinkTokens(key),
    cursors: openCursors(key),
    opsNotes: openOpsNotes(key),
    addressHash: (workspaceId) => openAddressHash(key, workspaceId),
    publicUrl: () => place.url,
  };
  const letGo = () => Promise.all([world.producer.close(), world.board.close(), db.close(), world.telemetry.close()]);
  try {
    const app = await buildServer(world);
    trouble.tell = (error) => app.log.error({ error }, "telemetry.failed");
    const requests = countRequests(app.server);
    const close = async () => {
      const closing = app.close();
      await requests.whenNone(finishWithinMs);
      app.server.closeAllConnections(); // of browsers that connected ahead of time, and of uploads that take too long
      await closing;
      await letGo();
    };
    const url = await app.listen({ host: config.API_HOST, port: config.API_PORT });
    place.url ||= url;
    void hasWorkspace(db).catch(() => {}); // Prisma's first query takes half a second: nobody is to wait for it
    return { url, routes: app.routeList.all, close };
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** Node closes connections that wait for another request, but not those that never made one. */
function countRequests(server: Server) {
  let underWay = 0;
  let onNone = () => {};
  server.on("request", (_request, response) => {
    underWay++;
    response.once("close", () => {
      underWay--;
      if (underWay === 0) onNone();
    });
  });
  return {
    whenNone: (withinMs: number) =>
      new Promise<void>((done) => {
        if (underWay === 0) return done();
        const hurry = setTimeout(done, withinMs);
        onNone = () => {
          clearTimeout(hurry);
          done();
        };
      }),
  };
}
