import { signal } from "@preact/signals";
import { count } from "../format/words.ts";
import { onLive } from "./live.ts";

/** What the page says for a while, politely: to be read and to be heard. */
export const announcement = signal("");

const EVERY_MS = 4_000;
const SHOWN_MS = 8_000;
let fading: ReturnType<typeof setTimeout> | undefined;
const opened = new Map<string, string>();
let timer: ReturnType<typeof setTimeout> | null = null;

/** Says something at once: the outcome of what a person did. */
export function announce(text: string): void {
  announcement.value = text;
  clearTimeout(fading);
  fading = setTimeout(() => (announcement.value = ""), SHOWN_MS);
}

onLive({
  onEntries(entries) {
    for (const { kind, finding } of entries) {
      if (kind === "opened") opened.set(finding.id, finding.severity);
    }
    if (opened.size > 0) timer ??= setTimeout(tell, EVERY_MS);
  },
  onGap() {},
});

/** A burst is told in one sentence. */
function tell(): void {
  timer = null;
  const critical = [...opened.values()].filter((severity) => severity === "critical").length;
  announce(
    `${count(opened.size, "new finding")}${critical > 0 ? `, ${critical} of them critical` : ""}`,
  );
  opened.clear();
}
