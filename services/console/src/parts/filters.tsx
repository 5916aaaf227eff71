import type { ComponentChildren } from "preact";
import { FAMILIES, FINDING_STATUSES } from "#core/finding/finding.ts";
import { SEVERITIES } from "#core/severity.ts";
import type { FindingSummary } from "../api/findings.ts";
import { FAMILY_WORDS, STATUS_WORDS } from "../format/words.ts";
import { type Filter, searchOf, toggled } from "../state/filter.ts";
import { navigate } from "../state/location.ts";
import { me } from "../state/me.ts";
import { SeverityIcon } from "./severity.tsx";

/** The facets of the queue; the address keeps what is chosen. */
export function Filters({ filter, counts }: { filter: Filter; counts: FindingSummary | null }) {
  const show = (change: Partial<Filter>): void =>
    navigate(`/${searchOf({ ...filter, ...change })}`);
  const name = me.value?.name ?? null;
  const families = FAMILIES.filter(
    (family) => counts?.family[family] || filter.family.includes(family),
  );
  const teams = Object.keys(counts?.team ?? {}).filter((team) => team !== "_none");
  if (filter.team !== null && !teams.includes(filter.team)) teams.push(filter.team);
  return (
    <aside class="filters" aria-label="Filters">
      <Facet title="Status">
        {FINDING_STATUSES.map((status) => (
          <Choice
            key={status}
            label={STATUS_WORDS[status]}
            count={counts?.status[status] ?? 0}
            checked={filter.status.includes(status)}
            onToggle={() => show({ status: toggled(filter.status, status) })}
          />
        ))}
      </Facet>
      <Facet title="Severity">
        {SEVERITIES.toReversed().map((severity) => (
          <Choice
            key={severity}
            label={
              <>
                <SeverityIcon severity={severity} />
                <span class="capital">{severity}</span>
              </>
            }
            count={counts?.severity[severity] ?? 0}
            checked={filter.severity.includes(severity)}
            onToggle={() => show({ severity: toggled(filter.severity, severity) })}
          />
        ))}
      </Facet>
      {families.length > 0 && (
        <Facet title="Family">
          {families.map((family) => (
            <Choice
              key={family}
              label={FAMILY_WORDS[family]}
              count={counts?.family[family] ?? 0}
              checked={filter.family.includes(family)}
              onToggle={() => show({ family: toggled(filter.family, family) })}
            />
          ))}
        </Facet>
      )}
      {teams.length > 0 && (
        <Facet title="Team">
          {teams.map((team) => (
            <Choice
              key={team}
              label={team}
              count={counts?.team[team] ?? 0}
              checked={filter.team === team}
              onToggle={() => show({ team: filter.team === team ? null : team })}
            />
          ))}
        </Facet>
      )}
      {name !== null && (
        <Facet title="Assigned">
          <Choice
            label="To me"
            checked={filter.assignee === name}
            onToggle={() => show({ assignee: filter.assignee === name ? null : name })}
          />
        </Facet>
      )}
    </aside>
  );
}

function Facet({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  label: ComponentChildren;
  count?: number;
  checked: boolean;
  onToggle(): void;
}

function Choice({ label, count, checked, onToggle }: ChoiceProps) {
  return (
    <label class={count === 0 ? "facet nothing" : "facet"}>
      <input type="checkbox" checked={checked} onChange={onToggle} />
      <span class="name" {...(typeof label === "string" && { title: label })}>
        {label}
      </span>
      {count !== undefined && <span class="count">{count}</span>}
    </label>
  );
}
