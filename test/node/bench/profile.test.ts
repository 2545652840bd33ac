import { describe, expect, it } from 'vitest'
import { activeMilliseconds, selfTimes } from '../../../bench/profile/cpu-profile.ts'
import { sourceFinder } from '../../../bench/profile/inspected-worker.ts'

const frame = (functionName: string, lineNumber = 1) => ({ functionName, url: 'x.js', lineNumber })

describe('CPU profiles', () => {
  // The second node is the same function, called from elsewhere.
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)', -1) },
      { id: 2, callFrame: frame('join') },
      { id: 3, callFrame: frame('join') },
      { id: 4, callFrame: frame('gzip', 9) },
    ],
    samples: [1, 2, 4, 3, 1],
    timeDeltas: [1_000, 2_000, 9_000, 4_000, 500],
  }

  it('add up the time of a function wherever it was called from, the dearest first', () => {
    expect(
      selfTimes(profile).map(({ callFrame, milliseconds }) => [
        callFrame.functionName,
        milliseconds,
      ]),
    ).toEqual([
      ['gzip', 9],
      ['join', 6],
      ['(idle)', 1.5],
    ])
  })

  it('tell active from idle time', () => {
    expect(activeMilliseconds(profile)).toBe(15)
  })

  it('find the source of a line by the bundler’s comments', () => {
    const sourceOf = sourceFinder(
      'head\n// src/a.ts\nlet a\n// plain words\nlet b\n// src/b.ts\nlet c',
    )
    expect([0, 2, 4, 6].map(sourceOf)).toEqual(['', 'src/a.ts', 'src/a.ts', 'src/b.ts'])
  })
})
