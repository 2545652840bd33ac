// Media types with their parameters (RFC 9110 §8.3, §12.5.1), as far as a TAXII server needs them:
// case, spacing, quoting and order never decide.

export type MediaType = { type: string; parameters: Map<string, string> }

/** The only media type of a TAXII answer, in the one spelling every client accepts. */
export const TAXII = 'application/taxii+json;version=2.1'
export const STIX = 'application/stix+json;version=2.1'
/** One JSON value a line. */
export const NDJSON = 'application/x-ndjson'
export const HTML = 'text/html; charset=utf-8'

/** The ranges of an `Accept` header that have not been refused with `q=0`; [] for none. */
export function acceptedRanges(header: string): MediaType[] {
  return parseList(header).filter(({ parameters }) => Number(parameters.get('q') ?? 1) > 0)
}

/** The items of a comma list; what cannot be read as a media type is left out. */
export function parseList(header: string): MediaType[] {
  return splitOutsideQuotes(header, ',').flatMap((item) => {
    const [type = '', ...rest] = splitOutsideQuotes(item, ';').map((part) => part.trim())
    if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return []
    return [{ type: type.toLowerCase(), parameters: new Map(rest.flatMap(parseParameter)) }]
  })
}

function parseParameter(text: string): [string, string][] {
  const equals = text.indexOf('=')
  if (equals < 1) return []
  const value = text.slice(equals + 1).trim()
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"')
  const bare = isQuoted ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
  return [[text.slice(0, equals).trim().toLowerCase(), bare]]
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\\' && isQuoted) i++
    else if (char === '"') isQuoted = !isQuoted
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
