/** Phases of the theft of a credential, as they follow one another. */
export const PHASES = [
  "probe",
  "enumerate",
  "tamper",
  "enable",
  "take over",
  "share",
  "escalate",
  "burst",
];

/** The weak signals of credential abuse: group, phase and meaning; the weights are parameters. */
export const SIGNS = {
  zero_token_probe: {
    group: "A",
    phase: "probe",
    meaning: "validation errors without a token within a minute: somebody asks what is allowed",
  },
  access_denied: {
    group: "A",
    phase: "probe",
    meaning: "calls refused within an hour, over all models together",
  },
  model_enumeration: {
    group: "A",
    phase: "enumerate",
    meaning: "different models within 15 minutes, more than ever on this credential",
  },
  listed_then_used: {
    group: "A",
    phase: "enumerate",
    meaning: "the models were listed, for the first time, and used within 15 minutes",
  },
  control_actions: {
    group: "A",
    phase: "enumerate",
    meaning: "different actions of administration by the identity within a day, more than ever",
  },
  tampering: {
    group: "F",
    phase: "tamper",
    meaning:
      "logging, a guardrail, an address restriction or a budget was switched off by the identity",
  },
  enabled_then_used: {
    group: "C",
    phase: "enable",
    meaning: "a model was enabled by the identity and used within ten minutes",
  },
  reactivated: {
    group: "D",
    phase: "take over",
    meaning: "calls in an hour after 30 days of silence",
  },
  new_network: {
    group: "B",
    phase: "take over",
    meaning: "a network (ASN, else /24) never seen on this credential",
  },
  new_client: {
    group: "B",
    phase: "take over",
    meaning: "a client family never seen on this credential",
  },
  untagged: {
    group: "B",
    phase: "take over",
    meaning: "calls in a row without the tags that this credential's calls always carried",
  },
  many_countries: {
    group: "B",
    phase: "share",
    meaning: "countries within a day, more than ever on this credential",
  },
  many_networks: {
    group: "B",
    phase: "share",
    meaning: "networks within an hour, more than ever on this credential",
  },
  many_regions: {
    group: "B",
    phase: "share",
    meaning: "provider regions within an hour, more than ever on this credential",
  },
  new_model: {
    group: "C",
    phase: "escalate",
    meaning: "a model this credential never used, or not for 30 days",
  },
  round_the_clock: {
    group: "E",
    phase: "burst",
    meaning: "hours of one day with calls, where this credential used to rest",
  },
  own_peak: {
    group: "E",
    phase: "burst",
    meaning: "calls or spend above the identity's own peak hours, as a multiple of the limit",
  },
} as const;

export type Sign = keyof typeof SIGNS;
export const SIGN_NAMES = Object.keys(SIGNS) as Sign[];
