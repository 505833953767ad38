/**
 * A device's conversations: pager-mode MESSAGE (RFC 3428), one at a time to each peer as its §8 asks, and sessions:
 * INVITE, MESSAGE and INFO in the dialog, BYE. Each message is numbered for the verifier.
 */

import { copied, type DevicePort } from './device-port.ts'
import { composingDocument, messageText, sessionOffer } from './documents.ts'
import { Session, type Utterance } from './session.ts'
import type { SipMessage } from './sip.ts'
import { encodeResponse } from './sip.ts'
import { Turns } from './turns.ts'

const composingType = 'application/im-iscomposing+xml'

export class Talking {
  readonly #device: DevicePort
  /** Peer → what waits until the message before is answered; made when needed. */
  #outbox: Map<number, Utterance[]> | null = null
  /** By conversation and peer: of three people each pair has a session. */
  #sessions: Map<string, Session> | null = null
  readonly #turns = new Turns()
  #names = 0

  constructor(device: DevicePort) {
    this.#device = device
  }

  say(utterance: Utterance): void {
    const session = this.#sessions?.get(keyOf(utterance.talk, utterance.to))
    if (session) return this.#sayInSession(session, utterance)
    this.#outbox ??= new Map()
    const waiting = this.#outbox.get(utterance.to)
    if (waiting) return void waiting.push(utterance)
    this.#outbox.set(utterance.to, [])
    this.#page(utterance)
  }

  hasSession(talk: number, peer: number): boolean {
    return this.#sessions?.has(keyOf(talk, peer)) ?? false
  }

  openSession(to: number, talk: number, dueUs: number): void {
    const { context, user, address } = this.#device
    const session = new Session(
      to,
      talk,
      this.#device.callId(`t${talk.toString(36)}.${to.toString(36)}`),
      `t${++this.#names}`,
    )
    this.#sessionsMade.set(keyOf(talk, to), session)
    const [own, peer] = [context.naming.aor(user), context.naming.aor(to)]
    this.#device.send({
      method: 'INVITE',
      requestUri: peer,
      from: own,
      fromTag: session.localTag,
      to: peer,
      toTag: null,
      callId: session.callId,
      route: null,
      headers: [['Contact', this.#device.contact]],
      contentType: 'application/sdp',
      body: sessionOffer(address.host, address.port),
      operation: 'session',
      dueUs,
      onFinal: (status, response, sentUs) => this.#onOpened(session, status, response, { dueUs, sentUs }),
    })
  }

  closeSession(to: number, talk: number, dueUs: number): void {
    const session = this.#sessions?.get(keyOf(talk, to))
    if (!session) return
    session.isClosing = true
    if (session.isOpen && session.sending === 0) this.#bye(session, dueUs)
  }

  /** The line is gone: sessions do not survive it. */
  pause(): void {
    for (const session of this.#sessions?.values() ?? []) this.#abandon(session)
    this.#sessions = null
  }

  /** A request of a conversation. The bytes of the answer; null: it needs none. */
  onRequest(request: SipMessage, nowUs: number): Buffer | null {
    switch (request.method) {
      case 'MESSAGE':
        return this.#onMessage(request, nowUs)
      case 'INVITE':
        return this.#onInvite(request)
      case 'ACK':
        return null
      case 'BYE':
        this.#forget(request.callId ?? '')
        return encodeResponse(request, 200)
      default:
        return encodeResponse(request, request.method === 'INFO' || request.method === 'OPTIONS' ? 200 : 405)
    }
  }

  get #sessionsMade(): Map<string, Session> {
    this.#sessions ??= new Map()
    return this.#sessions
  }

  #page(utterance: Utterance): void {
    if (!this.#turns.begin(utterance.to, 'pager', () => this.#page(utterance))) return
    const { context, user } = this.#device
    const [own, peer] = [context.naming.aor(user), context.naming.aor(utterance.to)]
    const name = `m${(++this.#names).toString(36)}`
    this.#send(
      utterance,
      { method: 'MESSAGE', requestUri: peer, from: own, fromTag: name, to: peer, toTag: null, route: null },
      this.#device.callId(name),
      () => {
        this.#turns.ended(utterance.to)
        const waiting = this.#outbox?.get(utterance.to)
        const next = waiting?.shift()
        if (next) return this.#page(next)
        this.#outbox?.delete(utterance.to)
        if (this.#outbox?.size === 0) this.#outbox = null
      },
    )
  }

  #sayInSession(session: Session, utterance: Utterance): void {
    if (!session.isOpen) return void session.waiting.push(utterance)
    if (!this.#turns.begin(utterance.to, session.callId, () => this.say(utterance))) return
    const { context, user } = this.#device
    session.sending++
    const { localTag, remoteTag, target, route, callId } = session
    const parts = {
      method: utterance.typing === null ? 'MESSAGE' : 'INFO',
      requestUri: target,
      from: context.naming.aor(user),
      fromTag: localTag,
      to: context.naming.aor(session.peer),
      toTag: remoteTag,
      route,
    }
    this.#send(utterance, parts, callId, () => {
      session.sending--
      this.#turns.ended(utterance.to)
      if (session.isClosing && session.sending === 0 && session.isOpen) {
        this.#bye(session, context.outside.nowUs())
      }
    })
  }

  #send(
    { to, dueUs, bodyBytes, typing }: Utterance,
    parts: {
      method: string
      requestUri: string
      from: string
      fromTag: string
      to: string
      toTag: string | null
      route: string | null
    },
    callId: string,
    then: () => void,
  ): void {
    const { context, user } = this.#device
    const number = typing === null ? context.messages.next(user, to) : 0
    this.#device.send({
      ...parts,
      callId,
      headers: [],
      contentType: typing === null ? 'text/plain' : composingType,
      body:
        typing === null
          ? messageText(bodyBytes, { from: user, to, number, dueUs }, context.seed)
          : composingDocument(typing),
      operation: typing === null ? 'message' : 'typing',
      dueUs,
      onFinal: (status, _, sentUs) => {
        if (typing === null) this.#judge(to, number, status, { dueUs, sentUs })
        then()
      },
    })
  }

  #judge(to: number, number: number, status: number, times: { dueUs: number; sentUs: number }): void {
    const { context, user } = this.#device
    if (status === 0 || status === 408) context.messages.open(user, to, number)
    else if (status < 300) context.messages.accepted(user, to, number, status === 202)
    else context.messages.refused(user, to, number)
    this.#device.judge.answeredBy(to, 'D4', status, times.dueUs, times.sentUs)
  }

  #onMessage(request: SipMessage, nowUs: number): Buffer {
    const { context, user, number } = this.#device
    if (request.named('Content-Type')?.startsWith('text/plain')) {
      const isInSession = Boolean(request.to?.tag)
      const circumstances = { isExcused: this.#device.judge.isExcused(nowUs), isInSession }
      const mark = context.messages.arrived(user, number, request.body, nowUs, circumstances)
      if (mark?.isFirst) context.recorder.latency('D3', mark.dueUs, mark.dueUs, nowUs)
    }
    return encodeResponse(request, 200, { toTag: `r${user}` })
  }

  #onInvite(request: SipMessage): Buffer {
    const { user, number, address, contact } = this.#device
    const callId = request.callId ?? ''
    if (this.#device.context.answeringDevice(user) !== number) return encodeResponse(request, 486)
    const talk = Number.parseInt(callId.slice(callId.lastIndexOf('-t') + 2), 36)
    const session = Session.answering(
      request,
      this.#device.context.naming.userOf(userPart(request)),
      talk,
      `a${user}.${number}`,
    )
    if (!session) return encodeResponse(request, 400)
    this.#sessionsMade.set(keyOf(talk, session.peer), session)
    return encodeResponse(request, 200, {
      toTag: session.localTag,
      headers: [['Contact', contact]],
      contentType: 'application/sdp',
      body: sessionOffer(address.host, address.port),
    })
  }

  #onOpened(
    session: Session,
    status: number,
    response: SipMessage | null,
    times: { dueUs: number; sentUs: number },
  ): void {
    const { context } = this.#device
    if (status < 200 || status >= 300 || !response || !session.opened(response, (text) => context.shared(text))) {
      context.recorder.count(`session.${status}`)
      this.#device.judge.answeredBy(session.peer, 'D4', status === 200 ? 500 : status, times.dueUs, times.sentUs)
      this.#abandon(session)
      this.#sessions?.delete(keyOf(session.talk, session.peer))
      return
    }
    this.#device.acknowledge(this.#inDialog(session, 'ACK'), response.cseq?.number ?? 1)
    const waiting = session.waiting.splice(0)
    for (const utterance of waiting) this.#sayInSession(session, utterance)
    if (session.isClosing && session.sending === 0) this.#bye(session, context.outside.nowUs())
  }

  #bye(session: Session, dueUs: number): void {
    this.#sessions?.delete(keyOf(session.talk, session.peer))
    session.isOpen = false
    this.#device.send({ ...this.#inDialog(session, 'BYE'), dueUs, onFinal: () => {} })
  }

  #inDialog({ target, localTag, remoteTag, callId, route, peer }: Session, method: 'ACK' | 'BYE') {
    const { context, user } = this.#device
    const parts = { requestUri: target, fromTag: localTag, toTag: remoteTag, callId, route, headers: [], body: null }
    const [from, to] = [context.naming.aor(user), context.naming.aor(peer)]
    return { method, from, to, ...parts, operation: 'session' as const, dueUs: 0 }
  }

  /** What waits in it is not said any more. */
  #abandon(session: Session): void {
    for (const utterance of session.waiting.splice(0)) {
      this.#device.context.recorder.count('session.abandoned')
      if (utterance.typing === null) this.#device.judge.failed('D4', 0, utterance.dueUs)
    }
  }

  #forget(callId: string): void {
    for (const [key, session] of this.#sessions ?? []) if (session.callId === callId) this.#sessions?.delete(key)
    if (this.#sessions?.size === 0) this.#sessions = null
  }
}

function keyOf(talk: number, peer: number): string {
  return `${talk} ${peer}`
}

function userPart(request: SipMessage): string {
  const uri = request.from?.uri ?? ''
  return copied(uri.slice(uri.indexOf(':') + 1, uri.indexOf('@')))
}
