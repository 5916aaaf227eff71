import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDigest, holdsSecret } from "#core/privacy.ts";

describe("secrets", () => {
  it.each([
    ["an OpenAI key", "sk-proj-canary0123456789"],
    ["a key inside a sentence", "use sk-canary0123456789abc for now"],
    ["a key behind an underscore", "key_sk-canary0123456789abc"],
    ["a key in a query string", "https://api.example/?key=AIzaCanary0123456789abcdefghijklmnop"],
    ["a Bedrock key", "ABSKcanary0123456789ab=="],
    ["a short-lived Bedrock key", "bedrock-api-key-canary01"],
    ["a Groq key", "gsk_canary0123456789"],
    ["an xAI key", "xai-canary0123456789"],
    ["a Hugging Face token", "hf_canary01234567890"],
    ["a GitHub token", "ghs_canary0123456789"],
    ["a GitLab token", "glpat-canary0123456789"],
    ["a Slack token", "xoxb-1234567890-canary"],
    ["a JSON web token", "eyJhbGciOiJI.eyJzdWIiOiIx"],
    ["an authorization header", "Authorization: Bearer canary-0123"],
    ["a header in lower case", "authorization: bearer canary-0123"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
  ])("knows %s", (_, text) => {
    expect(holdsSecret(text)).toBe(true);
  });

  it.each([
    ["an AWS access key id", "AKIAIOSFODNN7EXAMPLE"],
    ["a fingerprint", "sha256:2c26b46b68ffc68ff99b453c1d304134"],
    ["a word with a dash", "task-force-of-the-north-pole"],
    ["a model", "claude-sonnet-4-5-20250929-preview"],
    ["a UUID", "9f1c2a34-58e7-4f77-9a57-0d6f7c1a2b3c"],
    ["our own digest", createDigest("k")("text")],
    ["a public key", "-----BEGIN PUBLIC KEY-----"],
  ])("leaves %s alone", (_, text) => {
    expect(holdsSecret(text)).toBe(false);
  });
});

describe("digest", () => {
  it("is the same for the same text under the same key", () => {
    expect(createDigest("key")("hello")).toBe("digest:9307b3b915efb5171ff14d8cb55fbcc7");
  });

  it("differs by key and by text", () => {
    const digests = [createDigest("a")("x"), createDigest("b")("x"), createDigest("a")("y")];
    expect(new Set(digests).size).toBe(3);
  });

  it("is the HMAC-SHA-256 of any text, long or not even Unicode, under any key", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n)) }),
      fc.string({ minLength: 4_000, maxLength: 5_000 }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 130 }), text, (key, said) => {
        const digest = createDigest(key);
        digest("what was said before");
        const hmac = createHmac("sha256", key).update(said).digest("hex");
        expect(digest(said)).toBe(`digest:${hmac.slice(0, 32)}`);
      }),
    );
  });

  it("is no longer than any other field may be, and no secret itself", () => {
    expect(createDigest("key")("x".repeat(10_000))).toMatch(/^digest:[0-9a-f]{32}$/);
  });
});
