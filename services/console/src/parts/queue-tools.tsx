import { useEffect, useRef } from "preact/hooks";
import { count } from "../format/words.ts";
import { type Filter, isNarrowed, type Sort, SORTS, searchOf } from "../state/filter.ts";
import { navigate } from "../state/location.ts";
import { queue, reloadQueue, summary } from "../state/queue-store.ts";
import { SelectionBar } from "./selection-bar.tsx";

const SORT_WORDS: Readonly<Record<Sort, string>> = {
  risk: "Risk",
  money: "Money",
  newest: "Newest",
};
const TYPING_MS = 250;

/** Search, order, and what waits to be shown. */
export function QueueTools({ filter }: { filter: Filter }) {
  const { waiting } = queue.value;
  const critical = waiting.filter(({ severity }) => severity === "critical").length;
  const show = (change: Partial<Filter>): void =>
    navigate(`/${searchOf({ ...filter, ...change })}`, "replace");
  return (
    <div class="tools">
      <h2 id="findings-title">
        {summary.value ? count(summary.value.total, "finding") : "Findings"}
      </h2>
      <SelectionBar />
      {waiting.length > 0 && (
        <button type="button" class="waiting" onClick={reloadQueue}>
          {waiting.length} new
          {critical > 0 && `, ${critical} critical`}
        </button>
      )}
      {isNarrowed(filter) && (
        <a class="button" href="/">
          Clear the filter
        </a>
      )}
      <span class="grow" />
      <TextFilter text={filter.q} onText={(q) => show({ q })} />
      <label class="inline">
        Order
        <select
          value={filter.sort}
          onChange={({ currentTarget }) => show({ sort: currentTarget.value as Sort })}
        >
          {SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {SORT_WORDS[sort]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** Filters a moment after the last key, and keeps what was typed meanwhile. */
function TextFilter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (document.activeElement !== input.current) input.current!.value = text;
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      ref={input}
      id="filter-text"
      type="search"
      aria-label="Filter by text"
      placeholder="Filter: identity, owner, rule, key …   /"
      defaultValue={text}
      maxLength={200}
      onInput={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onText(currentTarget.value.trim()), TYPING_MS);
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Escape" || key === "Enter") currentTarget.blur();
      }}
    />
  );
}
