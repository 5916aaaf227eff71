import { useEffect, useRef, useState } from "preact/hooks";
import type { TargetedKeyboardEvent } from "preact";
import {
  FINDING_STATUSES,
  type FindingStatus,
  type Verdict,
  VERDICTS,
} from "#core/finding/finding.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import type { Finding } from "../api/findings.ts";
import { STATUS_WORDS, VERDICT_WORDS } from "../format/words.ts";
import { applyChange, type Outcome, triaging } from "../state/triage.ts";
import { Failure } from "./states.tsx";

/** Letters that choose a verdict while nothing is typed. */
const VERDICT_KEYS: Readonly<Partial<Record<string, Verdict>>> = {
  t: "true_positive",
  b: "benign_expected",
  l: "fp_logic",
  f: "fp_data",
  u: "undetermined",
};

/** Judges the finding at hand: verdict or status, with a note; says so where somebody was faster. */
export function TriageDialog() {
  const at = triaging.value;
  if (!at) return null;
  return <Open key={`${at.finding.id} ${at.part}`} finding={at.finding} part={at.part} />;
}

type Conflict = Extract<Outcome, { kind: "conflict" }>;

function Open({ finding, part }: { finding: Finding; part: "verdict" | "status" }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  // What the person chose; the rest stays whatever it is or becomes.
  const [chosen, setChosen] = useState<Choice>({ verdict: null, status: null });
  const [seen, setSeen] = useState(finding);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [isSaving, setSaving] = useState(false);

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current!.showModal();
    dialog.current!.querySelector<HTMLElement>("input:checked, input")?.focus();
    return () => (opener instanceof HTMLElement && opener.isConnected ? opener.focus() : undefined);
  }, []);

  const verdict = chosen.verdict ?? seen.verdict;
  const status = chosen.status ?? seen.status;
  const setVerdict = (value: Verdict): void => setChosen({ ...chosen, verdict: value });
  const setStatus = (value: FindingStatus | null): void => setChosen({ ...chosen, status: value });
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wanted = changeOf(seen, chosen, note.current!.value.trim());
    if (Object.keys(wanted).length === 0) return close();
    setSaving(true);
    setError(null);
    try {
      const outcome = await applyChange(seen, wanted);
      if (outcome.kind === "done") return close();
      setConflict(outcome);
      setSeen(outcome.finding);
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setSaving(false);
    }
  };
  const chooseByLetter = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const verdict = VERDICT_KEYS[event.key];
    if (part !== "verdict" || !verdict || event.target === note.current) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setVerdict(verdict);
    note.current!.focus();
  };

  return (
    <dialog
      ref={dialog}
      class="triage"
      aria-labelledby="triage-title"
      onClose={close}
      onKeyDown={chooseByLetter}
    >
      <form method="dialog" onSubmit={(event) => void save(event)}>
        <h2 id="triage-title">{part === "verdict" ? "Verdict" : "Status"}</h2>
        <p class="muted">{finding.title}</p>
        {conflict && <FasterNote conflict={conflict} />}
        {part === "verdict" ? (
          <fieldset>
            <legend class="hidden">Verdict</legend>
            {VERDICTS.map((value) => (
              <label key={value} class="choice">
                <input
                  type="radio"
                  name="verdict"
                  checked={verdict === value}
                  onChange={() => setVerdict(value)}
                />
                {VERDICT_WORDS[value]}
                <Letter of={value} />
              </label>
            ))}
          </fieldset>
        ) : (
          <fieldset>
            <legend class="hidden">Status</legend>
            {FINDING_STATUSES.map((value) => (
              <label key={value} class="choice">
                <input
                  type="radio"
                  name="status"
                  checked={status === value}
                  onChange={() => setStatus(value)}
                />
                {STATUS_WORDS[value]}
              </label>
            ))}
          </fieldset>
        )}
        {part === "verdict" && seen.status !== "resolved" && (
          <label class="choice">
            <input
              type="checkbox"
              checked={status === "resolved"}
              onChange={({ currentTarget }) => setStatus(currentTarget.checked ? "resolved" : null)}
            />
            Resolve the finding with it
          </label>
        )}
        {part === "status" && status === "resolved" && verdict === null && (
          <p class="hint">Resolving takes a verdict: press d instead.</p>
        )}
        <label class="field">
          Note
          <textarea
            ref={note}
            rows={3}
            maxLength={4096}
            placeholder="What you know that the figures do not say"
          />
        </label>
        {error && <Failure error={error} />}
        <div class="actions">
          <button type="button" onClick={close}>
            {conflict ? "Leave it as it is" : "Cancel"}
          </button>
          <button class="primary" type="submit" disabled={isSaving}>
            {conflict ? "Save mine over it" : "Save"}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function FasterNote({ conflict: { by, change } }: { conflict: Conflict }) {
  return (
    <div class="failure" role="alert">
      <p class="strong">{by} was faster</p>
      <p>{wordsOf(change)} Nothing of yours was saved yet.</p>
    </div>
  );
}

function Letter({ of }: { of: Verdict }) {
  const letter = Object.keys(VERDICT_KEYS).find((key) => VERDICT_KEYS[key] === of);
  return letter ? <kbd aria-hidden="true">{letter}</kbd> : null;
}

function wordsOf({ status, verdict, assignee, note }: TriageChange): string {
  const parts = [
    status && `status ${STATUS_WORDS[status]}`,
    verdict && `verdict ${VERDICT_WORDS[verdict]}`,
    assignee !== undefined && `assigned to ${assignee || "nobody"}`,
    note !== undefined && "a note",
  ].filter(Boolean);
  return parts.length > 0 ? `Theirs: ${parts.join(", ")}.` : "";
}

interface Choice {
  verdict: Verdict | null;
  status: FindingStatus | null;
}

/** What of a choice differs from how the finding is. */
function changeOf(seen: Finding, { verdict, status }: Choice, note: string): TriageChange {
  return {
    ...(verdict !== null && verdict !== seen.verdict && { verdict }),
    ...(status !== null && status !== seen.status && { status }),
    ...(note && { note }),
  };
}

function close(): void {
  triaging.value = null;
}
