// What the taxii2-client library sends and checks (clients.md §3.1). XSOAR, OpenCTI's connector,
// MISP's push and Splunk's CTIS app are built on it.
import type { Answer } from '../../support/http.ts'
import type { Fields } from './feed.ts'
import { basic, type Sent, sendWell } from './player.ts'

const MEDIA_TYPE = 'application/taxii+json;version=2.1'
const PAGES_MAX = 300

export type Envelope = { objects?: Fields[]; more?: boolean; next?: string }
export type Filters = Record<string, string>

/** Both parts of the credentials are given, or nothing is sent. */
export class Taxii2Client {
  readonly #authorization: string

  constructor(authorization: string) {
    this.#authorization = authorization
  }

  static withPassword(user: string, password: string): Taxii2Client {
    return new Taxii2Client(basic(user, password))
  }

  static withToken(key: string): Taxii2Client {
    return new Taxii2Client(`Token ${key}`)
  }

  async get(url: string): Promise<Answer> {
    return await this.#send(withSlash(url))
  }

  /** Discovery; the API root that a client takes when the user names none. */
  async defaultRoot(discovery: string): Promise<string> {
    const { json } = await this.get(discovery)
    requireMembers(json, ['title'])
    const roots: string[] = json.api_roots ?? []
    if (!roots.includes(json.default)) throw new Error('the default is none of the API roots')
    return json.default
  }

  async root(url: string): Promise<{ title: string; max_content_length: number }> {
    const { json } = await this.get(url)
    requireMembers(json, ['title', 'versions', 'max_content_length'])
    return json
  }

  async collections(root: string): Promise<{ id: string; title: string; url: string }[]> {
    const { json } = await this.get(`${withSlash(root)}collections/`)
    return (json.collections ?? []).map((each: { id: string; title: string }) => {
      requireMembers(each, ['id', 'title', 'can_read', 'can_write'])
      return { ...each, url: `${withSlash(root)}collections/${each.id}/` }
    })
  }

  async objects(collection: string, filters: Filters = {}): Promise<Envelope> {
    const query = new URLSearchParams(filters)
    return (await this.#send(`${withSlash(collection)}objects/?${query}`)).json
  }

  /** `as_pages`: from the second page on, the limit is the number that the first page had. */
  async pages(collection: string, filters: Filters, perRequest: number): Promise<Envelope[]> {
    const pages: Envelope[] = []
    let asked: Filters = { ...filters, limit: String(perRequest) }
    for (;;) {
      const page = await this.objects(collection, asked)
      pages.push(page)
      if (pages.length > PAGES_MAX) throw new Error('as_pages does not come to an end')
      if (!page.more) return pages
      const limit = String(pages[0]?.objects?.length ?? perRequest)
      asked = { ...filters, limit, ...(page.next === undefined ? {} : { next: page.next }) }
    }
  }

  /** Posts an envelope or a bundle, and checks the status as the library does. */
  async add(collection: string, body: object): Promise<Answer> {
    const answer = await this.#send(`${withSlash(collection)}objects/`, {
      method: 'POST',
      headers: { 'Content-Type': MEDIA_TYPE },
      body: JSON.stringify(body),
    })
    requireMembers(answer.json, [
      'id',
      'status',
      'total_count',
      'success_count',
      'failure_count',
      'pending_count',
    ])
    const { success_count: good, failure_count: bad, pending_count: pending } = answer.json
    if (good + bad + pending !== answer.json.total_count) throw new Error('counts do not add up')
    if ((answer.json.successes ?? []).length !== good) throw new Error('a list is not whole')
    return answer
  }

  async #send(url: string, { method = 'GET', headers = {}, ...sent }: Sent = {}): Promise<Answer> {
    const answer = await sendWell(url, {
      method,
      headers: {
        Accept: MEDIA_TYPE,
        'Accept-Encoding': 'gzip, deflate',
        'User-Agent': 'taxii2-client/2.3.0',
        Authorization: this.#authorization,
        ...headers,
      },
      ...sent,
    })
    const parts = (answer.headers.get('Content-Type') ?? '').split(';').map((part) => part.trim())
    if (!parts.includes('application/taxii+json') || !parts.includes('version=2.1')) {
      throw new Error(`unexpected Content-Type ${parts.join(';')}`)
    }
    return answer
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

function requireMembers(resource: object, names: string[]): void {
  const missing = names.filter((name) => !(name in resource))
  if (missing.length > 0) throw new Error(`missing ${missing.join(', ')}`)
}
