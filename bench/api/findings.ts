import type { MachineEntry } from "#core/finding/finding-log.ts";
import { formatUsd } from "#core/money.ts";
import { SEVERITIES } from "#core/severity.ts";
import { formatTime, MINUTE } from "#core/time.ts";
import { openEmbedded } from "#services/wiring.ts";
import { findingBody } from "#test/contract/finding-body.ts";
import { createRandom } from "#test/support/random.ts";

/** Writes findings as a year might leave them, each told twice, into a data directory; `count` in thousands. */
export async function fillFindings(dir: string, count: number): Promise<void> {
  const random = createRandom(1);
  const ports = await openEmbedded(dir);
  const { showback } = findingBody();
  for (let start = 0; start < count; start += 1_000) {
    const entries = Array.from({ length: 1_000 }, (_, i): MachineEntry[] => {
      const finding = `f${random.below(2 ** 30).toString(36)}-${start + i}`;
      const at = formatTime(Date.UTC(2026, 0, 1) + (start + i) * 10 * MINUTE);
      return [1, 2].map((n) => {
        const excess = formatUsd(BigInt(random.below(1_000_000_000)) * 1_000n);
        const severity = SEVERITIES[random.below(SEVERITIES.length)]!;
        const more = { ...showback, excess, team: `team-${random.below(30)}` };
        const body = findingBody({ id: finding, opened_at: at, severity, showback: more });
        const kind = n === 1 ? "opened" : "updated";
        return { kind, id: `${finding}.m.${n}`, finding, tenant: "acme", at, body };
      });
    });
    await ports.findingLog.create(entries.flat());
  }
  await ports.close();
}
