// A bundle or envelope without its objects: the text that is left when they are cut out.
import { isByteOrderMark } from './json-text.ts'

/** Where an object's text ends, and how long it is. */
export type Cut = { offset: number } & ({ text: string } | { chars: number })

/** The properties around the objects; undefined when what is left of the text is not JSON. */
export function frameOf(text: string, cuts: Cut[]): Record<string, unknown> | undefined {
  const first = cuts.at(0)
  const last = cuts.at(-1)
  const head = first === undefined ? text : text.slice(0, startOf(first))
  const tail = last === undefined ? '' : text.slice(last.offset)
  try {
    const { objects: _, ...frame } = JSON.parse(withoutByteOrderMark(head) + tail)
    return frame
  } catch {
    return undefined
  }
}

function startOf(cut: Cut): number {
  return cut.offset - ('text' in cut ? cut.text.length : cut.chars)
}

function withoutByteOrderMark(text: string): string {
  let start = 0
  while (isByteOrderMark(text.charCodeAt(start), start)) start += 1
  return text.slice(start)
}
