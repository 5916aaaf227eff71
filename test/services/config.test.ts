import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MeterhoundError } from "#core/errors.ts";
import { loadConfig } from "#services/config.ts";

const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

let folder = "";
const write = (name: string, text: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meterhound-config-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function failure(loading: Promise<unknown>): Promise<MeterhoundError> {
  const error = await loading.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MeterhoundError)) throw new Error("did not fail as expected");
  return error;
}

describe("loadConfig", () => {
  it("takes the defaults where there is no file", async () => {
    expect(await loadConfig({ env: {} })).toMatchObject({
      file: null,
      data_dir: resolve(".meterhound"),
      api: { host: "127.0.0.1", port: 8420, tokens: [] },
      rules: { dir: null },
      digest_key: null,
      warnings: [],
    });
  });

  it("resolves names against the file's folder and reads secrets without their last newline", async () => {
    write("gateway.token", "gateway-token-of-length\n");
    write("pager.secret", `${SECRET}\r\n`);
    write("digest.key", "two newlines\n\n");
    write("ca.pem", PEM);
    const file = write(
      "full.yml",
      `data_dir: data
identities: [people.yml]
rules: { dir: rules }
api:
  tokens: [{ name: gateway, token_file: gateway.token, roles: [ingest] }]
webhooks:
  - { name: pager, url: "https://pager.example/hook", secret_file: pager.secret, ca_file: ca.pem }
digest_key_file: digest.key
`,
    );
    expect(await loadConfig({ file, env: {} })).toMatchObject({
      file,
      data_dir: join(folder, "data"),
      identities: [join(folder, "people.yml")],
      rules: { dir: join(folder, "rules") },
      api: {
        tokens: [
          { name: "gateway", token: "gateway-token-of-length", roles: ["ingest"], tenants: null },
        ],
      },
      webhooks: [{ name: "pager", secret: SECRET, ca: PEM.slice(0, -1), min_severity: "info" }],
      digest_key: "two newlines\n",
    });
  });

  it("resolves names given by environment and command line against the working directory", async () => {
    const file = write("dirs.yml", "data_dir: data\n");
    const env = { METERHOUND_DATA_DIR: "from-environment", METERHOUND_RULES__DIR: "rules" };
    const settings = await loadConfig({ file, env });
    expect(settings.data_dir).toBe(resolve("from-environment"));
    expect(settings.rules.dir).toBe(resolve("rules"));
    const { data_dir } = await loadConfig({ file, env, dataDir: "from-command" });
    expect(data_dir).toBe(resolve("from-command"));
  });

  it("fails with every problem on its own line", async () => {
    const file = write("wrong.yml", "prot: 1\nlog: { level: loud }\n");
    const error = await failure(loadConfig({ file, env: { METERHOUND_NO: "1" } }));
    expect(error.code).toBe("MH_CONFIG_INVALID");
    expect(error.message.split("\n")).toEqual([
      `${file}:1:1: prot: unknown key`,
      expect.stringMatching(/:2:8: log\.level: must be one of/),
      "METERHOUND_NO: unknown variable",
    ]);
  });

  it("tells of every secret file that is missing or holds something else", async () => {
    write("empty", "\n");
    write("spaces", "two words\n");
    write("binary", Uint8Array.of(0xff, 0xfe, 0x00));
    const file = write(
      "files.yml",
      `api:
  tokens:
    - { name: a, token_file: absent, roles: [viewer] }
    - { name: b, token_file: spaces, roles: [viewer] }
    - { name: c, token: the-very-same-token, roles: [viewer] }
    - { name: d, token: the-very-same-token, roles: [admin] }
webhooks:
  - { name: pager, url: "https://pager.example", secret_file: spaces, ca_file: spaces }
digest_key_file: binary
`,
    );
    const error = await failure(loadConfig({ file, env: { METERHOUND_LOG__LEVEL: "debug" } }));
    expect(error.code).toBe("MH_CONFIG_INVALID");
    expect(error.message.replaceAll(file, "files.yml").split("\n")).toEqual([
      "files.yml:3:18: api.tokens.0.token_file: cannot read absent: there is no such file",
      "files.yml:4:18: api.tokens.1.token_file: the content of spaces must be printable characters without spaces",
      "files.yml:6:7: api.tokens.3: the same token as an earlier entry",
      "files.yml:8:50: webhooks.0.secret_file: the content of spaces must be whsec_ followed by the base64 of 24 to 64 bytes",
      "files.yml:8:71: webhooks.0.ca_file: the content of spaces holds no PEM certificate",
      "files.yml:9:1: digest_key_file: cannot read binary: it is not UTF-8 text",
    ]);
    const empty = await failure(
      loadConfig({ env: { METERHOUND_DIGEST_KEY_FILE: join(folder, "empty") } }),
    );
    expect(empty.message).toMatch(/^METERHOUND_DIGEST_KEY_FILE: digest_key_file: .* is empty$/);
  });

  it("fails with MH_FILE_UNREADABLE where the named file is not there", async () => {
    const error = await failure(loadConfig({ file: join(folder, "absent.yml"), env: {} }));
    expect(error.code).toBe("MH_FILE_UNREADABLE");
  });
});
