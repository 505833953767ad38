/**
 * Names of devices that have a secret of their own, and the user names that they sign in by: `alice+laptop`, or plain
 * `alice` for one without a name.
 */
import { type Aor, aorUser } from '../sip/uri/aor.ts'

/** Lower case, without blanks around it; null where clients could not type it as part of a user name, or too long. */
export function readDeviceName(text: string): string | null {
  const name = text.trim().toLowerCase()
  return name === '' || /^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$/.test(name) ? name : null
}

/** What a client gives as user name (RFC 7616 §3.4), with the secret of that device. */
export function deviceUserName(aor: Aor, device: string): string {
  return device === '' ? aorUser(aor) : `${aorUser(aor)}+${device}`
}
