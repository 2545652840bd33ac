// The release of the Worker that answers, for whoever reports a fault of it. It is written in
// package.json alone; the bundler takes this one value of it and leaves the rest.
import { version } from '../../package.json'

export const RELEASE: string = version
