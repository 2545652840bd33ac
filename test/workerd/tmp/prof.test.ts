import { env } from 'cloudflare:workers'
import { it } from 'vitest'
import { openWriter } from '../../../src/store/database.ts'
import { add, makeCollection, objectVersion } from '../../support/store.ts'
import { addObjects } from '../../../src/store/add-objects.ts'

it('profile', async () => {
  const c = await makeCollection()
  await makeCollection({ of: c, selector: ['type:identity', 'match:ipv4-addr', 'match:url'] })
  await makeCollection({ of: c, selector: ['type:identity', 'match:file'] })
  const real = openWriter(env.DB)
  const session = { prepare: (s: string) => real.prepare(s), batch: async (x: D1PreparedStatement[]) => { const r = await real.batch(x); console.log(r.map((y) => y.meta.duration).join(' ')); return r }, getBookmark: () => null } as unknown as typeof real
  for (let k = 0; k < 20; k++) {
    const many = Array.from({ length: 2000 }, (_, i) => objectVersion(crypto.randomUUID(), 1, { subtypes: [i % 2 ? 'ipv4-addr' : 'file'], content: 'x'.repeat(800) }))
    const t = Date.now()
    await addObjects(session, c.ref, many)
    console.log('total', Date.now() - t)
  }
})
