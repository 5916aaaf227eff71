import { signal } from "@preact/signals";

const KEY = "meterhound.token";

/** The bearer token of this tab, null where none was given. It leaves with the tab. */
export const token = signal<string | null>(sessionStorage.getItem(KEY));

/** True once the service refused what we sent: somebody has to sign in. */
export const signInNeeded = signal(false);

/** Sends this token from now on; whether it is any good shows with the next answer. */
export function keepToken(value: string): void {
  sessionStorage.setItem(KEY, value);
  token.value = value;
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  token.value = null;
  signInNeeded.value = true;
}
