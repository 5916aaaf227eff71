import { afterAll } from "vitest";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import { describeSeriesStore } from "./series-store.ts";

await withInfluxd("contract/series-store", (server) => {
  afterAll(() => server.dispose());
  describeSeriesStore(
    `InfluxDB ${server.version}`,
    async () => {
      const { prefix, client } = await server.installation();
      const create = () =>
        createInfluxSeriesStore({
          client,
          prefix,
          keepForever: true,
          onDropped(dropped) {
            throw new Error(`dropped: ${JSON.stringify(dropped)}`);
          },
        });
      let port = create();
      return {
        port,
        async reopen() {
          await port.close();
          port = create();
          return port;
        },
        dispose: () => port.close(),
      };
    },
    { largestCost: 2n ** 63n - 1n },
  );
});
