export function FindingPage(_: { id?: string }) {
  return <main id="main"><h1>Finding</h1></main>;
}
