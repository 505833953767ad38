/**
 * What happened of presence in a run, as the checkers read it: states that were published, subscriptions as their
 * devices see them, each NOTIFY that left the server, acts on policy and on lists. Times are virtual milliseconds.
 */

import type { RegInfo, WatcherInfo } from '../../src/documents/index.ts'
import { domain } from '../world/core-settings.ts'
import { parseStates, type ToldState } from './document.ts'
import { parseToldList, statesOf, type ToldList } from './lists/told-list.ts'
import type { Act } from './possible-values.ts'
import { parseToldRegistrations, parseToldWaiting, parseToldWatchers } from './told-documents.ts'
import type { WatchedPackage } from './watch-target.ts'

/** One PUBLISH. */
export interface PublishAct {
  readonly user: string
  readonly device: string
  readonly act: 'create' | 'modify' | 'refresh' | 'remove'
  /** The state that the publication has after it; of a refresh and a removal the one before. */
  readonly number: number
  readonly sentMs: number
  /** As the device asked for. */
  readonly expiresMs: number
  /** Requests with a CSeq of their own: more than one after a challenge. */
  submissions: number
  /** 0: none came. */
  status: number
  answeredMs: number
}

/** A subscription as its device sees it. Its dialog has a Call-ID of its own. */
export interface SubscriptionLog {
  readonly callId: string
  readonly watcher: string
  readonly device: string
  /** Of a list: none; see `lists/memberships.ts`. */
  readonly presentities: readonly string[]
  /** `own`: of the watcher (RFC 4662); `contained`: it came with the SUBSCRIBE (RFC 5367). */
  readonly list: 'own' | 'contained' | null
  readonly event: WatchedPackage
  readonly isFetch: boolean
  readonly sentMs: number
  /** The newest SUBSCRIBE with a 2xx: when it left. Null: there was none. */
  confirmedMs: number | null
  /** From then on the device answers 481. */
  endedMs: number | null
  endedBy: string
}

/** A NOTIFY as it first left the server. */
export interface NotifyLog {
  readonly callId: string
  /** The server's: a second one for a Call-ID is a second subscription. */
  readonly serverTag: string
  readonly cseq: number
  /** Of Subscription-State. */
  readonly state: string
  /** What it tells, by the user whom it is about. */
  readonly told: ReadonlyMap<string, ToldState>
  /** Null: it is about one presentity, or tells nothing. */
  readonly list: ToldList | null
  /** Null: it is about no registration (RFC 3680). */
  readonly registrations: RegInfo | null
  /** Null: it is about no watchers (RFC 3858). */
  readonly watchers: WatcherInfo | null
  /** How many messages wait (RFC 3842); null: it is about no mailbox. */
  readonly waiting: number | null
  readonly sentMs: number
  readonly flow: object
  /** At the device; null: never. */
  arrivedMs: number | null
  /** When the device's answer came back to the server by the same flow; null: never. */
  answeredMs: number | null
}

/** What one shard holds: both ends of its watches, its subscriptions, its names. */
export interface ShardCensus {
  readonly worker: number
  readonly namesCount: number
  /** `watcher presentity`, as the watchers' side has it. */
  readonly watches: readonly string[]
  /** The same as the presentities' side has it. */
  readonly watchers: readonly string[]
  readonly subscriptions: readonly HeldSubscription[]
}

export interface HeldSubscription {
  readonly watcher: string
  readonly resource: string
  /** Whom it watches: one, or those on a list. */
  readonly presentities: readonly string[]
  readonly isContainedList: boolean
  readonly isFetch: boolean
  /** Empty: of a device that is not recognised when it comes back. */
  readonly deviceKey: string
  readonly dialog: string
  readonly callId: string
  readonly state: string
}

/** What the shards held at a moment. */
export interface Census {
  readonly atMs: number
  /** In the midst of everything; when nothing moved; when all had signed out and every subscription was over. */
  readonly when: 'moving' | 'quiet' | 'end'
  readonly shards: readonly ShardCensus[]
}

/** For so long a worker was gone, and these users with it. */
export interface Absence {
  readonly users: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
}

export class PresenceHistory {
  readonly absences: Absence[] = []
  readonly publishActs: PublishAct[] = []
  readonly subscriptions: SubscriptionLog[] = []
  readonly notifies: NotifyLog[] = []
  readonly byBranch = new Map<string, NotifyLog>()
  readonly policyActs: Act[] = []
  /** Who is on lists; see `lists/memberships.ts`. */
  readonly listActs: Act[] = []
  readonly censuses: Census[] = []
  /** Complaints that were open when a patience ended, in the words of the checker that is named. */
  readonly overdue: { readonly checker: string; readonly text: string; readonly atMs: number }[] = []

  /**
   * Null: what the presentity's shard said was heard by the watcher's all that time. Else since when it may not have
   * been: their homes had no connection. Names of users.
   */
  outOfTouchSince: (watcher: string, presentity: string, time: { fromMs: number; toMs: number }) => number | null =
    () => null

  /** When the bus last lost a word about it, by `watcher presentity` as AORs. */
  readonly #lostWatches = new Map<string, number>()

  lostWatch(watcher: string, presentity: string, atMs: number): void {
    this.#lostWatches.set(`${watcher} ${presentity}`, atMs)
  }

  /** Names of users. */
  watchWasLost(watcher: string, presentity: string, sinceMs: number): boolean {
    const pair = `sip:${watcher}@${domain} sip:${presentity}@${domain}`
    return (this.#lostWatches.get(pair) ?? Number.NEGATIVE_INFINITY) >= sinceMs
  }

  notified(bytes: Uint8Array, branch: string, flow: object, atMs: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    const list = parseToldList(text)
    const notify: NotifyLog = {
      callId: /^Call-ID: *(\S+)/im.exec(text)?.[1] ?? '',
      serverTag: /^From:[^\r\n]*;tag=([^;\s]+)/im.exec(text)?.[1] ?? '',
      cseq: Number(/^CSeq: *(\d+)/im.exec(text)?.[1]),
      state: /^Subscription-State: *([\w-]+)/im.exec(text)?.[1] ?? '',
      told: list ? statesOf(list) : parseStates(text),
      list,
      registrations: parseToldRegistrations(text),
      watchers: parseToldWatchers(text),
      waiting: parseToldWaiting(text),
      sentMs: atMs,
      flow,
      arrivedMs: null,
      answeredMs: null,
    }
    this.notifies.push(notify)
    this.byBranch.set(branch, notify)
  }

  answered(branch: string, flow: object, atMs: number): void {
    const notify = this.byBranch.get(branch)
    if (notify?.flow === flow) notify.answeredMs ??= atMs
  }
}
