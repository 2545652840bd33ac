// The routing table of the operator's API.
import type { Operation } from '../http/operation.ts'
import { listAudit } from './audit.ts'
import { collectionOperations } from './collections.ts'
import { exportRecords } from './export-records.ts'
import { showHealth } from './health.ts'
import { housekeepingOperations } from './housekeeping.ts'
import { importObjects } from './import.ts'
import { keyRecordOperations } from './key-records.ts'
import { keyOperations } from './keys.ts'
import { showMetrics } from './metrics.ts'
import { operatorOperations } from './operators.ts'
import { restoreOperations } from './restore-records.ts'
import { showUsage } from './usage.ts'

export const adminOperations: readonly Operation[] = [
  showHealth,
  showMetrics,
  ...keyOperations,
  showUsage,
  ...collectionOperations,
  importObjects,
  exportRecords,
  ...restoreOperations,
  ...keyRecordOperations,
  ...operatorOperations,
  listAudit,
  ...housekeepingOperations,
]
