/**
 * The keys of a token issuer, as they change: read again when they are old, and when a token names a key that is not
 * among them (an issuer that rotates its keys), but not more often than a stranger's tokens may make us. An issuer that
 * cannot be reached leaves the keys that were known last.
 */
import {
  type CompactJWSHeaderParameters,
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
} from 'jose'

/** The keys, or a rejection with what is wrong. */
export type KeySource = () => Promise<JSONWebKeySet>

/** Older keys are read again, before a token is checked by them. */
const freshMs = 10 * 60_000
/** An issuer that revokes a key while nobody reaches it is not believed for ever. */
const staleMsMax = 24 * 3_600_000
/** Tokens with unknown keys, and an issuer that does not answer, cost one look in this time. */
const cooldownMs = 30_000

/** Nothing is known against the token: its issuer's keys cannot be had. */
export class KeysUnavailable extends Error {}

type LocalKeys = ReturnType<typeof createLocalJWKSet>

export class IssuerKeys {
  readonly #source: KeySource
  readonly #nowMs: () => number
  readonly #onFault: (fault: string) => void
  #keys: LocalKeys | null = null
  #readAtMs = Number.NEGATIVE_INFINITY
  #triedAtMs = Number.NEGATIVE_INFINITY
  #fault = ''
  #reading: Promise<void> | null = null

  /** `nowMs`: a clock that never goes back. `onFault`: once for each read that failed, in words. */
  constructor(source: KeySource, nowMs: () => number, onFault: (fault: string) => void) {
    this.#source = source
    this.#nowMs = nowMs
    this.#onFault = onFault
  }

  /** For jose: the key that this header names. Rejects with `KeysUnavailable`, or jose's error for no such key. */
  async find(header: CompactJWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.#ageMs > freshMs) await this.#read()
    try {
      return await this.#usable()(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const before = this.#readAtMs
      await this.#read()
      if (this.#readAtMs === before) throw error
      return await this.#usable()(header, token)
    }
  }

  get #ageMs(): number {
    return this.#nowMs() - this.#readAtMs
  }

  #usable(): LocalKeys {
    if (this.#keys === null || this.#ageMs > staleMsMax) throw new KeysUnavailable(this.#fault)
    return this.#keys
  }

  /** All who want keys at once share one look. */
  #read(): Promise<void> {
    if (this.#reading) return this.#reading
    if (this.#nowMs() - this.#triedAtMs < cooldownMs) return Promise.resolve()
    this.#triedAtMs = this.#nowMs()
    this.#reading = this.#source()
      .then((keys) => {
        this.#keys = createLocalJWKSet(keys)
        this.#readAtMs = this.#nowMs()
      })
      .catch((error: unknown) => {
        this.#fault = error instanceof Error ? error.message : String(error)
        this.#onFault(this.#fault)
      })
      .finally(() => {
        this.#reading = null
      })
    return this.#reading
  }
}
