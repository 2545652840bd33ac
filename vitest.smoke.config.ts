import { defineConfig } from 'vitest/config'

// The real server as a process of its own, started and ended as an operator would: slower than
// every other test, and therefore a command of its own (`npm run test:smoke`).
export default defineConfig({
  test: {
    name: 'smoke',
    include: ['test/smoke/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
