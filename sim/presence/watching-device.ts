/**
 * A device that watches others: one dialog for each subscription (RFC 6665 §4.1), refreshed in time, made anew when it
 * has ended, NOTIFYs answered as its manners have it.
 */
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { Device } from '../model/device.ts'
import type { PlannedEvent } from '../world/event-queue.ts'
import type { SubscriptionLog } from './history.ts'
import { type Brought, ContainedLists } from './lists/contained-lists.ts'
import type { PresenceParts } from './publishing-device.ts'
import { bringsList, type WatchTarget } from './watch-target.ts'

interface Dialog {
  readonly log: SubscriptionLog
  readonly target: WatchTarget
  readonly callId: string
  readonly fromTag: string
  toTag: string | null
  /** Where requests of the dialog go: the server's Contact. */
  remoteTarget: string | null
  cseq: number
  remoteCseq: number
  /** SIP-ETag of the NOTIFY that came last; null: it told no state. */
  stateTag: string | null
  isAsking: boolean
  expiresMs: number
  timer: PlannedEvent | null
}

export class WatchingDevice {
  readonly #device: Device
  readonly #parts: PresenceParts
  /** By Call-ID; also those that have ended. */
  readonly #dialogs = new Map<string, Dialog>()
  /** By key: what its user wants to see here, with the dialog if there is one. */
  readonly #wanted = new Map<string, { readonly target: WatchTarget; dialog: Dialog | null }>()
  readonly #contained: ContainedLists

  constructor(device: Device, parts: PresenceParts) {
    this.#device = device
    this.#parts = parts
    this.#contained = new ContainedLists(parts.history.presence, device.user.domain)
  }

  get isIdle(): boolean {
    return [...this.#dialogs.values()].every(({ isAsking }) => !isAsking)
  }

  get wanted(): readonly WatchTarget[] {
    return [...this.#wanted.values()].map(({ target }) => target)
  }

  /** The subscription that the device relies on; null while there is none. */
  livingOn(key: string): SubscriptionLog | null {
    const log = this.#wanted.get(key)?.dialog?.log
    return log && log.endedMs === null && log.confirmedMs !== null ? log : null
  }

  want(target: WatchTarget): void {
    const { key } = target
    if (this.#wanted.has(key)) return
    this.#wanted.set(key, { target, dialog: null })
    this.#attend(key)
  }

  /** Who is to be on the list that it brings along. */
  setContained(members: readonly string[], key: string): void {
    this.#contained.set(members)
    this.#attend(key)
  }

  unwant({ key }: WatchTarget): void {
    const dialog = this.#wanted.get(key)?.dialog
    this.#wanted.delete(key)
    if (!dialog || dialog.log.endedMs !== null) return
    if (dialog.toTag === null || dialog.isAsking || !this.#isLinked) this.#end(dialog, 'forgotten')
    else this.#subscribe(dialog, 0)
  }

  unwantAll(): void {
    for (const { target } of [...this.#wanted.values()]) this.unwant(target)
  }

  fetch(target: WatchTarget): void {
    if (this.#isLinked) this.#subscribe(this.#newDialog(target, true), 0)
  }

  /** Out of the same link nothing is done; on a new one the old dialogs may go on or not. */
  onRegistered(isNewLink: boolean): void {
    const { instanceId, isStream } = this.#device.identity
    const mayGoOn = instanceId !== null || !isStream
    for (const [key, { dialog }] of this.#wanted) {
      const isOver = !mayGoOn || this.#parts.random.chance(0.3)
      if (isNewLink && dialog && isOver) this.#end(dialog, 'new link')
      this.#attend(key)
    }
  }

  onNotify(request: SipMessage, respond: (status: number) => void): void {
    const { events, history, random, manners } = this.#parts
    const logged = history.presence.byBranch.get(request.topVia?.branch ?? '')
    const dialog = this.#dialogs.get(request.callId ?? '')
    const tag = request.from?.tag ?? ''
    if (!dialog || dialog.log.endedMs !== null || (dialog.toTag !== null && dialog.toTag !== tag)) return respond(481)
    const cseq = request.cseq?.number ?? 0
    if (cseq <= dialog.remoteCseq) return respond(500)
    dialog.remoteCseq = cseq
    dialog.stateTag = request.named('SIP-ETag')
    if (logged) logged.arrivedMs ??= events.nowMs
    const isLast = logged?.state === 'terminated'
    if (isLast) this.#end(dialog, 'terminated')
    const answer = isLast ? { status: 200, delayMs: 5 } : manners.answer(random)
    if (answer.status === 0) return
    events.after(answer.delayMs, () => {
      if (answer.status === 481) this.#end(dialog, 'answered 481')
      respond(answer.status)
    })
  }

  get #isLinked(): boolean {
    return this.#device.isOnline && this.#device.agent.isLinked
  }

  /** Makes the subscription, or refreshes it when it is time. */
  #attend(key: string): void {
    const wanted = this.#wanted.get(key)
    if (!wanted || !this.#isLinked) return
    const { events } = this.#parts
    const { dialog } = wanted
    if (dialog && dialog.log.endedMs === null && dialog.expiresMs <= events.nowMs) this.#end(dialog, 'expired')
    if (!dialog || dialog.log.endedMs !== null) {
      if (dialog?.timer?.run) return
      wanted.dialog = this.#newDialog(wanted.target, false)
      this.#subscribe(wanted.dialog, this.#parts.manners.subscriptionSeconds)
    } else if (!dialog.isAsking && !dialog.timer?.run) {
      this.#subscribe(dialog, this.#parts.manners.subscriptionSeconds)
    }
  }

  #newDialog(target: WatchTarget, isFetch: boolean): Dialog {
    const { history, events } = this.#parts
    const { agent, user, identity } = this.#device
    const callId = agent.word(6)
    const log: SubscriptionLog = {
      callId,
      watcher: user.name,
      device: identity.name,
      presentities: target.presentities,
      list: target.list,
      event: target.event,
      isFetch,
      sentMs: events.nowMs,
      confirmedMs: null,
      endedMs: null,
      endedBy: '',
    }
    history.presence.subscriptions.push(log)
    const dialog: Dialog = {
      log,
      target,
      callId,
      fromTag: agent.word(4),
      toTag: null,
      remoteTarget: null,
      cseq: 1,
      remoteCseq: 0,
      stateTag: null,
      isAsking: false,
      expiresMs: Number.POSITIVE_INFINITY,
      timer: null,
    }
    this.#dialogs.set(callId, dialog)
    return dialog
  }

  #subscribe(dialog: Dialog, seconds: number): void {
    dialog.isAsking = true
    const { events } = this.#parts
    const { agent, contact } = this.#device
    let sentMs = events.nowMs
    const isFirst = dialog.toTag === null
    const brought = dialog.target.list === 'contained' && (seconds > 0 || isFirst) ? this.#bring(dialog, isFirst) : null
    const ask = {
      method: 'SUBSCRIBE',
      requestUri: dialog.remoteTarget ?? dialog.target.uri,
      to: dialog.target.uri,
      ...(dialog.toTag !== null && { toTag: dialog.toTag }),
      callId: dialog.callId,
      fromTag: dialog.fromTag,
      branchSeed: agent.word(6),
      cseq: ++dialog.cseq,
      headers: [
        ['Event', dialog.target.event],
        ['Expires', String(seconds)],
        ['Contact', `<${contact}>`],
        ...dialog.target.headers,
        ...(brought ? bringsList : []),
        ...(brought || seconds === 0 ? [] : knows(dialog)),
      ] as const,
      body: brought?.body ?? null,
      onSubmitted: () => {
        sentMs = events.nowMs
        dialog.cseq = ask.cseq
      },
      onFinal: (status: number, response: SipMessage | null) => {
        dialog.isAsking = false
        brought?.answered(status, events.nowMs)
        this.#answered(dialog, { seconds, status, sentMs }, response)
      },
    }
    agent.ask(ask)
  }

  #bring({ callId }: Dialog, isFirst: boolean): Brought | null {
    const { events, random } = this.#parts
    return this.#contained.bring(callId, isFirst || random.chance(0.5), events.nowMs)
  }

  #answered(
    dialog: Dialog,
    of: { readonly seconds: number; readonly status: number; readonly sentMs: number },
    response: SipMessage | null,
  ): void {
    const { random, manners } = this.#parts
    const { seconds, status, sentMs } = of
    if (dialog.log.endedMs !== null) return
    if (seconds === 0) return this.#afterLast(dialog, status)
    if (status >= 200 && status < 300) {
      dialog.toTag = response?.to?.tag ?? dialog.toTag
      const contacts = response?.contacts
      if (Array.isArray(contacts)) dialog.remoteTarget = contacts[0]?.uri ?? dialog.remoteTarget
      dialog.log.confirmedMs = sentMs
      dialog.expiresMs = sentMs + seconds * 1000
      this.#plan(dialog, seconds * 1000 * (0.4 + 0.4 * random.float()))
    } else if (dialog.toTag !== null && (status === 0 || status === 503)) this.#plan(dialog, manners.retryMs(random))
    else this.#end(dialog, `answered ${status}`)
    if (!this.#isWanted(dialog) && dialog.log.endedMs === null) this.#end(dialog, 'forgotten')
  }

  /** What comes after the end is refused; a fetch is over with its NOTIFY, which may come later. */
  #afterLast(dialog: Dialog, status: number): void {
    const isTaken = status >= 200 && status < 300
    if (dialog.log.isFetch && isTaken) this.#parts.events.after(35_000, () => this.#end(dialog, 'fetched'))
    else this.#end(dialog, 'unsubscribed')
  }

  #isWanted(dialog: Dialog): boolean {
    return this.#wanted.get(dialog.target.key)?.dialog === dialog
  }

  #plan(dialog: Dialog, delayMs: number): void {
    const { events } = this.#parts
    if (dialog.timer) events.cancel(dialog.timer)
    dialog.timer = events.after(delayMs, () => {
      if (this.#isWanted(dialog)) this.#attend(dialog.target.key)
    })
  }

  #end(dialog: Dialog, by: string): void {
    if (dialog.log.endedMs !== null) return
    dialog.log.endedMs = this.#parts.events.nowMs
    dialog.log.endedBy = by
    if (this.#isWanted(dialog))
      this.#plan(dialog, by === 'new link' ? 0 : this.#parts.manners.retryMs(this.#parts.random))
  }
}

/** In half of all dialogs each refresh names the state that the device has (RFC 5839 §5.2). */
function knows({ stateTag, callId }: Dialog): readonly (readonly [string, string])[] {
  return stateTag !== null && callId.charCodeAt(0) % 2 === 1 ? [['Suppress-If-Match', stateTag]] : []
}
