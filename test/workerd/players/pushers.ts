// Products that push (clients.md §3.3, §3.2, §3.7): what each asks for before it writes, how it packs
// objects, and what it makes of the answer.
import type { Feed, Fields } from './feed.ts'
import { basic, send, sendWell } from './player.ts'
import { Taxii2Client } from './taxii2-client.ts'

export type Pusher = (feed: Feed, objects: Fields[]) => Promise<void>

const TAXII = 'application/taxii+json;version=2.1'
const STIX = 'application/stix+json;version=2.1'

/** OpenCTI's taxii-post stream: a bundle for each object, sent as STIX. */
export async function pushAsOpenCti(feed: Feed, objects: Fields[]): Promise<void> {
  for (const object of objects) {
    const answer = await send(`${feed.url}objects/`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${feed.key}`,
        Accept: 'application/taxii+json; version=2.1',
        'Content-Type': 'application/stix+json; version=2.1',
      },
      body: JSON.stringify(bundleOf([object])),
    })
    if (answer.status < 200 || answer.status > 299) throw new Error(answer.text)
  }
}

/** MISP: envelopes as large as the root's `max_content_length` lets them be. */
export async function pushAsMisp(feed: Feed, objects: Fields[]): Promise<void> {
  const client = Taxii2Client.withPassword('apikey', feed.key)
  const { max_content_length: bytesMax } = await client.root(feed.root)
  let batch: Fields[] = []
  for (const object of objects) {
    const isFull = JSON.stringify({ objects: [...batch, object] }).length > bytesMax / SPARING
    if (isFull) await pushWhole(client, feed, { objects: batch })
    if (isFull) batch = []
    batch.push(object)
  }
  await pushWhole(client, feed, { objects: batch })
}

/** The product keeps well below the bound; here still more, so that there is something to split. */
const SPARING = 1000

/** Splunk's CTIS app: the list must name the collection; one bundle; its status is asked again. */
export async function pushAsSplunk(feed: Feed, objects: Fields[]): Promise<void> {
  const client = Taxii2Client.withPassword('apikey', feed.key)
  const collections = await client.collections(feed.root)
  const found = collections.find(({ id }) => id === feed.collection.id)
  if (found === undefined) throw new Error('the collection is not in the list')
  const status = await pushWhole(client, feed, bundleOf(objects))
  const { json } = await client.get(`${feed.root}status/${status.id}/`)
  if (json.status !== 'complete') throw new Error(`the status is ${json.status}`)
}

/** python-stix2's sink: a bundle through taxii2-client. */
export async function pushAsPythonStix2(feed: Feed, objects: Fields[]): Promise<void> {
  await pushWhole(Taxii2Client.withToken(feed.key), feed, bundleOf(objects))
}

/** darwis calls its library so that a header it sets twice goes out as a list of two. */
export async function pushAsDarwis(feed: Feed, objects: Fields[]): Promise<void> {
  await sendWell(`${feed.url}objects/`, {
    method: 'POST',
    headers: {
      Authorization: basic('apikey', feed.key),
      Accept: `${TAXII}, ${STIX}`,
      'Content-Type': `${TAXII}, ${STIX}`,
    },
    body: JSON.stringify(bundleOf(objects)),
  })
}

async function pushWhole(client: Taxii2Client, feed: Feed, body: object) {
  const { status, json } = await client.add(feed.url, body)
  if (status !== 202 || json.failure_count > 0) throw new Error(JSON.stringify(json))
  return json
}

function bundleOf(objects: Fields[]) {
  return { type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects }
}
