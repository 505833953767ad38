/**
 * What administrators ask of a user's presence at his shard: what is shown and who says it, who watches, and hard
 * state set or taken back. A change is acknowledged when it is kept.
 */
import { Buffer } from 'node:buffer'
import { parsePidf } from '../documents/index.ts'
import type { PresenceReply, PresenceRequest, PresenceSource, WatcherSummary } from '../ports/admin.ts'
import type { PresenceAskMessage } from '../ports/presence-bus.ts'
import type { Devices } from '../registrar/index.ts'
import type { Accounts, ShardHost, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { summaryOf } from './composition/compose.ts'
import { compareText } from './composition/compose-source.ts'
import { countingPublications, registeredDevices } from './composition/counted-state.ts'
import { documentOfWords, hasBegun } from './hard-state.ts'
import type { HardStates } from './hard-states.ts'
import { checkDocument } from './publishing/check-document.ts'
import type { PresenceSettings } from './settings.ts'
import type { Presentities } from './watching/presentities.ts'
import type { Presentity } from './watching/presentity.ts'

type SetRequest = PresenceRequest & { readonly act: 'set' }

export class PresenceAdmin {
  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #devices: Devices
  readonly #settings: PresenceSettings
  readonly #presentities: Presentities
  readonly #hardStates: HardStates

  constructor(parts: {
    host: ShardHost
    accounts: Accounts
    devices: Devices
    settings: PresenceSettings
    presentities: Presentities
    hardStates: HardStates
  }) {
    this.#host = parts.host
    this.#accounts = parts.accounts
    this.#devices = parts.devices
    this.#settings = parts.settings
    this.#presentities = parts.presentities
    this.#hardStates = parts.hardStates
  }

  onAsk(unit: Unit, message: PresenceAskMessage): void {
    const { aor, act } = message
    const main = this.#accounts.aliasOf(aor)
    if (main) return unit.send(this.#host.shardOf(main), { ...message, aor: main })
    unit.touch(aor)
    if (!this.#accounts.find(aor)) return this.#refuse(unit, message, 'not-found', `${aor} is no user of this server`)
    if (act.act === 'show' || act.act === 'watchers') return this.#reply(unit, message, this.#shown(aor, act.act))
    const presentity = this.#presentities.of(aor)
    if (act.act === 'clear') {
      if (!presentity.hardStates.has(act.by)) {
        return this.#refuse(unit, message, 'not-found', `no ${act.by} has set anything for ${aor}`)
      }
      this.#hardStates.clear(unit, presentity, act.by)
    } else {
      const fault = this.#set(unit, presentity, act)
      if (fault !== null) return this.#refuse(unit, message, 'invalid', fault)
    }
    // In a unit behind this one, which sees what this one has changed and waits for the same batch.
    unit.afterwards(() => {
      this.#host.run({ who: aor, what: 'presence-set', hash: '' }, (next) => {
        next.touch(aor)
        this.#reply(next, message, this.#shown(aor, 'show'))
      })
    })
  }

  /** Null: it is done. */
  #set(unit: Unit, presentity: Presentity, { by, says, fromMs, untilMs }: SetRequest): string | null {
    const { aor } = presentity
    const nowMs = this.#host.clock.systemMs()
    if (untilMs !== null && untilMs <= nowMs) return 'its end is in the past'
    if (untilMs !== null && fromMs !== null && untilMs <= fromMs) return 'it ends before it begins'
    const document = this.#documentOf(aor, says, { fromMs, untilMs })
    if (typeof document === 'string') return document
    this.#hardStates.put(unit, presentity, { by, document, setMs: unit.nowMs, fromMs, untilMs })
    return null
  }

  #documentOf(aor: Aor, says: SetRequest['says'], times: Pick<SetRequest, 'fromMs' | 'untilMs'>): Uint8Array | string {
    if (!('document' in says)) return documentOfWords(aor, says, times)
    const { documentBytesMax: bytesMax } = this.#settings
    const checked = checkDocument(says.document, { aor, systemMs: this.#host.clock.systemMs(), bytesMax })
    return checked.ok ? checked.document : checked.rejection.reason
  }

  #shown(aor: Aor, act: 'show' | 'watchers'): PresenceReply {
    const presentity = this.#presentities.of(aor)
    const document = this.#presentities.documentOf(presentity)
    const read = parsePidf(document)
    const said = read.ok ? read.document : null
    const summary = said && summaryOf(said)
    const notes = said ? [...said.notes, ...said.persons.flatMap((person) => person.notes)] : []
    return {
      ok: true,
      aor,
      document: Buffer.from(document),
      basic: summary?.basic ?? 'closed',
      activity: summary?.activity ?? null,
      notes: notes.map(({ text }) => text),
      sources: this.#sourcesOf(presentity),
      devicesOnline: registeredDevices(this.#devices, presentity).length,
      watchers: act === 'watchers' ? this.#watchersOf(presentity) : [],
    }
  }

  #sourcesOf(presentity: Presentity): readonly PresenceSource[] {
    const { clock } = this.#host
    const counting = countingPublications(this.#devices, presentity, clock.wallMs())
    const published = [...presentity.publications.values()].map((each): PresenceSource => {
      const { deviceKey, publishedMs: saidMs, expiresMs: untilMs } = each
      return { by: 'device', deviceKey, counts: counting.includes(each), saidMs, fromMs: null, untilMs }
    })
    const set = [...presentity.hardStates.values()].map((held): PresenceSource => {
      const { by, setMs: saidMs, fromMs, untilMs } = held
      return { by, deviceKey: null, counts: hasBegun(held, clock.systemMs()), saidMs, fromMs, untilMs }
    })
    return [...published, ...set]
  }

  #watchersOf(presentity: Presentity): readonly WatcherSummary[] {
    return [...this.#presentities.watchersOf(presentity)]
      .flatMap(({ watcher, verdict, sinceMs }) => (verdict === 'unknown' ? [] : [{ watcher, verdict, sinceMs }]))
      .sort((a, b) => compareText(a.watcher, b.watcher))
  }

  #refuse(unit: Unit, message: PresenceAskMessage, error: 'invalid' | 'not-found', text: string): void {
    this.#reply(unit, message, { ok: false, error, message: text })
  }

  #reply(unit: Unit, { from: to }: PresenceAskMessage, reply: PresenceReply): void {
    unit.sendFlushed(to.worker, { kind: 'presence-reply', to, reply }, { kind: 'presence-reply', to, reply: notKept })
  }
}

const notKept: PresenceReply = { ok: false, error: 'unavailable', message: 'the store did not take the change' }
