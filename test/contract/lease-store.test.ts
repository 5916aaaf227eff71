import { createEmbeddedLeaseStore } from "#adapters/lease-store/embedded.ts";
import { describeLeaseStore } from "./lease-store.ts";
import { inMemory } from "./opened.ts";

describeLeaseStore("embedded", inMemory(createEmbeddedLeaseStore));
