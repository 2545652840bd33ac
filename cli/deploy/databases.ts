// The D1 databases of a service: found in the account by id or name, made where they are missing.
import * as z from 'zod'
import { CliFailure } from '../failure.ts'
import type { BoundDatabase } from './configuration.ts'
import type { Wrangler } from './wrangler.ts'

const listed = z.array(z.looseObject({ uuid: z.string(), name: z.string() }))

type Listed = z.infer<typeof listed>

/** `config` is the file that names the account. */
export async function listDatabases(wrangler: Wrangler, config: string): Promise<Listed> {
  const args = ['d1', 'list', '--json', '--config', config]
  return await wrangler.requireJson(args, listed, 'list the D1 databases')
}

/**
 * The databases with the ids that they have in the account. One that was known by its id and has
 * gone is never replaced by an empty one: throws CliFailure.
 */
export function findDatabases(
  wanted: readonly BoundDatabase[],
  known: ReadonlyMap<string, string>,
  inAccount: Listed,
  made: string,
): BoundDatabase[] {
  return wanted.map((database) => {
    const id = database.id ?? known.get(database.binding)
    if (id === undefined) {
      return { ...database, id: inAccount.find(({ name }) => name === database.name)?.uuid }
    }
    const found = inAccount.find(({ uuid }) => uuid === id)
    // A database can be renamed, so that the id counts; the name is shown.
    if (found !== undefined) return { ...database, id, name: found.name }
    throw new CliFailure(
      `The account has no D1 database ${id}, which ${database.binding} is bound to (${database.name}). If it was deleted for good, take its id out of the deploy file, delete ${made}, and run again: an empty one is made.`,
    )
  })
}

/** Makes it and gives its id. */
export async function createDatabase(
  wrangler: Wrangler,
  config: string,
  { name, place }: BoundDatabase,
): Promise<string> {
  const purpose = `create the D1 database ${name}`
  const ran = await wrangler.require(['d1', 'create', name, ...place, '--config', config], {
    purpose,
  })
  const id = (await listDatabases(wrangler, config)).find((each) => each.name === name)?.uuid
  if (id === undefined) throw wrangler.failure(`${purpose}: it is not listed. Run again`, ran)
  return id
}
