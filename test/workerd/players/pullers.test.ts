import { describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { createCollection, importObjects } from '../../support/world.ts'
import { createFeed, type Feed } from './feed.ts'
import {
  elastic,
  elasticEset,
  mispView,
  openCtiConnector,
  openCtiIngester,
  type Puller,
  pageOneOnly,
  sentinel,
  xsoar,
} from './pullers.ts'

const DAYS = 5

const products: [name: string, play: (feed: Feed) => Puller][] = [
  ['Microsoft Sentinel', sentinel],
  ['Elastic ti_custom before 1.8.2', (feed) => elastic(feed, { isOld: true })],
  ['Elastic ti_custom', (feed) => elastic(feed, { isOld: false })],
  ['Elastic ti_eset', elasticEset],
  ['OpenCTI ingester', openCtiIngester],
  ['OpenCTI taxii2 connector', openCtiConnector],
  ['Cortex XSOAR', xsoar],
  ['MISP server view', mispView],
]

describe('after several days of polling', () => {
  it.each(products)('%s holds exactly what the server holds', async (_, play) => {
    const feed = await createFeed()
    const puller = play(feed)
    for (let day = 0; day < DAYS; day++) {
      await feed.day()
      await puller.poll()
      expect(puller.store.without(feed.deleted)).toEqual(feed.held)
    }
    await puller.poll()
    expect(puller.store.without(feed.deleted)).toEqual(feed.held)
  })

  it('a product that reads one page holds the oldest page and no more', async () => {
    const feed = await createFeed()
    const puller = pageOneOnly(feed)
    await feed.day()
    await puller.poll()
    expect([...puller.store.objects]).toEqual([...feed.held].slice(0, 10))
  })

  it('Cortex XSOAR skips what is added before a modified time that lies in the future', async () => {
    const feed = await createFeed()
    const puller = xsoar(feed)
    const future = indicator({ modified: '2190-01-01T00:00:00.000Z' })
    await importObjects(feed.collection, [future])
    await puller.poll()
    await feed.day()
    await puller.poll()
    expect([...puller.store.objects.keys()]).toEqual([future.id])
  })

  it('an idle poll of Elastic asks from where it was, not from its start', async () => {
    const feed = await createFeed()
    await feed.day()
    const puller = elastic(feed, { isOld: false })
    await puller.poll()
    const taken = puller.store.objects.size
    puller.store.objects.clear()
    await puller.poll()
    await puller.poll()
    expect([taken, puller.store.objects.size]).toEqual([feed.held.size, 0])
  })

  it('the cursor of one collection, sent to another, serves that one from its start', async () => {
    const feed = await createFeed()
    await feed.day()
    const other = await createCollection()
    await importObjects(other, [indicator()])
    const path = (id: string) => `${ROOT}/collections/${id}/objects/`
    const { json } = await ask(`${path(feed.collection.id)}?limit=2`, { key: feed.key })
    const served = await ask(`${path(other.id)}?next=${json.next}`, { key: feed.key })
    expect([served.status, served.json.objects.length]).toEqual([200, 1])
  })
})
