import { useEffect, useRef, useState } from "preact/hooks";
import type { TargetedKeyboardEvent } from "preact";
import type { FindingStatus, Verdict } from "#core/finding/finding.ts";
import type { TriageChange } from "#core/finding/finding-log.ts";
import type { Finding } from "../api/findings.ts";
import { announce } from "../state/announce.ts";
import { applyChanges, type Conflict, nameOf, triaging, type TriagePart } from "../state/triage.ts";
import { Failure } from "./states.tsx";
import { StatusChoices, VERDICT_KEYS, VerdictChoices } from "./triage-choices.tsx";
import { TriageConflicts } from "./triage-conflicts.tsx";

/** Judges the findings at hand: verdict or status, with a note; says so where somebody was faster. */
export function TriageDialog() {
  const at = triaging.value;
  if (!at) return null;
  return <Open key={`${at.findings.map(({ id }) => id).join()} ${at.part}`} {...at} />;
}

function Open({ findings, part }: { findings: readonly Finding[]; part: TriagePart }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  // What the person chose; the rest stays whatever it is or becomes.
  const [chosen, setChosen] = useState<Choice>({ verdict: null, status: null });
  const [left, setLeft] = useState(findings);
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [error, setError] = useState<Error | null>(null);
  const [isSaving, setSaving] = useState(false);

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current!.showModal();
    dialog.current!.querySelector<HTMLElement>("input:checked, input")?.focus();
    return () => (opener instanceof HTMLElement && opener.isConnected ? opener.focus() : undefined);
  }, []);

  const verdict = chosen.verdict ?? common(left, (finding) => finding.verdict);
  const status = chosen.status ?? common(left, (finding) => finding.status);
  const setVerdict = (value: Verdict): void => setChosen({ ...chosen, verdict: value });
  const setStatus = (value: FindingStatus | null): void => setChosen({ ...chosen, status: value });
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = note.current!.value.trim();
    setSaving(true);
    const unmade = await applyChanges(left, (finding) => changeOf(finding, chosen, text));
    setSaving(false);
    if (unmade.conflicts.length === 0 && !unmade.error) {
      announce(`Saved: ${nameOf(findings)}`);
      return close();
    }
    setConflicts(unmade.conflicts);
    setError(unmade.error);
    setLeft([...unmade.conflicts.map(({ finding }) => finding), ...unmade.untried]);
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
        <p class="muted">{nameOf(left)}</p>
        {conflicts.length > 0 && <TriageConflicts conflicts={conflicts} />}
        {part === "verdict" ? (
          <VerdictChoices value={verdict} choose={setVerdict} />
        ) : (
          <StatusChoices value={status} choose={setStatus} />
        )}
        {part === "verdict" && left.some((finding) => finding.status !== "resolved") && (
          <label class="choice">
            <input
              type="checkbox"
              checked={status === "resolved"}
              onChange={({ currentTarget }) => setStatus(currentTarget.checked ? "resolved" : null)}
            />
            {left.length === 1 ? "Resolve the finding with it" : "Resolve the findings with it"}
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
            {conflicts.length > 0 ? "Leave it as it is" : "Cancel"}
          </button>
          <button class="primary" type="submit" disabled={isSaving}>
            {conflicts.length > 0 ? "Save mine over it" : "Save"}
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface Choice {
  verdict: Verdict | null;
  status: FindingStatus | null;
}

/** What all of them have; null where they differ. */
function common<T>(findings: readonly Finding[], of: (finding: Finding) => T | null): T | null {
  const [first, ...rest] = findings.map(of);
  return first !== undefined && rest.every((value) => value === first) ? first : null;
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
