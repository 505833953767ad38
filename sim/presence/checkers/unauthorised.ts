/**
 * Nobody sees what he may not: a state that was published after a block was acknowledged never leaves for the blocked
 * watcher, and none at all when what was crossing has arrived; who is blocked politely sees somebody who is away. A
 * presentity's shard that was never told of a watch, because the bus lost it, cannot end it: the comparison does. While
 * two homes are out of touch a watcher's home hears of no block, and the last state that it has stands for a while:
 * that one may be told again, and nothing that was published after the block.
 */
import type { Checker, Violation } from '../../checkers/checker.ts'
import type { History } from '../../history.ts'
import type { ToldState } from '../document.ts'
import type { NotifyLog, SubscriptionLog } from '../history.ts'
import { comparedByMs } from '../lost-watches.ts'
import { Rights, type Sight } from '../rights.ts'

/** Two minutes (docs/presence.md), and what it takes to notice that a connection is dead. */
const lastStateStandsMs = 150_000

export const unauthorised: Checker = {
  name: 'unauthorised',
  check(history) {
    const { notifies, subscriptions, publishActs } = history.presence
    const rights = new Rights(history.presence)
    const byCallId = new Map(subscriptions.map((each) => [each.callId, each]))
    const publishedMs = new Map<number, number>()
    for (const { number, sentMs } of publishActs) if (!publishedMs.has(number)) publishedMs.set(number, sentMs)
    return notifies.flatMap((notify) => {
      const subscription = byCallId.get(notify.callId)
      if (!subscription) return []
      return [...notify.told].flatMap(([presentity, told]) =>
        judge({ history, rights, publishedMs }, { notify, subscription, presentity, told }),
      )
    })
  },
}

interface Telling {
  readonly notify: NotifyLog
  readonly subscription: SubscriptionLog
  readonly presentity: string
  readonly told: ToldState
}

function judge(
  known: { readonly history: History; readonly rights: Rights; readonly publishedMs: ReadonlyMap<number, number> },
  { notify, subscription, presentity, told }: Telling,
): Violation[] {
  const { history, rights, publishedMs } = known
  const { watcher, device } = subscription
  if (history.presence.watchWasLost(watcher, presentity, notify.sentMs - comparedByMs)) return []
  const possibleSince = (fromMs: number): ReadonlySet<Sight> =>
    rights.possible(watcher, presentity, Math.min(fromMs, notify.sentMs), notify.sentMs)
  const heardMs = heardUntilMs(history, watcher, presentity, notify.sentMs)
  // What it asks for, it asks for after this moment; what was crossing when rights were taken has arrived.
  const askedMs = Math.min(subscription.sentMs, heardMs)
  const recently = possibleSince(Math.max(askedMs, Math.min(notify.sentMs - history.graceMs, heardMs)))
  const violation = (what: string): Violation => {
    const text = `${device} was told ${what} of ${presentity} (${notify.callId}, CSeq ${notify.cseq})`
    return { checker: 'unauthorised', atMs: notify.sentMs, text }
  }
  if (!recently.has('allow') && !recently.has('polite')) return [violation('something')]
  const isAway = told.numbers.length === 0 && !told.isOpen
  if (!recently.has('allow') && !isAway) return [violation(`state ${told.numbers.join(', ') || 'open'}`)]
  return told.numbers
    .filter((number) => !possibleSince(Math.max(askedMs, publishedMs.get(number) ?? 0)).has('allow'))
    .map((number) => violation(`state ${number}, published after he had lost the right`))
}

/** What was decided by then the watcher's home has heard, or its last state stands no more; infinite: everything. */
function heardUntilMs({ presence, graceMs }: History, watcher: string, presentity: string, atMs: number): number {
  const sinceMs = presence.outOfTouchSince(watcher, presentity, { fromMs: atMs - graceMs, toMs: atMs })
  return sinceMs === null ? Number.POSITIVE_INFINITY : Math.max(sinceMs - graceMs, atMs - lastStateStandsMs)
}
