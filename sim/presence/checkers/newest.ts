/**
 * When all is quiet, each living subscription of a watcher who may see has been told the newest state, and nothing
 * that is over; who is blocked politely sees somebody who is away. Of a list everybody on it is seen, and nobody else.
 */
import type { Checker } from '../../checkers/checker.ts'
import type { History } from '../../history.ts'
import type { ToldState } from '../document.ts'
import type { SubscriptionLog } from '../history.ts'
import { ghost } from '../lists/list-maker.ts'
import { listView } from '../lists/list-view.ts'
import { Memberships } from '../lists/memberships.ts'
import { judgeMailbox } from '../mail/mailbox.ts'
import { contactsRegistered, contactsSeen } from '../own-registrations.ts'
import { watchersSeen, watchersStanding } from '../own-watchers.ts'
import { publishedBy } from '../publications.ts'
import { Rights, type Sight } from '../rights.ts'

export const newest: Checker = {
  name: 'newest',
  check: (history) =>
    history.presence.overdue
      .filter(({ checker }) => checker === 'newest')
      .map(({ text, atMs }) => ({ checker: 'newest', atMs, text })),
}

/** What living subscriptions have not been told yet, in words; asked again and again while the run waits. */
export function notYetTold(history: History, nowMs: number): readonly string[] {
  const rights = new Rights(history.presence)
  const memberships = new Memberships(history.presence)
  return history.presence.subscriptions
    .filter(({ endedMs, confirmedMs, isFetch }) => endedMs === null && confirmedMs !== null && !isFetch)
    .flatMap((subscription) => {
      const { watcher, device, callId } = subscription
      const judgeOne = (presentity: string, told: ToldState | null) =>
        judge(history, rights, { watcher, presentity, told }, nowMs)
      if (subscription.event === 'reg') return judgeRegistrations(history, subscription, nowMs)
      if (subscription.event === 'message-summary') return judgeMailbox(history, rights, subscription)
      if (subscription.event === 'presence.winfo') return judgeWatchers(history, rights, subscription, nowMs)
      const wrong =
        subscription.list === null
          ? subscription.presentities.map((each) => judgeOne(each, lastTold(history, subscription, each)))
          : judgeList(history, memberships, subscription, nowMs, judgeOne)
      return wrong.filter((each) => each !== null).map((each) => `${device} ${each} (${callId})`)
    })
}

/** Everything runs: who is registered is seen. */
function judgeRegistrations(history: History, subscription: SubscriptionLog, nowMs: number): readonly string[] {
  const { watcher, device, callId } = subscription
  const seen = contactsSeen(history.presence, subscription)
  return [...contactsRegistered(history.registrations, watcher, nowMs)]
    .filter((contact) => !seen?.has(contact))
    .map((contact) => `${device} does not see that ${watcher} is registered by ${contact} (${callId})`)
}

/** Whoever watches this user is seen to, and nobody who may see nothing as one who does. */
function judgeWatchers(
  { presence }: History,
  rights: Rights,
  subscription: SubscriptionLog,
  nowMs: number,
): readonly string[] {
  const { watcher: user, device, callId } = subscription
  const seen = watchersSeen(presence, subscription)
  const mayBe = (watcher: string, sight: Sight) => rights.possible(watcher, user, nowMs, nowMs).has(sight)
  const unseen = [...watchersStanding(presence, user)]
    .filter((watcher) => !mayBe(watcher, 'nothing') && seen?.get(watcher) !== 'active')
    .map((watcher) => `does not see that ${watcher} watches ${user}`)
  const wrong = [...(seen ?? [])]
    .filter(([watcher, status]) => status === 'active' && !mayBe(watcher, 'allow') && !mayBe(watcher, 'polite'))
    .map(([watcher]) => `still sees that ${watcher} watches ${user}, who may not`)
  return [...unseen, ...wrong].map((each) => `${device} ${each} (${callId})`)
}

function judgeList(
  history: History,
  memberships: Memberships,
  subscription: SubscriptionLog,
  nowMs: number,
  judgeOne: (presentity: string, told: ToldState | null) => string | null,
): readonly (string | null)[] {
  const view = listView(history.presence, subscription)
  if (!view) return ['was told nothing of its list']
  const { sure, possible } = memberships.of(subscription, nowMs, nowMs)
  return [
    ...[...view.keys()].map((name) => (possible.has(name) ? null : `still sees ${name} on its list`)),
    ...[...sure].map((name) => {
      const member = view.get(name)
      if (!member) return `does not see ${name} on its list`
      if (name !== ghost) return judgeOne(name, member.told)
      return member.reason === 'noresource' ? null : `does not see that there is no ${name}`
    }),
  ]
}

function judge(
  history: History,
  rights: Rights,
  of: { readonly watcher: string; readonly presentity: string; readonly told: ToldState | null },
  nowMs: number,
): string | null {
  const { watcher, presentity, told } = of
  if (rights.isSurely('polite', watcher, presentity, nowMs, nowMs)) {
    const isAway = told !== null && !told.isUnknown && !told.isOpen && told.numbers.length === 0
    return isAway ? null : `does not see that ${presentity} is away, who blocks politely`
  }
  if (!rights.isSurely('allow', watcher, presentity, nowMs, nowMs)) return null
  if (told === null || told.isUnknown) return `was told nothing of ${presentity}`
  const published = publishedBy(history, presentity, nowMs)
  const seen = Math.max(0, ...told.numbers)
  if (seen < published.newest) return `sees state ${seen} of ${presentity}, not ${published.newest}`
  const stale = told.numbers.find((number) => published.gone.has(number))
  return stale === undefined ? null : `still sees state ${stale} of ${presentity}`
}

function lastTold({ presence }: History, { callId }: SubscriptionLog, presentity: string): ToldState | null {
  const last = presence.notifies.findLast(
    (notify) => notify.callId === callId && notify.arrivedMs !== null && notify.told.has(presentity),
  )
  return last?.told.get(presentity) ?? null
}
