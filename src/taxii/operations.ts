// The routing table of TAXII 2.1, in the order of the specification.
import type { Operation } from '../http/operation.ts'
import { addObjectsOperation } from './add-objects.ts'
import { getCollection, getCollections } from './collections.ts'
import { deleteObject } from './delete-object.ts'
import { getApiRoot, getDiscovery, getDiscoveryBesideRoot } from './discovery.ts'
import { getManifest } from './manifest.ts'
import { getObject } from './object.ts'
import { getObjects } from './objects.ts'
import { getStatus } from './status.ts'
import { getVersions } from './versions.ts'

export const taxiiOperations: readonly Operation[] = [
  getDiscovery,
  getDiscoveryBesideRoot,
  getApiRoot,
  getStatus,
  getCollections,
  getCollection,
  getManifest,
  getObjects,
  addObjectsOperation,
  getObject,
  deleteObject,
  getVersions,
]
