import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

const CHUNK = 1 << 20;
/** The first two bytes of every gzip member, RFC 1952 section 2.3.1. */
const GZIP = [0x1f, 0x8b] as const;

/** A file's content in chunks (`-` is standard input), unpacked where it begins as gzip does, whatever its name. */
export async function* openFile(file: string): AsyncGenerator<Buffer> {
  const source = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  const chunks = source[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const content = startingWith(head, chunks);
  if (!isGzip(head)) {
    yield* content;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // What goes wrong destroys the unpacked stream with its error, and so reaches its reader.
  pipeline(content, gunzip, () => {});
  yield* gunzip as AsyncIterable<Buffer>;
}

function isGzip(head: Buffer): boolean {
  return GZIP.every((byte, i) => head[i] === byte);
}

async function* startingWith(head: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* chunks;
}
