// The two functions of node:zlib that the Worker uses. Node's own types would bring its globals.
declare module 'node:zlib' {
  export function gzipSync(
    data: string | Uint8Array,
    options?: { level?: number; memLevel?: number },
  ): Uint8Array<ArrayBuffer>
  export function gunzipSync(data: Uint8Array): Uint8Array<ArrayBuffer>
}
