// How large the built Worker may be: what an isolate has to load before it can answer.

/** Of `index.js`, gzipped. A deployment is refused beyond it, and the benchmark measures by it. */
export const BUNDLE_GZIP_BYTES_MAX = 150_000
