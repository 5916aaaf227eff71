import { cpSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { projectFile } from "#services/project-file.ts";
import { makeScratch, removeScratch } from "#test/support/scratch.ts";

const dir = makeScratch();
const BUILT = "dist/program/main.js";
const SOURCE = "services/main.ts";
const AT_BUILD = new Date("2026-10-01T12:00:00Z");
const BEFORE = new Date("2026-10-01T11:00:00Z");
const AFTER = new Date("2026-10-01T13:00:00Z");

beforeAll(() => symlinkSync(projectFile("node_modules"), join(dir, "node_modules")));

/** A project whose built program and whose sources each say what they are. */
beforeEach(() => {
  for (const name of ["bin", "dist", "services", "core"]) {
    rmSync(join(dir, name), { recursive: true, force: true });
  }
  cpSync(projectFile("bin"), join(dir, "bin"), { recursive: true });
  write("package.json", `{ "type": "module" }`, BEFORE);
  write(SOURCE, `const told: string = "sources"; console.log(told);`, BEFORE);
  write("core/money.ts", "", BEFORE);
  write(BUILT, `console.log("built");`, AT_BUILD);
});
afterAll(() => removeScratch(dir));

function write(name: string, text: string, at: Date): void {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, at, at);
}

const runs = (): string =>
  execFileSync(process.execPath, [join(dir, "bin/meterhound.js")], { encoding: "utf8" }).trim();

describe("the command", () => {
  it("runs what was built from the sources", () => {
    expect(runs()).toBe("built");
  });

  it("runs the sources where one was changed since", () => {
    write("core/money.ts", "// changed", AFTER);
    expect(runs()).toBe("sources");
  });

  it("runs what was built where only a file was changed that it reads as it runs", () => {
    write("services/demo/site/ownership.yml", "", AFTER);
    expect(runs()).toBe("built");
  });

  it("runs the sources where nothing is built", () => {
    rmSync(join(dir, "dist"), { recursive: true });
    expect(runs()).toBe("sources");
  });

  it("runs what was built where the sources were left out, as in the image", () => {
    rmSync(join(dir, "core"), { recursive: true });
    rmSync(join(dir, "services"), { recursive: true });
    write("services/demo/site/ownership.yml", "", AFTER);
    expect(runs()).toBe("built");
  });
});
