import type { Caller } from "../call.ts";

/*
 * Larkfield moves freight: a forwarder with its own software, an office and one cloud region. Addresses
 * and network numbers come from the ranges kept for documentation (RFC 5737, RFC 5398). Who owns what
 * stands in `../site/`, as an operator would write it.
 */
const CLOUD = { asn: 64_501, country: "DE" };
const OFFICE = { asn: 64_500, country: "NL" };

const EDGE = "edge-gateway";
const DESK = "dev-gateway";

export const CARE_CHATBOT: Caller = {
  identity: "care-chatbot",
  type: "service",
  credential: "fp_5b1c90e7a4d2",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.21", user_agent: "openai-node/6.8.1" },
  attribution: { service: "care-chat", environment: "production" },
};

export const CARE_STAGING: Caller = {
  identity: "care-chatbot-staging",
  type: "service",
  credential: "fp_e0347fa81b6c",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.88", user_agent: "openai-node/6.9.0" },
  attribution: { service: "care-chat", environment: "staging" },
};

export const FREIGHT_SEARCH: Caller = {
  identity: "freight-search",
  type: "service",
  credential: "fp_97d2c4408ef1",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.34", user_agent: "freight-search/4.12" },
  attribution: { team: "search", service: "freight-search", environment: "production" },
};

export const SHIPMENT_DIGEST: Caller = {
  identity: "shipment-digest",
  type: "workload",
  credential: "fp_2af6b1d95c03",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.52", user_agent: "anthropic-sdk-python/0.75.0" },
};

/** The gateway sees its key only. */
export const CUSTOMS_EXTRACT: Caller = {
  identity: "customs-extract",
  type: "service",
  credential: "fp_c83e5d1f7720",
  isNamed: false,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.47", user_agent: "anthropic-sdk-python/0.75.0" },
};

export const TRIAGE_AGENT: Caller = {
  identity: "oncall-triage",
  type: "agent",
  credential: "fp_44b09ce2d518",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.60", user_agent: "anthropic-sdk-typescript/0.71.2" },
};

export const REPO_MIGRATOR: Caller = {
  identity: "repo-migrator",
  type: "agent",
  credential: "fp_b6e17705fa3d",
  isNamed: true,
  source: DESK,
  network: { ...CLOUD, ip: "198.51.100.73", user_agent: "anthropic-sdk-python/0.75.0" },
};

export const CI_EVALS: Caller = {
  identity: "ci-evals",
  type: "workload",
  credential: "fp_0d9f83c61a4e",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.91", user_agent: "openai-python/2.9.0" },
  attribution: { environment: "test" },
};

export const DEAL_DESK: Caller = {
  identity: "deal-desk",
  type: "service",
  credential: "fp_71c5e82b09d6",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.39", user_agent: "mistralai-python/1.9.11" },
};

export const TENDER_RESEARCH: Caller = {
  identity: "tender-research",
  type: "agent",
  credential: "fp_d01ba46e9f37",
  isNamed: true,
  source: EDGE,
  network: { ...CLOUD, ip: "198.51.100.66", user_agent: "google-genai-sdk/1.52.0" },
};

/** A person at a notebook: the gateway knows the login, there is no key. */
export const NOTEBOOK: Caller = {
  identity: "ines.carvalho",
  type: "user",
  isNamed: true,
  source: DESK,
  network: { ...OFFICE, ip: "203.0.113.41", user_agent: "openai-python/2.8.1" },
};

export const LENA: Caller = developer("lena.okafor", "fp_3e7a12c9b85f", "203.0.113.17");
export const TOMAS: Caller = developer("tomas.varga", "fp_8c40f6d3e21a", "203.0.113.23");
export const PRIYA: Caller = developer("priya.nair", "fp_f92d7b06c1e4", "203.0.113.29");

function developer(identity: string, credential: string, ip: string): Caller {
  const network = { ...OFFICE, ip, user_agent: "code-agent-cli/2.4.0" };
  return { identity, type: "user", credential, isNamed: true, source: DESK, network };
}
