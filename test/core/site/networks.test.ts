import { describe, expect, it } from "vitest";
import { describeProblem } from "#core/located.ts";
import { parseRange } from "#core/network/address.ts";
import { parseNetworksCsv, parseNetworksYaml } from "#core/site/networks.ts";

const csv = (text: string) => parseNetworksCsv("networks.csv", text);
const yaml = (text: string) => parseNetworksYaml("networks.yml", text);
const values = ({ entries }: ReturnType<typeof csv>) => entries.map(({ value }) => value);

describe("range file", () => {
  it("reads the same from CSV and YAML", () => {
    const expected = [
      { ...parseRange("198.51.100.0/24"), facts: { asn: 64_500, country: "DE" } },
      { ...parseRange("2001:db8::/32"), facts: { asn: 64_501 } },
      { ...parseRange("203.0.113.0/25"), facts: { country: "FR" } },
    ];
    const table = csv(`cidr,asn,country
198.51.100.0/24,64500,DE
2001:db8::/32,AS64501,
203.0.113.0/25,,FR
`);
    const list = yaml(`networks:
  - { cidr: 198.51.100.0/24, asn: 64500, country: DE }
  - { cidr: "2001:db8::/32", asn: AS64501 }
  - { cidr: 203.0.113.0/25, country: FR }
`);
    expect([...table.problems, ...list.problems]).toEqual([]);
    expect(values(table)).toEqual(expected);
    expect(values(list)).toEqual(expected);
  });

  it("tells every problem with line and column, and keeps the good rows", () => {
    const { problems, entries } = csv(`cidr,asn,country
198.51.100.0,64500,DE
198.51.100.1/24,64500,DE
10.0.0.0/8,4294967296,de
10.0.0.0/8,ASX,DE
10.1.0.0/16,,
10.2.0.0/16,1,DE
10.2.0.0/16,2,DE
10.3.0.0/16,1
,1,DE
`);
    expect(entries).toHaveLength(1);
    expect(problems.map(describeProblem)).toEqual([
      "networks.csv:2:1: cidr: must be a range like 198.51.100.0/24 or 2001:db8::/32",
      "networks.csv:3:1: cidr: has address bits behind its length: begin it with its first address",
      "networks.csv:4:12: asn: must be the number of an autonomous system, like 64500",
      "networks.csv:4:23: country: must be two capital letters (ISO 3166-1)",
      "networks.csv:5:12: asn: must be the number of an autonomous system, like 64500",
      "networks.csv:6:1: cidr: has neither asn nor country",
      "networks.csv:8:1: cidr: is also given at networks.csv:7:1",
      "networks.csv:9:1: 2 cells, but the header has 3",
      "networks.csv:10:1: cidr: is missing: text is expected",
    ]);
  });

  it("needs the column of the ranges", () => {
    expect(csv("asn,country\n1,DE\n").problems.map(describeProblem)).toEqual([
      "networks.csv:1:1: the header row needs the column cidr; it may name cidr, asn, country",
    ]);
    expect(yaml("networks: [{ cdir: 10.0.0.0/8 }]").problems.map(describeProblem)).toEqual([
      "networks.yml:1:12: networks.0.cidr: is missing: text is expected",
      'networks.yml:1:14: networks.0.cdir: unknown key, did you mean "cidr"?',
    ]);
  });
});
