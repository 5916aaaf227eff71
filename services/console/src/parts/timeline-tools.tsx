import { useRef } from "preact/hooks";
import { parseTime } from "#core/time.ts";
import { request } from "../api/request.ts";
import { minuteOf } from "../format/time.ts";
import { humanize } from "../format/words.ts";
import {
  METRICS,
  type Narrowing,
  RANGES,
  type Span,
  SPLITS,
  type TimelineView,
  zoomedOut,
} from "../state/timeline-view.ts";
import { useResource } from "../state/use-resource.ts";
import type { DragMode } from "./timeline-chart.tsx";

export interface TimelineToolsProps {
  view: TimelineView;
  span: Span;
  now: number;
  mode: DragMode;
  setMode(mode: DragMode): void;
  show(change: Partial<TimelineView>): void;
}

/** Which stretch of time, of what, split by what. */
export function TimelineTools({ view, span, now, mode, setMode, show }: TimelineToolsProps) {
  return (
    <div class="timeline-tools">
      <fieldset class="segments">
        <legend class="hidden">Stretch of time</legend>
        {Object.keys(RANGES).map((name) => (
          <Segment
            key={name}
            group="range"
            label={name}
            on={view.span === name}
            choose={() => show({ span: name })}
          />
        ))}
      </fieldset>
      <Edges span={span} show={show} />
      <button type="button" onClick={() => show({ span: zoomedOut(span, now) })}>
        Zoom out
      </button>
      <span class="grow" />
      <fieldset class="segments">
        <legend class="hidden">What is shown</legend>
        {METRICS.map((metric) => (
          <Segment
            key={metric}
            group="metric"
            label={humanize(metric)}
            on={view.metric === metric}
            choose={() => show({ metric })}
          />
        ))}
      </fieldset>
      <label class="inline">
        Split by
        <select
          value={view.by ?? "none"}
          onChange={({ currentTarget }) =>
            show({ by: SPLITS.find((split) => split === currentTarget.value) ?? null })
          }
        >
          {SPLITS.map((split) => (
            <option key={split} value={split}>
              {split}
            </option>
          ))}
          <option value="none">nothing</option>
        </select>
      </label>
      <div class="timeline-where">
        <IdentityFilter view={view} show={show} />
        {SPLITS.filter((name) => view.where[name] !== undefined).map((name) => (
          <button
            key={name}
            type="button"
            class="chip"
            onClick={() => show({ where: without(view.where, name) })}
          >
            {name}:{" "}
            <strong>{view.where[name] === "_none" ? "none named" : view.where[name]}</strong>
            <span aria-hidden="true">×</span>
            <span class="hidden">, take away</span>
          </button>
        ))}
        <span class="grow" />
        <fieldset class="segments">
          <legend class="inline">Drag to</legend>
          <Segment group="mode" label="Zoom" on={mode === "zoom"} choose={() => setMode("zoom")} />
          <Segment
            group="mode"
            label="Mark a window"
            on={mode === "mark"}
            choose={() => setMode("mark")}
          />
        </fieldset>
      </div>
    </div>
  );
}

interface SegmentProps {
  group: string;
  label: string;
  on: boolean;
  choose(): void;
}

function Segment({ group, label, on, choose }: SegmentProps) {
  return (
    <label class={on ? "on" : ""}>
      <input type="radio" class="hidden" name={group} checked={on} onChange={choose} />
      {label}
    </label>
  );
}

function Edges({ span, show }: Pick<TimelineToolsProps, "span" | "show">) {
  const change = (edge: "from" | "to", text: string): void => {
    const at = parseTime(`${text.trim()}:00Z`);
    const next = { ...span, [edge]: at ?? span[edge] };
    if (next.from < next.to) show({ span: next });
  };
  return (
    <span class="edges">
      {(["from", "to"] as const).map((edge) => (
        <label key={edge} class="inline">
          {humanize(edge)}
          <input
            type="text"
            class="moment"
            aria-label={`${humanize(edge)}, UTC`}
            value={minuteOf(new Date(span[edge]).toISOString())}
            pattern="\d{4}-\d\d-\d\d \d\d:\d\d"
            onChange={({ currentTarget }) => change(edge, currentTarget.value)}
          />
        </label>
      ))}
      <span class="muted">UTC</span>
    </span>
  );
}

/** Any identity by its name; those of the last week are offered. */
function IdentityFilter({ view, show }: Pick<TimelineToolsProps, "view" | "show">) {
  const input = useRef<HTMLInputElement>(null);
  const { data } = useResource("identities", (signal) =>
    request<{ items: { identity: string | null }[] }>("identities?limit=500", { signal }),
  );
  const submit = (event: Event): void => {
    event.preventDefault();
    const identity = input.current!.value.trim();
    if (identity) show({ where: { ...view.where, identity } });
    input.current!.value = "";
  };
  return (
    <form onSubmit={submit}>
      <input
        ref={input}
        type="text"
        list="identities"
        aria-label="Identity"
        placeholder="Identity …"
        onChange={submit}
      />
      <datalist id="identities">
        {[...new Set(data?.items.flatMap(({ identity }) => identity ?? []))].map((identity) => (
          <option key={identity} value={identity} />
        ))}
      </datalist>
    </form>
  );
}

function without(where: Narrowing, name: keyof Narrowing): Narrowing {
  const { [name]: _, ...rest } = where;
  return rest;
}
