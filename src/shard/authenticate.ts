/**
 * Who sent this request? At the shard of the account: by the flow's identity, or by digest credentials (RFC 7616,
 * 8760). Says yes with an identity, or no with a rejection; what the flow may do with the identity is the edge's
 * business.
 */

import type { FlowIdentity, RequestMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Account, DigestSecrets } from '../ports/directory.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Seals } from '../ports/seals.ts'
import type { DigestCredentials } from '../sip/digest/challenge.ts'
import { verifyResponse } from '../sip/digest/compute.ts'
import { makeNonce, type NonceParts, openNonce } from '../sip/digest/nonce.ts'
import { findCredentials } from '../sip/digest/realm.ts'
import { serverChallenge } from '../sip/digest/server-challenge.ts'
import { aorUser, parseAor } from '../sip/uri/aor.ts'
import { parseSipUri } from '../sip/uri/sip-uri.ts'
import { type Rejection, rejection } from './answer.ts'
import { NonceCounts } from './nonce-counts.ts'
import type { Accounts } from './service.ts'

export interface AuthenticationSettings {
  /** One word per topology, for ever: HA1 depends on it. */
  readonly realm: string
  readonly bootId: string
  readonly nonceLifetimeMs: number
  readonly reauthenticateMs: number
  /** RFC 2069 style clients: on TLS only, or everywhere (loopback tests, old clients on trusted networks). */
  readonly withoutQop: 'tls' | 'always'
}

export type Authentication =
  | {
      readonly ok: true
      readonly account: Account
      readonly identity: FlowIdentity
      readonly replay: boolean
      commit(): void
    }
  | { readonly ok: false; readonly rejection: Rejection }

const accountDisabled = rejection({ status: 403, reason: 'Forbidden', event: 'auth.account-disabled' })
const notYourAddress = rejection({ status: 403, reason: 'From Is Not Yours', event: 'auth.from-not-yours' })

/**
 * The digest was made for another Request-URI (RFC 7616 §3.4.6): somebody on the way has changed it, or a client errs.
 */
const uriMismatch = rejection({ status: 400, reason: 'Digest Is For Another URI', event: 'auth.uri-mismatch' })

const nothingToCommit = (): void => {}

export class Authenticator {
  readonly #accounts: Accounts
  readonly #ports: { readonly clock: Clock; readonly seals: Seals; readonly entropy: Entropy }
  readonly #settings: AuthenticationSettings
  readonly #counts: NonceCounts

  constructor(
    accounts: Accounts,
    ports: { clock: Clock; seals: Seals; entropy: Entropy },
    settings: AuthenticationSettings,
  ) {
    this.#accounts = accounts
    this.#ports = ports
    this.#settings = settings
    // What was used before this start of the shard went with its memory.
    this.#counts = new NonceCounts(ports.clock.wallMs())
  }

  authenticate(message: RequestMessage): Authentication {
    const byFlow = this.#byFlow(message)
    if (byFlow) return byFlow
    const credentials = findCredentials(message.request, this.#settings.realm)
    return credentials ? this.#byDigest(message, credentials) : this.#challenge(message, false)
  }

  #byFlow(message: RequestMessage): Authentication | null {
    const identity = message.source.identity
    if (!identity) return null
    const known = this.#accounts.find(identity.aor)
    if (!known || known.account.disabled || known.account.epoch !== identity.epoch) return null
    if (identity.untilMs <= this.#ports.clock.wallMs()) return null
    if (!speaksFor(known.account, message)) return { ok: false, rejection: notYourAddress }
    return { ok: true, account: known.account, identity, replay: false, commit: nothingToCommit }
  }

  #byDigest(message: RequestMessage, credentials: DigestCredentials): Authentication {
    const { request } = message
    const aor = message.sender
    const known = this.#accounts.find(aor)
    const named = known !== null && namesAccount(credentials.username, known.account)
    // The same work whether the account exists or not, so that time tells nobody which names exist.
    const impossible = this.#impossibleHa1(credentials)
    const ha1 = known && named ? ha1Of(known.secrets, credentials) : impossible
    const right = verifyResponse(credentials, ha1, request.method, request.body)
    if (!namesTarget(credentials.uri, message)) return { ok: false, rejection: uriMismatch }
    const nonce = openNonce(credentials.nonce, message.source.remoteAddress, (text) =>
      this.#ports.seals.mac('nonce', text),
    )
    if (!known || !named || !right || !nonce || !this.#qopAllowed(message, credentials)) {
      return this.#challenge(message, false)
    }
    if (known.account.disabled) return { ok: false, rejection: accountDisabled }
    if (!speaksFor(known.account, message)) return { ok: false, rejection: notYourAddress }
    const { madeMs } = nonce
    const count = credentials.nc ?? 0
    const used = credentials.nc !== null && this.#counts.check(credentials.nonce, madeMs, count) === 'used'
    const replay = used || !this.#isFresh(nonce) || madeMs < known.epochFromMs
    return {
      ok: true,
      account: known.account,
      identity: this.#identityOf(known.account),
      replay,
      commit: () => {
        if (credentials.nc !== null) this.#counts.mark(credentials.nonce, madeMs, count)
      },
    }
  }

  /** For a right answer to a nonce that no longer counts: the client may try again without asking its user. */
  stale(message: RequestMessage): Rejection {
    const challenge = this.#challenge(message, true)
    return challenge.ok ? notYourAddress : challenge.rejection
  }

  #isFresh({ madeMs, bootId }: NonceParts): boolean {
    const ageMs = this.#ports.clock.wallMs() - madeMs
    return bootId === this.#settings.bootId && ageMs < this.#settings.nonceLifetimeMs && ageMs > -60_000
  }

  #qopAllowed(message: RequestMessage, credentials: DigestCredentials): boolean {
    if (credentials.qop !== null) return credentials.nc !== null && credentials.cnonce !== null
    return this.#settings.withoutQop === 'always' || ['tls', 'wss'].includes(message.source.transport)
  }

  #identityOf(account: Account): FlowIdentity {
    const untilMs = this.#ports.clock.wallMs() + this.#settings.reauthenticateMs
    return { aor: account.aor, aliases: account.aliases, epoch: account.epoch, untilMs }
  }

  #impossibleHa1(credentials: DigestCredentials): string {
    return this.#ports.seals.mac('no-such-account', credentials.username).padEnd(32, '0')
  }

  #challenge({ request, source }: RequestMessage, stale: boolean): Authentication {
    const nonce = makeNonce(
      { madeMs: this.#ports.clock.wallMs(), bootId: this.#settings.bootId },
      this.#ports.entropy.word(4),
      source.remoteAddress,
      (text) => this.#ports.seals.mac('nonce', text),
    )
    return { ok: false, rejection: serverChallenge(request, this.#settings.realm, nonce, stale) }
  }
}

/** Clients write the same URI with and without port and parameters; user and host are what decides who gets it. */
function namesTarget(digestUri: string, { request, source }: RequestMessage): boolean {
  if (digestUri === request.requestUri) return true
  const named = parseSipUri(digestUri)
  const target = parseSipUri(request.requestUri)
  if (named === null || target === null) return false
  // COMPAT(SIPp 3.6): the server's own address instead of the Request-URI, whatever that is.
  if (named.user === null && sameHost(named.host, source.localAddress)) return true
  return named.user === target.user && sameHost(named.host, target.host)
}

function sameHost(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function ha1Of(secrets: DigestSecrets, credentials: DigestCredentials): string {
  return credentials.algorithm === 'SHA-256' ? secrets.sha256 : secrets.md5
}

/** HA1 was made over the plain user name, so no other spelling can give the right answer. */
function namesAccount(username: string, account: Account): boolean {
  return username === aorUser(account.aor)
}

/**
 * From must be an AOR that this account may speak for; REGISTER speaks for To as well (nobody registers others). In a
 * dialog the sealed route has named the account by whatever name the dialog gave it, a temporary GRUU for example.
 */
function speaksFor(account: Account, { request, route, sender }: RequestMessage): boolean {
  if (route) return sender === account.aor || account.aliases.includes(sender)
  const spoken = request.method === 'REGISTER' ? [request.from, request.to] : [request.from]
  return spoken.every((name) => {
    const aor = name && parseAor(name.uri)
    return aor !== null && (aor === account.aor || account.aliases.includes(aor))
  })
}
