FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:20.20.2-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY bin bin
COPY rules rules
COPY services/demo/site services/demo/site
COPY --from=build /app/dist dist
RUN mkdir /data /tokens && chown node:node /data /tokens
USER node
VOLUME /data
EXPOSE 8420
ENTRYPOINT ["node", "bin/meterhound.js"]
CMD ["serve"]
