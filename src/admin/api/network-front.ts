/**
 * The admin API over the network: who asks (bearer token, session of the console, or client certificate), how often he
 * may, whether his role allows it; then the same table as on the socket. Knows no listener: requests come from the web
 * listener of the workers or from the listener of its own (`https-server.ts`).
 */

import type { TokenFacts } from '../acts/tokens-acts.ts'
import type { AdminBackend } from '../backend.ts'
import type { Role } from '../roles.ts'
import { mayAct } from '../roles.ts'
import {
  type ApiAnswer,
  type ApiRequest,
  answerRoute,
  jsonType,
  ourFault,
  problem,
  routeOf,
  withBody,
} from './answer.ts'
import type { Caller } from './caller.ts'
import { openApiDocument } from './openapi.ts'
import { Sessions } from './sessions.ts'
import { Throttle } from './throttle.ts'
import type { TokenFile } from './token-file.ts'

export interface NetworkRequest extends ApiRequest {
  readonly remoteAddress: string
  readonly authorization: string | null
  readonly cookie: string | null
  readonly host: string | null
  /** Of the page that asks; null where no browser does, or none that says so. */
  readonly origin: string | null
  /** `meridian-console`: what no page of another site can add without asking first. */
  readonly consoleHeader: string | null
  /** Names of a client certificate that was checked; null: none was shown. */
  readonly certificateNames: readonly string[] | null
}

export interface FrontSettings {
  readonly version: string
  readonly requestsPerSecond: number
  readonly certificateRoles: readonly { readonly name: string; readonly role: Role }[]
  /** Besides the address of the server itself; the same as for WebSockets. */
  readonly allowedOrigins: readonly string[]
}

/** Of a request. */
export type NetworkOutcome = 'done' | 'refused' | 'unauthorized' | 'limited' | 'failed'

export interface NetworkFrontPorts {
  /** What it changes is audited as done by this name. */
  backendFor(by: string): AdminBackend
  readonly tokens: Pick<TokenFile, 'find' | 'byId'>
  /** Read at each use. */
  settings(): FrontSettings
  /** Milliseconds since 1970 of the system's clock. */
  readonly now: () => number
  /** Milliseconds that never go back. */
  readonly monotonicMs: () => number
  onOutcome(outcome: NetworkOutcome): void
  /** Somebody was wrong; not more often than the throttle lets it be. */
  onUnauthorized(address: string, reason: string): void
  readonly onFault: (error: unknown) => void
}

const sessionPath = '/console/session'
const documentPath = '/v1/openapi.json'

type Known = Caller & { readonly key: string; readonly isBrowser: boolean }

export class NetworkFront {
  readonly #ports: NetworkFrontPorts
  readonly #throttle: Throttle
  readonly #sessions: Sessions
  #document: string | null = null

  constructor(ports: NetworkFrontPorts) {
    this.#ports = ports
    this.#throttle = new Throttle(() => ports.settings().requestsPerSecond, ports.monotonicMs)
    this.#sessions = new Sessions((id) => ports.tokens.byId(id), ports.now)
  }

  async answer(request: NetworkRequest): Promise<ApiAnswer> {
    const answer = await this.#answer(request).catch((error: unknown) => {
      this.#ports.onFault(error)
      return ourFault
    })
    this.#ports.onOutcome(outcomeOf(answer.status))
    return answer
  }

  async #answer(request: NetworkRequest): Promise<ApiAnswer> {
    const { method, path, remoteAddress } = request
    if (!this.#throttle.mayAsk(remoteAddress)) return tooMany(1)
    if (path === documentPath && method === 'GET') {
      // Anybody may ask for it, so it is made once.
      this.#document ??= JSON.stringify(openApiDocument(this.#ports.settings().version))
      return withBody(200, jsonType, this.#document)
    }
    if (path === sessionPath) return this.#answerSession(request)
    const caller = this.#identify(request)
    if ('status' in caller) return caller
    if (!this.#throttle.mayAsk(caller.key)) return tooMany(1)
    const fault = this.#forgery(request, caller)
    if (fault !== null) return problem('forbidden', fault)
    const found = routeOf(request)
    if (!('route' in found)) return found
    const { route } = found
    if (route.socketOnly) {
      return problem('forbidden', 'this names files of the server’s machine: it is done there, on its command line')
    }
    if (!mayAct(caller.role, route.role)) {
      return problem('forbidden', `this is for the role ${route.role}; ${caller.name} has the role ${caller.role}`)
    }
    return answerRoute(found, this.#ports.backendFor(caller.by), request, { caller, wantsIfMatch: true })
  }

  /** Signing in at the console, with a token, and out again. */
  #answerSession(request: NetworkRequest): ApiAnswer {
    const { method, origin } = request
    if (method !== 'POST' && method !== 'DELETE') {
      return problem('not-allowed', 'this path has POST, DELETE', [['allow', 'POST, DELETE']])
    }
    // A browser says where a page comes from with everything that is no GET.
    if (origin === null || !this.#isOwnOrigin(request))
      return problem('forbidden', 'this is for the console’s own page')
    if (method === 'DELETE') {
      return { status: 204, headers: [['set-cookie', this.#sessions.end(request.cookie)]], body: '' }
    }
    const text = tokenIn(request.body)
    if (text === null) return problem('invalid', 'token: expected a text')
    const token = this.#ports.tokens.find(text)
    if (token === null) return this.#refuse(request, 'wrong token at the console')
    const { name, role, expiresMs } = token
    const body = JSON.stringify({ value: { name, role, expiresMs }, warnings: [] })
    return withBody(200, jsonType, body, [['set-cookie', this.#sessions.begin(token)]])
  }

  #identify(request: NetworkRequest): Known | ApiAnswer {
    const { authorization, cookie, certificateNames } = request
    if (authorization !== null) {
      const [, text] = /^bearer +(\S+)$/i.exec(authorization) ?? []
      const token = text === undefined ? null : this.#ports.tokens.find(text)
      return token ? callerOf(token, false) : this.#refuse(request, 'wrong token')
    }
    const token = this.#sessions.find(cookie)
    if (token) return callerOf(token, true)
    if (certificateNames !== null) {
      const row = this.#ports.settings().certificateRoles.find(({ name }) => certificateNames.includes(name))
      if (!row) return this.#refuse(request, `no role for the certificate of ${certificateNames.join(', ')}`)
      const { name, role } = row
      return { by: `certificate ${name}`, name, role, expiresMs: null, key: `certificate ${name}`, isBrowser: true }
    }
    // Nothing was tried: this is how a browser learns that its session is over.
    return unauthorized
  }

  #refuse({ remoteAddress }: NetworkRequest, reason: string): ApiAnswer {
    if (!this.#throttle.mayBeWrong(remoteAddress)) return tooMany(5)
    this.#ports.onUnauthorized(remoteAddress, reason)
    return unauthorized
  }

  /**
   * What a browser sends by itself, cookie or certificate, proves the person and not the page: the page has to be ours.
   * Null: it is, or a program asks that has its token in its hands.
   */
  #forgery(request: NetworkRequest, { isBrowser }: Known): string | null {
    if (!isBrowser) return null
    if (request.origin !== null && !this.#isOwnOrigin(request)) return `pages of ${request.origin} may not ask here`
    const isForm = request.consoleHeader === null && request.cookie !== null
    return isForm ? 'the header Meridian-Console is missing, by which the console’s own page is known' : null
  }

  #isOwnOrigin({ origin, host }: NetworkRequest): boolean {
    return origin === `https://${host}` || this.#ports.settings().allowedOrigins.includes(origin ?? '')
  }
}

function callerOf({ id, name, role, expiresMs }: TokenFacts, isBrowser: boolean): Known {
  return { by: `token ${name} (${id})`, name, role, expiresMs, key: id, isBrowser }
}

const unauthorized = problem('unauthorized', 'a bearer token is wanted (`meridian admin token create`)', [
  ['www-authenticate', 'Bearer realm="Meridian admin"'],
])

function tooMany(afterSeconds: number): ApiAnswer {
  return problem('too-many-requests', 'too many requests; ask again later', [['retry-after', String(afterSeconds)]])
}

function outcomeOf(status: number): NetworkOutcome {
  if (status < 400) return 'done'
  if (status === 401) return 'unauthorized'
  if (status === 429) return 'limited'
  return status < 500 ? 'refused' : 'failed'
}

function tokenIn(body: Uint8Array): string | null {
  try {
    const { token } = JSON.parse(Buffer.from(body).toString('utf8')) as { token?: unknown }
    return typeof token === 'string' ? token : null
  } catch {
    return null
  }
}
