/** The pages of the console. */
export type Route =
  | { page: "queue" }
  | { page: "finding"; id: string }
  | { page: "timeline" }
  | { page: "flow"; id: string }
  | { page: "missing" };

/** The page a path names. */
export function routeOf(path: string): Route {
  const [, first = "", id = "", ...rest] = path.split("/");
  if (rest.length > 0) return { page: "missing" };
  if (first === "" && id === "") return { page: "queue" };
  if (first === "timeline" && id === "") return { page: "timeline" };
  if (first === "findings" && id) return { page: "finding", id: decode(id) };
  if (first === "flows" && id) return { page: "flow", id: decode(id) };
  return { page: "missing" };
}

export function findingPath(id: string): string {
  return `/findings/${encodeURIComponent(id)}`;
}

export function flowPath(id: string, tenant: string): string {
  return `/flows/${encodeURIComponent(id)}?${new URLSearchParams({ tenant })}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
