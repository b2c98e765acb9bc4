import { defineConfig } from "prisma/config";

// `prisma generate` needs no schema engine but insists on finding one, and would download it.
// Node itself stands in as the placeholder; migrations are applied by packages/db/src/migrate.ts.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
});
