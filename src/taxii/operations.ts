// The routing table of TAXII 2.1, in the order of the specification.
import type { Operation } from '../http/operation.ts'
import { getCollection, getCollections } from './collections.ts'
import { getApiRoot, getDiscovery, getDiscoveryBesideRoot } from './discovery.ts'
import { getObjects } from './objects.ts'

export const taxiiOperations: readonly Operation[] = [
  getDiscovery,
  getDiscoveryBesideRoot,
  getApiRoot,
  getCollections,
  getCollection,
  getObjects,
]
