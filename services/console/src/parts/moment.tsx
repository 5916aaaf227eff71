import { localTime, minuteOf } from "../format/time.ts";

/** A time in UTC, with the viewer's own on hover. */
export function Moment({ at, text = minuteOf(at) }: { at: string; text?: string }) {
  return (
    <time dateTime={at} title={localTime(at)}>
      {text}
    </time>
  );
}
