// The one class of node:async_hooks that the Worker uses. Node's own types would bring its globals.
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<Store> {
    run<Result>(store: Store, callback: () => Result): Result
    getStore(): Store | undefined
  }
}
