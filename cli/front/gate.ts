// The entry of the embedded Worker: the Worker itself, for requests that came through the front.
// Whatever else reaches the runtime's own port on this machine could claim to be anyone.
import { SECRET_HEADER } from './headers.ts'

export const GATE_SECRET = 'FRONT_SECRET'

/** Source of a module that stands before the module `entry`. */
export function gateSource(entry: string): string {
  return `import worker from ${JSON.stringify(entry)}
export * from ${JSON.stringify(entry)}
export default {
  ...worker,
  fetch(request, env, ctx) {
    if (request.headers.get(${JSON.stringify(SECRET_HEADER)}) !== env.${GATE_SECRET}) {
      return new Response(null, { status: 403 })
    }
    return worker.fetch(request, env, ctx)
  },
}
`
}
