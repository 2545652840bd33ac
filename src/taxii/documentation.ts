// Descriptions that several operations share in the OpenAPI document.
import type { PathParameter, ResponseHeader } from '../http/operation.ts'

export const collectionParameter: PathParameter = {
  description:
    'Collection id or alias from the list endpoint (e.g. `soc-defenders-all`, `soc-defenders-network`, `soc-defenders-hashes`).',
  example: 'soc-defenders-network',
}

export const objectParameter: PathParameter = {
  description: 'STIX id of the object.',
  example: 'indicator--00000000-0000-4000-8000-000000000001',
}

export const dateAddedHeaderDocs: Record<string, ResponseHeader> = {
  'X-TAXII-Date-Added-First': {
    description: 'Timestamp of the first object in this response (oldest)',
    format: 'date-time',
  },
  'X-TAXII-Date-Added-Last': {
    description:
      'Timestamp of the last object in this response (newest). **Save this** for delta polling.',
    format: 'date-time',
  },
}
