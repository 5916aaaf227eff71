import { readFile } from "node:fs/promises";
import { MeterhoundError, messageOf } from "#core/errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is no folder",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** Reads a text file a person named; fails with MH_FILE_UNREADABLE and a reason in words. */
export async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const problem = REASONS[code] ?? messageOf(cause);
    throw new MeterhoundError("MH_FILE_UNREADABLE", { file, problem }, { cause });
  }
}
