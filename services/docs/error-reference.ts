import { type ErrorEntry, ERRORS } from "#core/errors.ts";
import { markdownTable } from "#services/docs/markdown-table.ts";

const INTRODUCTION = `# Errors

Generated from \`core/errors.ts\`; change that, not this page.

A command writes the message, the code and the remedy to stderr and ends with the exit code; the API
answers with \`application/problem+json\` and the HTTP status. \`yes\` under "again": the same call may
succeed later without a change.`;

/** Renders `docs/reference/errors.md` from the error catalogue. */
export function renderErrorReference(): string {
  const rows = Object.entries<ErrorEntry>(ERRORS).map(([name, entry]) => [
    `\`${name}\``,
    entry.message.replace(/\{(\w+)\}/g, "_$1_"),
    entry.remedy,
    String(entry.http),
    String(entry.exit),
    entry.recoverable ? "yes" : "no",
  ]);
  const table = markdownTable(["code", "message", "remedy", "HTTP", "exit", "again"], rows);
  return `${INTRODUCTION}\n\n${table}\n`;
}
