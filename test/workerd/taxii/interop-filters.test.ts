import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { identity, indicator, observable, stixId } from '../../support/stix.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'
const TLP1_GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da'
const TLP2_GREEN = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb'
const created = '2024-05-01T10:00:00.000Z'

const objects: Record<string, Record<string, unknown> & { id: string }> = {
  who: identity({ name: 'Harbor ISAC', sectors: ['energy'] }),
  ip: observable('ipv4-addr', '198.51.100.7'),
  url: observable('url', `https://long.example/${'a'.repeat(300)}`),
  sure: indicator({ confidence: 90, labels: ['c2', 'botnet'], object_marking_refs: [TLP2_GREEN] }),
  unsure: indicator({
    confidence: 20,
    pattern: `[file:hashes.MD5 = '${MD5}']`,
    object_marking_refs: [TLP1_GREEN],
    valid_until: '2024-06-01T00:00:00Z',
  }),
  gone: indicator({
    revoked: true,
    pattern: "[domain-name:value IN ('a.example', 'b.example')]",
    modified: '2024-07-01T10:00:00.000Z',
    kill_chain_phases: [{ kill_chain_name: 'k', phase_name: 'delivery' }],
    valid_until: '2025-01-01T00:00:00.100Z',
  }),
  file: {
    type: 'file',
    spec_version: '2.1',
    id: stixId('file'),
    hashes: { MD5: MD5.toUpperCase() },
  },
  malware: {
    type: 'malware',
    spec_version: '2.1',
    id: stixId('malware'),
    created,
    modified: created,
    name: 'Emotet',
    is_family: true,
    malware_types: ['trojan', 'bot'],
    external_references: [{ source_name: 'vendor', external_id: 'R-1' }],
  },
}
const link = {
  type: 'relationship',
  spec_version: '2.1',
  id: stixId('relationship'),
  created,
  modified: created,
  relationship_type: 'indicates',
  source_ref: objects.sure?.id ?? '',
  target_ref: objects.malware?.id ?? '',
}
objects.link = link

let path: string
let key: string

beforeAll(async () => {
  const collection = await createCollection()
  key = await createReader()
  const { json } = await importObjects(collection, Object.values(objects))
  expect(json.refused).toEqual([])
  path = `${ROOT}/collections/${collection.id}/objects/`
})

async function found(query: string): Promise<string[]> {
  const { status, json } = await ask(`${path}?${query}`, { key })
  expect(status).toBe(200)
  const names = new Map(Object.entries(objects).map(([name, { id }]) => [id, name]))
  return json.objects.map(({ id }: { id: string }) => names.get(id))
}

describe('interoperability filters', () => {
  it.each([
    ['match[name]=Emotet,Harbor ISAC', ['who', 'malware']],
    ['match[confidence]=90', ['sure']],
    ['match[relationship_type]=indicates', ['link']],
    ['match[identity_class]=organization', ['who']],
    ['match[labels]=botnet,nothing', ['sure']],
    ['match[malware_types]=bot', ['malware']],
    ['match[sectors]=energy', ['who']],
    ['match[external_id]=R-1', ['malware']],
    ['match[source_name]=vendor', ['malware']],
    ['match[phase_name]=delivery', ['gone']],
    [`match[MD5]=${MD5}`, ['unsure', 'file']],
    ['match[value]=198.51.100.7', ['ip', 'sure']],
    ['match[value]=b.example', ['gone']],
    [`match[value]=https://long.example/${'a'.repeat(300)}`, ['url']],
    [`match[value]=https://long.example/${'a'.repeat(299)}b`, []],
    ['match[tlp]=green', ['sure', 'unsure']],
    ['match[tlp]=amber%2Bstrict', []],
    ['match[revoked]=true', ['gone']],
    ['match[revoked]=false&type=indicator', ['sure', 'unsure']],
    ['match[revoked]=true,false&type=indicator', ['sure', 'unsure', 'gone']],
    [`match[relationships-all]=${link.target_ref}`, ['link']],
    ['match[confidence-gte]=21', ['sure']],
    ['match[confidence-lte]=20', ['unsure']],
    ['match[confidence-gte]=20&match[confidence-lte]=90', ['sure', 'unsure']],
    ['match[modified-gte]=2024-07-01T10:00:00Z', ['gone']],
    ['match[modified-lte]=2024-06-30T00:00:00Z&type=indicator', ['sure', 'unsure']],
    ['match[valid_until-gte]=2024-06-01T00:00:00.000Z', ['unsure', 'gone']],
    ['match[valid_until-gte]=2025-01-01T00:00:00.1Z', ['gone']],
    ['match[valid_from-lte]=2024-05-01T10:00:00Z&type=indicator', ['sure', 'unsure', 'gone']],
  ])('%s', async (query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  it.each([
    'match[confidence-gte]=much',
    'match[confidence-gte]=1,2',
    'match[modified-gte]=yesterday',
    'match[revoked]=maybe',
    'match[tlp]=purple',
    'match[labels]=',
    'x_sort=sideways',
  ])('%s is refused by name', async (query) => {
    const { status, json } = await ask(`${path}?${query}`, { key })
    expect(status).toBe(400)
    expect(json.details.parameter).toBe(query.split('=')[0])
  })

  it('gives the newest first when asked, and pages by next to the oldest', async () => {
    const all = Object.keys(objects)
    expect(await found('x_sort=desc')).toEqual(all.toReversed())
    const seen: string[] = []
    let query = 'x_sort=desc&limit=2&match[revoked]=false'
    for (let pages = 0; pages < 10; pages++) {
      const { json } = await ask(`${path}?${query}`, { key })
      seen.push(...json.objects.map(({ id }: { id: string }) => id))
      if (!json.more) break
      query = `next=${json.next}`
    }
    const live = all.filter((name) => name !== 'gone').toReversed()
    expect(seen).toEqual(live.map((name) => objects[name]?.id))
  })
})
