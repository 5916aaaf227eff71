import { z } from "zod";

/** An error answer after RFC 9457. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: "See the table of errors." }),
  remedy: z.string(),
  instance: z.string().meta({ description: "Id of the request, as the service's log has it." }),
});
