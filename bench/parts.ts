// Every part, in the order in which they are measured: what is quick first, what loads before what
// reads.
import { admission } from './measures/admission.ts'
import { bundle } from './measures/bundle.ts'
import { coldPage } from './measures/cold-page.ts'
import { growingHead } from './measures/growing-head.ts'
import { growth } from './measures/growth.ts'
import { largePages } from './measures/large-pages.ts'
import { load } from './measures/load.ts'
import { peers } from './measures/peers.ts'
import { polls } from './measures/polls.ts'
import { startUp } from './measures/start-up.ts'
import { walkCollection } from './measures/walk-collection.ts'
import { warmPagePart } from './measures/warm-page.ts'
import { wire } from './measures/wire.ts'
import type { Part } from './part.ts'

export const PARTS: readonly Part[] = [
  bundle,
  startUp,
  load,
  wire,
  coldPage,
  warmPagePart,
  admission,
  polls,
  growingHead,
  largePages,
  growth,
  peers,
  walkCollection,
]
