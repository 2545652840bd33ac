// The parts of an embedded server in the order they begin: databases, runtime, clock, front. They
// end in reverse, so that nothing is taken away from a request that is under way.
import { randomBytes } from 'node:crypto'
import { TrustedProxies } from '../front/client-address.ts'
import { Front } from '../front/front.ts'
import type { Shutdown } from '../shutdown.ts'
import { callEveryHour } from './clock.ts'
import type { DataFolder } from './data-folder.ts'
import { openDatabases } from './databases.ts'
import {
  type EmbeddedServer,
  type EmbeddedServerOptions,
  startEmbeddedServer,
} from './embedded-server.ts'
import type { StartOptions } from './options.ts'
import { portFailure } from './port.ts'
import { tellServiceManager } from './service-manager.ts'
import type { StartLog } from './start-log.ts'
import type { WorkerLog } from './worker-log.ts'

export type ServeOptions = {
  projectRoot: string
  workerFolder: string
  folder: DataFolder
  options: StartOptions
  /** Settings and secrets of the Worker. */
  bindings: Record<string, string>
  log: StartLog
  workerLog: WorkerLog
  /** Told how each part is ended. */
  shutdown: Shutdown
}

/** Returns when the server can be asked. */
export async function serve(options: ServeOptions): Promise<{ url: string }> {
  return isAloneHere(options.options) ? await serveDirectly(options) : await serveByFront(options)
}

/** Whether all clients are on this machine, and none speaks for another. */
function isAloneHere({ host, trustedProxy }: StartOptions): boolean {
  return trustedProxy.length === 0 && LOOPBACK.test(host)
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/

/** The runtime faces its clients: whoever asks is this machine, so nobody need look who it is. */
async function serveDirectly(asked: ServeOptions): Promise<{ url: string }> {
  const { host, port, drain } = asked.options
  const server = await startRuntime(asked, {
    socket: { host, port },
    bindings: { ...asked.bindings, CLIENT_ADDRESS: host === '::1' ? host : '127.0.0.1' },
  })
  asked.shutdown.add(async () => {
    beginStopping(asked.log)
    if (await server.drain(drain * 1000)) return
    asked.log.report(`Requests were cut short after ${drain} s\n`)
  })
  return { url: server.url.origin }
}

/** For clients from elsewhere: the front knows their addresses, or which proxies do. */
async function serveByFront(asked: ServeOptions): Promise<{ url: string }> {
  const { options, log, shutdown } = asked
  const secret = randomBytes(32).toString('base64url')
  const server = await startRuntime(asked, {
    socket: { host: '127.0.0.1', port: 0 },
    bindings: { ...asked.bindings, FRONT_SECRET: secret },
  })
  const { host, port } = options
  const proxies = new TrustedProxies(options.trustedProxy)
  try {
    const front = await Front.listen({ host, port, target: server.url, secret, proxies })
    shutdown.add(() => endFront(front, options.drain, log))
    return front
  } catch (error) {
    throw portFailure(error, host, port)
  }
}

type Placing = Pick<EmbeddedServerOptions, 'socket' | 'bindings'>

async function startRuntime(asked: ServeOptions, placing: Placing): Promise<EmbeddedServer> {
  const { folder, options, log, shutdown } = asked
  shutdown.add(() => folder.flush())
  const server = await startEmbeddedServer(
    {
      ...placing,
      projectRoot: asked.projectRoot,
      workerFolder: asked.workerFolder,
      stateFolder: folder.state,
      databases: openDatabases(folder, options.databases),
      log: asked.workerLog.write,
      noteRuntime: (pid, hasCrashed) => {
        if (hasCrashed) log.report('The runtime has crashed, and is started again\n', 'crashed')
        folder.noteRuntime(pid)
      },
    },
    (stop) => shutdown.add(stop),
  )
  shutdown.add(callEveryHour(server.callSchedule, log.report))
  return server
}

function beginStopping(log: StartLog, facts: { requestsUnderWay?: number } = {}): void {
  tellServiceManager('STOPPING=1', log.report)
  log.event('stopping', facts)
}

async function endFront(front: Front, drain: number, log: StartLog): Promise<void> {
  const { requestsUnderWay } = front
  beginStopping(log, { requestsUnderWay })
  const cutShort = await front.end(drain * 1000)
  if (cutShort > 0) log.report(`Requests cut short after ${drain} s: ${cutShort}\n`)
}
