/**
 * Digest credentials (RFC 7616, RFC 8760) held against the accounts of this shard, whatever protocol brought them: SIP
 * (`authenticate.ts`) or HTTP (`src/xcap/`). Which request they belong to is the caller's to check.
 */
import type { Clock } from '../ports/clock.ts'
import type { DigestSecrets } from '../ports/directory.ts'
import type { Entropy } from '../ports/entropy.ts'
import type { Seals } from '../ports/seals.ts'
import type { DigestCredentials } from '../sip/digest/challenge.ts'
import { verifyResponse } from '../sip/digest/compute.ts'
import { makeNonce, type NonceParts, openNonce } from '../sip/digest/nonce.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { NonceCounts } from './nonce-counts.ts'
import type { Accounts, KnownAccount } from './service.ts'

export interface DigestSettings {
  readonly bootId: string
  readonly nonceLifetimeMs: number
  /** RFC 2069 style clients: on TLS only, or everywhere (loopback tests, old clients on trusted networks). */
  readonly withoutQop: 'tls' | 'always'
}

/** What the response was made over, and how it came. */
export interface DigestedRequest {
  readonly aor: Aor
  readonly method: string
  readonly body: Uint8Array | null
  readonly remoteAddress: string
  readonly isEncrypted: boolean
}

/** Who answered knows the password of this account. */
export interface DigestProof {
  readonly known: KnownAccount
  /** The nonce does not count any more, or this count was used before. */
  readonly isReplay: boolean
  /** Marks the count as used; part of the unit's changes. */
  commit(): void
}

export interface DigestPorts {
  readonly clock: Clock
  readonly seals: Seals
  readonly entropy: Entropy
}

export class DigestProofs {
  readonly #accounts: Accounts
  readonly #ports: DigestPorts
  readonly #settings: DigestSettings
  readonly #counts: NonceCounts
  /** Stands for the HA1 of every account that does not exist: nobody can guess it, and no answer to it is taken. */
  readonly #impossibleHa1: string

  constructor(accounts: Accounts, ports: DigestPorts, settings: DigestSettings) {
    this.#accounts = accounts
    this.#ports = ports
    this.#settings = settings
    // What was used before this start of the shard went with its memory.
    this.#counts = new NonceCounts(ports.clock.wallMs())
    this.#impossibleHa1 = ports.seals.mac('no-such-account', '').padEnd(32, '0')
  }

  /** Null: a wrong answer, or none that may be taken. Takes the same time whether there is such an account or not. */
  prove(credentials: DigestCredentials, request: DigestedRequest): DigestProof | null {
    const known = this.#accounts.find(request.aor)
    // HA1 was made over the plain user name, so no other spelling can give the right answer.
    const secrets = known?.credentials.get(credentials.username) ?? null
    // The same work whether the account exists or not, so that time tells nobody which names exist.
    const ha1 = secrets === null ? this.#impossibleHa1 : ha1Of(secrets, credentials)
    const right = verifyResponse(credentials, ha1, request.method, request.body)
    const nonce = openNonce(credentials.nonce, request.remoteAddress, (text) => this.#ports.seals.mac('nonce', text))
    if (!known || !secrets || !right || !nonce || !this.#qopAllowed(request, credentials)) return null
    const { madeMs } = nonce
    const count = credentials.nc ?? 0
    const used = credentials.nc !== null && this.#counts.check(credentials.nonce, madeMs, count) === 'used'
    const isReplay = used || !this.#isFresh(nonce) || madeMs < known.epochFromMs
    const commit = () => {
      if (credentials.nc !== null) this.#counts.mark(credentials.nonce, madeMs, count)
    }
    return { known, isReplay, commit }
  }

  #isFresh({ madeMs, bootId }: NonceParts): boolean {
    const ageMs = this.#ports.clock.wallMs() - madeMs
    return bootId === this.#settings.bootId && ageMs < this.#settings.nonceLifetimeMs && ageMs > -60_000
  }

  #qopAllowed({ isEncrypted }: DigestedRequest, credentials: DigestCredentials): boolean {
    if (credentials.qop !== null) return credentials.nc !== null && credentials.cnonce !== null
    return this.#settings.withoutQop === 'always' || isEncrypted
  }
}

/** A nonce of now for this address: needs no memory, so any part of the server can make it. */
export function freshNonce({ clock, seals, entropy }: DigestPorts, bootId: string, remoteAddress: string): string {
  const mac = (text: string) => seals.mac('nonce', text)
  return makeNonce({ madeMs: clock.wallMs(), bootId }, entropy.word(4), remoteAddress, mac)
}

function ha1Of(secrets: DigestSecrets, credentials: DigestCredentials): string {
  return credentials.algorithm === 'SHA-256' ? secrets.sha256 : secrets.md5
}
