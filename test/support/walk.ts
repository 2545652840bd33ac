// Walks a collection page by page, in each way that shipped clients do, and gives the ids in the
// order they came. A walk that does not end is an error.
import { type Answer, ask } from './http.ts'

const PAGES_MAX = 300

export type Walk = { ids: string[]; pages: Answer[] }

type Step = (answer: Answer) => Record<string, string> | undefined

/** `path` without query; `first` is the query of the first page, `step` makes the following ones. */
export async function walk(
  path: string,
  key: string,
  first: Record<string, string>,
  step: Step,
): Promise<Walk> {
  const pages: Answer[] = []
  let query: Record<string, string> | undefined = first
  while (query !== undefined) {
    if (pages.length === PAGES_MAX) throw new Error(`no end after ${PAGES_MAX} pages of ${path}`)
    const answer: Answer = await ask(`${path}?${new URLSearchParams(query)}`, { key })
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    pages.push(answer)
    query = answer.json.more ? step(answer) : undefined
  }
  return { ids: pages.flatMap(({ json }) => idsOf(json)), pages }
}

/** Sends nothing but `next`. */
export function byNextAlone(answer: Answer): Record<string, string> {
  return { next: answer.json.next }
}

/** Repeats the query of the first page with `next`. */
export function byNext(first: Record<string, string>): Step {
  return (answer) => ({ ...first, next: answer.json.next })
}

/** Repeats the query with `added_after` from the header, as `cut` makes it. */
export function byHeader(
  first: Record<string, string>,
  cut: (date: string) => string = (date) => date,
): Step {
  return (answer) => ({ ...first, added_after: cut(lastDateOf(answer)) })
}

export function lastDateOf({ headers }: Answer): string {
  const date = headers.get('X-TAXII-Date-Added-Last')
  if (date === null) throw new Error('the page has no X-TAXII-Date-Added-Last')
  return date
}

export function idsOf(json: { objects: { id: string }[] }): string[] {
  return json.objects.map(({ id }) => id)
}
