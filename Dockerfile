FROM node:20.20.2-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY vite.config.ts tsconfig.json ./
COPY core core
COPY services services
RUN npm run console

FROM node:20.20.2-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY bin bin
COPY core core
COPY detectors detectors
COPY adapters adapters
COPY services services
COPY rules rules
COPY --from=console /app/dist/console dist/console
RUN mkdir /data /tokens && chown node:node /data /tokens
USER node
VOLUME /data
EXPOSE 8420
ENTRYPOINT ["node", "bin/meterhound.js"]
CMD ["serve"]
