import { z } from "zod";
import { BearerToken, WebhookSecret } from "#core/config-secret.ts";
import { MeterhoundError } from "#core/errors.ts";
import type { FileProblem, Locate } from "#core/located.ts";
import { readText } from "#services/read-text.ts";

type Path = readonly PropertyKey[];
type Read = (file: string | undefined, path: Path) => Promise<string>;

/** Reads what the configuration keeps in files of their own, checks it, and gathers what is wrong. */
export interface SecretReader {
  problems: FileProblem[];
  text: Read;
  token: Read;
  webhookSecret: Read;
  certificate: Read;
  /** Two tokens of the same value would leave open who calls. */
  distinct(tokens: readonly string[]): void;
}

const Pem = z.string().includes("-----BEGIN CERTIFICATE-----", "holds no PEM certificate");
const Filled = z.string().min(1, "is empty");

export function createSecretReader(
  at: Locate,
  pathOf: (name: string, path: Path) => string,
): SecretReader {
  const problems: FileProblem[] = [];
  const checked =
    (schema: z.ZodType<string>): Read =>
    async (file = "", path) => {
      try {
        // An editor ends the file with a newline that is not part of the secret.
        const text = (await readText(pathOf(file, path))).replace(/\r?\n$/, "");
        const result = schema.safeParse(text);
        if (result.success) return text;
        const reasons = result.error.issues.map(({ message }) => message);
        problems.push(at(path, `the content of ${file} ${reasons.join(", ")}`));
      } catch (error) {
        if (!(error instanceof MeterhoundError)) throw error;
        problems.push(at(path, `cannot read ${file}: ${String(error.details["problem"])}`));
      }
      return "";
    };
  return {
    problems,
    text: checked(Filled),
    token: checked(Filled.pipe(BearerToken)),
    webhookSecret: checked(WebhookSecret),
    certificate: checked(Pem),
    distinct(tokens) {
      tokens.forEach((token, i) => {
        if (token === "" || tokens.indexOf(token) === i) return;
        problems.push(at(["api", "tokens", i], "the same token as an earlier entry"));
      });
    },
  };
}
