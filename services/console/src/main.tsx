import { render } from "preact";
import { App } from "./app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/queue.css";
import "./styles/finding.css";
import "./styles/chart.css";
import "./styles/timeline.css";
import "./styles/flow.css";
import "./styles/dialog.css";

render(<App />, document.getElementById("app")!);
