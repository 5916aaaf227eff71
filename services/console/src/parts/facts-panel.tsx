import type { Facts, FactValue } from "#core/detector.ts";
import { factName, isNoFact, showFact } from "../format/facts.ts";
import { numeric, TableHead } from "./table-head.tsx";

type Group = Readonly<Record<string, string | number | null>>;
type Groups = readonly [string, Group][];

/** The numbers behind the decision: single ones as pairs, groups alike as one table. */
export function FactsPanel({ facts: { signals, ...facts } }: { facts: Facts }) {
  const entries = Object.entries(facts);
  const groups = entries.filter((entry): entry is [string, Group] => isGroup(entry[1]));
  const single = entries.filter(([, value]) => !isGroup(value) && !isNoFact(value));
  const areSigns = groups.some(([, group]) => "strength" in group);
  // Beside a table of signs, a fact without a value is a sign that was looked for and not seen.
  const unseen = areSigns ? entries.filter(([, value]) => value === null) : [];
  return (
    <section class="panel" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="facts">
        {single.map(([name, value]) => (
          <div key={name}>
            <dt>{factName(name)}</dt>
            <dd>{showFact(name, value)}</dd>
          </div>
        ))}
      </dl>
      {groups.length > 0 && (
        <GroupTable groups={groups} title={areSigns ? "Signal" : "Compared with"} />
      )}
      {unseen.length > 0 && (
        <p class="muted">
          Looked for and not seen: {unseen.map(([name]) => factName(name).toLowerCase()).join(", ")}
          .
        </p>
      )}
      {isGroup(signals) && <Rules since={signals} />}
    </section>
  );
}

function GroupTable({ groups, title }: { groups: Groups; title: string }) {
  const columns = [...new Set(groups.flatMap(([, group]) => Object.keys(group)))];
  const isText = (column: string): boolean =>
    groups.some(([, group]) => typeof group[column] === "string");
  return (
    <div class="wide">
      <table>
        <TableHead
          columns={[
            title,
            ...columns.map((column) =>
              isText(column) ? factName(column) : numeric(factName(column)),
            ),
          ]}
        />
        <tbody>
          {groups.map(([name, group]) => (
            <tr key={name}>
              <th scope="row">{factName(name)}</th>
              {columns.map((column) => (
                <td key={column} class={isText(column) ? "" : "number"}>
                  {showFact(column, group[column] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The rules that agree, with when each began to. */
function Rules({ since }: { since: Group }) {
  return (
    <>
      <h3>Rules that agree, and since when</h3>
      <dl class="rules">
        {Object.entries(since).map(([rule, at]) => (
          <div key={rule}>
            <dt class="mono">{rule}</dt>
            <dd>{showFact(rule, at)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function isGroup(value: FactValue | undefined): value is Group {
  return typeof value === "object" && value !== null;
}
