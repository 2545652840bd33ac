// The routing table of the operator's API.
import type { Operation } from '../http/operation.ts'
import { listAudit } from './audit.ts'
import { collectionOperations } from './collections.ts'
import { showHealth } from './health.ts'
import { housekeepingOperations } from './housekeeping.ts'
import { importObjects } from './import.ts'
import { keyOperations } from './keys.ts'
import { operatorOperations } from './operators.ts'
import { showUsage } from './usage.ts'

export const adminOperations: readonly Operation[] = [
  showHealth,
  ...keyOperations,
  showUsage,
  ...collectionOperations,
  importObjects,
  ...operatorOperations,
  listAudit,
  ...housekeepingOperations,
]
