// `npm start`: the built Worker on this machine, with all its state in one folder.
import { join, resolve } from 'node:path'
import { CliFailure, EXIT_FAILED } from './failure.ts'
import { AdminClient } from './operator/admin-client.ts'
import { buildWorker } from './project/build-worker.ts'
import { requireBuilt } from './project/built-worker.ts'
import { RELEASE } from './release.ts'
import { Shutdown } from './shutdown.ts'
import { announceJson, announceText, type Ready } from './start/announce.ts'
import { DataFolder } from './start/data-folder.ts'
import { type Environment, readEnvironment } from './start/environment.ts'
import { prepareFirstStart } from './start/first-start.ts'
import { parseStartOptions, type StartOptions } from './start/options.ts'
import { requireFreePort } from './start/port.ts'
import { openSecrets } from './start/secrets.ts'
import { serve } from './start/serve.ts'
import { tellServiceManager } from './start/service-manager.ts'
import { requestLogOf, settingsFrom } from './start/settings.ts'
import { type StartLog, serviceLog, textLog } from './start/start-log.ts'
import { WorkerLog } from './start/worker-log.ts'

const PROJECT_ROOT = join(import.meta.dirname, '..')
const EMPTY = { withCollections: false, withSample: false, withDemoKeys: false }
const NO_ORIGIN =
  'PUBLIC_ORIGIN is not set: the URLs handed out begin with http:// and the Host of the request.\n'

const print = (text: string) => void process.stdout.write(text)
const report = (text: string) => void process.stderr.write(text)

// Whoever read the first line may have gone since; the server stays.
process.stdout.on('error', () => {})

const parsed = parseStartOptions(process.argv.slice(2), { print, report })
if (parsed.ok) await runUntilStopped(parsed.options)
else process.exitCode = parsed.exitCode

async function runUntilStopped(options: StartOptions): Promise<void> {
  const log = options.service ? serviceLog(report) : textLog(report)
  const shutdown = new Shutdown(log.report)
  try {
    const env = readEnvironment(options.envFile, process.env)
    const folder = new DataFolder(options.data)
    await folder.open(log.report)
    shutdown.add(() => {
      folder.close()
      log.event('stopped')
    })
    await start(folder, env, options, { log, shutdown })
  } catch (error) {
    if (shutdown.hasBegun) return
    log.report(`${error instanceof CliFailure ? error.message : describe(error)}\n`, 'failed')
    await shutdown.run(EXIT_FAILED)
  }
}

type Course = { log: StartLog; shutdown: Shutdown }

async function start(
  folder: DataFolder,
  env: Environment,
  options: StartOptions,
  { log, shutdown }: Course,
): Promise<void> {
  await requireFreePort(options.host, options.port)
  const secrets = openSecrets(folder, env)
  const workerFolder = await workerOf(folder, options.worker, log)
  const workerLog = new WorkerLog(log.pass)
  const ready = await explained(workerLog, async () => {
    const bindings = {
      ...settingsFrom(env),
      REQUEST_LOG: requestLogOf(options.requestLog, env),
      ...secrets,
    }
    const { url } = await serve({
      projectRoot: PROJECT_ROOT,
      workerFolder,
      folder,
      options,
      bindings,
      log,
      workerLog,
      shutdown,
    })
    const client = new AdminClient(url, secrets.ADMIN_TOKEN)
    const { sample: withSample, demoKeys: withDemoKeys } = options
    const beginning = options.service ? EMPTY : { withCollections: true, withSample, withDemoKeys }
    const prepared = await prepareFirstStart(client, folder, beginning, log.report)
    return { ...prepared, url, adminToken: secrets.ADMIN_TOKEN, secretsFile: folder.secretsFile }
  })
  if (options.trustedProxy.length > 0 && !env.PUBLIC_ORIGIN) log.report(NO_ORIGIN)
  announce(ready, options, log)
}

/** Built now, or ahead. */
async function workerOf(
  folder: DataFolder,
  built: string | undefined,
  log: StartLog,
): Promise<string> {
  folder.clearWorker()
  if (built !== undefined) {
    requireBuilt(PROJECT_ROOT, built)
    return resolve(built)
  }
  log.report('Building the Worker\n')
  await buildWorker(PROJECT_ROOT, folder.worker)
  return folder.worker
}

function announce(ready: Ready, options: StartOptions, log: StartLog): void {
  log.event('ready', { url: ready.url, pid: process.pid, release: RELEASE })
  tellServiceManager('READY=1', log.report)
  if (!options.service) print(options.json ? announceJson(ready) : announceText(ready))
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

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
