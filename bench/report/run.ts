// What a run leaves behind: everything that the written report and the JSON one are made of.

import type { PartResult } from '../part.ts'
import type { Plan } from '../plan.ts'
import type { Machine } from './machine.ts'

export type MeasuredPart = { name: string; title: string; result: PartResult }
export type FailedPart = { name: string; title: string; problem: string }

export type Run = {
  begunAt: string
  tookSeconds: number
  plan: Plan
  machine: Machine
  parts: (MeasuredPart | FailedPart)[]
}
