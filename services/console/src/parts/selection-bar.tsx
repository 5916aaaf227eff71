import { me } from "../state/me.ts";
import { clearSelection, selection } from "../state/selection.ts";
import { assignToMe, judge } from "../state/triage.ts";

/** What can be done with all selected findings at once. */
export function SelectionBar() {
  const findings = selection.value;
  if (findings.length === 0) return null;
  const mayTriage = me.value?.may_triage === true;
  return (
    <div class="selection" role="toolbar" aria-label="Selected findings">
      <strong>{findings.length.toLocaleString("en")} selected</strong>
      {mayTriage && (
        <>
          <button type="button" onClick={() => void assignToMe(findings, true)}>
            Take them <kbd aria-hidden="true">a</kbd>
          </button>
          <button type="button" onClick={() => judge(findings, "status")}>
            Set status <kbd aria-hidden="true">s</kbd>
          </button>
          <button type="button" onClick={() => judge(findings, "verdict")}>
            Set verdict <kbd aria-hidden="true">d</kbd>
          </button>
        </>
      )}
      <button type="button" class="plain" onClick={clearSelection}>
        Clear <kbd aria-hidden="true">Esc</kbd>
      </button>
    </div>
  );
}
