// Writers that add into one collection at the same time: new objects, new versions in any order,
// objects of one another, duplicates; through the operator's import and through TAXII.
import { operate, ROOT, TAXII } from '../../support/http.ts'
import { indicator, stixId } from '../../support/stix.ts'
import type { TestCollection } from '../../support/world.ts'
import { type Asker, askerIn } from './asker.ts'
import type { Ledger } from './ledger.ts'

type Sent = { id: string; modified: string }

export type Scene = { collection: TestCollection; ledger: Ledger; below: (max: number) => number }

const SHARED_IDS = Array.from({ length: 12 }, () => stixId('indicator'))
const OBJECTS_MAX = 9

export async function write(scene: Scene, key: string, rounds: number): Promise<void> {
  const { collection, ledger, below } = scene
  const send = below(2) === 0 ? sendByImport : sendByPost
  const own: Sent[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const objects = Array.from({ length: 1 + below(OBJECTS_MAX) }, () => next(own, below))
      ledger.begin(objects)
      await send(collection, key, objects)
      ledger.acknowledge(objects)
      own.push(...objects)
    }
  } finally {
    ledger.writersLeft--
  }
}

function next(own: Sent[], below: Scene['below']): Sent {
  const known = own[below(Math.max(1, own.length))]
  const choice = below(10)
  if (known !== undefined && choice < 2) return known
  if (known !== undefined && choice < 4) return made(known.id, below)
  if (choice < 6) return made(SHARED_IDS[below(SHARED_IDS.length)] ?? stixId('indicator'), below)
  return made(stixId('indicator'), below)
}

/** The same id and version is always the same object, whoever makes it. */
function made(id: string, below: Scene['below']): Sent {
  const modified = `2024-06-01T10:00:00.${String(below(1000)).padStart(3, '0')}Z`
  return indicator({ id, modified }) as Sent & object
}

async function sendByImport(to: TestCollection, _key: string, objects: object[]): Promise<void> {
  const { json } = await operate(
    'POST',
    `/collections/${to.id}/import/`,
    objects.map((object) => JSON.stringify(object)).join('\n'),
  )
  if (json.received !== objects.length || json.refused.length > 0) throw new Error('refused')
}

/** Another isolate than the one that imports go through. */
const elsewhere: Asker = askerIn({})

async function sendByPost(to: TestCollection, key: string, objects: object[]): Promise<void> {
  const { status, json } = await elsewhere(`${ROOT}/collections/${to.id}/objects/`, {
    method: 'POST',
    key,
    headers: { 'Content-Type': TAXII },
    body: JSON.stringify({ objects }),
  })
  if (status !== 202 || json.failure_count > 0) throw new Error(`${status}: not all stored`)
}
