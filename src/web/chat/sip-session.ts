/**
 * One connection by SIP over WebSocket, on SIP.js: signed in, with a subscription to the user's own list. It does not
 * connect again: whoever has it makes another one.
 */
import {
  Registerer,
  RegistererState,
  Subscriber,
  SubscriptionState,
  type URI,
  UserAgent,
  type UserAgentDelegate,
} from 'sip.js'
import { type Address, contactsAddress, userOf } from '../chat-model/addresses.ts'
import type { Arrived } from '../chat-model/incoming.ts'
import { type ListNotify, readListNotify } from '../chat-model/list-notify.ts'
import { parseXml } from './parse-xml.ts'

export interface SessionSettings {
  readonly url: string
  readonly account: Address
  readonly password: string
  /** Of this browser and account: a UUID. */
  readonly instanceId: string
  /** One for all REGISTERs of this tab, and numbers that rise (RFC 3261 §10.2). */
  readonly registerCallId: string
  readonly registerSequence: number
}

export interface SessionUser {
  onOnline(): void
  /** Once, and nothing after it. */
  onDown(reason: string, status: number, retryAfterMs: number): void
  /** The status to answer with. */
  onMessage(arrived: Arrived): number
  onList(notify: ListNotify): void
}

export interface SipRequest {
  readonly method: 'MESSAGE' | 'PUBLISH'
  readonly to: Address
  readonly headers: readonly string[]
  readonly contentType?: string
  readonly body?: string
}

/** Status 0: it could not be sent, or the connection ended before an answer. */
export interface Outcome {
  readonly status: number
  readonly reason: string
  header(name: string): string | undefined
}

const registerSeconds = 600
const subscribeSeconds = 1800
const subscribeAgainMs = 15_000
const listTypes = 'application/pidf+xml, application/rlmi+xml, multipart/related'
const nothing: Outcome = { status: 0, reason: '', header: () => undefined }

type Response = {
  readonly message: {
    statusCode?: number | undefined
    reasonPhrase?: string | undefined
    getHeader(name: string): string | undefined
  }
}

export class SipSession {
  readonly #settings: SessionSettings
  readonly #user: SessionUser
  readonly #agent: UserAgent
  readonly #registerer: Registerer
  readonly #waiting = new Set<(outcome: Outcome) => void>()
  #subscriber: Subscriber | null = null
  #again: ReturnType<typeof setTimeout> | undefined
  #isDown = false

  constructor(settings: SessionSettings, user: SessionUser) {
    this.#settings = settings
    this.#user = user
    this.#agent = new UserAgent({
      uri: uriOf(settings.account),
      authorizationUsername: userOf(settings.account),
      authorizationPassword: settings.password,
      contactName: userOf(settings.account),
      transportOptions: { server: settings.url, connectionTimeout: 10, keepAliveInterval: 60 },
      logBuiltinEnabled: false,
      gracefulShutdown: false,
      userAgentString: 'Meridian web client',
      delegate: this.#delegate(),
    })
    this.#registerer = new Registerer(this.#agent, {
      expires: registerSeconds,
      instanceId: settings.instanceId,
      regId: 1,
      extraHeaders: ['Supported: im-sent-copies'],
      params: { callId: settings.registerCallId, cseq: settings.registerSequence } as object,
    })
  }

  async open(): Promise<void> {
    try {
      await this.#agent.start()
    } catch {
      return this.#down('the server cannot be reached', 0)
    }
    this.#registerer.stateChange.addListener((state) => this.#onRegistered(state))
    const onReject = ({ message }: Response) => {
      const seconds = Number(message.getHeader('Retry-After') ?? 0)
      this.#down('the server did not sign us in', message.statusCode ?? 0, seconds * 1000)
    }
    await this.#registerer.register({ requestDelegate: { onReject } }).catch(() => this.#down('sign-in failed', 0))
  }

  request({ method, to, headers, contentType, body }: SipRequest): Promise<Outcome> {
    if (this.#isDown) return Promise.resolve(nothing)
    return new Promise((resolve) => {
      const done = (outcome: Outcome) => {
        if (this.#waiting.delete(done)) resolve(outcome)
      }
      this.#waiting.add(done)
      const core = this.#agent.userAgentCore
      const target = uriOf(to)
      const content =
        body === undefined || contentType === undefined
          ? undefined
          : { contentDisposition: 'render', contentType, content: body }
      const { aor } = core.configuration
      const message = core.makeOutgoingRequestMessage(method, target, aor, target, {}, [...headers], content)
      const onFinal = (response: Response) => this.#onFinal(response, done)
      core.request(message, { onAccept: onFinal, onReject: onFinal, onRedirect: onFinal })
    })
  }

  /** Ends the connection; with `isSigningOut` the server forgets this device. */
  async close(isSigningOut: boolean): Promise<void> {
    if (this.#isDown) return
    this.#forget()
    if (isSigningOut) {
      const gone = new Promise<void>((resolve) => {
        this.#registerer.stateChange.addListener((state) => {
          if (state === RegistererState.Unregistered) resolve()
        })
        setTimeout(resolve, 3_000)
      })
      await this.#registerer.unregister().catch(() => undefined)
      await gone
    }
    await this.#agent.transport.disconnect().catch(() => undefined)
  }

  #delegate(): UserAgentDelegate {
    return {
      onDisconnect: () => this.#down('the connection to the server is gone', 0),
      onMessage: (message) => {
        const { request } = message
        const { uri } = request.from
        const status = this.#user.onMessage({
          from: `sip:${uri.user}@${uri.host}`.toLowerCase(),
          contentType: request.getHeader('Content-Type') ?? '',
          body: request.body,
          id: `${request.callId} ${request.cseq}`,
          accept: request.getHeader('Accept') ?? '',
          dateMs: Date.parse(request.getHeader('Date') ?? '') || null,
        })
        const answered = status === 200 ? message.accept() : message.reject({ statusCode: status })
        answered.catch(() => undefined)
      },
    }
  }

  #onRegistered(state: RegistererState): void {
    if (this.#isDown) return
    if (state === RegistererState.Registered && this.#subscriber === null) {
      this.#user.onOnline()
      this.#subscribe()
    }
    // Of a refusal of the first one `open` hears with its status.
    if (state === RegistererState.Unregistered && this.#subscriber !== null)
      this.#down('the server does not know us any more', 0)
  }

  #onFinal({ message }: Response, done: (outcome: Outcome) => void): void {
    const status = message.statusCode ?? 0
    done({ status, reason: message.reasonPhrase ?? '', header: (name) => message.getHeader(name) })
    // 408 is made here, when nothing came for 32 seconds: then nothing else will come over this connection either.
    if (status === 408) this.#down('the server does not answer', 0)
  }

  #subscribe(): void {
    if (this.#isDown) return
    const target = uriOf(contactsAddress(this.#settings.account))
    const extraHeaders = ['Supported: eventlist', `Accept: ${listTypes}`]
    const subscriber = new Subscriber(this.#agent, target, 'presence', { expires: subscribeSeconds, extraHeaders })
    this.#subscriber = subscriber
    subscriber.delegate = {
      onNotify: (notification) => {
        const { request } = notification
        notification.accept().catch(() => undefined)
        const notify = readListNotify(request.getHeader('Content-Type') ?? '', request.body, parseXml)
        if (notify && !this.#isDown) this.#user.onList(notify)
      },
    }
    subscriber.stateChange.addListener((state) => {
      if (state !== SubscriptionState.Terminated || this.#isDown) return
      this.#again = setTimeout(() => this.#subscribe(), subscribeAgainMs)
    })
    subscriber.subscribe().catch(() => undefined)
  }

  #down(reason: string, status: number, retryAfterMs = 0): void {
    if (this.#isDown) return
    this.#forget()
    this.#agent.transport.dispose().catch(() => undefined)
    this.#user.onDown(reason, status, retryAfterMs)
  }

  #forget(): void {
    this.#isDown = true
    clearTimeout(this.#again)
    for (const done of [...this.#waiting]) done(nothing)
  }
}

function uriOf(address: Address): URI {
  const uri = UserAgent.makeURI(address)
  if (!uri) throw new Error(`${address} is no SIP address`)
  return uri
}
