// What one request may bring.
import type { SliceOptions } from '../stix/slice.ts'
import { OBJECT_BYTES_MAX } from '../store/limits.ts'

/** More would make the status of a request larger than the request. */
export const OBJECTS_PER_REQUEST_MAX = 20_000

export const REQUEST_SLICING: SliceOptions = {
  maxObjectChars: OBJECT_BYTES_MAX,
  maxObjects: OBJECTS_PER_REQUEST_MAX,
}
