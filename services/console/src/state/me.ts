import { signal } from "@preact/signals";
import type { Me } from "../../../api/me-routes.ts";
import { request } from "../api/request.ts";

/** Who the service takes us for. */
export const me = signal<Me | null>(null);

/** Asks the service who we are. Throws ApiError, 401 where a token is needed. */
export async function loadMe(): Promise<void> {
  me.value = await request<Me>("me");
}
