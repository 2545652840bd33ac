// Pages that many readers ask for in the same words: looked for in the page cache, and looked for
// while the key is still being asked. Nothing is shown to anyone before the key was admitted.
import type { FoundPage, Wanted } from '../cache/page-cache.ts'
import type { PageName } from '../cache/stored-page.ts'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import type { Grants } from '../keys/record.ts'
import type { Session } from '../store/database.ts'
import type { PageExtent } from '../store/page.ts'
import { END_OF_TIME_MS, type PageQuery } from '../store/page-query.ts'
import type { PlacedCollection } from '../store/placed-collections.ts'
import {
  accessTo,
  bookmarkOf,
  isNamedCollectionKnown,
  isVisible,
  readerOf,
  readNamedCollection,
  requireReadable,
} from './access.ts'
import {
  answerOwnPage,
  answerPage,
  buildPage,
  type PageSubject,
  type Write,
  wantsGzip,
} from './page-answer.ts'
import { pageRequestOf } from './page-request.ts'

export type SharedPage<P extends PageExtent> = {
  /** Operations whose pages differ for the same query have different kinds. */
  kind: string
  read: (session: Session, query: PageQuery) => Promise<P>
  write: Write<P>
  empty: P
}

type Serving = Required<Pick<Operation, 'begin' | 'handle'>>

/**
 * A page looked for, with what decided besides the request which one it is: the collection as it was
 * known, and the look-back.
 */
type Begun = {
  lookBackDays: number
  subject: PageSubject
  wanted: Wanted
  found: Promise<FoundPage>
}

const begunFor = new WeakMap<Request, Promise<Begun | undefined>>()

export function serveSharedPage<P extends PageExtent>(shared: SharedPage<P>): Serving {
  return {
    begin(c, expected) {
      // What goes wrong with the facts goes wrong again, and is told, once the key has been admitted.
      const begun = begin(c, shared, expected).catch(() => undefined)
      begunFor.set(c.req.raw, begun)
    },
    handle: (c) => answer(c, shared),
  }
}

/**
 * Without grants that the key can be expected to have still, only the facts of the collection are
 * looked up, and of one only that is known here: who is refused must not make work of it.
 */
async function begin<P extends PageExtent>(
  c: AppContext,
  shared: SharedPage<P>,
  expected: Grants | undefined,
): Promise<Begun | undefined> {
  if (!isNamedCollectionKnown(c)) return undefined
  const collection = await readNamedCollection(c)
  if (collection === undefined || expected === undefined) return undefined
  if (!isVisible(collection, expected) || !accessTo(collection, expected).canRead) return undefined
  const subject = subjectOf(c, shared, collection, expected)
  if (isForOneReader(c, subject) || isBeyondHead(subject)) return undefined
  const wanted = wantedOf(c, shared, subject)
  const found = c.get('runtime').pages.find(wanted)
  // Whoever asks for the page is told, if it comes to that.
  found.catch(() => {})
  return { lookBackDays: expected.lookBackDays, subject, wanted, found }
}

async function answer<P extends PageExtent>(
  c: AppContext,
  shared: SharedPage<P>,
): Promise<Response> {
  const begun = await begunFor.get(c.req.raw)
  const collection = await requireReadable(c)
  const grants = c.get('grants')
  if (begun?.subject.collection === collection && begun.lookBackDays === grants.lookBackDays) {
    return answerFound(c, shared, { ...begun, found: await begun.found })
  }
  const subject = subjectOf(c, shared, collection, grants)
  if (isForOneReader(c, subject)) {
    const page = await shared.read(readerOf(c, collection.database), subject.request.query)
    return answerOwnPage(c, subject, page, shared.write)
  }
  if (isBeyondHead(subject)) return answerOwnPage(c, subject, shared.empty, shared.write)
  const wanted = wantedOf(c, shared, subject)
  const found = await c.get('runtime').pages.find(wanted)
  return answerFound(c, shared, { subject, wanted, found })
}

type Found = { subject: PageSubject; wanted: Wanted; found: FoundPage }

function answerFound<P extends PageExtent>(
  c: AppContext,
  shared: SharedPage<P>,
  { subject, wanted, found: { page, source } }: Found,
): Response {
  c.set('pageSource', source)
  const { hasMore, lastMs } = page.facts
  if (hasMore) readOn(c, shared, { subject, wanted, lastMs })
  return answerPage(c, subject, page)
}

/** Reads the next page ahead for a client that walks. */
function readOn<P extends PageExtent>(
  c: AppContext,
  shared: SharedPage<P>,
  { subject, wanted, lastMs }: { subject: PageSubject; wanted: Wanted; lastMs: number | null },
): void {
  const { query } = subject.request
  if (lastMs === null || query.order !== 'asc') return
  const request = { ...subject.request, query: { ...query, afterMs: lastMs } }
  const next = wantedOf(c, shared, { ...subject, request })
  const { pages } = c.get('runtime')
  if (!pages.isWalk(wanted.name, next.name)) return
  // A walk that stumbles here is told so when it comes to that page itself.
  c.executionCtx.waitUntil(pages.readAhead(next).catch(() => undefined))
}

function subjectOf<P extends PageExtent>(
  c: AppContext,
  { kind }: SharedPage<P>,
  collection: PlacedCollection,
  grants: Grants,
): PageSubject {
  return { kind, collection, request: pageRequestOf(c, collection, grants) }
}

/** Who sends a bookmark wants to see a certain write, which a kept page may not show. */
function isForOneReader(c: AppContext, { collection }: PageSubject): boolean {
  return bookmarkOf(c, collection.database) !== undefined
}

/** A poller at the head has nothing to get, which the collection's facts know without a query. */
function isBeyondHead({ collection, request: { query } }: PageSubject): boolean {
  return query.order === 'asc' && query.afterMs >= collection.lastAddedMs
}

function wantedOf<P extends PageExtent>(
  c: AppContext,
  { read, write }: SharedPage<P>,
  subject: PageSubject,
): Wanted {
  const { collection, request } = subject
  return {
    name: nameOf(subject),
    wantsGzip: wantsGzip(c),
    build: async () =>
      buildPage(subject, await read(readerOf(c, collection.database), request.query), write),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  }
}

/** Everything that decides what the page shows, and nothing else. */
function nameOf({ kind, collection, request: { query, filters } }: PageSubject): PageName {
  const floorMs = query.afterMs < query.floorMs - 1 ? query.floorMs : 0
  const asked = [query.afterMs, query.beforeMs, floorMs, query.limit, JSON.stringify(filters)]
  // Newest first, a page without an end is another one with every object added.
  const isOpen = query.order === 'desc' && query.beforeMs === END_OF_TIME_MS
  const openAt = isOpen ? collection.lastAddedMs : 0
  const shared = [collection.id, collection.revision, kind, openAt, ...asked].join(' ')
  return { collectionId: collection.id, shared, head: `${shared} ${collection.lastAddedMs}` }
}
