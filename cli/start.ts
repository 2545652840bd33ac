// `npm start`: the built Worker on this machine, with all its state in one folder.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { AdminClient } from './admin-client.ts'
import { CliFailure, EXIT_FAILED } from './failure.ts'
import { TrustedProxies } from './front/client-address.ts'
import { Front } from './front/front.ts'
import { announceJson, announceText } from './start/announce.ts'
import { buildWorker } from './start/build-worker.ts'
import { DataFolder } from './start/data-folder.ts'
import { startEmbeddedServer } from './start/embedded-server.ts'
import { prepareFirstStart } from './start/first-start.ts'
import { parseStartOptions, type StartOptions } from './start/options.ts'
import { requireFreePort } from './start/port.ts'
import { openSecrets, type Secrets } from './start/secrets.ts'
import { settingsFrom } from './start/settings.ts'
import { Shutdown } from './start/shutdown.ts'
import { WorkerLog } from './start/worker-log.ts'

const PROJECT_ROOT = join(import.meta.dirname, '..')

const print = (text: string) => void process.stdout.write(text)
const report = (text: string) => void process.stderr.write(text)

// Whoever read the first line may have gone since; the server stays.
process.stdout.on('error', () => {})

const parsed = parseStartOptions(process.argv.slice(2), { print, report })
if (parsed.ok) await runUntilStopped(parsed.options)
else process.exitCode = parsed.exitCode

async function runUntilStopped(options: StartOptions): Promise<void> {
  const shutdown = new Shutdown(report)
  try {
    const folder = new DataFolder(options.data)
    await folder.open(report)
    shutdown.add(() => folder.close())
    await start(folder, options, shutdown)
  } catch (error) {
    if (shutdown.hasBegun) return
    report(`${error instanceof CliFailure ? error.message : describe(error)}\n`)
    await shutdown.run(EXIT_FAILED)
  }
}

async function start(folder: DataFolder, options: StartOptions, shutdown: Shutdown): Promise<void> {
  await requireFreePort(options.host, options.port)
  const secrets = openSecrets(folder)
  report('Building the Worker\n')
  folder.clearWorker()
  await buildWorker(PROJECT_ROOT, folder.worker)
  const log = new WorkerLog(report)
  const { url, prepared } = await explained(log, async () => {
    const { url } = await serve(folder, options, secrets, log, shutdown)
    const client = new AdminClient(url, secrets.ADMIN_TOKEN)
    const { sample: withSample } = options
    return { url, prepared: await prepareFirstStart(client, folder, { withSample, report }) }
  })
  const { ADMIN_TOKEN: adminToken } = secrets
  const ready = { ...prepared, url, adminToken, secretsFile: folder.secretsFile }
  print(options.json ? announceJson(ready) : announceText(ready))
}

/** Ends the holding back of the log; a failure that the log explains is told in its words. */
async function explained<Made>(log: WorkerLog, make: () => Promise<Made>): Promise<Made> {
  try {
    const made = await make()
    log.release()
    return made
  } catch (error) {
    if (log.cause !== undefined) throw new CliFailure(log.cause)
    log.release()
    throw error
  }
}

async function serve(
  folder: DataFolder,
  { host, port }: StartOptions,
  secrets: Secrets,
  log: WorkerLog,
  shutdown: Shutdown,
): Promise<Front> {
  const secret = randomBytes(32).toString('base64url')
  const server = await startEmbeddedServer(
    {
      projectRoot: PROJECT_ROOT,
      workerFolder: folder.worker,
      stateFolder: folder.state,
      frontSecret: secret,
      bindings: { ...settingsFrom(process.env), ...secrets },
      log: log.write,
      noteRuntime: (pid) => folder.noteRuntime(pid),
    },
    (stop) => shutdown.add(stop),
  )
  const proxies = new TrustedProxies([])
  const front = await Front.listen({ host, port, target: server.url, secret, proxies })
  shutdown.add(async () => void (await front.end(10_000)))
  return front
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
