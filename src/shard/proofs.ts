/**
 * Signing in without a secret of the account: a client's certificate, or a bearer token (RFC 8898), that names whoever
 * sends the request. What it says was checked before it came here; whether it is this user's, and still counts, is
 * decided against the account.
 */
import { type AuditNotes, noAudit } from '../ports/audit-notes.ts'
import type { Counter, Metrics } from '../ports/metrics.ts'
import type { Proof, RefusedToken } from '../ports/proof.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type Rejection, rejection } from './answer.ts'
import type { Accounts, KnownAccount } from './service.ts'

const certificateForAnother = rejection({
  status: 403,
  reason: 'Certificate Is For Another User',
  event: 'auth.certificate-for-another',
})
const tokenForAnother = rejection({ status: 403, reason: 'Token Is For Another User', event: 'auth.token-for-another' })
/** RFC 8898 §4: a token that was overheard signs in whoever has it. */
const tokenNeedsTls = rejection({ status: 403, reason: 'Bearer Tokens Need TLS', event: 'auth.token-without-tls' })
/** The issuer's keys cannot be had: nothing is known against the token. */
const issuerUnreachable = rejection({
  status: 503,
  reason: 'Token Issuer Unreachable',
  event: 'auth.issuer-unreachable',
  retryAfterSeconds: 10,
})

export type ProofVerdict =
  | { readonly ok: true; readonly known: KnownAccount }
  | { readonly ok: false; readonly rejection: Rejection }
  /** Another token would do: the client is asked for one. */
  | { readonly ok: false; readonly rejection: null; readonly why: 'invalid' | 'expired' }

const results = ['accepted', 'for-another', 'invalid', 'expired', 'not-encrypted', 'unavailable'] as const
type Result = (typeof results)[number]

export class Proofs {
  readonly #accounts: Accounts
  readonly #audit: AuditNotes
  readonly #counters = new Map<string, Counter>()

  constructor(accounts: Accounts, { metrics, audit }: { readonly metrics: Metrics; readonly audit?: AuditNotes }) {
    this.#accounts = accounts
    this.#audit = audit ?? noAudit
    const help = 'Requests that brought a certificate or bearer token to sign in with, by what became of them'
    for (const by of ['certificate', 'token'] as const) {
      for (const result of by === 'token' ? results : results.slice(0, 2)) {
        this.#counters.set(`${by} ${result}`, metrics.counter('meridian_proofs_total', help, { by, result }))
      }
    }
  }

  judge(proof: Proof | RefusedToken, sender: Aor): ProofVerdict {
    if ('refused' in proof) return this.#refused(proof, sender)
    const known = this.#accounts.find(sender)
    const own = known ? [known.account.aor, ...known.account.aliases] : []
    if (!known || !proof.names.some((name) => own.includes(name))) return this.#forAnother(proof, sender)
    // As a nonce: what was given out before the account's epoch began counts no more. Where the account is disabled no
    // other token would do better.
    if (proof.madeMs !== null && proof.madeMs < known.epochFromMs && !known.account.disabled) {
      this.#count('token', 'expired')
      return { ok: false, rejection: null, why: 'expired' }
    }
    this.#count(proof.by, 'accepted')
    return { ok: true, known }
  }

  #forAnother({ by, names }: Proof, sender: Aor): ProofVerdict {
    this.#count(by, 'for-another')
    this.#audit.note(`${by}.for-another`, sender, `it names ${names.join(', ') || 'nobody'}`)
    return { ok: false, rejection: by === 'token' ? tokenForAnother : certificateForAnother }
  }

  #refused({ refused, detail }: RefusedToken, sender: Aor): ProofVerdict {
    this.#count('token', refused)
    if (refused === 'not-encrypted') return { ok: false, rejection: tokenNeedsTls }
    if (refused === 'unavailable') return { ok: false, rejection: issuerUnreachable }
    // Every client's token expires now and then.
    if (refused === 'invalid') this.#audit.note('token.refused', sender, detail)
    return { ok: false, rejection: null, why: refused }
  }

  #count(by: Proof['by'], result: Result): void {
    this.#counters.get(`${by} ${result}`)?.inc()
  }
}
