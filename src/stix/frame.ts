// A bundle or envelope without its objects: the text that is left when they are cut out.
import { type ReadJson, readJsonObject } from './json-object.ts'
import { isByteOrderMark } from './json-text.ts'

/** Where an object's text ends, and how long it is. */
export type Cut = { offset: number } & ({ text: string } | { chars: number })

/** The properties around the objects, read as strictly as an object is. */
export function readFrame(text: string, cuts: Cut[]): ReadJson {
  const first = cuts.at(0)
  const last = cuts.at(-1)
  const head = first === undefined ? text : text.slice(0, startOf(first))
  const tail = last === undefined ? '' : text.slice(last.offset)
  const read = readJsonObject(withoutByteOrderMark(head) + tail)
  if (!read.ok) return read
  const { objects: _, ...frame } = read.value
  return { ok: true, value: frame }
}

function startOf(cut: Cut): number {
  return cut.offset - ('text' in cut ? cut.text.length : cut.chars)
}

function withoutByteOrderMark(text: string): string {
  let start = 0
  while (isByteOrderMark(text.charCodeAt(start), start)) start += 1
  return text.slice(start)
}
