import { defineConfig } from "vitest/config";

const rooms = ["apps", "packages", "scripts", "e2e"];
const needsServers = [...rooms.map((room) => `${room}/**/*.int.test.ts`), "e2e/**/*.test.ts"];

/**
 * Two kinds of tests. `x.test.ts` needs nothing but loopback; `x.int.test.ts` and everything in e2e gets a PostgreSQL
 * and, where there is one, a Redis, which are started only when such a test is among those that run.
 */
export default defineConfig({
  test: {
    pool: "forks",
    fileParallelism: true,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: rooms.map((room) => `${room}/**/*.test.ts`),
          exclude: ["**/node_modules/**", ...needsServers],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: needsServers,
          exclude: ["**/node_modules/**"],
          globalSetup: ["scripts/test-servers.ts"],
        },
      },
    ],
  },
});
