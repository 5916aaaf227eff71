import type { FlowReport } from "../api/flows.ts";
import { Amount } from "./amount.tsx";
import { numeric, TableHead } from "./table-head.tsx";

const MOST = 12;

/** Which agent of the flow burned it. */
export function FlowAgents({ flow }: { flow: FlowReport }) {
  if (flow.agents.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="agents-title">
      <h2 id="agents-title">By agent</h2>
      <table>
        <TableHead columns={["Agent", numeric("Calls"), numeric("Cost")]} />
        <tbody>
          {flow.agents.slice(0, MOST).map(({ agent, calls, cost }) => (
            <tr key={agent}>
              <th scope="row">{agent ?? <span class="missing">none named</span>}</th>
              <td class="number">{calls.toLocaleString("en")}</td>
              <td class="number">
                <Amount amount={cost} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {flow.agents.length > MOST && <p class="muted more">and {flow.agents.length - MOST} more</p>}
    </section>
  );
}
