# The Node that the tests run on; the same for building and running, for native modules are of one Node and one libc.
ARG NODE=node:20.19-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# What runs is dist/, the pages, and the data beside the sources (models, lexicons, districts): sources are not needed.
RUN npm run build \
  && rm -rf node_modules desk/web/src \
  && find . -type f \( -name '*.ts' -o -name '*.tsx' \) -delete

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM ${NODE}
ENV NODE_ENV=production RABTA_DATA=/data RABTA_HOST=0.0.0.0 RABTA_PORT=4100 RABTA_HEALTH_PORT=4101
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app .
# Of the user that every node image has, so that a new volume is its own.
RUN mkdir /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data
EXPOSE 4100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 CMD ["node", "/app/bin/rabta.js", "health"]
ENTRYPOINT ["node", "/app/bin/rabta.js"]
CMD ["all"]
