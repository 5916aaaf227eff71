import { wrongType } from "./field-problem.ts";

/**
 * A trace or span id in hex, as OTLP in JSON has it. Some emitters write base64 or a list of bytes, and
 * so does decoded protobuf. Undefined where there is none: absent, empty or all zeros. Throws FieldProblem.
 */
export function hexId(id: unknown, bytes: 8 | 16, path: string): string | undefined {
  if (id === undefined || id === null || id === "") return undefined;
  const hex = typeof id === "string" ? hexOfText(id, bytes) : hexOfBytes(id);
  if (hex?.length !== 2 * bytes) throw wrongType(path, `an id of ${bytes} bytes`);
  return hex === NO_ID[bytes] ? undefined : hex;
}

const NO_ID = { 8: "0".repeat(16), 16: "0".repeat(32) } as const;

const HEX = { 8: /^[0-9a-f]{16}$/i, 16: /^[0-9a-f]{32}$/i } as const;

function hexOfText(text: string, bytes: 8 | 16): string | undefined {
  if (HEX[bytes].test(text)) return text.toLowerCase();
  if (!/^[A-Za-z0-9+/]{11,22}={0,2}$/.test(text)) return undefined;
  try {
    return hexOfBytes(Array.from(atob(text), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function hexOfBytes(bytes: unknown): string | undefined {
  if (!Array.isArray(bytes) || bytes.length > 16) return undefined;
  let hex = "";
  for (const byte of bytes as unknown[]) {
    if (typeof byte !== "number" || !Number.isInteger(byte) || byte < 0 || byte > 255) {
      return undefined;
    }
    hex += byte.toString(16).padStart(2, "0");
  }
  return hex;
}
