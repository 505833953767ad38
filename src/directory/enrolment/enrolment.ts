/**
 * Enrolment: whoever has the account's password gets a secret for one device, once, and may list and revoke them. What
 * the asker learns is neutral; why somebody was refused is for log and audit. Pure: `src/server/` gives it its ports.
 */
import { TokenBuckets } from '../../guard/index.ts'
import type { CredentialSummary } from '../../ports/admin.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Entropy } from '../../ports/entropy.ts'
import type { Log } from '../../ports/log.ts'
import type { Seals } from '../../ports/seals.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { deviceUserName, readDeviceName } from '../device-name.ts'
import { type ActOnAccount, digestsOf, type PasswordProver } from './password-proof.ts'

export interface EnrolmentPorts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly log: Log
  readonly seals: Seals
  readonly act: ActOnAccount
  readonly passwords: PasswordProver
  /** Durable when it resolves. */
  readonly audit: (entry: { readonly event: string; readonly aor: Aor; readonly detail: string }) => Promise<void>
}

export interface EnrolmentSettings {
  readonly realm: string
  /** Of a name without one the first. */
  readonly domains: readonly string[]
}

/** Who asks: by the password, or by what an answer to it gave (`EnrolmentPass.pass`). */
export type EnrolmentAsker =
  | { readonly name: string; readonly password: string; readonly source: string }
  | { readonly pass: string; readonly source: string }

/** `pass` stands for the password for some minutes, so that a page need not ask for it at every step. */
export interface EnrolmentPass {
  readonly aor: Aor
  readonly pass: string
  readonly devices: readonly CredentialSummary[]
}

export interface EnrolledDevice extends EnrolmentPass {
  readonly device: string
  readonly userName: string
  /** Shown once; nobody can read it again. */
  readonly secret: string
}

export interface EnrolmentRefusal {
  /** HTTP status: 400 bad input, 403 no, 404 no such device, 421 another server, 429 too often, 503 not now. */
  readonly status: 400 | 403 | 404 | 421 | 429 | 503
  /** For whoever asks. */
  readonly message: string
}

export type EnrolmentResult<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & EnrolmentRefusal)

/** Passwords of one address: a company behind one address enrols, a guesser does not get far. */
const triesOfSource = { requestsPerSecond: 0.5, burst: 30 }
/** And of one account, whoever asks. */
const triesOfAccount = { requestsPerSecond: 1 / 30, burst: 5 }
const passLifetimeMs = 10 * 60_000
/** Without the characters that people mistake for each other; 20 of 32 are 100 bits. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
const secretCharacters = 20

const neutral: EnrolmentRefusal = {
  status: 403,
  message: 'The name or the password is not right, or this account may not sign in here.',
}
const notNow: EnrolmentRefusal = {
  status: 503,
  message: 'This cannot be checked at the moment. Please try again later.',
}
const tooOften: EnrolmentRefusal = {
  status: 429,
  message: 'There were too many attempts. Please wait a few minutes.',
}
const passOver: EnrolmentRefusal = { status: 403, message: 'This page is too old. Please give your password again.' }
const badDevice: EnrolmentRefusal = {
  status: 400,
  message: 'A device has up to 32 letters a to z, digits, dots and hyphens as its name, such as laptop.',
}

export class Enrolment {
  readonly #ports: EnrolmentPorts
  readonly #settings: EnrolmentSettings
  readonly #sources = new TokenBuckets(triesOfSource)
  readonly #accounts = new TokenBuckets(triesOfAccount)

  constructor(ports: EnrolmentPorts, settings: EnrolmentSettings) {
    this.#ports = ports
    this.#settings = settings
  }

  /** Makes a secret for this device, in place of an earlier one of the same name. */
  async enrol(asker: EnrolmentAsker, deviceName: string): Promise<EnrolmentResult<EnrolledDevice>> {
    const device = readDeviceName(deviceName)
    if (device === null) return refused(badDevice)
    const proved = await this.#prove(asker)
    if (!proved.ok) return proved
    const aor = proved.value
    const userName = deviceUserName(aor, device)
    const secret = this.#newSecret()
    const secrets = digestsOf(userName, this.#settings.realm, secret)
    const reply = await this.#ports.act(aor, { act: 'put-device', device, secrets })
    if (!reply.ok) return refused(reply.error === 'invalid' ? { status: 400, message: reply.message } : notNow)
    await this.#ports.audit({ event: 'device.enrolled', aor, detail: `${userName} from ${asker.source}` })
    const value = { aor, device, userName, secret, pass: this.#passOf(aor), devices: reply.credentials }
    return { ok: true, value }
  }

  async list(asker: EnrolmentAsker): Promise<EnrolmentResult<EnrolmentPass>> {
    const proved = await this.#prove(asker)
    if (!proved.ok) return proved
    const reply = await this.#ports.act(proved.value, { act: 'show' })
    if (!reply.ok) return refused(notNow)
    const { value: aor } = proved
    return { ok: true, value: { aor, pass: this.#passOf(aor), devices: reply.credentials } }
  }

  async revoke(asker: EnrolmentAsker, device: string): Promise<EnrolmentResult<EnrolmentPass>> {
    const proved = await this.#prove(asker)
    if (!proved.ok) return proved
    const aor = proved.value
    const reply = await this.#ports.act(aor, { act: 'remove-device', device })
    if (!reply.ok && reply.error === 'not-found') return refused({ status: 404, message: 'There is no such device.' })
    if (!reply.ok) return refused(notNow)
    await this.#ports.audit({ event: 'device.revoked', aor, detail: deviceUserName(aor, device) })
    return { ok: true, value: { aor, pass: this.#passOf(aor), devices: reply.credentials } }
  }

  async #prove(asker: EnrolmentAsker): Promise<EnrolmentResult<Aor>> {
    const { clock, log } = this.#ports
    if ('pass' in asker) return this.#openPass(asker.pass)
    const nowMs = clock.monotonicMs()
    if (!this.#sources.take(asker.source, nowMs)) return refused(tooOften)
    const aor = this.#named(asker.name)
    // A name that cannot be one is answered like one that is nobody's.
    if (aor === null || asker.password === '') return refused(neutral)
    if (!this.#accounts.take(aor, nowMs)) return refused(tooOften)
    const proof = await this.#ports.passwords.prove(aor, asker.password)
    if (proof.ok) return { ok: true, value: proof.aor }
    log.write('warn', 'enrolment.refused', { aor, source: asker.source, reason: proof.words })
    if (proof.reason === 'unavailable') return refused(notNow)
    await this.#ports.audit({ event: 'enrolment.refused', aor, detail: `${proof.words}; from ${asker.source}` })
    if (proof.home === undefined) return refused(neutral)
    return refused({ status: 421, message: `Your home is another server: enrol at ${proof.home}.` })
  }

  /** `alice` means the first domain. */
  #named(name: string): Aor | null {
    const text = name.trim().replace(/^sips?:/i, '')
    if (text === '' || /[;?<>\s]/.test(text)) return null
    return parseAor(`sip:${text.includes('@') ? text : `${text}@${this.#settings.domains[0]}`}`)
  }

  #newSecret(): string {
    return [...this.#ports.entropy.bytes(secretCharacters)].map((byte) => alphabet[byte % alphabet.length]).join('')
  }

  #passOf(aor: Aor): string {
    const untilMs = Math.floor(this.#ports.clock.wallMs() + passLifetimeMs)
    return this.#ports.seals.seal('enrolment', JSON.stringify([aor, untilMs]))
  }

  #openPass(pass: string): EnrolmentResult<Aor> {
    const text = this.#ports.seals.open('enrolment', pass)
    if (text === null) return refused(passOver)
    const [aor, untilMs] = JSON.parse(text) as [Aor, number]
    return untilMs > this.#ports.clock.wallMs() ? { ok: true, value: aor } : refused(passOver)
  }
}

function refused(refusal: EnrolmentRefusal): { readonly ok: false } & EnrolmentRefusal {
  return { ok: false, ...refusal }
}
