/** How each system is pointed at its route, by the format's name: Markdown of `docs/formats.md`. */
export const FORMAT_SETUP: Readonly<Record<string, string>> = {
  litellm: `In the proxy's configuration:

\`\`\`yaml
litellm_settings:
  callbacks: ["meterhound"]
callback_settings:
  meterhound:
    callback_type: generic_api
    endpoint: https://meterhound.example.com/v1/ingest/litellm
    headers:
      Authorization: Bearer $METERHOUND_TOKEN
\`\`\`

LiteLLM sends a batch once: what it cannot deliver is lost. Where that matters put a collector with a
spool in between. Exported rows of \`LiteLLM_SpendLogs\` are read by the same route and from files.`,

  kong: `The \`http-log\` plugin on the services or routes that carry AI traffic, with statistics switched on in
the AI plugin:

\`\`\`yaml
plugins:
  - name: ai-proxy
    service: ai
    config:
      logging: { log_statistics: true }
  - name: http-log
    service: ai
    config:
      http_endpoint: https://meterhound.example.com/v1/ingest/kong
      headers: { Authorization: "{vault://env/meterhound-authorization}" } # Bearer <token>
      queue: { max_batch_size: 100 }
\`\`\`

\`ai.*\` below is the block of the plugin that talked to the model: \`ai.proxy\`, in older versions
\`ai.ai-proxy\` or the name of another plugin. Token counts and cost are summed over all blocks of an
entry. On services with AI traffic a request that failed before any AI plugin saw it is kept, since
that is how a stolen key is tried; other requests without an \`ai\` block are passed over. A call of a
tool (MCP) or of another agent (A2A) is an event without tokens of its own.`,

  otlp: `In the environment of the instrumented service:

\`\`\`sh
OTEL_EXPORTER_OTLP_ENDPOINT=https://meterhound.example.com
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20$METERHOUND_TOKEN"
\`\`\`

Claude Code sends its events as logs: \`CLAUDE_CODE_ENABLE_TELEMETRY=1\` and \`OTEL_LOGS_EXPORTER=otlp\`
besides.`,

  bedrock: `Switch model invocation logging on in every region in use, to S3 or CloudWatch Logs. Files are read as
they are (\`meterhound ingest --format bedrock FILE.json.gz\`); a shipper such as Vector or Fluent Bit
posts their lines to the route with its HTTP output. The records of both halves meet by account,
region and request id.`,

  cloudtrail: `A trail's files are read as they are (\`meterhound ingest --format cloudtrail FILE.json.gz\`). Live, an
EventBridge rule for \`AWS API Call via CloudTrail\` with an API destination on the route, its connection
sending the \`Authorization\` header, delivers within seconds; a shipper may post files or bare records.`,
};
