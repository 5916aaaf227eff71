export function TimelinePage(_: { id?: string }) {
  return <main id="main"><h1>Timeline</h1></main>;
}
