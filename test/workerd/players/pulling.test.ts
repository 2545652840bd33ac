// Products that pull, each for some days against a feed that lives.
import { describe, expect, it, vi } from 'vitest'
import { expectRefusal } from '../../support/refusal.ts'
import { ElasticTiCustom } from './elastic-ti-custom.ts'
import { ElasticTiEset } from './elastic-ti-eset.ts'
import { Feed, type Fields } from './feed.ts'
import { askAsFortiGate, WazuhBridge } from './first-page.ts'
import { MispView } from './misp-view.ts'
import { OpenCtiConnector } from './opencti-connector.ts'
import { OpenCtiIngester } from './opencti-ingester.ts'
import { expectIdleIsQuiet, expectSame, play } from './player.ts'
import { Sentinel } from './sentinel.ts'
import { Xsoar } from './xsoar.ts'

vi.setConfig({ testTimeout: 60_000 })

const SEED = 20_260_516
const isIndicator = ({ type }: Fields) => type === 'indicator'

describe('Microsoft Sentinel', () => {
  it('accepts API root and collection id, and holds what the server holds', async () => {
    const feed = await Feed.open(SEED)
    const sentinel = new Sentinel(feed)
    expect(await sentinel.save()).toBe('saved')
    await play(feed, sentinel)
    await expectIdleIsQuiet(sentinel)
  })
})

describe('Elastic ti_custom', () => {
  it.each(['old', 'new'] as const)('%s release holds what the server holds', async (release) => {
    const feed = await Feed.open(SEED)
    const elastic = new ElasticTiCustom(feed, release)
    await play(feed, elastic)
    await expectIdleIsQuiet(elastic)
  })

  it.each(['old', 'new'] as const)('%s release gets what its filter names', async (release) => {
    const feed = await Feed.open(SEED + 1)
    const elastic = new ElasticTiCustom(feed, release, { 'match[type]': 'indicator' })
    await play(feed, elastic, { wants: isIndicator })
    await expectIdleIsQuiet(elastic)
  })

  it('is given its mark of time back by a feed that has nothing yet', async () => {
    const feed = await Feed.open(SEED)
    const elastic = new ElasticTiCustom(feed, 'new')
    await expectIdleIsQuiet(elastic)
    await play(feed, elastic)
  })
})

describe('Elastic ti_eset', () => {
  it('holds the indicators that the server holds, by the header alone', async () => {
    const feed = await Feed.open(SEED)
    const eset = new ElasticTiEset(feed)
    await play(feed, eset, { wants: isIndicator })
    await expectIdleIsQuiet(eset)
  })
})

describe('OpenCTI, built-in ingester', () => {
  it('holds what the server holds', async () => {
    const feed = await Feed.open(SEED)
    const ingester = new OpenCtiIngester(feed)
    await play(feed, ingester)
    await expectIdleIsQuiet(ingester)
  })

  it('holds it too when the feed changes between its pages', async () => {
    const feed = await Feed.open(SEED)
    const ingester = new OpenCtiIngester(feed)
    for (let tick = 0; tick < 12; tick++) {
      await feed.change()
      await ingester.tick()
    }
    await ingester.poll()
    for (const [id, object] of feed.held) expect(ingester.holdings.objects.get(id)).toEqual(object)
  })

  it('recovers from a cursor that leads to nothing any more, as soon as there is more', async () => {
    const feed = await Feed.open(SEED)
    const ingester = new OpenCtiIngester(feed)
    while (feed.held.size <= 100) await feed.change()
    await ingester.tick()
    for (const id of [...feed.held.keys()].slice(100)) await feed.remove(id)
    await ingester.tick()
    await ingester.tick()
    expect(ingester.cursor).toBeTypeOf('string')
    await feed.change()
    await ingester.poll()
    for (const [id, object] of feed.held) expect(ingester.holdings.objects.get(id)).toEqual(object)
  })
})

describe('OpenCTI, TAXII 2 connector', () => {
  it('holds what the server holds', async () => {
    const feed = await Feed.open(SEED)
    await play(feed, new OpenCtiConnector(feed))
  })

  it('holds it although cursors of other collections come along', async () => {
    const others = [await Feed.open(1), await Feed.open(2)]
    for (const each of others) while (each.held.size < 100) await each.change()
    const feed = await Feed.open(SEED)
    await play(feed, new OpenCtiConnector(feed, others))
  })
})

describe('Cortex XSOAR', () => {
  it('holds what the server holds while `modified` is never of the future', async () => {
    const feed = await Feed.open(SEED)
    await play(feed, new Xsoar(feed))
  })

  it('skips what is added before a future `modified`, which it takes for its position', async () => {
    const feed = await Feed.open(SEED)
    const xsoar = new Xsoar(feed)
    const modified = new Date(feed.nowMs + 2 * 86_400_000).toISOString()
    await feed.change()
    const [some] = [...feed.held.values()].filter(isIndicator)
    await feed.add([{ ...some, id: some?.id ?? '', type: 'indicator', modified }])
    await xsoar.poll()
    expectSame(xsoar.holdings.objects, feed.held)
    const before = new Map(feed.held)
    while (feed.held.size < before.size + 10) await feed.change()
    const skipped = [...feed.held.values()].filter((each) => before.get(each.id) !== each)
    await xsoar.poll()
    for (const each of skipped) expect(xsoar.holdings.objects.get(each.id)).not.toEqual(each)
    for (let day = 0; day < 3; day++) feed.nextDay()
    const { id } = (await added(feed)) ?? { id: '' }
    await xsoar.poll()
    expect(xsoar.holdings.objects.get(id)).toEqual(feed.held.get(id))
  })
})

async function added(feed: Feed): Promise<Fields | undefined> {
  const before = feed.held.size
  while (feed.held.size <= before) await feed.change()
  return [...feed.held.values()].at(-1)
}

describe('MISP, server view', () => {
  it('shows what the server holds, page by page', async () => {
    const feed = await Feed.open(SEED)
    await play(feed, new MispView(feed), { forgets: true })
  })
})

describe('the Wazuh bridge', () => {
  it('holds the oldest page of what the server holds, and no more', async () => {
    const feed = await Feed.open(SEED)
    const wazuh = new WazuhBridge(feed)
    while (feed.held.size <= 150) await feed.change()
    await wazuh.poll()
    expectSame(wazuh.holdings.objects, new Map([...feed.held].slice(0, 100)))
  })
})

describe('FortiGate', () => {
  it('is told with 406 that this server speaks TAXII 2.1', async () => {
    const answer = await askAsFortiGate(await Feed.open(SEED))
    expectRefusal(answer, { status: 406, code: 'not_acceptable' })
    expect(answer.json.description).toContain('2.1')
  })
})
