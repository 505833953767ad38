/**
 * A client of XCAP (RFC 4825) in a `ServerWorld`: signs in by digest like any HTTP client, comes in at whichever worker
 * it likes.
 */

import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { computeHa1, computeResponse, encodeNonceCount } from '../../src/sip/digest/compute.ts'
import type { HttpAnswer, HttpAsk } from '../../src/xcap/index.ts'
import { passwordOf, type ServerWorld } from './server-world.ts'

export interface XcapAnswer {
  readonly status: number
  readonly body: string
  /** Without quotes; null without one. */
  readonly etag: string | null
  readonly type: string | null
  header(name: string): string | null
  headers(name: string): readonly string[]
}

export interface XcapOptions {
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface ClientParts {
  readonly worker?: number
  readonly password?: string
  readonly username?: string
  readonly algorithm?: 'SHA-256' | 'MD5'
  readonly qop?: 'auth' | 'auth-int' | null
  readonly remoteAddress?: string
  readonly isSecure?: boolean
}

export class XcapClient {
  readonly world: ServerWorld
  readonly name: string
  readonly #parts: ClientParts
  #nonce: string | null = null
  #count = 0

  constructor(world: ServerWorld, name: string, parts: ClientParts = {}) {
    this.world = world
    this.name = name
    this.#parts = parts
  }

  /** Path of a document of this user. */
  path(auid: string, document = 'index', node = ''): string {
    return `/xcap-root/${auid}/users/sip:${this.name}@example.test/${document}${node && `/~~/${encodeURI(node)}`}`
  }

  get(path: string, options: XcapOptions = {}): XcapAnswer {
    return this.ask('GET', path, options)
  }

  put(
    path: string,
    type: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): XcapAnswer {
    return this.ask('PUT', path, { type, body, headers })
  }

  delete(path: string, options: XcapOptions = {}): XcapAnswer {
    return this.ask('DELETE', path, options)
  }

  /** With credentials; a new challenge is taken up once. */
  ask(method: string, path: string, options: XcapOptions = {}): XcapAnswer {
    if (this.#nonce === null) this.takeNonce(this.exchange(method, path, options))
    const answer = this.exchange(method, path, this.#signed(method, path, options))
    if (answer.status !== 401 || !answer.headers('WWW-Authenticate').some((value) => value.includes('stale=true'))) {
      return answer
    }
    this.takeNonce(answer)
    return this.exchange(method, path, this.#signed(method, path, options))
  }

  takeNonce(answer: XcapAnswer): void {
    this.#nonce = parseChallenge(answer.header('WWW-Authenticate') ?? '')?.nonce ?? null
    this.#count = 0
  }

  #signed(method: string, path: string, options: XcapOptions): XcapOptions {
    const headers = { ...options.headers, Authorization: this.credentials(method, path, options.body ?? '') }
    return { ...options, headers }
  }

  credentials(method: string, uri: string, content: string | Uint8Array = ''): string {
    const { username = this.name, password = passwordOf(this.name), algorithm = 'SHA-256', qop = 'auth' } = this.#parts
    const realm = 'example.test'
    const nonce = this.#nonce ?? ''
    const nc = ++this.#count
    const ha1 = computeHa1(algorithm, username, realm, password)
    const body = typeof content === 'string' ? Buffer.from(content) : content
    const response = computeResponse({ algorithm, ha1, method, uri, nonce, nc, cnonce: 'c0ffee', qop, body })
    const protection = qop === null ? '' : `, qop=${qop}, nc=${encodeNonceCount(nc)}, cnonce="c0ffee"`
    return (
      `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, ` +
      `response="${response}"${protection}`
    )
  }

  /** One request as it is. */
  exchange(method: string, path: string, options: XcapOptions = {}): XcapAnswer {
    const answers = this.begin(method, path, options)
    this.world.settle()
    if (answers.length === 0) this.world.advance(5_000)
    if (answers.length !== 1) throw new Error(`${answers.length} answers to ${method} ${path}`)
    return answers[0]!
  }

  /** Its answer comes into the array, once. */
  begin(method: string, target: string, { body = '', type, headers = {} }: XcapOptions): XcapAnswer[] {
    const { worker = 0, remoteAddress = '192.0.2.7', isSecure = true } = this.#parts
    const queryAt = target.indexOf('?')
    const all = { ...headers, ...(type === undefined ? {} : { 'Content-Type': type }) }
    const ask: HttpAsk = {
      method,
      path: queryAt < 0 ? target : target.slice(0, queryAt),
      query: queryAt < 0 ? '' : target.slice(queryAt + 1),
      headers: new Map(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value])),
      remoteAddress,
      isSecure,
      body: typeof body === 'string' ? Buffer.from(body) : body,
    }
    const answers: XcapAnswer[] = []
    this.world.cores[worker]!.xcap.ask(ask, (answer) => answers.push(readAnswer(answer)))
    return answers
  }
}

function readAnswer({ status, headers, body }: HttpAnswer): XcapAnswer {
  const all = (name: string) => {
    return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  }
  const header = (name: string) => all(name)[0] ?? null
  const etag = header('ETag')?.slice(1, -1) ?? null
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  return { status, body: text, etag, type: header('Content-Type'), header, headers: all }
}

/** The one element inside an xcap-error document (RFC 4825 §11). */
export function conflictOf({ status, type, body }: XcapAnswer): string {
  if (status !== 409 || type !== 'application/xcap-error+xml') throw new Error(`${status} ${type}: ${body}`)
  return /<xcap-error[^>]*><([\w-]+)/.exec(body)?.[1] ?? body
}
