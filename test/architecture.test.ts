import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("..", import.meta.url).pathname;

/** Who may import whom, and which packages: `core <- detectors <- adapters (core only) <- services`. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: ["core"],
  detectors: ["core", "detectors"],
  adapters: ["core", "adapters"],
  services: ["core", "detectors", "adapters", "services"],
};
const PURE = ["core", "detectors"];
const PURE_PACKAGES = ["zod", "yaml", "node:crypto"];

interface Source {
  file: string;
  layer: string;
  text: string;
}

const sources: Source[] = Object.keys(MAY_IMPORT).flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({
      file: `${layer}/${name}`,
      layer,
      text: readFileSync(join(ROOT, layer, name), "utf8"),
    })),
);

function importsOf({ file, text }: Source): { target: string; isOurs: boolean }[] {
  const found = text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)";/gm);
  return [...found].map(([, specifier = ""]) => {
    if (specifier.startsWith("#")) return { target: specifier.slice(1), isOurs: true };
    if (specifier.startsWith(".")) return { target: join(file, "..", specifier), isOurs: true };
    return { target: specifier, isOurs: false };
  });
}

describe("the shape of the house", () => {
  it("has sources in every layer", () => {
    const layers = new Set(sources.map(({ layer }) => layer));
    expect([...layers].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it("lets imports point one way only", () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter(({ isOurs }) => isOurs)
        .filter(({ target }) => !MAY_IMPORT[source.layer]!.includes(target.split("/")[0]!))
        .map(({ target }) => `${source.file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps the core and the detectors free of clock, randomness and IO", () => {
    const impure =
      /Date\.now|new Date\(\)|Math\.random|performance\.|process\.|setTimeout|setInterval|randomBytes|randomUUID|\bfetch\(/;
    const wrong = sources
      .filter(({ layer }) => PURE.includes(layer))
      .flatMap((source) => {
        const packages = importsOf(source)
          .filter(({ isOurs, target }) => !isOurs && !PURE_PACKAGES.includes(target))
          .map(({ target }) => `${source.file} imports ${target}`);
        const effect = impure.exec(source.text)?.[0];
        return effect ? [...packages, `${source.file} uses ${effect}`] : packages;
      });
    expect(wrong).toEqual([]);
  });

  it("names adapters in the wiring and the entry points alone", () => {
    const allowed = /^services\/(servers\/|(wiring|service|site)\.ts$)/;
    const wrong = sources
      .filter(({ file, layer }) => layer === "services" && !allowed.test(file))
      .filter((source) => importsOf(source).some(({ target }) => target.startsWith("adapters/")))
      .map(({ file }) => file);
    expect(wrong).toEqual([]);
  });

  it("sends the browser nothing of the service but the core and types", () => {
    const wrong = sources
      .filter(({ file }) => file.startsWith("services/console/src/"))
      .map((source) => ({ ...source, text: source.text.replaceAll(/^import type .*$/gm, "") }))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ isOurs, target }) => isOurs && !/^(core|services\/console)\//.test(target))
          .map(({ target }) => `${source.file} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });
});
