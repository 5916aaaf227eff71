import type { ResolvedEvent } from "#core/pipeline/sort-window.ts";
import { createDigest } from "#core/privacy.ts";
import type { Resolution } from "#core/resolve.ts";
import { readFiles } from "#services/replay/read-files.ts";

/** The events of a file as `replay` reads them, with nobody listening to problems. */
export function readEvents(
  file: string,
  resolution: Resolution,
): AsyncIterable<readonly ResolvedEvent[]> {
  return readFiles([file], {
    origin: { source: "file", tenants: null, digest: createDigest("bench") },
    resolution,
    format: "auto",
    onProblem: () => {},
    onBytes: () => {},
  });
}
