// Each field of the interoperability filters, held to objects that match and objects that do not.
import { beforeAll, describe, expect, it } from 'vitest'
import { interopFilters } from '../../../src/taxii/interop-filters.ts'
import { ask, ROOT } from '../../support/http.ts'
import { indicator, stixId } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'
import { ROWS } from './interop-rows.ts'

const rows = Object.entries(ROWS).flatMap(([field, ofField]) =>
  ofField.map((row) => [field, ...row] as const),
)

/** Of nothing that a row asks for, but by the way. */
const byTheWay = {
  reference: {
    ...indicator(),
    external_references: [{ source_name: 'x', url: 'https://a/', hashes: { MD5: 'aMD5' } }],
  },
  embedded: {
    type: 'observed-data',
    spec_version: '2.1',
    id: stixId('observed-data'),
    created: '2024-05-01T10:00:00.000Z',
    modified: '2024-05-01T10:00:00.000Z',
    first_observed: '2024-05-01T10:00:00Z',
    last_observed: '2024-05-01T10:00:00Z',
    number_observed: 1,
    objects: {
      '0': { type: 'url', value: 'asked' },
      '1': { type: 'file', hashes: { MD5: 'aMD5' } },
    },
  },
}

let path: string
let key: string

beforeAll(async () => {
  const collection = await createCollection()
  key = await createReader({ per_minute: 1_000_000 })
  path = `${ROOT}/collections/${collection.id}/objects/`
  const objects = rows.flatMap(([, , matches, other]) => [matches, other])
  const { json } = await importObjects(collection, [...objects, ...Object.values(byTheWay)])
  expect(json).toMatchObject({ refused: [], added: objects.length + 2 })
})

async function found(query: string): Promise<string[]> {
  const { status, json } = await ask(`${path}?${query}`, { key })
  expect(status).toBe(200)
  return idsOf(json)
}

describe('the interoperability filters', () => {
  it('F-15: have a row here for each field, and no other', () => {
    const fields = Object.keys(interopFilters).map((name) => name.slice('match['.length, -1))
    expect(Object.keys(ROWS).sort(), 'rows in interop-rows.ts').toEqual(fields.sort())
    for (const [field, ofField] of Object.entries(ROWS)) {
      expect(ofField.length, field).toBeGreaterThan(0)
    }
  })

  it.each(rows)('F-15: match[%s]=%s finds the one and not the other', async (...row) => {
    const [field, asked, matches, other] = row
    const filter = `match[${field}]=${asked}`
    const all = await found(`${filter}&limit=1000`)
    expect([all.includes(matches.id), all.includes(other.id)]).toEqual([true, false])
    expect(await found(`${filter}&match[id]=${matches.id},${other.id}`)).toEqual([matches.id])
  })

  it.each(['match[value]=asked', 'match[MD5]=aMD5'])(
    'D34: %s looks into no reference and no observed-data',
    async (filter) => {
      const all = await found(`${filter}&limit=1000`)
      expect(all.length).toBeGreaterThan(0)
      for (const { id } of Object.values(byTheWay)) expect(all).not.toContain(id)
    },
  )

  it('D34: an object without the property matches neither bound of it', async () => {
    const { id } = byTheWay.reference
    const open = ['match[valid_until-gte]=0001-01-01T00:00:00Z', 'match[confidence-gte]=0']
    for (const filter of [...open, 'match[confidence-lte]=100']) {
      expect(await found(`${filter}&match[id]=${id}`), filter).toEqual([])
    }
    expect(await found(`match[id]=${id}`)).toEqual([id])
  })
})
