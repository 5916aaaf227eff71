import { stacked, type Steps } from "./steps.ts";

/** Of the height of a chart: a band below it cannot be seen. */
const TOO_LOW = 0.08;
/** Of the highest column, where no band says what is usual. */
const SMALL = 0.001;
const ROOM = 1.08;
/** Room for the words of marks. */
const ROOM_FOR_WORDS = 1.16;

/** Values up to `linear` stand in proportion, above it by their logarithm (inverse hyperbolic sine); null: all in proportion. */
export type Scale = { linear: number } | null;

/** The scale of a chart: as a person wants it, else by logarithm where the columns dwarf what is usual. */
export function scaleOf(steps: Steps, isLog: boolean | null): Scale {
  const top = highestColumn(steps);
  const usual = highest(steps.band?.high ?? []);
  const isDwarfed = usual > 0 && usual < top * TOO_LOW;
  return (isLog ?? isDwarfed) && top > 0 ? { linear: usual > 0 ? usual : top * SMALL } : null;
}

/** The highest value that is drawn, of columns and band. */
export function highestOf(steps: Steps): number {
  return Math.max(highestColumn(steps), highest(steps.band?.high ?? []));
}

function highestColumn({ columns }: Steps): number {
  return highest(stacked(columns).at(-1) ?? []);
}

/** The upper end of the axis over the highest value. */
export function topOf(highest: number, scale: Scale, hasWords: boolean): number {
  if (highest <= 0) return 1;
  const room = hasWords ? ROOM_FOR_WORDS : ROOM;
  if (!scale) return highest * room;
  return scale.linear * Math.sinh(Math.asinh(highest / scale.linear) * room);
}

/** Where the axis has a label: nothing, and the powers of ten above what stands in proportion; between them too where they are few. */
export function splitsOf({ linear }: NonNullable<Scale>, top: number): number[] {
  const first = Math.floor(Math.log10(linear));
  const last = Math.floor(Math.log10(top));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const factors = powers.length > 4 ? [1] : [1, 3];
  const splits = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  return [0, ...splits.filter((split) => split >= linear * 1.5 && split <= top)];
}

function highest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
