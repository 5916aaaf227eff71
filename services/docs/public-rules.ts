/** What rules that others publish detect, and what answers to it here; or why nothing does. */
export const PUBLIC_RULES: readonly (readonly [pack: string, detects: string, here: string])[] = [
  [
    "Elastic, Bedrock invocation log",
    "more than three validation errors of one user in a minute",
    "`llmjacking.composite`, sign `zero_token_probe`: by credential, over all models, weighed with what else is odd",
  ],
  [
    "Elastic, Bedrock invocation log",
    "more than three refusals of one user and model in an hour",
    "`llmjacking.composite`, sign `access_denied`: over all models together, so that a spread over models hides nothing",
  ],
  [
    "Elastic, Bedrock invocation log",
    "long prompts, many calls and long answers within an hour",
    "`runaway-agent.uncached-context`, by what a flow sends past the cache; `usage-anomaly.own-peak-hour` for calls and spend against the own peak. Limits on all tokens lie far below agent traffic",
  ],
  [
    "Elastic, Bedrock invocation log",
    "more than five guardrail blocks",
    "none: a block says what was asked, not who abuses a credential",
  ],
  [
    "Elastic, CloudTrail",
    "models listed with a long-term key and used within a quarter of an hour",
    "`llmjacking.composite`, sign `listed_then_used`, where the credential never did so before",
  ],
  [
    "Elastic, CloudTrail",
    "500 calls of one principal and model in an hour",
    "`usage-anomaly.own-peak-hour`, against the own peak instead of a fixed count",
  ],
  [
    "Elastic, CloudTrail",
    "three countries and three addresses",
    "`llmjacking.composite`, signs `many_countries` and `many_networks`, where it is more than ever",
  ],
  [
    "Elastic, CloudTrail",
    "many tool requests within a quarter of an hour",
    "`runaway-agent.call-rate`, by flow",
  ],
  [
    "Elastic, CloudTrail",
    "logging, entitlement, throughput and Bedrock key events",
    "`llmjacking.composite`, signs `tampering`, `enabled_then_used`, `control_actions`; bought throughput is not told apart",
  ],
  [
    "Prowler",
    "more than 0.4 of 14 Bedrock actions by one identity in a day",
    "`llmjacking.composite`, sign `control_actions`: four kinds of administration, from any provider",
  ],
  [
    "Prowler",
    "more than 0.1 of 20 Azure API Management operations by one address",
    "none: gateway administration is not among the audit actions yet",
  ],
  [
    "Panther",
    "more than 3,000 to 5,000 tokens in one call, by model",
    "`runaway-agent.uncached-context`, by the hour of a flow and without what came from the cache: single agent calls carry a hundred times as many tokens",
  ],
  [
    "Panther",
    "more than 1,000 tokens in and none out",
    "`usage-anomaly.rejected-calls`, from a hundred an hour that are more than ever; single ones are refusals of a model",
  ],
  [
    "Panther",
    "a spend limit deleted; keys and roles changed",
    "`llmjacking.composite`, signs `tampering` and `control_actions`; roles alone are left to the cloud's own rules",
  ],
  [
    "Panther",
    "five failed logins, then a success",
    "`llmjacking.key-trial`: five different keys refused at one address, then one accepted; repeats of one key are a service that forgot to exchange it",
  ],
  [
    "Splunk ESCU",
    "any refusal of a model call",
    "`llmjacking.composite`, sign `access_denied`, from four in an hour: single ones are daily work",
  ],
  [
    "Splunk ESCU",
    "more than nine failures to list models",
    "`llmjacking.composite`, sign `access_denied`, by `access.denied` audit events",
  ],
  [
    "Splunk ESCU",
    "logging, guardrail or knowledge base deleted",
    "`llmjacking.composite`, sign `tampering`; a deleted knowledge base is no abuse of a credential",
  ],
  [
    "AlphaSOC",
    "a model unseen for 30 days",
    "`new-tenant.model` notes it; `llmjacking.composite`, sign `new_model`, weighs it; `model-escalation.dearer-model` where it is dear",
  ],
  [
    "AlphaSOC",
    "console calls made by a program",
    "`new-tenant.client`, and sign `new_client`, where the client is new",
  ],
  [
    "AlphaSOC",
    "use in several regions",
    "`llmjacking.composite`, sign `many_regions`, where it is more than ever",
  ],
  [
    "MITRE DET0147 / AN0417",
    "volume against a seven-day mean, speed of travel",
    "`usage-anomaly.own-peak-hour` for the volume; speed needs places, and only countries are known: `many_countries`",
  ],
  [
    "Cloudflare AI Spend",
    "a session dearer than twice the own p95 and the organisation's p99",
    "`runaway-agent.flow-limits`, by a ceiling on the spend of an hour; the own p95 of sessions is not kept yet",
  ],
  [
    "LiteLLM alerts",
    "spend and traffic of the last full day against recent days",
    "`usage-anomaly.own-peak-hour`, within the second hour instead of the next day; `usage-anomaly.drop` for less than ever",
  ],
  [
    "LiteLLM alerts",
    "errors and latency of the last full day against recent days",
    "`usage-anomaly.rejected-calls` and `retry-storm.impolite-retries` for errors; none for latency: slow calls are the provider's health, not abuse",
  ],
  [
    "Sigma, Falco",
    "guardrail changes; a set of a LiteLLM supply-chain compromise; nothing for LLM use",
    "`llmjacking.composite`, sign `tampering`; none for the packages of a supply chain: they are not usage",
  ],
];
