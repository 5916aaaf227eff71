import type { ComponentChildren } from "preact";
import { signOut, token } from "../api/session.ts";
import type { StreamState } from "../api/stream.ts";
import icon from "../icon.svg";
import { announcement } from "../state/announce.ts";
import { streamState, togglePause } from "../state/live.ts";
import { navigate, route } from "../state/location.ts";
import { me } from "../state/me.ts";
import { theme, toggleTheme } from "../state/theme.ts";
import { useKeys } from "../state/use-keys.ts";
import { HelpDialog, helpIsOpen } from "./help-dialog.tsx";
import { TriageDialog } from "./triage-dialog.tsx";

const LIVE_WORDS: Readonly<Record<StreamState, string>> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Connection lost, trying again",
  paused: "Paused",
};

/** What surrounds every page. */
export function Shell({ children }: { children: ComponentChildren }) {
  useKeys({
    "?": () => (helpIsOpen.value = true),
    "g q": () => navigate("/"),
    "g t": () => navigate("/timeline"),
    ".": togglePause,
  });
  const { page } = route.value;
  const inQueue = page !== "timeline";
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/" aria-label="Meterhound, queue">
          <img src={icon} alt="" width="24" height="24" />
          Meterhound
        </a>
        <nav aria-label="Pages">
          <a href="/" {...(inQueue && { "aria-current": "page" })}>
            Queue
          </a>
          <a href="/timeline" {...(!inQueue && { "aria-current": "page" })}>
            Timeline
          </a>
        </nav>
        <button
          type="button"
          class={`live ${streamState.value}`}
          onClick={togglePause}
          title="Pause or go on (.)"
        >
          <span class="dot" aria-hidden="true" />
          {LIVE_WORDS[streamState.value]}
        </button>
        {me.value && <span class="muted me">{me.value.name}</span>}
        <button type="button" class="plain" onClick={toggleTheme}>
          {theme() === "dark" ? "Light" : "Dark"}
        </button>
        <button
          type="button"
          class="plain"
          aria-label="Keyboard help"
          onClick={() => (helpIsOpen.value = true)}
        >
          <kbd>?</kbd>
        </button>
        {token.value !== null && (
          <button type="button" class="plain" onClick={signOut}>
            Sign out
          </button>
        )}
      </header>
      {children}
      <p class={announcement.value ? "toast" : "hidden"} role="status" aria-live="polite">
        {announcement.value}
      </p>
      <TriageDialog />
      <HelpDialog />
    </>
  );
}
