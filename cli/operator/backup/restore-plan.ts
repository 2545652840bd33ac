// What a restore will do with each collection of a backup, decided before anything is written, so
// that a restore which cannot come to its end does not begin.
import { CliFailure } from '../../failure.ts'
import { readRecords, type Server } from '../records/read-records.ts'
import type { CollectionState, OperatorHealth } from '../resources.ts'
import type { CollectionContents, Contents } from './examine.ts'
import { dateOfRecord } from './format.ts'

export type PlannedCollection = {
  contents: CollectionContents
  /**
   * `create`: it is not there. `resume`: it is, as far as an interrupted restore came. `leave`: it
   * was restored and has been written to since.
   */
  action: 'create' | 'resume' | 'leave'
  /** As it is on the server; undefined when it is not there. */
  known: CollectionState | undefined
  /** The D1 database to create it in; undefined = the server decides. */
  database: string | undefined
}

/** The databases that were asked for: by id or alias, or for all others. */
export type DatabaseChoice = { all: string | undefined; each: Map<string, string> }

export async function planRestore(
  server: Server,
  { collections }: Contents,
  health: OperatorHealth,
  choice: DatabaseChoice,
): Promise<PlannedCollection[]> {
  const path = '/admin/collections/'
  const { collections: there } = await server.client.call<{ collections: CollectionState[] }>({
    path,
  })
  const problems = choiceProblems(choice, collections, health)
  const planned: PlannedCollection[] = []
  for (const contents of collections) {
    const database = databaseFor(contents.state, choice, health)
    const known = there.find(({ id }) => id === contents.state.id)
    const plan =
      known === undefined
        ? planNew(contents.state, there)
        : await planKnown(server, contents, known, askedFor(contents.state, choice))
    if ('problem' in plan) problems.push(`${nameOf(contents.state)}: ${plan.problem}`)
    else planned.push({ contents, database, known, ...plan })
  }
  if (problems.length === 0) return planned
  throw new CliFailure(`Nothing was restored.\n${problems.map((each) => `  ${each}`).join('\n')}`)
}

type Decision = Pick<PlannedCollection, 'action'> | { problem: string }

function planNew({ alias, title }: CollectionState, there: CollectionState[]): Decision {
  const other = there.find((each) => each.title === title || each.alias === (alias ?? each.id))
  if (other === undefined) return { action: 'create' }
  const taken = other.title === title ? `title "${title}"` : `alias ${alias}`
  return {
    problem: `another collection, ${other.id}, has the ${taken}. Delete or rename it, or restore into a server that begins without collections`,
  }
}

async function planKnown(
  server: Server,
  contents: CollectionContents,
  known: CollectionState,
  asked: string | undefined,
): Promise<Decision> {
  const { state, lastLine } = contents
  const isSame =
    known.view_of === state.view_of &&
    String(known.selects) === String(state.selects) &&
    String(known.media_types.toSorted()) === String(state.media_types.toSorted())
  if (!isSame) return { problem: 'the collection with its id on the server is of another kind' }
  if (asked !== undefined && known.database !== asked) {
    return { problem: `it is in the database ${known.database} already, not in ${asked}` }
  }
  const last = state.last_added
  const isWithin = known.last_added === null || (last !== null && known.last_added <= last)
  if (isWithin) return { action: 'resume' }
  const isBeyond = lastLine !== undefined && (await isThere(server, state.id, lastLine))
  return isBeyond ? { action: 'leave' } : { problem: ANOTHER_WAY }
}

const ANOTHER_WAY =
  'the collection on the server is not the one of the backup, or has gone another way since'

/** Whether the very record stands at its very date. */
async function isThere(server: Server, id: string, line: Buffer): Promise<boolean> {
  const through = dateOfRecord(line)
  const after = new Date(Date.parse(through) - 1).toISOString()
  for await (const { lines } of readRecords(server, id, { after, through }, 1)) {
    return lines.equals(Buffer.concat([line, Buffer.from('\n')]))
  }
  return false
}

/** Where it was before, if the server has a database of that name and no other was asked for. */
function databaseFor(
  state: CollectionState,
  choice: DatabaseChoice,
  { databases }: OperatorHealth,
): string | undefined {
  if (state.view_of !== null) return undefined
  const asked = askedFor(state, choice)
  if (asked !== undefined) return asked
  return databases.some(({ name }) => name === state.database) ? state.database : undefined
}

/** A view is where its collection is. */
function askedFor(
  { id, alias, view_of }: CollectionState,
  { all, each }: DatabaseChoice,
): string | undefined {
  return view_of === null ? (each.get(id) ?? each.get(alias ?? '') ?? all) : undefined
}

function choiceProblems(
  { all, each }: DatabaseChoice,
  collections: CollectionContents[],
  { databases }: OperatorHealth,
): string[] {
  const names = databases.map(({ name }) => name)
  const unknown = [...(all === undefined ? [] : [all]), ...each.values()]
    .filter((name) => !names.includes(name))
    .map((name) => `--database: the server has no database ${name} (${names.join(', ')}).`)
  const strangers = [...each.keys()]
    .filter(
      (name) => !collections.some(({ state: { id, alias } }) => name === id || name === alias),
    )
    .map((name) => `--database: the backup has no collection ${name}.`)
  return [...unknown, ...strangers]
}

export function nameOf({ alias, title }: Pick<CollectionState, 'alias' | 'title'>): string {
  return alias ?? `"${title}"`
}
