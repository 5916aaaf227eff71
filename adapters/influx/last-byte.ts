import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { MayWrite } from "#core/ports/may-write.ts";

type Request = typeof httpRequest;

/**
 * Options for the client's transport that keep back the last byte of each body until all others have
 * left the process, and send it only while the caller may write; else the connection is broken off. To a
 * server a request without its last byte is none. Without this a process that is paused while a body is
 * on its way sends the rest when it is resumed, before any code of ours runs.
 */
export function sendingLastByteWhile(mayWrite: MayWrite): object {
  // The client's own hook for another `request`.
  return {
    "follow-redirects": {
      http: { request: guarded(httpRequest, mayWrite) },
      https: { request: guarded(httpsRequest, mayWrite) },
    },
  };
}

function guarded(
  open: Request,
  mayWrite: MayWrite,
): (...given: Parameters<Request>) => ClientRequest {
  return (...given) => {
    const request = open(...given);
    const write = request.write.bind(request) as (chunk: Buffer, sent?: () => void) => boolean;
    const end = request.end.bind(request);
    const sendLast = (last: Buffer): void => {
      if (!mayWrite()) request.destroy();
      else {
        write(last);
        end();
      }
    };
    return Object.assign(request, {
      write: (body: Buffer) => write(body.subarray(0, -1), () => sendLast(body.subarray(-1))),
      // The client ends a request at once; here that is up to the last byte.
      end: () => request,
    });
  };
}
