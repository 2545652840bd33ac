// The world of a run: servers that are started when a part first asks for them, with their data,
// and are all ended when the run ends, however it ends.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../cli/sample-feed/random.ts'
import { requireDataset } from './data/dataset.ts'
import { HttpReader } from './load/http-reader.ts'
import { Positions, readPageDates, spreadOver } from './load/positions.ts'
import type { Plan } from './plan.ts'
import { type BareServer, startBare } from './servers/bare.ts'
import { EdgeServer, type ImportReport } from './servers/edge.ts'
import { startMedallion } from './servers/medallion.ts'
import { type PeerServer, startOpenTaxii } from './servers/opentaxii.ts'
import type { Absent, TaxiiTarget } from './servers/taxii-target.ts'

/** Our server with one collection of a known size. */
export type LoadedEdge = {
  server: EdgeServer
  target: TaxiiTarget
  positions: Positions
  /** Date of the newest object. */
  headMs: number
  load: ImportReport
}

const COLLECTION = 'bench'
const KEYS = 16
/** More than any burst asks for on a machine of today. */
const POSITIONS = 50_000

export class Bench {
  readonly plan: Plan
  readonly reader = new HttpReader()
  readonly say: (line: string) => void
  readonly #folder: string
  readonly #begun = new Map<string, Promise<unknown>>()
  readonly #stops: (() => Promise<void>)[] = []

  /** `folder` holds feeds and the state of servers; all of it can be made again. */
  constructor(plan: Plan, folder: string, say: (line: string) => void) {
    this.plan = plan
    this.say = say
    this.#folder = folder
  }

  async dataset(objects: number): Promise<string> {
    return await requireDataset(join(this.#folder, 'data'), objects)
  }

  async edge(objects: number): Promise<LoadedEdge> {
    return await this.#once(`edge-${objects}`, async (folder) => {
      const server = await this.startEdge(folder, this.plan)
      const known = server.noted<ImportReport>()
      const load = known ?? (await this.#import(server, objects))
      const keys = await server.createKeys(KEYS)
      const target = server.target('taxii-edge', COLLECTION, objects, keys)
      const pages = await readPageDates(this.reader, target)
      const positions = new Positions(spreadOver(pages, POSITIONS), new Random(Date.now()))
      return { server, target, positions, headMs: pages.at(-1)?.lastMs ?? 0, load }
    })
  }

  /** One more of our servers, empty. */
  async startEdge(name: string, { reuse } = { reuse: false }): Promise<EdgeServer> {
    const server = await EdgeServer.start({ folder: join(this.#servers, name), reuse })
    this.#stops.push(() => server.stop())
    return server
  }

  async bare(rows: number): Promise<BareServer> {
    return await this.#once(`bare-${rows}`, async (name) => {
      const file = await this.dataset(rows)
      const { reuse } = this.plan
      const folder = join(this.#servers, name)
      return this.#keep(await startBare({ folder, reuse, file, rows, reader: this.reader }))
    })
  }

  async openTaxii(objects: number): Promise<PeerServer | Absent> {
    return await this.#once(`opentaxii-${objects}`, (name) =>
      this.#peer(startOpenTaxii, name, objects),
    )
  }

  async medallion(objects: number): Promise<PeerServer | Absent> {
    return await this.#once(`medallion-${objects}`, (name) =>
      this.#peer(startMedallion, name, objects),
    )
  }

  /** A fresh folder for something that is not kept. */
  scratch(name: string): string {
    const folder = join(this.#folder, 'scratch', name)
    rmSync(folder, { recursive: true, force: true })
    return folder
  }

  async stop(): Promise<void> {
    this.reader.close()
    await Promise.all(this.#stops.splice(0).map((stop) => stop()))
  }

  get #servers(): string {
    return join(this.#folder, 'servers')
  }

  async #import(server: EdgeServer, objects: number): Promise<ImportReport> {
    const file = await this.dataset(objects)
    await server.createCollection(COLLECTION)
    const report = await server.import(file, COLLECTION)
    server.note(report)
    return report
  }

  async #peer(start: typeof startOpenTaxii, name: string, objects: number) {
    const file = await this.dataset(objects)
    const { reuse, mayInstallPeers: mayInstall } = this.plan
    const folder = join(this.#servers, name)
    const { reader } = this
    const peer = await start({ folder, reuse, mayInstall, file, objects, reader })
    return 'absent' in peer ? peer : this.#keep(peer)
  }

  #keep<Server extends { stop: () => Promise<void> }>(server: Server): Server {
    this.#stops.push(server.stop)
    return server
  }

  async #once<Made>(name: string, make: (name: string) => Promise<Made>): Promise<Made> {
    const begun = this.#begun.get(name) as Promise<Made> | undefined
    if (begun !== undefined) return await begun
    this.say(`Preparing ${name}`)
    const made = make(name)
    this.#begun.set(name, made)
    return await made
  }
}
