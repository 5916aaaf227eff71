import type { IdentityRecord } from "../identity.ts";
import type { FileProblem } from "../located.ts";
import { type Entry, placeOf, type SiteFile } from "./entry.ts";

interface Claim {
  entry: Entry<IdentityRecord>;
  path: readonly PropertyKey[];
}

/**
 * Joins identity files into one directory's records. Within a tenant an id or a credential has one
 * owner; a record without a tenant claims it in every tenant.
 */
export function joinIdentities(files: readonly SiteFile<IdentityRecord>[]): {
  records: IdentityRecord[];
  problems: FileProblem[];
} {
  const entries = files.flatMap((file) => file.entries);
  const problems = files.flatMap((file) => file.problems);
  const ids = new Map<string, Claim[]>();
  const credentials = new Map<string, Claim[]>();
  for (const entry of entries) {
    const { value } = entry;
    problems.push(...claim(ids, value.id, { entry, path: ["id"] }, "id"));
    value.credentials.forEach((credential, i) => {
      const path = ["credentials", i];
      problems.push(...claim(credentials, credential, { entry, path }, "credential"));
    });
  }
  return { records: entries.map(({ value }) => value), problems };
}

function claim(
  claims: Map<string, Claim[]>,
  name: string,
  { entry, path }: Claim,
  what: string,
): FileProblem[] {
  const others = claims.get(name) ?? [];
  const other = others.find((candidate) => overlap(candidate.entry.value, entry.value));
  claims.set(name, [...others, { entry, path }]);
  if (!other) return [];
  return [entry.at(path, `the ${what} is also claimed at ${placeOf(other.entry, other.path)}`)];
}

function overlap(a: IdentityRecord, b: IdentityRecord): boolean {
  return a.tenant === undefined || b.tenant === undefined || a.tenant === b.tenant;
}
