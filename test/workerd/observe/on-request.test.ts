// What is told only to those who ask: Server-Timing to a client, data points to an operator who has
// bound a dataset. Neither decides over an answer.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { readExposition } from '../../support/exposition.ts'
import { ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { workerUnder } from '../../support/watched.ts'
import { createCollection, createKey, importObjects, type TestKey } from '../../support/world.ts'

let objects: string
let reader: TestKey

beforeAll(async () => {
  const collection = await createCollection()
  objects = `${ROOT}/collections/${collection.id}/objects/`
  reader = await createKey()
  await importObjects(collection, indicators(5))
})

const WANTED = { 'X-Server-Timing': '1' }

describe('Server-Timing', () => {
  it('is never there by itself', async () => {
    for (const log of ['all', 'off']) {
      const worker = workerUnder({ REQUEST_LOG: log })
      const { answer } = await worker.watch(objects, reader)
      expect(answer.headers.has('Server-Timing')).toBe(false)
      const headers = { 'X-Server-Timing': '0' }
      const { answer: other } = await worker.watch(objects, { ...reader, headers })
      expect(other.headers.has('Server-Timing')).toBe(false)
    }
  })

  it('tells admission, D1, cache and total of a page, also with the log off', async () => {
    const worker = workerUnder({ REQUEST_LOG: 'off' })
    const path = `${objects}?limit=4`
    const { answer, lines } = await worker.watch(path, { ...reader, headers: WANTED })
    expect(lines).toEqual([])
    expect(answer.headers.get('Server-Timing')).toMatch(
      /^admission;dur=\d+, d1;dur=\d+;desc="\d+ quer(?:y|ies)", cache;desc=built, total;dur=\d+$/,
    )
  })

  it('is on a refusal too', async () => {
    const { answer } = await workerUnder({}).watch(objects, { headers: WANTED })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('Server-Timing')).toMatch(
      /^admission;dur=\d+, d1;dur=0;desc="0 queries", total;dur=\d+$/,
    )
  })

  it('has no admission where nobody is let in or kept out', async () => {
    const { answer } = await workerUnder({}).watch('/health', { headers: WANTED })
    expect(answer.headers.get('Server-Timing')).toMatch(/^d1;/)
  })
})

describe('data points', () => {
  it('are written for every request, with the log off, in the order that is documented', async () => {
    const points: unknown[] = []
    const ANALYTICS = { writeDataPoint: (point: unknown) => void points.push(point) }
    const worker = workerUnder({ REQUEST_LOG: 'off', ANALYTICS })
    const headers = { 'User-Agent': 'a-poller/1' }
    const { answer } = await worker.watch(`${objects}?limit=2`, { ...reader, headers })
    await worker.watch('/nothing')
    await worker.watch('/admin/keys/', { key: env.ADMIN_TOKEN })
    const number = expect.any(Number)
    expect(points).toEqual([
      {
        indexes: [reader.id],
        blobs: ['getTAXIIObjects', 'GET', '', 'built', '', 'a-poller/1', ''],
        doubles: [200, 2.5, 2, answer.text.length, number, number, number, number, number, 0],
      },
      {
        indexes: ['nobody'],
        blobs: ['', 'GET', 'not_found', '', '', '', ''],
        doubles: [404, 0, 0, number, number, 0, 0, 0, 0, 0],
      },
      {
        indexes: ['operator'],
        blobs: ['listKeys', 'GET', '', '', '', '', 'bootstrap'],
        doubles: [200, 0, 0, number, number, number, number, 1, number, 0],
      },
    ])
  })

  it('are no reason for an answer to fail; those that were lost are counted', async () => {
    const ANALYTICS = {
      writeDataPoint() {
        throw new Error('too many points')
      },
    }
    const worker = workerUnder({ REQUEST_LOG: 'off', ANALYTICS })
    const lost = async () => {
      const { text } = await workerUnder({}).ask('/admin/metrics', { key: env.ADMIN_TOKEN })
      return readExposition(text).get('taxii_isolate_lost_data_points_total')?.samples[0]?.value
    }
    const before = (await lost()) ?? Number.NaN
    const { answer, lines } = await worker.watch(objects, reader)
    expect([answer.status, lines]).toEqual([200, []])
    expect(await lost()).toBe(before + 1)
  })
})
