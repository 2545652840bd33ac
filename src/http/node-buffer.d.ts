// The one function of node:buffer that the Worker uses. Node's own types would bring its globals.
declare module 'node:buffer' {
  export const Buffer: { byteLength(text: string): number }
}
