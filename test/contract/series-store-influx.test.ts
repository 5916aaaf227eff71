import { afterAll } from "vitest";
import { createInfluxSeriesStore } from "#adapters/series-store/influx.ts";
import { withInfluxd } from "#test/support/influxd.ts";
import type { SeriesStore } from "#core/ports/series-store.ts";
import type { Opened } from "./opened.ts";
import { describeSeriesStore } from "./series-store.ts";
import { describeTimeline } from "./timeline.ts";

await withInfluxd("contract/series-store", (server) => {
  afterAll(() => server.dispose());
  const open = async (): Promise<Opened<SeriesStore>> => {
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
  };
  const name = `InfluxDB ${server.version}`;
  describeSeriesStore(name, open, { largestCost: 2n ** 63n - 1n });
  describeTimeline(name, open);
});
