// Stands in for Cloudflare's API, as far as wrangler asks it for a deployment. Databases are real
// SQLite, so that migrations are applied and not only noted.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

export type ApiDatabase = { uuid: string; name: string; sqlite: DatabaseSync }

export type ApiWorker = {
  secrets: Record<string, string>
  /** As they were uploaded; the last of `deployments` answers. */
  versions: string[]
  deployments: string[]
  crons: string[]
}

export const ACCOUNT_ID = 'c'.repeat(32)

type Answer = { status?: number; result?: unknown; code?: number; message?: string }

const NO_WORKER = { status: 404, code: 10007, message: 'This Worker does not exist.' }

export class CloudflareApi {
  readonly databases: ApiDatabase[] = []
  readonly workers: Record<string, ApiWorker> = {}
  /** Paths that nothing stands in for. */
  readonly unknown: string[] = []
  readonly #server = createServer(async (request, response) => {
    const { status = 200, result = null, code, message } = await this.#answer(request)
    const isGood = status < 400
    const errors = isGood ? [] : [{ code, message }]
    const count = Array.isArray(result) ? result.length : 0
    const result_info = { page: 1, per_page: 50, count, total_count: count, total_pages: 1 }
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ success: isGood, errors, messages: [], result, result_info }))
  })

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://api')
    const chunks = await request.toArray()
    const body = Buffer.concat(chunks).toString('latin1')
    const path = pathname.replace(`/accounts/${ACCOUNT_ID}`, '')
    const isFirstPage = (searchParams.get('page') ?? '1') === '1'
    const account = { id: ACCOUNT_ID, name: 'Example' }
    if (path === '/user/tokens/verify') return { result: { id: 'token', status: 'active' } }
    if (path === '/user') return { result: { email: 'erin@example.org' } }
    if (path === '/accounts') return { result: isFirstPage ? [account] : [] }
    if (path === '/memberships') return { result: isFirstPage ? [{ id: 'm', account }] : [] }
    if (path === '/workers/subdomain') return { result: { subdomain: 'example' } }
    if (path === '/d1/database') return this.#databases(request.method, body, isFirstPage)
    const [, id, query] = /^\/d1\/database\/([^/]+)\/?(.*)$/.exec(path) ?? []
    if (id !== undefined) return this.#database(id, query ?? '', body)
    const [, name, rest] = /^\/workers\/(?:scripts|services|workers)\/([^/]+)(.*)$/.exec(path) ?? []
    if (name !== undefined) return this.#worker(`${request.method} ${rest}`, name, body)
    this.unknown.push(path)
    return { status: 404, code: 7003, message: `nothing stands in for ${path}` }
  }

  #databases(method: string | undefined, body: string, isFirstPage: boolean): Answer {
    const shown = ({ uuid, name }: ApiDatabase) => ({ uuid, name, version: 'production' })
    if (method === 'GET') return { result: isFirstPage ? this.databases.map(shown) : [] }
    const { name } = JSON.parse(body)
    const database = { uuid: randomUUID(), name, sqlite: new DatabaseSync(':memory:') }
    this.databases.push(database)
    return { result: shown(database) }
  }

  #database(id: string, rest: string, body: string): Answer {
    const found = this.databases.find(({ uuid, name }) => uuid === id || name === id)
    if (found === undefined) return { status: 404, code: 7404, message: 'database not found' }
    const { uuid, name, sqlite } = found
    if (rest === '') return { result: { uuid, name, version: 'production' } }
    if (rest.startsWith('time_travel')) return { result: { bookmark: '00000001-00000002' } }
    const { sql } = JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as { sql: string }
    try {
      const isQuestion = /^\s*SELECT/i.test(sql)
      const results = isQuestion ? sqlite.prepare(sql).all() : []
      if (!isQuestion) sqlite.exec(sql)
      return { result: [{ results, success: true, meta: {} }] }
    } catch (error) {
      return { status: 400, code: 7500, message: `${(error as Error).message}: SQLITE_ERROR` }
    }
  }

  #worker(request: string, name: string, body: string): Answer {
    if (request === 'PUT ') return this.#upload(name)
    const worker = this.workers[name]
    if (worker === undefined) return NO_WORKER
    const [current] = worker.deployments.slice(-1)
    switch (request) {
      case 'GET /secrets':
        return { result: Object.keys(worker.secrets).map((secret) => ({ name: secret })) }
      case 'PATCH /secrets-bulk': {
        const { secrets } = JSON.parse(body) as { secrets: Record<string, { text: string }> }
        for (const [key, { text }] of Object.entries(secrets)) worker.secrets[key] = text
        return { result: {} }
      }
      case 'GET /deployments': {
        const versions = [{ version_id: current, percentage: 100 }]
        const created_on = new Date().toISOString()
        return {
          result: { deployments: current === undefined ? [] : [{ id: 'd', created_on, versions }] },
        }
      }
      case 'POST /deployments': {
        const { versions } = JSON.parse(body) as { versions: { version_id: string }[] }
        worker.deployments.push(...versions.map(({ version_id }) => version_id))
        return { result: { id: 'd' } }
      }
      case 'PUT /schedules':
        worker.crons = (JSON.parse(body) as { cron: string }[]).map(({ cron }) => cron)
        return { result: {} }
      default:
        return this.#facts(request, name)
    }
  }

  /** What else wrangler wants to know about a Worker. */
  #facts(request: string, name: string): Answer {
    const [, version] = /^GET \/versions\/(.+)$/.exec(request) ?? []
    if (version !== undefined) {
      const created_on = new Date().toISOString()
      return { result: { id: version, metadata: { created_on }, resources: { bindings: [] } } }
    }
    const subdomain = { enabled: true, previews_enabled: false }
    if (request.endsWith('/subdomain')) return { result: subdomain }
    if (request.endsWith('settings')) return { result: { bindings: [], tags: [] } }
    if (request === 'GET ') {
      const script = { last_deployed_from: 'wrangler', tag: 't'.repeat(32), tags: null }
      const url = `https://${name}.example.workers.dev`
      return {
        result: {
          id: name,
          default_environment: { environment: 'production', script },
          subdomain: { ...subdomain, url },
        },
      }
    }
    this.unknown.push(request)
    return { status: 404, code: 7003, message: `nothing stands in for ${request}` }
  }

  /** A Worker's code; a first upload by a command that sets secrets comes here too. */
  #upload(name: string): Answer {
    const worker = this.workers[name] ?? { secrets: {}, versions: [], deployments: [], crons: [] }
    this.workers[name] = worker
    const id = randomUUID()
    worker.versions.push(id)
    worker.deployments.push(id)
    return { result: { id: name, deployment_id: id, startup_time_ms: 3, etag: 'etag' } }
  }
}
