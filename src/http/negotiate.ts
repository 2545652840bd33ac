// What a TAXII client may ask for and send. Lenient in form, strict in what comes back: an answer
// is TAXII 2.1, or on pages of objects, when only that was asked for, the same under STIX's name.
import { refuse } from '../failure.ts'
import { EXPOSITION_TYPE } from '../observe/exposition.ts'
import {
  acceptedRanges,
  HTML,
  type MediaType,
  NDJSON,
  parseList,
  STIX,
  TAXII,
} from './media-type.ts'

/** `taxii-or-stix`: pages of objects and manifests, whose body is a STIX bundle as well. */
export type Offer = 'taxii' | 'taxii-or-stix' | 'json' | 'ndjson' | 'metrics' | 'html'

/**
 * The content type to answer with. No header, an empty one, `any wildcard` and a type without version
 * mean the newest; TAXII 2.0 alone, and `application/json` alone, are refused with 406, which
 * clients that speak several versions use to choose (TAXII 2.1 §3.1).
 */
export function negotiate(accept: string | undefined, offer: Offer): string {
  if (offer === 'json') return 'application/json'
  if (offer === 'ndjson') return NDJSON
  if (offer === 'html') return HTML
  if (offer === 'metrics') return EXPOSITION_TYPE
  if (accept === undefined || accept.trim() === '') return TAXII
  const ranges = acceptedRanges(accept)
  if (ranges.some((range) => isWildcard(range) || isTaxii21(range))) return TAXII
  if (offer === 'taxii-or-stix' && ranges.some(isStix21)) return STIX
  const offered = offer === 'taxii' ? [TAXII] : [TAXII, STIX]
  return refuse({ kind: 'not-acceptable', accept, offered })
}

/**
 * Refuses the content type of a POST unless one item of it is TAXII 2.1 or STIX 2.1: shipped
 * clients send either, and one sends both (TAXII 2.1 §5.5).
 */
export function requireTaxiiBody(contentType: string | undefined): void {
  const items = parseList(contentType ?? '')
  if (items.some((item) => isTaxii21(item) || isStix21(item))) return
  refuse({
    kind: 'unsupported-media-type',
    contentType: contentType ?? null,
    offered: [TAXII, STIX],
  })
}

function isWildcard({ type }: MediaType): boolean {
  return type === '*/*' || type === 'application/*'
}

function isTaxii21(item: MediaType): boolean {
  return item.type === 'application/taxii+json' && hasVersion(item, ['2.1', '2'])
}

function isStix21(item: MediaType): boolean {
  return item.type === 'application/stix+json' && hasVersion(item, ['2.1', '2'])
}

function hasVersion({ parameters }: MediaType, versions: string[]): boolean {
  const version = parameters.get('version')
  return version === undefined || versions.includes(version)
}
