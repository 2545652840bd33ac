// The end of a restore over HTTP: where the sequence goes on, and what a view still takes.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { BASE_MS, dateAt, dateOf, recordAt, sendLines, takeLines } from '../../support/backup.ts'
import { ask } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { identity, indicator } from '../../support/stix.ts'
import { createCollection, importObjects, type TestCollection } from '../../support/world.ts'

const JSON_TYPE = 'application/json'

let collection: TestCollection

beforeEach(async () => {
  collection = await createCollection()
})

describe('the end of a restore', () => {
  const finish = (body: object, id = collection.id) =>
    ask(`/admin/collections/${id}/records/finish/`, {
      method: 'POST',
      key: env.ADMIN_TOKEN,
      body: JSON.stringify(body),
    })

  it('lets the sequence go on after a date whose object is gone', async () => {
    await sendLines(collection.id, [recordAt(1)])
    const ahead = new Date(Date.now() + 3_600_000).toISOString()
    for (let twice = 0; twice < 2; twice++) {
      const answer = await finish({ after: dateAt(1), last_added: ahead })
      expect([answer.status, answer.json]).toEqual([
        200,
        { id: collection.id, last_added: ahead.replace('Z', '000Z') },
      ])
    }
    await importObjects(collection, [indicator()])
    const [, last = ''] = await takeLines(collection.id)
    expect(Date.parse(dateOf(last))).toBe(Date.parse(ahead) + 1)
  })

  it('never takes the sequence back', async () => {
    await sendLines(collection.id, [recordAt(500)])
    const answer = await finish({ after: dateAt(500), last_added: dateAt(1) })
    expect(answer.json.last_added).toBe(dateAt(500).replace('Z', '000Z'))
  })

  it('is refused where something else was written', async () => {
    await importObjects(collection, [indicator()])
    for (const after of [null, dateAt(1)]) {
      const answer = await finish({ after, last_added: dateAt(9) })
      expectRefusal(answer, { status: 409, code: 'conflict', contentType: JSON_TYPE })
    }
  })

  it('gives a view what its collection has and the records lacked', async () => {
    const objects = [indicator(), indicator(), identity()]
    await sendLines(
      collection.id,
      objects.map((object, at) => recordAt(at + 1, object)),
    )
    const view = await createCollection({
      can_write: false,
      view: { of: collection.id, types: ['indicator'], fill: false },
    })
    expect(await takeLines(view.id)).toEqual([])
    const [, second] = objects
    const member = { id: second?.id, spec_version: '2.1', version: second?.modified }
    const line = JSON.stringify({ date_added: dateAt(7), ...member })
    const none = JSON.stringify({ date_added: dateAt(8), ...member, id: indicator().id })
    const sent = await sendLines(view.id, [line, none])
    expect(sent.json).toMatchObject({ added: 1, refused: [{ index: 1 }] })
    expect((await sendLines(view.id, [line, none])).json).toMatchObject({ already_there: 2 })
    expect((await finish({ after: dateAt(8), last_added: null }, view.id)).status).toBe(200)
    const members = (await takeLines(view.id)).map((each) => JSON.parse(each))
    expect(members.map(({ id }) => id)).toEqual([second?.id, objects[0]?.id])
    expect(Date.parse(members[0].date_added)).toBe(BASE_MS + 7)
    expect(Date.parse(members[1].date_added)).toBeGreaterThan(Date.now() - 60_000)
  })

  it('takes a member of a view once', async () => {
    const object = indicator()
    await sendLines(collection.id, [recordAt(1, object)])
    const view = await createCollection({
      can_write: false,
      view: { of: collection.id, types: ['indicator'], fill: false },
    })
    const member = { id: object.id, spec_version: '2.1', version: object.modified }
    const twice = [1, 2].map((ms) => JSON.stringify({ date_added: dateAt(ms), ...member }))
    const answer = await sendLines(view.id, twice)
    expectRefusal(answer, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
    await sendLines(view.id, twice.slice(0, 1))
    await sendLines(view.id, twice.slice(1), dateAt(1))
    expect(await takeLines(view.id)).toHaveLength(1)
  })
})
