// A stand-in for the Worker behind the front: it answers as it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Exchange = { request: IncomingMessage; response: ServerResponse }

export type Upstream = {
  url: URL
  /** The next request that comes, in order. */
  next: () => Promise<Exchange>
  /** Requests that came. */
  count: () => number
  close: () => Promise<void>
}

export async function startUpstream(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream> {
  const arrived: Exchange[] = []
  const awaited: ((exchange: Exchange) => void)[] = []
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    const exchange = { request, response }
    const taker = awaited.shift()
    if (taker === undefined) arrived.push(exchange)
    else taker(exchange)
    handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    next: async () => arrived.shift() ?? (await new Promise((resolve) => awaited.push(resolve))),
    count: () => count,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
