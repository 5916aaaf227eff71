import type { UsageEvent } from "#core/event.ts";

const MOST = 200_000;

/**
 * Remembers what was acknowledged lately, so that a sender's retry is answered as a duplicate at the
 * door. It may forget: what counts is decided by the fold and by every other reader of the log.
 */
export interface RecentEvents {
  isKnown(event: UsageEvent): boolean;
  remember(event: UsageEvent): void;
}

export function createRecentEvents(): RecentEvents {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return {
    isKnown(event) {
      const key = keyOf(event);
      return (young.get(key) ?? old.get(key)) === contentOf(event);
    },
    remember(event) {
      if (young.size >= MOST) {
        old = young;
        young = new Map();
      }
      young.set(keyOf(event), contentOf(event));
    },
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
