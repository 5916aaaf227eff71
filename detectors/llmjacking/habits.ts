import type { EventTime } from "#core/time.ts";
import { type AdminHabits, createAdminHabits } from "./admin.ts";
import { createDayShape, type DayShape } from "./day-shape.ts";
import type { Params } from "./params.ts";
import { addMark, type Marks } from "./marks.ts";
import { type Sign } from "./signs.ts";
import { createSpread, type Spread } from "./spread.ts";

/** What is known of one credential: plain JSON of about four kilobytes at most. */
export interface Habits {
  since: EventTime;
  last: EventTime;
  /** Newest event of any kind; `last` is the newest call. */
  seen: EventTime;
  calls: number;
  /** Models with the time of their newest call. */
  models: { value: string; at: EventTime }[];
  networks: string[];
  clients: string[];
  /** More of these at once than ever is a credential in many hands. */
  places: { countries: Spread; networks: Spread; regions: Spread };
  /** Newest country and region, which the next call mostly shows again. */
  country: string;
  region: string;
  admin: AdminHabits;
  day: DayShape;
  tags: { carried: number; missing: number };
  /** What the newest call showed, which the next one mostly shows again. */
  address: string;
  agent: string;
  /** Zero-token validation errors of the last minutes and refusals of the last hour, by event time. */
  probes: { at: EventTime; model: string }[];
  denied: EventTime[];
  /** The most models in 15 minutes so far. */
  mostModels: number;
  /** Since a long silence ended: the hour and its calls. */
  awake: { since: EventTime; hour: number; calls: number } | null;
  marks: Marks;
}

export function createHabits(): Habits {
  return {
    since: 0,
    last: 0,
    seen: 0,
    calls: 0,
    models: [],
    networks: [],
    clients: [],
    places: { countries: createSpread(), networks: createSpread(), regions: createSpread() },
    country: "",
    region: "",
    admin: createAdminHabits(),
    day: createDayShape(),
    tags: { carried: 0, missing: 0 },
    address: "",
    agent: "",
    probes: [],
    denied: [],
    mostModels: 0,
    awake: null,
    marks: {},
  };
}

/** Marks a sign as seen; true, as what shows one is odd. */
export function mark(
  { marks }: Habits,
  at: EventTime,
  params: Params,
  sign: Sign,
  value: number,
  strength = 1,
): true {
  addMark(marks, sign, { at, strength, value }, params);
  return true;
}
