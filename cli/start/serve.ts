// The parts of an embedded server in the order they begin: databases, runtime, clock, front. They
// end in reverse, so that nothing is taken away from a request that is under way.
import { randomBytes } from 'node:crypto'
import { TrustedProxies } from '../front/client-address.ts'
import { Front } from '../front/front.ts'
import { callEveryHour } from './clock.ts'
import type { DataFolder } from './data-folder.ts'
import { openDatabases } from './databases.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import type { StartOptions } from './options.ts'
import { portFailure } from './port.ts'
import { tellServiceManager } from './service-manager.ts'
import type { Shutdown } from './shutdown.ts'
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
export async function serve({ folder, options, log, shutdown, ...rest }: ServeOptions) {
  const secret = randomBytes(32).toString('base64url')
  shutdown.add(() => folder.flush())
  const server = await startEmbeddedServer(
    {
      projectRoot: rest.projectRoot,
      workerFolder: rest.workerFolder,
      stateFolder: folder.state,
      databases: openDatabases(folder, options.databases),
      frontSecret: secret,
      bindings: rest.bindings,
      log: rest.workerLog.write,
      noteRuntime: (pid) => folder.noteRuntime(pid),
    },
    (stop) => shutdown.add(stop),
  )
  shutdown.add(callEveryHour(server.callSchedule, log.report))
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

async function endFront(front: Front, drain: number, log: StartLog): Promise<void> {
  tellServiceManager('STOPPING=1', log.report)
  const { requestsUnderWay } = front
  log.event('stopping', { requestsUnderWay })
  const cutShort = await front.end(drain * 1000)
  if (cutShort > 0) log.report(`Requests cut short after ${drain} s: ${cutShort}\n`)
}
