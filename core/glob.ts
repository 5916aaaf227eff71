/** `*` stands for any run of characters. Greedy from the left: linear in the text for each part. */
export function matchesGlob(pattern: string, given: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift()!;
  const last = parts.pop();
  if (last === undefined) return given === first;
  if (!given.startsWith(first) || !given.endsWith(last)) return false;
  const end = given.length - last.length;
  let place = first.length;
  for (const part of parts) {
    const found = given.indexOf(part, place);
    if (found === -1) return false;
    place = found + part.length;
  }
  return place <= end;
}
