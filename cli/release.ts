// The release of this source tree, as its programs tell it. It is written in package.json alone.
import manifest from '../package.json' with { type: 'json' }

export const RELEASE: string = manifest.version
