/**
 * Where XCAP requests come in, at any worker: what needs no user is answered at once (TLS, rates, bans, challenges),
 * the rest is asked of the shard of the user whom the credentials name. Its answer is awaited, for a while.
 */
import type { AnswerMessage, Bus, HeaderLines, XcapMessage } from '../ports/bus.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import { shardOf } from '../ports/sharding.ts'
import type { TimerHandle, Timers, TimerTarget } from '../ports/timers.ts'
import type { DigestPorts } from '../shard/index.ts'
import { parseDigestCredentials } from '../sip/digest/challenge.ts'
import { type Aor, aorDomain, aorUser, parseAor } from '../sip/uri/aor.ts'
import { challenge } from './http-challenge.ts'
import { askDeadlineMs, asksWaitingMax } from './limits.ts'
import { parseTarget } from './request-target.ts'
import { type HttpAnswer, refusal } from './resolve.ts'

/** As the web listener hands it on. */
export interface HttpAsk {
  /** Upper case. */
  readonly method: string
  /** Not decoded, without the query. */
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly remoteAddress: string
  readonly isSecure: boolean
  readonly body: Uint8Array
}

/** What is known of an address, whatever protocol it speaks (`src/edge/`). */
export interface Sources {
  readonly refusal: (address: string) => 'banned' | 'too-many' | null
  /** Wrong credentials; after how long to answer. */
  readonly failed: (address: string) => number
}

export interface XcapFrontPorts extends DigestPorts {
  readonly bus: Bus
  readonly timers: Timers
  readonly metrics: Metrics
  readonly sources: Sources
}

export interface XcapFrontSettings {
  /** Path below which everything is XCAP, without a slash at its end. */
  readonly root: string
  readonly realm: string
  readonly domains: readonly string[]
  readonly bootId: string
}

const unavailable = refusal(503, 'the part of the server that holds this user does not answer', retryAfter(2))

function retryAfter(seconds: number): HeaderLines {
  return [['Retry-After', String(seconds)]]
}

const onDeadline = 0
const onDelayed = 1

/** One request that waits: for its shard, then perhaps for the time at which a wrong password is answered. */
class Waiting implements TimerTarget {
  readonly worker: number
  readonly remoteAddress: string
  readonly #timers: Timers
  readonly #done: (answer: HttpAnswer) => void
  readonly #deadline: TimerHandle
  #late: HttpAnswer = unavailable

  constructor(of: { worker: number; remoteAddress: string }, timers: Timers, done: (answer: HttpAnswer) => void) {
    this.worker = of.worker
    this.remoteAddress = of.remoteAddress
    this.#timers = timers
    this.#done = done
    this.#deadline = timers.set(askDeadlineMs, this, onDeadline)
  }

  answer(answer: HttpAnswer, delayMs = 0): void {
    this.#timers.cancel(this.#deadline)
    if (delayMs === 0) return this.#done(answer)
    this.#late = answer
    this.#timers.set(delayMs, this, onDelayed)
  }

  onTimer(_kind: number): void {
    this.#done(this.#late)
  }
}

export class XcapFront {
  readonly #ports: XcapFrontPorts
  readonly #settings: XcapFrontSettings
  readonly #waiting = new Map<number, Waiting>()
  readonly #counters = new Map<string, Counter>()
  #count = 0

  constructor(ports: XcapFrontPorts, settings: XcapFrontSettings) {
    this.#ports = ports
    this.#settings = settings
  }

  get waitingCount(): number {
    return this.#waiting.size
  }

  isXcap(path: string): boolean {
    return path.startsWith(`${this.#settings.root}/`)
  }

  /** Calls back once, now or later. */
  ask(request: HttpAsk, done: (answer: HttpAnswer) => void): void {
    const answer = (given: HttpAnswer) => {
      this.#counted(request.method, given.status)
      done(given)
    }
    const aor = this.#askerOf(request)
    if (typeof aor !== 'string') answer(aor)
    else this.#pass(request, aor, answer)
  }

  /** The shard's answer. */
  receive(message: AnswerMessage): void {
    const waiting = this.#waiting.get(message.to.number)
    if (!waiting) return
    this.#waiting.delete(message.to.number)
    const delayMs = isFailedSignIn(message) ? this.#ports.sources.failed(waiting.remoteAddress) : 0
    waiting.answer(answerOf(message), delayMs)
  }

  /** What was asked of that worker was not done, or nobody knows whether it was. */
  onWorkerGone(worker: number): void {
    for (const [number, waiting] of this.#waiting) {
      if (waiting.worker !== worker) continue
      this.#waiting.delete(number)
      waiting.answer(unavailable)
    }
  }

  /** Whom the credentials name, or the answer that needs nobody. */
  #askerOf(request: HttpAsk): Aor | HttpAnswer {
    const { remoteAddress, path, query, isSecure } = request
    if (!isSecure && !isLoopback(remoteAddress)) return refusal(403, 'XCAP is spoken over TLS only')
    const refused = this.#ports.sources.refusal(remoteAddress)
    if (refused === 'banned') return refusal(403, 'this address has failed to sign in too often', retryAfter(60))
    if (refused === 'too-many') return refusal(429, 'too many requests', retryAfter(2))
    const parsed = parseTarget(this.#settings.root, path, query)
    if (!parsed.ok) return refusal(parsed.status, parsed.message)
    const credentials = parseDigestCredentials(request.headers.get('authorization') ?? '')
    if (credentials?.realm !== this.#settings.realm) return this.#challenge(remoteAddress)
    const { owner } = parsed.target
    const aor = this.#named(credentials.username, owner)
    return aor ?? this.#challenge(remoteAddress)
  }

  /** A user name is one of the domain that the URI names, or of the first; a device's is that of its user. */
  #named(username: string, owner: Aor | null): Aor | null {
    if (owner !== null && username.startsWith(`${aorUser(owner)}+`)) return owner
    const domain = owner && this.#settings.domains.includes(aorDomain(owner)) ? aorDomain(owner) : null
    return parseAor(`sip:${username}@${domain ?? this.#settings.domains[0]}`)
  }

  #challenge(remoteAddress: string): HttpAnswer {
    const { realm, bootId } = this.#settings
    return challenge(this.#ports, { realm, bootId, remoteAddress, isStale: false })
  }

  #pass(request: HttpAsk, aor: Aor, answer: (answer: HttpAnswer) => void): void {
    const { bus, timers } = this.#ports
    if (this.#waiting.size >= asksWaitingMax) return answer(unavailable)
    const number = ++this.#count
    const worker = shardOf(aor, bus.workersCount)
    const { remoteAddress } = request
    const waiting = new Waiting({ worker, remoteAddress }, timers, (given) => {
      this.#waiting.delete(number)
      answer(given)
    })
    this.#waiting.set(number, waiting)
    const from = { worker: bus.worker, incarnation: bus.incarnation, half: 'http', number } as const
    if (!bus.send(worker, xcapMessage(request, from, aor))) waiting.answer(unavailable)
  }

  #counted(method: string, status: number): void {
    const labels = { method: ['GET', 'PUT', 'DELETE'].includes(method) ? method : 'other', status: String(status) }
    const key = `${labels.method} ${status}`
    const counter =
      this.#counters.get(key) ??
      this.#ports.metrics.counter('meridian_xcap_requests_total', 'XCAP requests by method and answer', labels)
    this.#counters.set(key, counter)
    counter.inc()
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

function isFailedSignIn({ status, headers }: AnswerMessage): boolean {
  return status === 401 && !headers.some(([name, value]) => name === 'WWW-Authenticate' && value.includes('stale=true'))
}

function xcapMessage(request: HttpAsk, from: XcapMessage['from'], aor: Aor): XcapMessage {
  const { method, path, query, headers, body, remoteAddress, isSecure } = request
  return {
    kind: 'xcap',
    from,
    aor,
    method,
    path,
    query,
    authorization: headers.get('authorization') ?? '',
    ifMatch: headers.get('if-match') ?? null,
    ifNoneMatch: headers.get('if-none-match') ?? null,
    contentType: headers.get('content-type') ?? null,
    // A copy: a view into a pool would take all of the pool along to the other thread.
    body: new Uint8Array(body),
    remoteAddress,
    isEncrypted: isSecure,
  }
}

/** A refusal of the shard itself (500, 503) has its words in the reason and no body. */
function answerOf({ status, reason, headers, body }: AnswerMessage): HttpAnswer {
  return body === null && status >= 400 ? refusal(status, reason, headers) : { status, headers, body: body ?? '' }
}
