import { describe } from "vitest";
import type { ApiToken } from "#services/config.ts";
import { describeInBrowser } from "#test/support/chromium.ts";
import { startTestService } from "#test/support/service.ts";
import { describeAccessibility } from "./accessibility.ts";
import { describeBulk } from "./bulk.ts";
import { describeFigures } from "./figures.ts";
import { describeKeyboard } from "./keyboard.ts";
import { describeLongQueue } from "./long-queue.ts";
import { describeLive } from "./live.ts";
import { describeSignIn } from "./sign-in.ts";
import { setStage } from "./stage.ts";
import { describeTimeline } from "./timeline.ts";
import { describeTriage } from "./triage.ts";

const TOKENS: readonly ApiToken[] = [
  { name: "gw", token: "gw", roles: ["admin"], tenants: null },
  { name: "ana", token: "ana", roles: ["analyst"], tenants: null },
  { name: "ben", token: "ben", roles: ["responder"], tenants: null },
  { name: "vic", token: "vic", roles: ["viewer"], tenants: null },
];

describeInBrowser("the console", () => {
  describe("on the embedded engine", () => {
    const stage = setStage(() => startTestService());
    describeTriage(stage);
    describeTimeline(stage);
    describeFigures(stage);
    describeAccessibility(stage);
    describeKeyboard(stage);
    describeLive(stage);
    describeLongQueue(stage);
    describeBulk(stage);
  });

  describe("behind tokens", () => {
    describeSignIn(setStage(() => startTestService({ tokens: TOKENS }), "gw"));
  });
});
