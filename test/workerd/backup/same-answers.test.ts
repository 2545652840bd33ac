// A collection with a view, taken out, deleted, and brought back under their ids: every answer that
// a client was given before, from any position and by any cursor, is the answer after.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { bringBack, removeTaken, type Taken, takeCollection } from '../../support/backup.ts'
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { createCollection, createWriter, importText } from '../../support/world.ts'
import { type Draft, idOf, SLOTS, stixOf, timeOf } from '../laws/drafts.ts'
import { SCALE, seeds } from '../laws/scale.ts'

const HISTORIES = Math.ceil(4 * SCALE)
const TIME_MS_MAX = 60_000 * SCALE

let key: string

beforeAll(async () => {
  key = await createWriter({ per_minute: 1_000_000, per_day: 1_000_000_000 })
})

type Step =
  | { kind: 'add'; drafts: Draft[] }
  | { kind: 'remove'; slot: number; tick: number | undefined }
  | { kind: 'make view' }

const slot = fc.nat(SLOTS - 1)
const draft: fc.Arbitrary<Draft> = fc.record({
  slot,
  tick: fc.nat(4),
  form: fc.constantFrom('2.1', '2.1', '2.0'),
  spelling: fc.constantFrom(0, 0, 1),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      drafts: fc.array(draft, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      slot,
      tick: fc.option(fc.nat(4), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'make view' as const }) },
)

/** What a bundle, and a refused request, is called is new in every answer. */
const nameless = (text: string) =>
  text.replace(/"id":"bundle--[^"]+"/, '"id":"bundle"').replace(/"req_[^"]+"/g, '"req"')

type Said = [path: string, status: number, first: string | null, last: string | null, text: string]

async function said(path: string): Promise<Said> {
  const { status, headers, text } = await ask(path, { key })
  const date = (which: string) => headers.get(`X-TAXII-Date-Added-${which}`)
  return [path, status, date('First'), date('Last'), nameless(text)]
}

class World {
  readonly ids: string[] = []

  async run(steps: Step[]): Promise<void> {
    const media_types = ['2.1', '2.0'].map((form) => `application/stix+json;version=${form}`)
    this.ids.push((await createCollection({ media_types })).id)
    for (const each of steps) await this.#do(each)
  }

  async #do(each: Step): Promise<void> {
    const [id = ''] = this.ids
    if (each.kind === 'add') {
      const texts = each.drafts.map((drafted) => stixOf(drafted).text)
      await importText({ id, alias: '' }, `[${texts.join(',')}]`)
    } else if (each.kind === 'remove') {
      const query = each.tick === undefined ? '' : `?match[version]=${timeOf(each.tick)}`
      const path = `${ROOT}/collections/${id}/objects/${idOf(each.slot)}/${query}`
      await ask(path, { method: 'DELETE', key })
    } else if (this.ids.length < 3) {
      const view = { of: id, types: ['identity', 'x-thing'], subtypes: ['ipv4-addr', 'file'] }
      this.ids.push((await createCollection({ can_write: false, view })).id)
    }
  }

  /** Answers to whatever a client may have asked, with what it then asks. */
  async answers(): Promise<Said[]> {
    const all: Said[] = [await said(`${ROOT}/collections/`)]
    for (const id of this.ids) {
      const root = `${ROOT}/collections/${id}/`
      all.push(await said(root))
      for (const resource of ['objects/', 'manifest/']) {
        for (const filter of FILTERS) all.push(...(await this.#walk(`${root}${resource}`, filter)))
      }
      for (let n = 0; n < SLOTS; n++) {
        all.push(await said(`${root}objects/${idOf(n)}/?match[version]=all`))
        all.push(await said(`${root}objects/${idOf(n)}/versions/`))
      }
    }
    return all
  }

  /** Every page by `next`, and the page after every position that a page had. */
  async #walk(path: string, filter: string): Promise<Said[]> {
    const all: Said[] = []
    for (let query = `limit=2${filter}`; ; ) {
      const page = await said(`${path}?${query}`)
      all.push(page)
      for (const date of page.slice(2, 4)) {
        if (date !== null) all.push(await said(`${path}?limit=3${filter}&added_after=${date}`))
      }
      const { more, next } = JSON.parse(page[4])
      if (!more) return all
      query = `next=${next}`
    }
  }
}

const FILTERS = [
  '',
  '&match[version]=all&match[spec_version]=2.0,2.1',
  '&match[version]=first',
  '&match[type]=ipv4-addr,file',
]

/** All of it but where it is kept. */
const lasting = ({ state: { revision: _, database: __, ...state }, lines }: Taken) => [state, lines]

describe('a collection and its view that were brought back', () => {
  it.each(seeds(2))(
    'answer as they did before, seed %i',
    async (seed) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 1, max: 9 }),
          fc.constantFrom('DB', 'DB_2'),
          async (steps, portion, database) => {
            const world = new World()
            await world.run(steps)
            const before = await world.answers()
            const taken: Taken[] = await takeCollection(world.ids[0] ?? '', portion)
            expect(taken.map(({ state }) => state.id).toSorted()).toEqual(world.ids.toSorted())
            await removeTaken(taken)
            await bringBack(taken, portion, database)
            expect(await world.answers()).toEqual(before)
            const again = await takeCollection(world.ids[0] ?? '')
            for (const { state } of again) expect(state.database).toBe(database)
            expect(again.map(lasting)).toEqual(taken.map(lasting))
            await removeTaken(again)
          },
        ),
        { seed, numRuns: HISTORIES, interruptAfterTimeLimit: TIME_MS_MAX },
      )
    },
    TIME_MS_MAX * 2,
  )
})

describe('what is added after a restore', () => {
  it('comes after everything that any client of the source has seen', async () => {
    const { id } = await createCollection()
    const drafts = [0, 1, 2].map((n) => stixOf({ slot: n + 3, tick: 0, form: '2.1', spelling: 0 }))
    await importText({ id, alias: '' }, `[${drafts.map(({ text }) => text).join(',')}]`)
    const [, , , position] = await said(`${ROOT}/collections/${id}/manifest/`)
    // The newest goes: a client may stand where nothing stands any more.
    const path = `${ROOT}/collections/${id}/objects/${drafts[2]?.id}/`
    expect((await ask(path, { method: 'DELETE', key })).status).toBe(200)
    const taken = await takeCollection(id)
    await removeTaken(taken)
    await bringBack(taken)
    const body = JSON.stringify({ objects: [JSON.parse(drafts[2]?.text ?? '')] })
    const headers = { 'Content-Type': TAXII }
    const added = await ask(`${ROOT}/collections/${id}/objects/`, {
      ...{ method: 'POST', key, headers, body },
    })
    expect(added.status).toBe(202)
    const { json } = await ask(`${ROOT}/collections/${id}/objects/?added_after=${position}`, {
      key,
    })
    expect(json.objects.map((each: { id: string }) => each.id)).toEqual([drafts[2]?.id])
  })
})
