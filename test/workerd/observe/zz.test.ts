import { expect, it } from 'vitest'
import { ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { workerUnder } from '../../support/watched.ts'
import { createCollection, createKey, importObjects } from '../../support/world.ts'
it('x', async () => {
  const collection = await createCollection()
  await importObjects(collection, indicators(20))
  const reader = await createKey()
  const w = workerUnder({ REQUEST_LOG: 'all' })
  const objects = `${ROOT}/collections/${collection.id}/objects/`
  for (const l of [1, 2, 3]) {
    const { lines } = await w.watch(`${objects}?limit=${l}`, reader)
    console.log(lines)
  }
  const { lines } = await w.watchAll(Array(3).fill([`${objects}?limit=6`, reader]))
  console.log(lines)
  expect(1).toBe(1)
})
