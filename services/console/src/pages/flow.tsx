export function FlowPage(_: { id?: string }) {
  return <main id="main"><h1>Flow</h1></main>;
}
