import { useRef, useState } from "preact/hooks";
import { keepToken, signInNeeded, signOut } from "../api/session.ts";
import icon from "../icon.svg";
import { loadMe } from "../state/me.ts";
import { Failure } from "../parts/states.tsx";

/** Takes the bearer token where the service wants one; it stays in this tab. */
export function SignIn() {
  const input = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<Error | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    keepToken(input.current!.value.trim());
    try {
      await loadMe();
      signInNeeded.value = false;
    } catch (failed) {
      signOut();
      setError(failed as Error);
    }
  };
  return (
    <main class="sign-in" id="main">
      <form onSubmit={(event) => void submit(event)}>
        <h1>
          <img src={icon} alt="" width="32" height="32" />
          Meterhound
        </h1>
        <label class="field">
          Access token
          <input ref={input} type="password" required autocomplete="off" spellcheck={false} />
        </label>
        <p class="hint">
          A bearer token from <code>api.tokens</code> of meterhound.yml. It is kept in this tab
          only.
        </p>
        {error && <Failure error={error} />}
        <button class="primary" type="submit">
          Sign in
        </button>
      </form>
    </main>
  );
}
