/**
 * `fetch` with digest authentication (RFC 7616, SHA-256) by a password in memory, so that the browser does not ask with
 * a window of its own. The nonce is kept, so only the first request is answered with a challenge.
 */
export interface DigestAccount {
  readonly user: string
  readonly password: string
}

export interface DigestRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | null
}

export class DigestFetch {
  readonly #account: DigestAccount
  #challenge: Challenge | null = null
  #count = 0

  constructor(account: DigestAccount) {
    this.#account = account
  }

  /** Rejects where there is no connection; an answer of 401 is that of a wrong password. */
  async request(request: DigestRequest): Promise<Response> {
    const first = await this.#send(request)
    if (first.status !== 401) return first
    const challenge = challengeIn(first.headers.get('WWW-Authenticate') ?? '')
    if (challenge === null) return first
    this.#challenge = challenge
    this.#count = 0
    return this.#send(request)
  }

  async #send({ method, path, headers = {}, body }: DigestRequest): Promise<Response> {
    const authorization: Record<string, string> =
      this.#challenge === null ? {} : { Authorization: await this.#credentials(method, path) }
    return fetch(path, {
      method,
      headers: { ...headers, ...authorization },
      ...(body === undefined ? {} : { body }),
      credentials: 'omit',
      cache: 'no-store',
    })
  }

  async #credentials(method: string, path: string): Promise<string> {
    const { user, password } = this.#account
    const { realm, nonce, opaque } = this.#challenge as Challenge
    const count = (++this.#count).toString(16).padStart(8, '0')
    const own = crypto.randomUUID()
    const secret = await sha256(`${user}:${realm}:${password}`)
    const response = await sha256(`${secret}:${nonce}:${count}:${own}:auth:${await sha256(`${method}:${path}`)}`)
    const quoted = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
    return (
      `Digest username=${quoted(user)}, realm=${quoted(realm)}, nonce=${quoted(nonce)}, uri="${path}", ` +
      `algorithm=SHA-256, qop=auth, nc=${count}, cnonce="${own}", response="${response}"` +
      (opaque === null ? '' : `, opaque=${quoted(opaque)}`)
    )
  }
}

/** Several challenges come as one value, joined by commas. */
function challengeIn(header: string): Challenge | null {
  const offered = header.split(/(?:^|,)\s*Digest\s+/i).find((each) => /algorithm=SHA-256\b/i.test(each))
  const value = (name: string) => new RegExp(`${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(offered ?? '')?.[1]
  const realm = value('realm')
  const nonce = value('nonce')
  return realm === undefined || nonce === undefined ? null : { realm, nonce, opaque: value('opaque') ?? null }
}

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
