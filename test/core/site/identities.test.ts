import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { parseIdentitiesCsv, parseIdentitiesYaml } from "#core/site/identities.ts";
import { joinIdentities } from "#core/site/identity-claims.ts";

const yaml = (text: string) => joinIdentities([parseIdentitiesYaml("people.yml", text)]);
const csv = (text: string) => joinIdentities([parseIdentitiesCsv("keys.csv", text)]);
const told = ({ problems }: ReturnType<typeof yaml>) => problems.map(describeProblem);

describe("identity files", () => {
  it("reads the same records from YAML and from CSV", () => {
    const fromYaml = yaml(`
identities:
  - id: svc-search
    tenant: acme
    type: service
    credentials: [fp-1, fp-2]
    owner: ada@acme.example
    cost_center: "0042"
    environment: production
  - id: svc-chat
`);
    const fromCsv = csv(
      `id,tenant,type,credentials,owner,cost_center,environment
svc-search,acme,service,fp-1; fp-2,ada@acme.example,0042,production
svc-chat,,,,,,
`,
    );
    expect(told(fromYaml)).toEqual([]);
    expect(fromCsv).toEqual(fromYaml);
    expect(fromCsv.records).toEqual([
      {
        id: "svc-search",
        tenant: "acme",
        type: "service",
        credentials: ["fp-1", "fp-2"],
        owner: "ada@acme.example",
        cost_center: "0042",
        environment: "production",
      },
      { id: "svc-chat", credentials: [] },
    ]);
  });

  it("tells every problem of a YAML file with its place", () => {
    const text = `identities:
  - id: a
    cost_center: 0042
    enviroment: test
  - type: robot
    credentials: [sk-abcdefghijklmnopqrstuvwx]
`;
    expect(told(yaml(text))).toEqual([
      "people.yml:3:5: identities.0.cost_center: must be text: put it in quotes",
      'people.yml:4:5: identities.0.enviroment: unknown key, did you mean "environment"?',
      "people.yml:5:5: identities.1.id: is missing: text is expected",
      'people.yml:5:5: identities.1.type: must be one of "api_key", "workload", "service", "agent", "user", "role"',
      "people.yml:6:19: identities.1.credentials.0: looks like a live secret: put its fingerprint here",
    ]);
  });

  it("tells every problem of a CSV file with its line and column and keeps reading", () => {
    const text = `id,environment,credentials
,production,fp-1
b,prodution,fp-2
c,test
d,test,fp-3
`;
    const read = csv(text);
    expect(told(read)).toEqual([
      "keys.csv:2:1: id: is missing: text is expected",
      'keys.csv:3:3: environment: must be one of "production", "staging", "development", "test", "pilot", did you mean "production"?',
      "keys.csv:4:1: 2 cells, but the header has 3",
    ]);
    expect(read.records.map(({ id }) => id)).toEqual(["d"]);
  });

  it.each([
    ["id,crednetials\n", 'keys.csv:1:4: crednetials: unknown column, did you mean "credentials"?'],
    ["id,team,team\n", "keys.csv:1:9: team: the column is given twice"],
    ["team\n", /^keys.csv:1:1: the header row needs the column id/],
    ["", /^keys.csv:1:1: the header row needs the column id/],
  ])("refuses the header %j", (text, problem) => {
    const [first, ...others] = told(csv(text));
    expect(first).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem));
    expect(others).toEqual([]);
  });

  it("refuses a second claim on an id or a credential, in whichever file it stands", () => {
    const people = parseIdentitiesYaml(
      "people.yml",
      `identities:
  - { id: a, tenant: acme, credentials: [fp-1, fp-1] }
  - { id: a, tenant: globex }
`,
    );
    const keys = parseIdentitiesCsv("keys.csv", "id,tenant,credentials\na,acme,\nb,,fp-0;fp-1\n");
    expect(told(joinIdentities([people, keys]))).toEqual([
      "people.yml:2:48: identities.0.credentials.1: the credential is also claimed at people.yml:2:42",
      "keys.csv:2:1: id: the id is also claimed at people.yml:2:7",
      "keys.csv:3:4: credentials.1: the credential is also claimed at people.yml:2:42",
    ]);
  });

  it("lets two tenants use the same id and credential", () => {
    expect(told(csv("id,tenant,credentials\na,acme,fp\na,globex,fp\n"))).toEqual([]);
  });
});
