/**
 * Sessions of the console: a browser that has shown a token once has a cookie in its place. In memory, so that they end
 * with the server; each stands and falls with its token.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { TokenFacts } from '../acts/tokens-acts.ts'

/** Without a request for so long a session is over; with requests after the second time. */
const sessionIdleMs = 30 * 60_000
const sessionMs = 12 * 3_600_000
/** The one that was idle longest makes room. */
const sessionsMax = 1_000
const idBytes = 32

/** Only from this very host, only encrypted, for every path (RFC 6265bis §4.1.3.2). */
const cookieName = '__Host-meridian-console'
const cookieRules = 'Path=/; Secure; HttpOnly; SameSite=Strict'

interface Session {
  readonly tokenId: string
  readonly endsMs: number
  usedMs: number
}

export class Sessions {
  readonly #now: () => number
  readonly #tokenOf: (id: string) => TokenFacts | null
  /** By the hash of their ids, so that looking one up tells nothing about it by its time; least used first. */
  readonly #sessions = new Map<string, Session>()

  /** `tokenOf`: the token, if it is good now. */
  constructor(tokenOf: (id: string) => TokenFacts | null, now: () => number) {
    this.#tokenOf = tokenOf
    this.#now = now
  }

  /** The value of `Set-Cookie`. */
  begin(token: TokenFacts): string {
    const id = randomBytes(idBytes).toString('base64url')
    const nowMs = this.#now()
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= sessionsMax && oldest !== undefined) this.#sessions.delete(oldest)
    this.#sessions.set(keyOf(id), { tokenId: token.id, endsMs: nowMs + sessionMs, usedMs: nowMs })
    return `${cookieName}=${id}; ${cookieRules}; Max-Age=${sessionMs / 1000}`
  }

  /** The token behind the cookie of a request; null: there is none, or it is over. */
  find(cookies: string | null): TokenFacts | null {
    const key = keyOfCookies(cookies)
    const session = key === null ? undefined : this.#sessions.get(key)
    if (key === null || !session) return null
    const nowMs = this.#now()
    const token = this.#tokenOf(session.tokenId)
    this.#sessions.delete(key)
    if (token === null || session.endsMs <= nowMs || session.usedMs + sessionIdleMs <= nowMs) return null
    session.usedMs = nowMs
    this.#sessions.set(key, session)
    return token
  }

  /** The value of `Set-Cookie` that takes the cookie away. */
  end(cookies: string | null): string {
    const key = keyOfCookies(cookies)
    if (key !== null) this.#sessions.delete(key)
    return `${cookieName}=; ${cookieRules}; Max-Age=0`
  }
}

function keyOfCookies(cookies: string | null): string | null {
  const prefix = `${cookieName}=`
  const pair = cookies
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(prefix))
  return pair === undefined ? null : keyOf(pair.slice(prefix.length))
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
