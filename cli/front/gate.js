// The entry of the embedded Worker: the Worker itself. Where there is a front, only for requests
// that came through it: whatever else reaches the runtime's own port could claim to be anyone.
import worker from './index.js'

export * from './index.js'

const CHUNK_BYTES = 65_536

/** Read of a body that was refused: a client that is cut off while it sends never sees the answer. */
const UNHEARD_BYTES_MAX = 50_000_000

// biome-ignore lint/style/noDefaultExport: the runtime asks for it
export default {
  ...worker,
  async fetch(request, env, context) {
    const secret = env.FRONT_SECRET
    if (secret !== undefined && request.headers.get('x-front-secret') !== secret) {
      return new Response(null, { status: 403 })
    }
    if (request.body === null) return await worker.fetch(request, env, context)
    return await fetchWithBody(request, env, context)
  },
}

async function fetchWithBody(request, env, context) {
  const source = request.body.getReader({ mode: 'byob' })
  const { readable, writable } = new IdentityTransformStream()
  const inner = new Request(request, { body: readable })
  const passing = passOn(source, writable.getWriter())
  const response = await worker.fetch(inner, env, context)
  if (!inner.bodyUsed) await inner.body.cancel()
  if (!(await passing)) await readOut(source)
  return response
}

/** True when all was taken. */
async function passOn(source, taker) {
  try {
    for (;;) {
      const { done, value } = await source.read(new Uint8Array(CHUNK_BYTES))
      if (done) break
      await taker.write(value)
    }
    await taker.close()
    return true
  } catch (error) {
    taker.abort(error).catch(() => {})
    return false
  }
}

async function readOut(source) {
  for (let bytes = 0; bytes < UNHEARD_BYTES_MAX; ) {
    const { done, value } = await source.read(new Uint8Array(CHUNK_BYTES))
    if (done) return
    bytes += value.byteLength
  }
}
