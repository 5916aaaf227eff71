import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Something the page loads: what was loaded last stays while it is loaded again. */
export interface Resource<T> {
  data: T | null;
  error: Error | null;
  isLoading: boolean;
  reload(): void;
  /** Replaces what was loaded, where a newer one is at hand. */
  set(data: T): void;
}

interface State<T> {
  key: string;
  data: T | null;
  error: Error | null;
  isLoading: boolean;
}

/** Loads once per key; an answer that a newer request overtook is dropped. With `keep`, another key's data is shown until its own comes. */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  { keep = false }: { keep?: boolean } = {},
): Resource<T> {
  const [state, setState] = useState<State<T>>({ key, data: null, error: null, isLoading: true });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({
      key,
      data: before.key === key || keep ? before.data : null,
      error: null,
      isLoading: true,
    }));
    const run = async (): Promise<void> => {
      try {
        const data = await loader.current(abort.signal);
        if (!abort.signal.aborted) setState({ key, data, error: null, isLoading: false });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...before, error: error as Error, isLoading: false }));
      }
    };
    void run();
    return () => abort.abort();
  }, [key, round, keep]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback(
    (data: T) => setState((before) => ({ ...before, data, error: null, isLoading: false })),
    [],
  );
  const isOurs = state.key === key || keep;
  return {
    data: isOurs ? state.data : null,
    error: isOurs ? state.error : null,
    isLoading: isOurs ? state.isLoading : true,
    reload,
    set,
  };
}
