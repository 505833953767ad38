/**
 * Sealed tokens (port Seals) with a key of the data folder: deterministic authenticated encryption, made of
 * HMAC-SHA-256 and AES-256-CTR in the manner of SIV (RFC 5297): the MAC of the text is the counter's start, so the
 * same text gives the same token and nothing has to be remembered.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { RecentMap } from '../guard/index.ts'
import type { Seals } from '../ports/seals.ts'
import { HmacSha256 } from './hmac.ts'

const ivBytes = 16
/** 80 bits: what a forger must guess on line, one request a try. */
const macChars = 14
/** Of each purpose: a dialog brings its token with each request, and each is looked at several times on its way. */
const openedMax = 4_096

export class KeyedSeals implements Seals {
  readonly #hmac: HmacSha256
  readonly #cipherKey: KeyObject
  /** By purpose: what tokens said that were opened lately. The same token always says the same. */
  readonly #opened = new Map<string, RecentMap<string, string>>()

  /** `key`: 32 random bytes, the same for all workers and over restarts. */
  constructor(key: Uint8Array) {
    this.#hmac = new HmacSha256(createHmac('sha256', key).update('mac').digest())
    this.#cipherKey = createSecretKey(createHmac('sha256', key).update('cipher').digest())
  }

  seal(purpose: string, text: string): string {
    const plain = Buffer.from(text)
    const iv = this.#iv(purpose, plain)
    const cipher = createCipheriv('aes-256-ctr', this.#cipherKey, iv)
    return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64url')
  }

  open(purpose: string, token: string): string | null {
    const opened = this.#openedFor(purpose)
    const known = opened.get(token)
    if (known !== undefined) return known
    const text = this.#decipher(purpose, token)
    // What is none of ours is not kept: strangers would fill the map.
    if (text !== null) opened.set(token, text)
    return text
  }

  mac(purpose: string, text: string): string {
    return this.#hmac.ofText(`${purpose}\0${text}`, 'base64url').slice(0, macChars)
  }

  #decipher(purpose: string, token: string): string | null {
    const sealed = Buffer.from(token, 'base64url')
    if (sealed.length <= ivBytes) return null
    const iv = sealed.subarray(0, ivBytes)
    const decipher = createDecipheriv('aes-256-ctr', this.#cipherKey, iv)
    const plain = Buffer.concat([decipher.update(sealed.subarray(ivBytes)), decipher.final()])
    return timingSafeEqual(this.#iv(purpose, plain), iv) ? plain.toString() : null
  }

  #openedFor(purpose: string): RecentMap<string, string> {
    const known = this.#opened.get(purpose)
    if (known) return known
    const opened = new RecentMap<string, string>(openedMax)
    this.#opened.set(purpose, opened)
    return opened
  }

  #iv(purpose: string, plain: Buffer): Buffer {
    return this.#hmac.ofBytes(`${purpose}\0`, plain).subarray(0, ivBytes)
  }
}
