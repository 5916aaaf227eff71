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
RUN mkdir /data /tokens && chown node:node /data /tokens
USER node
VOLUME /data
EXPOSE 8420
ENTRYPOINT ["node", "bin/meterhound.js"]
CMD ["serve"]
