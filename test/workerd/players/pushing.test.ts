// Products that push, for some days: new objects, new versions, and everything once more.
import { expect, it, vi } from 'vitest'
import { walk } from '../../support/walk.ts'
import { Feed } from './feed.ts'
import {
  type Pusher,
  pushAsDarwis,
  pushAsMisp,
  pushAsOpenCti,
  pushAsPythonStix2,
  pushAsSplunk,
} from './pushers.ts'

vi.setConfig({ testTimeout: 60_000 })

const pushers: [name: string, push: Pusher][] = [
  ['OpenCTI, taxii-post stream', pushAsOpenCti],
  ['MISP', pushAsMisp],
  ['Splunk CTIS', pushAsSplunk],
  ['python-stix2 sink', pushAsPythonStix2],
  ['darwis', pushAsDarwis],
]

it.each(pushers)('%s leaves on the server exactly what it pushed', async (_, push) => {
  const feed = await Feed.open(7)
  for (let day = 0; day < 3; day++) {
    const fresh = feed.make(14)
    const updated = feed.makeVersions()
    await push(feed, [...fresh, ...updated])
    feed.note([...fresh, ...updated])
    // A day's push is repeated by some schedules; versions that are there already stay.
    await push(feed, fresh)
    feed.nextDay()
  }
  const { pages } = await walk(new URL(`${feed.url}objects/`).pathname, feed.key, {}, (page) => ({
    next: page.json.next,
  }))
  expect(pages.flatMap(({ json }) => json.objects)).toEqual([...feed.held.values()])
})
