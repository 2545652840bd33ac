// A page of objects as text: at once TAXII's envelope and a STIX bundle. Object texts stand in it as
// they are stored; nothing here parses them.
import type { ContentPage } from '../store/pages.ts'

/** `more` and `objects` are always there: mainstream clients fail on an envelope without them. */
export function writeEnvelope({ content }: ContentPage, next: string | undefined): string {
  const head = `{"type":"bundle","id":"bundle--${crypto.randomUUID()}"`
  const paging = next === undefined ? '"more":false' : `"more":true,"next":"${next}"`
  return `${head},${paging},"objects":[${content}]}`
}
