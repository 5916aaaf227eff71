/**
 * Up to `limit` rows with a sequence in (`after`, `head`], ascending, asked for in spans of sequences:
 * the engine skips what lies outside a span, where one open-ended query would look at every row up to
 * the end. Spans grow while rows are few.
 */
export async function readAhead<T>(
  { after, head, limit, span }: { after: number; head: number; limit: number; span: number },
  query: (after: number, to: number, limit: number) => Promise<T[]>,
): Promise<T[]> {
  const rows: T[] = [];
  let from = after;
  let width = span;
  while (rows.length < limit && from < head) {
    const to = Math.min(from + width, head);
    rows.push(...(await query(from, to, limit - rows.length)));
    from = to;
    width *= 4;
  }
  return rows;
}
