// The bytes of an import: a file or standard input, plain or gzip (told by its first bytes, not by
// its name), read in chunks so that memory does not grow with the file.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliFailure, systemProblem } from '../../failure.ts'

/** What tells a file from another, or from itself after a change. */
export type FileIdentity = { path: string; bytes: number; modifiedMs: number; headDigest: string }

export type Source = {
  name: string
  /** Absent for standard input, which cannot be read from the middle. */
  identity?: FileIdentity
  /** Plain bytes from this offset of the unpacked content on. */
  read: (offset: number) => AsyncIterable<Buffer>
  /** How much of `identity.bytes` has been read. */
  bytesRead: () => number
}

const CHUNK_BYTES = 1 << 20
const HEAD_BYTES = 1 << 16

export const STDIN_NAME = '-'

export async function openSource(name: string, stdin: Readable): Promise<Source> {
  if (name === STDIN_NAME) {
    return { name: 'standard input', read: () => unpacked(stdin), bytesRead: () => 0 }
  }
  const { identity, isGzip } = await identify(name)
  let bytesRead = () => 0
  return {
    name,
    identity,
    bytesRead: () => bytesRead(),
    read(offset) {
      const start = isGzip ? 0 : offset
      const file = createReadStream(name, { start, highWaterMark: CHUNK_BYTES })
      bytesRead = () => start + file.bytesRead
      return isGzip ? skipped(gunzipped(file), offset) : file
    },
  }
}

async function identify(name: string): Promise<{ identity: FileIdentity; isGzip: boolean }> {
  try {
    await using file = await open(name)
    const facts = await file.stat()
    if (facts.isDirectory()) throw new CliFailure(`${name}: is a folder`)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    const headDigest = createHash('sha256').update(head).digest('hex')
    return {
      identity: { path: resolve(name), bytes: facts.size, modifiedMs: facts.mtimeMs, headDigest },
      isGzip: hasGzipMagic(head),
    }
  } catch (error) {
    const problem = systemProblem(error)
    throw problem === undefined ? error : new CliFailure(`${name}: ${problem}`)
  }
}

function hasGzipMagic(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

function gunzipped(packed: Readable): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // An error of either reaches the reader of the second.
  pipeline(packed, gunzip, () => {})
  return gunzip
}

async function* unpacked(stream: Readable): AsyncIterable<Buffer> {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < 2) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const whole = Readable.from(followedBy(head, chunks), { objectMode: false })
  yield* hasGzipMagic(head) ? gunzipped(whole) : whole
}

async function* followedBy(head: Buffer, rest: AsyncIterator<Buffer>): AsyncIterable<Buffer> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* skipped(chunks: AsyncIterable<Buffer>, offset: number): AsyncIterable<Buffer> {
  let left = offset
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
