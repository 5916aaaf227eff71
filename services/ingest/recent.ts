import type { UsageEvent } from "#core/event.ts";

const MOST = 200_000;

/**
 * Remembers what was acknowledged lately, so that a sender's retry is answered as a duplicate at the
 * door. It may forget: what counts is decided by the fold and by every other reader of the log.
 */
export interface RecentEvents {
  isKnown(event: UsageEvent): boolean;
  remember(event: UsageEvent): void;
  /** Remembers all that another one does. */
  rememberAll(other: RecentEvents): void;
  /** Keys with what tells a retry from another event. */
  entries(): Iterable<readonly [string, string]>;
}

export function createRecentEvents(): RecentEvents {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  const set = (key: string, content: string): void => {
    if (young.size >= MOST) {
      old = young;
      young = new Map();
    }
    young.set(key, content);
  };
  return {
    isKnown(event) {
      const key = keyOf(event);
      const known = young.get(key) ?? old.get(key);
      return known !== undefined && known === contentOf(event);
    },
    remember: (event) => set(keyOf(event), contentOf(event)),
    rememberAll(other) {
      for (const [key, content] of other.entries()) set(key, content);
    },
    entries: () => [...old, ...young],
  };
}

function keyOf({ tenant, source, id }: UsageEvent): string {
  return `${tenant}\0${source}\0${id}`;
}

/** Enough to tell a retry from another event under the same id, or from the other record of a call. */
function contentOf(event: UsageEvent): string {
  const { time, identity, model, usage, outcome, cost, content, network } = event;
  const what = [
    model?.requested,
    content?.prompt_digest,
    outcome?.status,
    cost?.amount,
    network?.ip,
  ];
  return JSON.stringify([time, identity?.id, usage, ...what]);
}
