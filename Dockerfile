# One image for every process; the command says which. Source runs as it is, there is nothing to build.
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY apps ./apps
COPY packages ./packages
COPY prisma ./prisma
RUN npm ci && npm cache clean --force
COPY . .
USER node
EXPOSE 3000
CMD ["node", "--import", "tsx", "apps/api/src/start.ts"]
