// One Durable Object per key: its record, its counters and its usage. It decides and counts in one
// call without waiting in between, so counting is exact; it writes what it counted at most once a
// second. Its methods return decisions and throw only for a fault of ours.
import { DurableObject } from 'cloudflare:workers'
import { configOf } from '../config/config.ts'
import {
  type Barrier,
  barrierOf,
  type Grants,
  grantsOf,
  type KeyPatch,
  type KeyRecord,
  keyRecordSchema,
  limitsOf,
  patched,
} from './record.ts'
import {
  count,
  type FinishedPeriods,
  type KeyUsage,
  noUsage,
  type RunningUsage,
  type ServedReport,
  SLOT_PREFIX,
  type UsageEvent,
  type UsagePeriod,
  usageOf,
} from './usage.ts'
import { type Counters, NOTHING_SPENT, spend, type WindowName, type Windows } from './window.ts'

export type { KeyUsage, ServedReport } from './usage.ts'

export type AdmitRequest = {
  /** Weight of the request; 0 asks without spending. */
  thousandths: number
  /** Null when unknown: a key bound to networks is then refused. */
  clientAddress: string | null
  /** What was served to this key since the last report. */
  served?: ServedReport
}

export type Admission =
  | { admitted: true; grants: Grants; windows: Windows }
  | { admitted: false; reason: 'unknown' }
  | { admitted: false; reason: Barrier; keyId: string }
  | {
      admitted: false
      reason: WindowName
      retryAfterSeconds: number
      grants: Grants
      windows: Windows
    }

type KnownAdmission = Exclude<Admission, { reason: 'unknown' }>

/** What changes with every request; one row, a few hundred bytes. */
type Running = { counters: Counters; usage: RunningUsage }

const RECORD = 'record'
const RUNNING = 'running'
const WRITE_INTERVAL_MS = 1000

export class ApiKey extends DurableObject<Env> {
  /** Unix milliseconds; an instance property so that a test can set the time. */
  clock: () => number = Date.now

  #record = this.ctx.storage.kv.get<KeyRecord>(RECORD)
  #running = this.ctx.storage.kv.get<Running>(RUNNING) ?? {
    counters: NOTHING_SPENT,
    usage: noUsage(),
  }
  /** Closed since the last write. */
  #finished: FinishedPeriods = {}
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #writeTimer: ReturnType<typeof setTimeout> | null = null

  /** `created` is false, and nothing changes, when the object holds a key already. */
  create(record: KeyRecord): { created: boolean } {
    if (this.#record !== undefined) return { created: false }
    this.#save(record)
    return { created: true }
  }

  /** Verifies the key, counts the request and tells what it may do. */
  admit({ thousandths, clientAddress, served }: AdmitRequest): Admission {
    const record = this.#record
    if (record === undefined) return { admitted: false, reason: 'unknown' }
    const nowMs = this.clock()
    if (served !== undefined) this.#count({ kind: 'served', report: served }, nowMs)
    const admission = this.#decide(record, { thousandths, clientAddress }, nowMs)
    this.#count(eventOf(admission, thousandths), nowMs)
    this.#writeSoon(nowMs)
    return admission
  }

  /** What was served, when no further request came to carry it. */
  report(served: ServedReport): void {
    if (this.#record === undefined) return
    const nowMs = this.clock()
    this.#count({ kind: 'served', report: served }, nowMs)
    this.#writeSoon(nowMs)
  }

  /** Null for a key that does not exist; so below. */
  show(): KeyRecord | null {
    return this.#record ?? null
  }

  change(patch: KeyPatch): KeyRecord | null {
    return this.#record === undefined ? null : this.#save(patched(this.#record, patch))
  }

  /** For good; a second revocation leaves the first instant. */
  revoke(atMs: number): KeyRecord | null {
    if (this.#record === undefined || this.#record.revokedAtMs !== null) return this.show()
    return this.#save({ ...this.#record, revokedAtMs: atMs })
  }

  /** Ends the key at an instant, e.g. that of a rotation's overlap; never later than it was. */
  expire(atMs: number): KeyRecord | null {
    const expiresAtMs = Math.min(atMs, this.#record?.expiresAtMs ?? atMs)
    return this.change({ expiresAtMs })
  }

  usage(): KeyUsage | null {
    if (this.#record === undefined) return null
    const finished = {
      minutes: this.#finishedPeriods(SLOT_PREFIX.minute),
      days: this.#finishedPeriods(SLOT_PREFIX.day),
    }
    return usageOf(this.#running.usage, finished, this.clock())
  }

  #decide(record: KeyRecord, request: AdmitRequest, nowMs: number): KnownAdmission {
    const barrier = barrierOf(record, request.clientAddress, nowMs)
    if (barrier !== undefined) return { admitted: false, reason: barrier, keyId: record.id }
    const { tiers } = configOf(this.env)
    const grants = grantsOf(record, tiers)
    const limits = limitsOf(record, tiers)
    const { counters, decision } = spend(this.#running.counters, limits, request.thousandths, nowMs)
    this.#running.counters = counters
    return { ...decision, grants }
  }

  #count(event: UsageEvent, nowMs: number): void {
    Object.assign(this.#finished, count(this.#running.usage, event, nowMs))
  }

  /** Confirmed on disk before any answer leaves the object. */
  #save(record: KeyRecord): KeyRecord {
    const checked = keyRecordSchema.parse(record)
    this.ctx.storage.kv.put(RECORD, checked)
    this.#record = checked
    return checked
  }

  /**
   * At once if the last write is a second old, otherwise when it will be. Both, because under a
   * steady load a timer may be late.
   */
  #writeSoon(nowMs: number): void {
    const dueMs = Math.min(WRITE_INTERVAL_MS, this.#writtenAtMs + WRITE_INTERVAL_MS - nowMs)
    if (dueMs <= 0) this.#write()
    else this.#writeTimer ??= setTimeout(() => this.#write(), dueMs)
  }

  /**
   * One transaction, of one row until a minute ends. Unconfirmed: an answer need not wait for the
   * disk, since a crash may forget a second of counting anyway.
   */
  #write(): void {
    clearTimeout(this.#writeTimer)
    this.#writeTimer = null
    this.#writtenAtMs = this.clock()
    const rows = { [RUNNING]: this.#running, ...this.#finished }
    this.#finished = {}
    for (const [key, value] of Object.entries(rows)) {
      this.ctx.waitUntil(this.ctx.storage.put(key, value, { allowUnconfirmed: true }))
    }
  }

  #finishedPeriods(prefix: string): UsagePeriod[] {
    const written = Object.fromEntries(this.ctx.storage.kv.list<UsagePeriod>({ prefix }))
    const unwritten = Object.entries(this.#finished).filter(([slot]) => slot.startsWith(prefix))
    return Object.values({ ...written, ...Object.fromEntries(unwritten) })
  }
}

function eventOf(admission: KnownAdmission, thousandths: number): UsageEvent {
  return admission.admitted
    ? { kind: 'admitted', thousandths }
    : { kind: 'refused', reason: admission.reason }
}
