# One image for every process; the command says which. The sources run as they are (tsx compiles them as it loads them),
# so there is nothing to build: the first stage only fetches packages and writes the database client.
ARG NODE=node:22.21.1-bookworm-slim

FROM ${NODE} AS packages
WORKDIR /app
# Manifests first: while they stay the same, so does this layer, and a change of the sources fetches nothing.
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
# No package's own script runs: what they would fetch (an engine, a server) is not wanted here.
RUN npm ci --ignore-scripts --no-audit && npm cache clean --force
