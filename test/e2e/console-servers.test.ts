import { afterAll } from "vitest";
import { describeInBrowser } from "#test/support/chromium.ts";
import { createInstallation, type Installation } from "#test/support/installation.ts";
import { describeOnServers } from "#test/support/on-servers.ts";
import { startTestService } from "#test/support/service.ts";
import { setStage } from "./stage.ts";
import { describeFigures } from "./figures.ts";
import { describeLive } from "./live.ts";
import { describeTimeline } from "./timeline.ts";
import { describeTriage } from "./triage.ts";

await describeOnServers("the console", ({ nats, influx }) => {
  describeInBrowser("the console on NATS and InfluxDB", () => {
    let installation: Installation;
    const stage = setStage(async () => {
      installation = await createInstallation({ servers: { natsUrl: nats.url(), influx } });
      const { nats: bus, influx: series } = installation.settings;
      return startTestService({ nats: bus, influx: series });
    });
    describeTriage(stage);
    describeTimeline(stage);
    describeFigures(stage);
    describeLive(stage);
    afterAll(() => installation.dispose());
  });
});
