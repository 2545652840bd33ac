// Where this server's resources live.

export const DISCOVERY_PATHS = ['/taxii2/', '/api/taxii2/'] as const
export const API_ROOT_PATH = '/api/taxii2/api/'
export const COLLECTIONS_PATH = `${API_ROOT_PATH}collections/`
export const COLLECTION_PATH = `${COLLECTIONS_PATH}{collectionId}/`
export const MANIFEST_PATH = `${COLLECTION_PATH}manifest/`
export const OBJECTS_PATH = `${COLLECTION_PATH}objects/`
export const OBJECT_PATH = `${OBJECTS_PATH}{objectId}/`
export const VERSIONS_PATH = `${OBJECT_PATH}versions/`
export const STATUS_PATH = `${API_ROOT_PATH}status/{statusId}/`
