// Chunked bodies at and beyond the limit, over a real socket: refused at the first byte too many, and
// neither held nor read to an end that never comes (TAXII 2.1 §4.2.1, P-7).
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uploadChunked } from '../node/cli/support/chunked-upload.ts'
import { indicator } from '../support/stix.ts'
import { makeDataFolder, type RunningServer, startServer } from './support/server.ts'

const BYTES_MAX = 10_000_000
const OFFERED = 300_000_000
/** The limit, what is read so that the client hears (cli/front), and the buffers of sockets. */
const TAKEN_MAX = 100_000_000
/** The runtime lets some of what it has read lie about before it collects it. */
const GROWTH_MAX = 100_000_000

/** The most memory that a process ever had, where the system tells. */
function peakBytes(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined
  const [, kibibytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

describe.each([
  ['the runtime facing its clients', []],
  ['the front before it', ['--trusted-proxy', '127.0.0.1']],
])('%s', (_, args) => {
  const data = makeDataFolder()
  let server: RunningServer

  beforeAll(async () => {
    server = await startServer(data.path, { args: ['--no-sample', ...args] })
  })

  afterAll(async () => {
    await server.end('SIGTERM')
    data.remove()
  })

  /** An envelope with one object, and spaces up to so many bytes. */
  async function offer(bytes: number) {
    const { url, keys, collections } = server.ready
    const main = collections.find(({ alias }) => alias === 'soc-defenders-all')
    return await uploadChunked({
      url: `${url}/api/taxii2/api/collections/${main?.id}/objects/`,
      headers: {
        Authorization: `Bearer ${keys.writer}`,
        'Content-Type': 'application/taxii+json;version=2.1',
      },
      start: JSON.stringify({ objects: [indicator()] }),
      bytes,
    })
  }

  const peaks = () => [server.process.pid, server.runtime.pid].map(peakBytes)

  test('takes a body of exactly the limit', async () => {
    const { status, body } = await offer(BYTES_MAX)
    expect([status, body]).toEqual([202, expect.stringContaining('"success_count":1')])
  })

  test.each([BYTES_MAX + 1, 40_000_000])('refuses one of %i bytes, and is heard', async (bytes) => {
    const { status, body } = await offer(bytes)
    expect([status, body]).toEqual([413, expect.stringContaining('payload_too_large')])
  })

  test('stops reading one that is far longer, and holds none of it', async () => {
    // What a refused body leaves behind for once and for all is there before.
    await offer(40_000_000)
    const before = peaks()
    const { status, taken } = await offer(OFFERED)
    expect(taken).toBeGreaterThan(BYTES_MAX)
    expect(taken).toBeLessThan(TAKEN_MAX)
    // Who is cut off while it sends may not hear why, or not from the Worker.
    expect([413, 503, undefined]).toContain(status)
    for (const [at, after] of peaks().entries()) {
      const growth = (after ?? 0) - (before[at] ?? 0)
      expect(growth, `process ${at}`).toBeLessThan(GROWTH_MAX)
    }
    expect((await offer(BYTES_MAX)).status).toBe(202)
  })
})
