import { it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'
import { interopFilters } from '../../../src/taxii/interop-filters.ts'
it('env', async () => {
  const collection = await createCollection()
  const key = await createReader()
  const objects = Array.from({length: 100}, () => indicator())
  await importObjects(collection, objects)
  const path = `${ROOT}/collections/${collection.id}/objects/`
  const ids = objects.map(({id}) => id).join(',')
  const one = await ask(`${path}?${new URLSearchParams({limit: '1', 'match[id]': ids})}`, {key})
  console.log(one.status, one.text.length, one.json.next?.length)
  const two = await ask(`${path}?next=${one.json.next}`, {key})
  console.log(two.status, two.text.slice(0, 200))
  for (const n of [30, 45, 46, 60, 100]) {
    const r = await ask(`${path}?${new URLSearchParams({'match[relationships-all]': objects.slice(0,n).map(({id}) => id).join(',')})}`, {key})
    console.log(n, r.status)
  }
  const p = new URLSearchParams()
  for (const [name, f] of Object.entries(interopFilters)) {
    const v = ['x', '1', 'true', 'clear', '2024-01-01T00:00:00Z'].find(t => f.parameter.schema.safeParse(t).success)
    p.set(name, v ?? '')
  }
  const r = await ask(`${path}?${p}`, {key})
  console.log([...p].length, r.status, r.text.slice(0, 300))
  let next = ''
  for (const type of 'abcdefghijkl') {
    const r = await ask(`${path}?${new URLSearchParams({limit: '1', next, 'match[type]': `indicator,${type}`})}`, {key})
    console.log(type, r.status, r.json.next?.length)
    next = r.json.next ?? ''
  }
})
