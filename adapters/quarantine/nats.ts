import { nuid } from "nats";
import type { Quarantine, Quarantined } from "#core/ports/quarantine.ts";
import type { Nats } from "#adapters/nats/connection.ts";
import { directGet } from "#adapters/nats/direct-get.ts";
import { publish } from "#adapters/nats/publish.ts";
import { NO_TENANT, subjectToken } from "#adapters/nats/subjects.ts";
import { reaching } from "#adapters/nats/unreachable.ts";

const PAGE = 500;

/** The quarantine in JetStream: a message per record, which leaves by age or for want of room. */
export function createNatsQuarantine(nats: Nats): Quarantine {
  const { quarantine, subject } = nats.names;

  async function list(limit: number): Promise<Quarantined[]> {
    const { state } = await nats.jsm.streams.info(quarantine);
    // Records are never taken out of the middle, so sequences count them.
    let next = Math.max(state.first_seq, state.last_seq - limit + 1, 1);
    const found: Quarantined[] = [];
    while (next <= state.last_seq) {
      const messages = await directGet(nats, {
        stream: quarantine,
        filter: subject("quarantine", "*", "*"),
        from: { sequence: next },
        count: Math.min(PAGE, state.last_seq - next + 1),
      });
      const last = messages.at(-1);
      if (!last) break;
      for (const { data } of messages) found.push(decode(data));
      next = last.sequence + 1;
    }
    return found.toReversed();
  }

  return {
    put: (records) =>
      reaching(nats, async () => {
        for (const record of records) {
          const tenant = record.tenant === null ? NO_TENANT : subjectToken(record.tenant);
          const own = subject("quarantine", tenant, subjectToken(record.source));
          // The id is of this record alone: equal ones are records of their own.
          await publish(nats, own, Buffer.from(JSON.stringify(record)), { id: nuid.next() });
        }
      }),
    list: (limit) => (limit <= 0 ? Promise.resolve([]) : reaching(nats, () => list(limit))),
    async close() {},
  };
}

function decode(data: Uint8Array): Quarantined {
  return JSON.parse(Buffer.from(data).toString()) as Quarantined;
}
