// The routing table of the operator's API.
import type { Operation } from '../http/operation.ts'
import { collectionOperations } from './collections.ts'
import { importObjects } from './import.ts'
import { keyOperations } from './keys.ts'

export const adminOperations: readonly Operation[] = [
  ...keyOperations,
  ...collectionOperations,
  importObjects,
]
