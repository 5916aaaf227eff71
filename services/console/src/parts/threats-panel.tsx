const FRAMEWORK_WORDS: Readonly<Record<string, string>> = {
  attack: "MITRE ATT&CK",
  atlas: "MITRE ATLAS",
  owasp_llm: "OWASP LLM",
  owasp_agentic: "OWASP agentic",
  owasp_nhi: "OWASP NHI",
  csf: "NIST CSF",
  ai_rmf: "NIST AI RMF",
};

/** Where it stands in the frameworks people report by. */
export function ThreatsPanel({
  threats,
}: {
  threats: Readonly<Record<string, readonly string[]>>;
}) {
  const entries = Object.entries(threats);
  if (entries.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="threats-title">
      <h2 id="threats-title">Frameworks</h2>
      <dl class="pairs">
        {entries.map(([framework, ids]) => (
          <div key={framework}>
            <dt>{FRAMEWORK_WORDS[framework] ?? framework}</dt>
            <dd class="mono">{ids.join(", ")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
