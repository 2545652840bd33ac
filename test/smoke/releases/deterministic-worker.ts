// A release's own Worker, but for its random bytes: while it handles a request that names what is
// made, they come from that name, so that no token has to be kept.
import { bytesFor } from './derived-secrets.ts'

export const NAME_HEADER = 'X-Recorded-Name'

const EXPORTS = /export\{([^}]*?)([\w$]+) as default\};/

/** `names` are all that requests will name. */
export function makeDeterministic(source: string, names: readonly string[]): string {
  if (!EXPORTS.test(source)) throw new Error('the Worker has another form than is expected here')
  const bytes = Object.fromEntries(names.map((name) => [name, [...bytesFor(name, 64)]]))
  const body = source.replace(
    EXPORTS,
    (_, others: string, worker: string) => `
const recordedWorker = {
  ...${worker},
  fetch(request, ...rest) {
    recordedName = request.headers.get('${NAME_HEADER}')
    return ${worker}.fetch(request, ...rest)
  },
}
export {${others}recordedWorker as default};`,
  )
  return `${prologue(bytes)}\n${body}`
}

function prologue(bytes: Record<string, number[]>): string {
  return `const recordedBytes = ${JSON.stringify(bytes)}
let recordedName = null
const crypto = {
  subtle: globalThis.crypto.subtle,
  randomUUID: () => globalThis.crypto.randomUUID(),
  getRandomValues(array) {
    if (recordedName === null) return globalThis.crypto.getRandomValues(array)
    array.set(recordedBytes[recordedName].slice(0, array.byteLength))
    return array
  },
}`
}
