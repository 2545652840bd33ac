// Timestamps as the products write them.

/** RFC 3339 without a fraction, as Go and Elastic's CEL do. */
export function toRfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** Six digits, as Python's `strftime('%Y-%m-%dT%H:%M:%S.%fZ')`. */
export function toSixDigits(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

/** As taxii2-client writes a datetime: zeros at the end of the fraction are cut. */
export function toTaxii2Client(ms: number): string {
  return toSixDigits(ms).replace(/\.?0+Z$/, 'Z')
}
