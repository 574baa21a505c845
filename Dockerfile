# The gateway in a container: small, unprivileged, and without the tools of the build.
#
#   docker build -t ledger-balance-gateway .
#   docker run --rm -p 4000:4000 ledger-balance-gateway
#
# For front-end tests, with the sandbox's control page at port 4010:
#
#   docker run --rm -p 4000:4000 -p 4010:4010 ledger-balance-gateway node dist/main.js sandbox
#
# Node 24 is the long-term release with the most life left; the gateway runs on 20.19 and later.
ARG NODE_IMAGE=node:24-slim

# The tools of the build stay in this stage.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc LICENSE ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY .ci ./.ci
COPY src ./src
COPY README.md ./
COPY docs ./docs
RUN npm run build

FROM ${NODE_IMAGE}
WORKDIR /app
# Without UPSTREAM_URL the sandbox answers, so that `docker run` needs nothing; `-e NODE_ENV=development` adds GraphiQL.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
COPY --from=build /app/dist ./dist
# By number, because Kubernetes' runAsNonRoot does not know names; it is the image's user `node`.
USER 1000:1000
EXPOSE 4000
# Alive, not ready: an unhealthy container is restarted, and a restart does not help a gateway that waits for credentials.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No npm and no shell in between: signals must reach the gateway, which has much to do on SIGTERM.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/main.js"]
