import { z } from "zod";
import { STATUSES } from "../event.ts";
import { Count, Time, Usd } from "../shapes.ts";

const figures = {
  cost: Usd,
  unpriced_calls: Count.meta({ description: "Calls without a price: not part of the cost." }),
  calls: Count,
  input_tokens: Count,
  output_tokens: Count,
};

/** What a stretch of a flow used. */
export const FlowFigures = z.strictObject(figures);
export type FlowFigures = z.infer<typeof FlowFigures>;

/** One call, or siblings alike folded into one. */
const FlowNode = z.strictObject({
  id: z.string().meta({ description: "Event id of the first call." }),
  parent: z.string().nullable().meta({ description: "`id` of the node above, null for a root." }),
  depth: Count,
  agent: z.string().nullable(),
  operation: z.string().nullable(),
  model: z.string().nullable(),
  status: z.enum(STATUSES).nullable(),
  count: Count.meta({ description: "How many calls alike are folded into this node." }),
  first: Time,
  last: Time,
  own: FlowFigures.meta({ description: "Of these calls themselves." }),
  subtree: FlowFigures.meta({ description: "Of these calls and all below them." }),
  claimed: Usd.nullable().meta({
    description: "What a span around calls reports for them: shown, never summed.",
  }),
  note: z.enum(["parent_missing", "cycle"]).nullable().meta({
    description: "Why it stands as a root though it names a parent.",
  }),
  event_ids: z.array(z.string()).meta({ description: "The first of the folded calls." }),
});
export type FlowNode = z.infer<typeof FlowNode>;

/** A flow's calls as a tree, as it leaves the program. */
export const FlowReport = z.strictObject({
  flow: z.string(),
  tenant: z.string(),
  lineage: z.enum(["edges", "session", "none"]).meta({
    description:
      "`edges`: calls name their parents. Otherwise nodes are a flat list by agent, and no edge is invented.",
  }),
  from: Time.meta({ description: "The stretch of the usage log that was read." }),
  to: Time,
  partial: z.enum(["range", "calls", "scan"]).nullable().meta({
    description:
      "Why the flow may be longer than shown: it touches the ends of the stretch, has more calls than are shown, or reading was cut.",
  }),
  currency: z.literal("USD"),
  total: FlowFigures,
  depth: Count.meta({ description: "Levels of the tree." }),
  agents: z.array(z.strictObject({ agent: z.string().nullable(), ...figures })).meta({
    description: "The dearest first.",
  }),
  nodes: z.array(FlowNode).meta({ description: "Each node before those below it." }),
  findings: z.array(z.string()).meta({ description: "Ids of the findings on this flow." }),
});
export type FlowReport = z.infer<typeof FlowReport>;
