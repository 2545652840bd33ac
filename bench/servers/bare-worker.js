// The least that a Worker can do, to measure ours against: say "hi", call a Durable Object once,
// join rows of D1 into a body.
import { DurableObject } from 'cloudflare:workers'

const PAGE = 'SELECT content FROM plain WHERE id > ? ORDER BY id LIMIT ?'
const LOAD = 'INSERT INTO plain (content) SELECT value FROM json_each(?)'
const TABLE = 'CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, content TEXT NOT NULL)'

export class Counter extends DurableObject {
  #calls = 0

  count() {
    return ++this.#calls
  }
}

// biome-ignore lint/style/noDefaultExport: the runtime takes a Worker's handlers by it
export default {
  async fetch(request, { COUNTER, DB }) {
    const { pathname, searchParams } = new URL(request.url)
    switch (pathname) {
      case '/hi':
        return new Response('hi')
      case '/object':
        return new Response(String(await COUNTER.getByName('one').count()))
      case '/page':
        return await page(DB, Number(searchParams.get('after')), Number(searchParams.get('limit')))
      case '/load':
        await DB.batch([DB.prepare(TABLE), DB.prepare(LOAD).bind(await request.text())])
        return new Response('loaded')
      default:
        return new Response('no such path', { status: 404 })
    }
  },
}

async function page(database, after, limit) {
  const rows = await database.prepare(PAGE).bind(after, limit).raw()
  const objects = rows.map(([content]) => content).join(',')
  const headers = { 'Content-Type': 'application/taxii+json;version=2.1' }
  return new Response(`{"more":true,"objects":[${objects}]}`, { headers })
}
