/**
 * The REGISTER requests of a device (RFC 3261 §10.2, RFC 5626 §4.2): what they say, and what their answers grant. When
 * to send one is the device's.
 */
import type { DevicePort } from './device-port.ts'
import type { Request } from './requests.ts'
import { HeaderId, type HeaderLines, type SipMessage } from './sip.ts'

type OnFinal = Request['onFinal']

export class Registration {
  readonly #device: DevicePort
  expiresSeconds: number
  #count = 0

  constructor(device: DevicePort, expiresSeconds: number) {
    this.#device = device
    this.expiresSeconds = expiresSeconds
  }

  register(dueUs: number, onFinal: OnFinal): void {
    const { context, user, number, contact } = this.#device
    const instance = `+sip.instance="<${context.naming.instance(user, number)}>"`
    const headers: HeaderLines = [
      ['Contact', `${contact};${instance};reg-id=1`],
      ['Expires', String(this.expiresSeconds)],
    ]
    this.#send(headers, dueUs, onFinal)
  }

  remove(dueUs: number, onFinal: OnFinal): void {
    const headers: HeaderLines = [
      ['Contact', this.#device.contact],
      ['Expires', '0'],
    ]
    this.#send(headers, dueUs, onFinal)
  }

  /** 423: from now on as long as the server wants it at least. False: it did not say. */
  lengthen(response: SipMessage | null): boolean {
    const seconds = Number(/^\d{1,9}/.exec(response?.first(HeaderId.minExpires) ?? '')?.[0] ?? 0)
    if (seconds <= this.expiresSeconds) return false
    this.expiresSeconds = seconds
    this.#device.context.recorder.count('register.423')
    return true
  }

  /** Seconds of our own contact in the answer (RFC 3261 §10.2.4), or of all. */
  granted(response: SipMessage | null): number | null {
    const contacts = response?.contacts
    const { host, port } = this.#device.address
    const own = Array.isArray(contacts) ? contacts.find(({ uri }) => uri.includes(`@${host}:${port}`)) : undefined
    return own?.expiresSeconds ?? response?.expiresSeconds ?? null
  }

  #send(headers: HeaderLines, dueUs: number, onFinal: OnFinal): void {
    const { context, user } = this.#device
    const own = context.naming.aor(user)
    this.#device.send({
      method: 'REGISTER',
      requestUri: `sip:${context.naming.domain}`,
      from: own,
      fromTag: `r${(++this.#count).toString(36)}`,
      to: own,
      toTag: null,
      callId: this.#device.callId('r'),
      route: null,
      headers: [...headers, ['Supported', 'path, outbound, gruu']],
      body: null,
      operation: 'register',
      dueUs,
      onFinal,
    })
  }
}
