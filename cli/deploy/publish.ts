// Deploying the Worker, and what is known of its versions: the one that answered before is where a
// roll-back goes.
import { basename } from 'node:path'
import * as z from 'zod'
import { parseJson, type Wrangler } from './wrangler.ts'

const deployment = z.looseObject({
  versions: z.array(z.looseObject({ version_id: z.string(), percentage: z.number() })),
})

const deployed = z.looseObject({
  type: z.literal('deploy'),
  version_id: z.string().nullish(),
  targets: z.array(z.string()).nullish(),
})

export type Published = {
  versionId: string
  /** Origins at which it can be asked; the first is the best to show. */
  origins: string[]
}

/** The version that answers most requests now; undefined when nothing is deployed. */
export async function currentVersion(
  wrangler: Wrangler,
  config: string,
): Promise<string | undefined> {
  const ran = await wrangler.run(['deployments', 'status', '--json', '--config', config])
  const versions = parseJson(ran.stdout, deployment)?.versions ?? []
  return versions.toSorted((a, b) => b.percentage - a.percentage)[0]?.version_id
}

/** `before` is the version that answers until now. */
export async function publish(
  wrangler: Wrangler,
  config: string,
  { message, before }: { message: string; before: string | undefined },
): Promise<Published> {
  const ran = await wrangler.run(['deploy', '--config', config, '--message', message])
  const event = ran.events.map((each) => deployed.safeParse(each).data).find((each) => each)
  if (ran.exitCode === 0 && event?.version_id) {
    return { versionId: event.version_id, origins: originsOf(event.targets ?? []) }
  }
  // Its routes and schedules follow the upload, so that a failure may come after the change.
  const isChanged = (await currentVersion(wrangler, config)) !== before
  const consequence = isChanged
    ? `The new Worker answers already. ${rollbackWords(before, config)}`
    : 'What answered before goes on, on the migrated databases.'
  throw wrangler.failure('deploy the Worker', ran, consequence)
}

/** How to go back, as a sentence. */
export function rollbackWords(before: string | undefined, config: string): string {
  return before === undefined
    ? 'There is no version before it to go back to.'
    : `To go back to the version before: npx wrangler rollback ${before} -c ${basename(config)}`
}

const CUSTOM_DOMAIN = /^([^\s/*]+) \(custom domain/
const WORKERS_DEV = /^https:\/\/([^\s/*]+\.workers\.dev)$/
const WHOLE_HOST_ROUTE = /^(?:https?:\/\/)?([^\s/*]+)\/\*(?: \(|$)/

/** Wrangler's targets also name schedules, and routes of parts of a host. */
function originsOf(targets: readonly string[]): string[] {
  return [CUSTOM_DOMAIN, WHOLE_HOST_ROUTE, WORKERS_DEV].flatMap((form) =>
    targets.flatMap((target) => {
      const host = form.exec(target)?.[1]
      return host === undefined ? [] : [`https://${host}`]
    }),
  )
}
