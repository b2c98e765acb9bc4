/** What scripts/test-servers.ts gives to every integration test: `inject("postgresUrl")`. */
import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser on the test run's own PostgreSQL; its database `postgres` is for making and dropping others. */
    postgresUrl: string;
    /** A migrated, empty database that nobody may connect to, only clone. */
    templateDatabase: string;
    /** null: there is no Redis here, and the Redis half of a suite is left out. */
    redisUrl: string | null;
  }
}
