import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { setSingleKeys, singleKeys } from "../state/use-keys.ts";

export const helpIsOpen = signal(false);

const KEYS: readonly [keys: string, does: string][] = [
  ["j  k", "next, previous finding"],
  ["x", "select; then i a d s for all selected"],
  ["J  K", "select on to the next, previous"],
  ["Enter  o", "open"],
  ["Esc", "back"],
  ["[  ]", "previous, next finding of the queue, inside one"],
  ["i", "assign to me"],
  ["a", "acknowledge: mine, in progress"],
  ["d", "verdict; then t b l f u"],
  ["s", "status"],
  ["n", "note, inside a finding"],
  ["/", "filter by text"],
  ["r", "show what is new, in order"],
  [".", "pause what streams in"],
  ["g q", "queue"],
  ["g t", "timeline"],
  ["z  m", "drag over it to zoom, to mark"],
  ["?", "this list"],
];

export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = helpIsOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  if (!isOpen) return null;
  const close = (): void => void (helpIsOpen.value = false);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keyboard</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split("  ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={({ currentTarget }) => setSingleKeys(currentTarget.checked)}
        />
        Single keys work
      </label>
      <form method="dialog" class="actions">
        <button class="primary">Close</button>
      </form>
    </dialog>
  );
}
