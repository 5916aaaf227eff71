/** An audit action and the calls of AWS's management APIs that it stands for. */
export interface CloudTrailAction {
  /** The step of the LLMjacking kill chain that it belongs to. */
  step?: keyof typeof KILL_CHAIN;
  /** Service, as in `<service>.amazonaws.com`, to the event names. */
  calls: Readonly<Record<string, readonly string[]>>;
}

/** What is done with a stolen key, by the number of the step; those that CloudTrail sees. */
export const KILL_CHAIN = {
  3: "capability is probed by calls that fail",
  4: "models are enumerated",
  5: "logging is looked at or switched off",
  6: "models are enabled",
} as const;

/** The calls of models, which become usage and not audit events. */
export const MODEL_CALLS: ReadonlySet<string> = new Set([
  "InvokeModel",
  "InvokeModelWithResponseStream",
  "InvokeModelWithBidirectionalStream",
  "Converse",
  "ConverseStream",
]);

/** Every management call that becomes an audit event; what is not here is passed over. */
export const CLOUDTRAIL_ACTIONS: Readonly<Record<string, CloudTrailAction>> = {
  "model.listed": {
    step: 4,
    calls: {
      bedrock: [
        "ListFoundationModels",
        "GetFoundationModel",
        "GetFoundationModelAvailability",
        "ListFoundationModelAgreementOffers",
        "ListInferenceProfiles",
        "ListProvisionedModelThroughputs",
        "GetProvisionedModelThroughput",
        "GetUseCaseForModelAccess",
      ],
      "bedrock-mantle": ["ListModels", "GetModel"],
      "agreement-marketplace": ["SearchAgreements"],
    },
  },
  "logging.read": { step: 5, calls: { bedrock: ["GetModelInvocationLoggingConfiguration"] } },
  "logging.changed": { step: 5, calls: { bedrock: ["PutModelInvocationLoggingConfiguration"] } },
  "logging.disabled": {
    step: 5,
    calls: {
      bedrock: ["DeleteModelInvocationLoggingConfiguration"],
      cloudtrail: ["StopLogging", "DeleteTrail"],
    },
  },
  "model.enabled": {
    step: 6,
    calls: {
      bedrock: [
        "PutUseCaseForModelAccess",
        "CreateFoundationModelAgreement",
        "PutFoundationModelEntitlement",
        "CreateProvisionedModelThroughput",
        "UpdateProvisionedModelThroughput",
      ],
      "agreement-marketplace": ["AcceptAgreementRequest"],
    },
  },
  "key.created": {
    calls: {
      iam: ["CreateAccessKey", "CreateServiceSpecificCredential", "ResetServiceSpecificCredential"],
    },
  },
  "key.deleted": { calls: { iam: ["DeleteAccessKey", "DeleteServiceSpecificCredential"] } },
  "permission.changed": {
    calls: {
      iam: ["Attach", "Detach", "Put", "Delete"].flatMap((verb) =>
        ["User", "Role", "Group"].map((whom) => `${verb}${whom}Policy`),
      ),
      bedrock: ["PutResourcePolicy", "DeleteResourcePolicy"],
    },
  },
  "guardrail.changed": {
    calls: {
      bedrock: [
        "CreateGuardrail",
        "UpdateGuardrail",
        "DeleteGuardrail",
        "PutEnforcedGuardrailConfiguration",
        "DeleteEnforcedGuardrailConfiguration",
      ],
    },
  },
  "budget.removed": { calls: { budgets: ["DeleteBudget"] } },
};

const BY_CALL: ReadonlyMap<string, string> = new Map(
  Object.entries(CLOUDTRAIL_ACTIONS).flatMap(([action, { calls }]) =>
    Object.entries(calls).flatMap(([service, events]) =>
      events.map((event) => [`${service}.amazonaws.com ${event}`, action] as const),
    ),
  ),
);

/** The audit action of a management call; undefined where it does not matter here. */
export function actionOf(eventSource: string, eventName: string): string | undefined {
  return BY_CALL.get(`${eventSource} ${eventName}`);
}
