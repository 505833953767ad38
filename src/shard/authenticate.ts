/**
 * Who sent this request? At the shard of the account: by the flow's identity, a certificate or token (`proofs.ts`), or
 * digest credentials (RFC 7616, 8760). Says yes with an identity, or no with a rejection; what the flow may do with the
 * identity is the edge's business.
 */

import type { AuditNotes } from '../ports/audit-notes.ts'
import type { FlowIdentity, RequestMessage } from '../ports/bus.ts'
import type { Account } from '../ports/directory.ts'
import { isEncrypted } from '../ports/flows.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Proof, RefusedToken } from '../ports/proof.ts'
import type { BearerTerms } from '../sip/bearer/bearer.ts'
import type { DigestCredentials } from '../sip/digest/challenge.ts'
import { findCredentials } from '../sip/digest/realm.ts'
import { serverChallenge } from '../sip/digest/server-challenge.ts'
import { parseAor } from '../sip/uri/aor.ts'
import { parseSipUri } from '../sip/uri/sip-uri.ts'
import { type Rejection, rejection } from './answer.ts'
import { type DigestPorts, DigestProofs, type DigestSettings, freshNonce } from './digest-proofs.ts'
import { Proofs } from './proofs.ts'
import type { Accounts } from './service.ts'

/** For a request that came by another server: what that server shall show with the next ones on this flow. */
export type Vouch = (message: RequestMessage, identity: FlowIdentity) => string | null

export interface AuthenticationSettings extends DigestSettings {
  /** One word per topology, for ever: HA1 depends on it. */
  readonly realm: string
  readonly reauthenticateMs: number
  /** Null where no bearer tokens are taken. */
  readonly bearer: BearerTerms | null
}

export interface AuthenticatorPorts extends DigestPorts {
  readonly metrics: Metrics
  readonly audit?: AuditNotes
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
  readonly #ports: DigestPorts
  readonly #settings: AuthenticationSettings
  readonly #digests: DigestProofs
  readonly #proofs: Proofs
  /** Null where there are no other servers. */
  readonly #vouch: Vouch | null

  constructor(
    accounts: Accounts,
    ports: AuthenticatorPorts,
    settings: AuthenticationSettings,
    vouch: Vouch | null = null,
  ) {
    this.#vouch = vouch
    this.#accounts = accounts
    this.#ports = ports
    this.#settings = settings
    this.#digests = new DigestProofs(accounts, ports, settings)
    this.#proofs = new Proofs(accounts, ports)
  }

  authenticate(message: RequestMessage): Authentication {
    if (message.proof) return this.#byProof(message, message.proof)
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
    const { request, source, sender: aor } = message
    const { method, body } = request
    const { remoteAddress, transport } = source
    const digested = { aor, method, body, remoteAddress, isEncrypted: isEncrypted(transport) }
    const proof = this.#digests.prove(credentials, digested)
    if (!namesTarget(credentials.uri, message)) return { ok: false, rejection: uriMismatch }
    if (!proof) return this.#challenge(message, false)
    const { account } = proof.known
    if (account.disabled) return { ok: false, rejection: accountDisabled }
    if (!speaksFor(account, message)) return { ok: false, rejection: notYourAddress }
    const identity = this.#identityOf(account, message, null)
    return { ok: true, account, identity, replay: proof.isReplay, commit: () => proof.commit() }
  }

  #byProof(message: RequestMessage, proof: Proof | RefusedToken): Authentication {
    const verdict = this.#proofs.judge(proof, message.sender)
    if (!verdict.ok) {
      return verdict.rejection ? { ok: false, rejection: verdict.rejection } : this.#challenge(message, false, true)
    }
    const { account } = verdict.known
    if (account.disabled) return { ok: false, rejection: accountDisabled }
    if (!speaksFor(account, message)) return { ok: false, rejection: notYourAddress }
    const provedUntilMs = 'untilMs' in proof ? proof.untilMs : null
    const identity = this.#identityOf(account, message, provedUntilMs)
    return { ok: true, account, identity, replay: false, commit: nothingToCommit }
  }

  /** For a right answer to a nonce that no longer counts: the client may try again without asking its user. */
  stale(message: RequestMessage): Rejection {
    const challenge = this.#challenge(message, true)
    return challenge.ok ? notYourAddress : challenge.rejection
  }

  #identityOf({ aor, aliases, epoch }: Account, message: RequestMessage, provedUntilMs: number | null): FlowIdentity {
    const dueMs = this.#ports.clock.wallMs() + this.#settings.reauthenticateMs
    const untilMs = Math.min(dueMs, provedUntilMs ?? dueMs)
    const identity = { aor, aliases, epoch, untilMs, token: null, provedUntilMs }
    return this.#vouch === null ? identity : { ...identity, token: this.#vouch(message, identity) }
  }

  #challenge({ request, source }: RequestMessage, stale: boolean, isTokenInvalid = false): Authentication {
    const { bootId, realm, bearer: terms } = this.#settings
    const nonce = freshNonce(this.#ports, bootId, source.remoteAddress)
    const tokens = terms && isEncrypted(source.transport) ? { terms, isInvalid: isTokenInvalid } : null
    return { ok: false, rejection: serverChallenge(request, realm, nonce, stale, tokens) }
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
