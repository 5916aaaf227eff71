import { PHASES, type Sign, SIGN_NAMES, SIGNS } from "./signs.ts";

/** The newest strong sight of one sign. */
export interface Mark {
  at: number;
  strength: number;
  /** What was counted, against the threshold. */
  value: number;
}

export type Marks = Partial<Record<Sign, Mark>>;

export interface Weighing {
  weights: Readonly<Record<Sign, number>>;
  /** Hours in which a sign loses half its weight. */
  half_life_hours: number;
  /** Days after which it is forgotten. */
  keep_days: number;
}

const HOUR = 3_600_000;
/** A group that has decayed below this counts no more as one that agrees. */
const FAINT = 0.1;

/** 0.8 at the threshold, 1 at three times of it. */
export function strengthOf(value: number, threshold: number): number {
  return Math.min(1, 0.8 + (0.2 * (value / threshold - 1)) / 2);
}

/** Keeps the sight that weighs more now. */
export function addMark(marks: Marks, sign: Sign, mark: Mark, weighing: Weighing): void {
  const known = marks[sign];
  const age = mark.at - (known?.at ?? 0);
  if (known && known.strength * decay(age, weighing) > mark.strength) return;
  marks[sign] = mark;
}

/**
 * The score of what is marked: in each group the heaviest w·s·0.5^(age/half-life), since members of a
 * group go together; over groups 100·(1 - Π(1 - g)). Without the volume, `others` is the same.
 */
export function scoreOf(
  marks: Marks,
  now: number,
  weighing: Weighing,
): { score: number; others: number; groups: number } {
  const groups = new Map<string, number>();
  for (const sign of SIGN_NAMES) {
    const mark = marks[sign];
    if (!mark) continue;
    const { group } = SIGNS[sign];
    const g = weighing.weights[sign] * mark.strength * decay(now - mark.at, weighing);
    groups.set(group, Math.max(g, groups.get(group) ?? 0));
  }
  let none = 1;
  let noneOther = 1;
  let agreeing = 0;
  for (const [group, g] of groups) {
    none *= 1 - g;
    if (group !== SIGNS.own_peak.group) noneOther *= 1 - g;
    if (g >= FAINT) agreeing += 1;
  }
  return { score: 100 * (1 - none), others: 100 * (1 - noneOther), groups: agreeing };
}

/** The phases that are marked, in the order of the kill chain. */
export function chainOf(marks: Marks): string {
  const seen = new Set<string>(SIGN_NAMES.filter((sign) => marks[sign]).map((s) => SIGNS[s].phase));
  return PHASES.filter((phase) => seen.has(phase)).join(" > ");
}

/** Lets go of what is too old to weigh anything; true where something is left. */
export function forgetMarks(marks: Marks, now: number, { keep_days }: Weighing): boolean {
  let left = false;
  for (const sign in marks) {
    if (now - marks[sign as Sign]!.at > keep_days * 24 * HOUR) delete marks[sign as Sign];
    else left = true;
  }
  return left;
}

function decay(age: number, { half_life_hours, keep_days }: Weighing): number {
  if (age > keep_days * 24 * HOUR) return 0;
  return 0.5 ** (Math.max(0, age) / (half_life_hours * HOUR));
}
