import { useRef, useState } from "preact/hooks";
import { type FindingDetail, type HistoryEntry, noteFinding } from "../api/findings.ts";
import { STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";
import { announce } from "../state/announce.ts";
import { me } from "../state/me.ts";
import { Moment } from "./moment.tsx";
import { SeverityIcon } from "./severity.tsx";
import { Failure } from "./states.tsx";

interface HistoryProps {
  finding: FindingDetail;
  onChange(finding: FindingDetail): void;
}

/** What detection and people said, in order, and room for one more word. */
export function HistoryPanel({ finding, onChange }: HistoryProps) {
  return (
    <section class="panel" aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      <ol class="history">
        {finding.history.map((entry) => (
          <li key={entry.id}>
            <Step entry={entry} />
          </li>
        ))}
      </ol>
      {me.value?.may_triage && <NoteForm id={finding.id} onChange={onChange} />}
    </section>
  );
}

function Step({ entry }: { entry: HistoryEntry }) {
  const { kind, at, by, severity, change } = entry;
  return (
    <>
      <p>
        {by !== null ? (
          <>
            <strong>{by}</strong> {wordsOf(entry)}
          </>
        ) : (
          <>
            {severity && kind !== "closed" && <SeverityIcon severity={severity} />}
            {MACHINE_WORDS[kind] ?? kind}
            {severity && kind !== "closed" && ` ${severity}`}
          </>
        )}
        <small class="muted">
          <Moment at={at} />
        </small>
      </p>
      {change?.note && <blockquote>{change.note}</blockquote>}
    </>
  );
}

const MACHINE_WORDS: Readonly<Partial<Record<HistoryEntry["kind"], string>>> = {
  opened: "Opened as",
  updated: "Rose to",
  closed: "Over",
};

function wordsOf({ kind, change }: HistoryEntry): string {
  if (kind === "noted" || !change) return "noted";
  const { status, verdict, assignee, contained } = change;
  const parts = [
    assignee !== undefined && (assignee ? `assigned it to ${assignee}` : "unassigned it"),
    status && `set it to ${STATUS_WORDS[status].toLowerCase()}`,
    verdict && `judged it ${VERDICT_WORDS[verdict].toLowerCase()}`,
    contained && "contained it",
  ].filter(Boolean);
  return parts.join(", ") || "noted";
}

function NoteForm({ id, onChange }: { id: string; onChange: HistoryProps["onChange"] }) {
  const note = useRef<HTMLTextAreaElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = note.current!.value.trim();
    if (!text) return;
    try {
      onChange(await noteFinding(id, text));
      note.current!.value = "";
      setError(null);
      announce("Note saved");
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <form class="note" onSubmit={(event) => void submit(event)}>
      <label class="field">
        Note
        <textarea id="note" ref={note} rows={2} maxLength={4096} />
      </label>
      {error && <Failure error={error} />}
      <button type="submit">Add the note</button>
    </form>
  );
}
