import type { ResolvedEvent } from "../../pipeline/sort-window.ts";
import { type EventTime, HOUR, MINUTE } from "../../time.ts";
import type { Countable } from "../countable.ts";

/** So long after its last call a flow is over: no parent comes any more, and no child of one that came. */
const QUIET = HOUR;

interface FlowCalls {
  last: EventTime;
  spans: Set<string>;
  /** One of its calls has no parent. */
  hasTop: boolean;
  /** Calls whose parent has not come yet. */
  waiting: ResolvedEvent[];
}

/**
 * Tells of every call whether its lineage is broken: the parent it names never came. A flow without a
 * top whose calls all name the same missing parent is whole: it began in something that is no call,
 * such as a web request.
 */
export function createLineage(tell: (call: ResolvedEvent, isBroken: boolean) => void): Countable {
  const flows = new Map<string, FlowCalls>();
  let minute = -Infinity;
  const settle = (before: EventTime): void => {
    for (const [key, flow] of flows) {
      if (flow.last > before) continue;
      flows.delete(key);
      const orphans = flow.waiting.filter(({ event }) => !flow.spans.has(event.flow!.parent_span!));
      const missing = new Set(orphans.map(({ event }) => event.flow!.parent_span));
      const isWhole = !flow.hasTop && missing.size === 1;
      const broken = new Set(isWhole ? [] : orphans);
      for (const call of flow.waiting) tell(call, broken.has(call));
    }
  };
  return {
    push(call) {
      const { event, at } = call;
      if (Math.floor(at / MINUTE) > minute) {
        minute = Math.floor(at / MINUTE);
        settle(at - QUIET);
      }
      const { trace, session, span, parent_span: parent } = event.flow ?? {};
      if (trace === undefined && session === undefined) return tell(call, false);
      const key = JSON.stringify([event.tenant, trace ?? session]);
      let flow = flows.get(key);
      if (!flow) {
        flow = { last: at, spans: new Set(), hasTop: false, waiting: [] };
        flows.set(key, flow);
      }
      flow.last = Math.max(flow.last, at);
      if (span !== undefined) flow.spans.add(span);
      if (parent === undefined) flow.hasTop = true;
      if (parent === undefined || flow.spans.has(parent)) tell(call, false);
      else flow.waiting.push(call);
    },
    end: () => settle(Infinity),
  };
}
