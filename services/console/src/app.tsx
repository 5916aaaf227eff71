import { useEffect, useState } from "preact/hooks";
import { signInNeeded } from "./api/session.ts";
import { FindingPage } from "./pages/finding.tsx";
import { FlowPage } from "./pages/flow.tsx";
import { QueuePage } from "./pages/queue.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { TimelinePage } from "./pages/timeline.tsx";
import { Shell } from "./parts/shell.tsx";
import { Empty, Failure } from "./parts/states.tsx";
import { startLive } from "./state/live.ts";
import { route } from "./state/location.ts";
import { loadMe, me } from "./state/me.ts";

export function App() {
  const [error, setError] = useState<Error | null>(null);
  const isIn = me.value !== null && !signInNeeded.value;
  useEffect(() => {
    if (me.value === null) loadMe().catch(setError);
  }, []);
  useEffect(() => {
    if (!isIn) return;
    const abort = new AbortController();
    startLive(abort.signal);
    return () => abort.abort();
  }, [isIn]);
  if (signInNeeded.value) return <SignIn />;
  if (me.value === null) {
    return error ? (
      <main id="main">
        <h1>Meterhound</h1>
        <Failure error={error} retry={() => location.reload()} />
      </main>
    ) : null;
  }
  return (
    <Shell>
      <Page />
    </Shell>
  );
}

function Page() {
  const at = route.value;
  switch (at.page) {
    case "queue":
      return <QueuePage />;
    case "finding":
      return <FindingPage key={at.id} id={at.id} />;
    case "timeline":
      return <TimelinePage />;
    case "flow":
      return <FlowPage key={at.id} id={at.id} />;
    case "missing":
      return (
        <main id="main">
          <h1>There is no such page</h1>
          <Empty title="The address leads nowhere.">
            <a href="/">To the queue</a>
          </Empty>
        </main>
      );
  }
}
