import type { Facts, FactValue } from "#core/detector.ts";
import { humanize } from "../format/words.ts";

type Group = Readonly<Record<string, string | number | null>>;

/** The numbers behind the decision: single ones as pairs, groups alike as one table. */
export function FactsPanel({ facts }: { facts: Facts }) {
  const entries = Object.entries(facts);
  const groups = entries.filter((entry): entry is [string, Group] => isGroup(entry[1]));
  const columns = [...new Set(groups.flatMap(([, group]) => Object.keys(group)))];
  const single = entries.filter(([, value]) => !isGroup(value) && value !== null);
  // Beside a table of signs, a fact without a value is a sign that was looked for and not seen.
  const unseen = groups.length > 1 ? entries.filter(([, value]) => value === null) : [];
  return (
    <section class="panel" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <dl class="facts">
        {single.map(([name, value]) => (
          <div key={name}>
            <dt>{humanize(name)}</dt>
            <dd>{show(value)}</dd>
          </div>
        ))}
      </dl>
      {groups.length > 0 && (
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th scope="col">{groups.length > 1 ? "Signal" : ""}</th>
                {columns.map((name) => (
                  <th key={name} scope="col" class={isText(groups, name) ? "" : "number"}>
                    {humanize(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {groups.map(([name, group]) => (
                <tr key={name}>
                  <th scope="row">{humanize(name)}</th>
                  {columns.map((column) => (
                    <td key={column} class={isText(groups, column) ? "" : "number"}>
                      {show(group[column] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {unseen.length > 0 && (
        <p class="muted">
          Looked for and not seen: {unseen.map(([name]) => humanize(name).toLowerCase()).join(", ")}
          .
        </p>
      )}
    </section>
  );
}

function isGroup(value: FactValue): value is Group {
  return typeof value === "object" && value !== null;
}

function isText(groups: readonly [string, Group][], column: string): boolean {
  return groups.some(([, group]) => typeof group[column] === "string");
}

function show(value: FactValue): string {
  if (value === null || typeof value === "object") return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return value;
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 5 });
}
