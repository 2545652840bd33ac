// Migrates the databases before the server begins, in a runtime that nobody can reach: a request
// never meets a schema that is half made, and no page is kept of one.
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type MigratedDatabase, migrate } from './migrate.ts'
import { watchRuntime, withoutSignalHandlers } from './runtime-process.ts'

export type DatabasesToPrepare = {
  projectRoot: string
  stateFolder: string
  /** As the server will bind them. */
  d1Databases: Record<string, { id: string }>
  databases: MigratedDatabase[]
  log: (line: string) => void
  noteRuntime: (pid: number) => void
}

const NOBODY = 'export default { fetch: () => new Response(null, { status: 404 }) }'

/** `begun` is told of the way to stop. */
export async function prepareDatabases(
  { projectRoot, stateFolder, d1Databases, databases, log, noteRuntime }: DatabasesToPrepare,
  begun: (stop: () => Promise<void>) => void,
): Promise<void> {
  const runtime = watchRuntime(noteRuntime)
  const server = withoutSignalHandlers(
    () =>
      new Miniflare(
        convertV4MiniflareOptions({
          name: 'migrations',
          rootPath: projectRoot,
          modules: [{ type: 'ESModule', path: join(projectRoot, 'nobody.js'), contents: NOBODY }],
          d1Databases,
          resourcePersistencePath: stateFolder,
          host: '127.0.0.1',
          port: 0,
          cf: false,
          logRequests: false,
          handleStructuredLogs: ({ message }) => log(message),
        }),
      ),
  )
  let stopped: Promise<void> | undefined
  const stop = () => {
    runtime.stopWatching()
    stopped ??= server.dispose()
    return stopped
  }
  begun(stop)
  try {
    await server.ready
    await migrate(server, databases)
  } finally {
    await stop()
  }
}
