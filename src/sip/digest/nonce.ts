/**
 * Server nonces (RFC 7616 §3.3): time, boot id and randomness under a MAC, so that making and checking one needs no
 * memory and any worker can do either. Whether a nonce count was used before is decided where the account lives.
 */
export interface NonceParts {
  /**
   * When it was made, by a clock that is never set back: else no new one would count until that time has come again.
   */
  readonly madeMs: number
  /** The start of the server that made it. */
  readonly bootId: string
}

/** MAC of a text under the server's key, as the `Seals` port gives it. */
export type NonceMac = (text: string) => string

/** `address`: whom it is for. Who brings it back from there has proved the address, over UDP as well. */
export function makeNonce(parts: NonceParts, randomWord: string, address: string, mac: NonceMac): string {
  const text = `${parts.madeMs.toString(36)}.${parts.bootId}.${randomWord}`
  return `${text}.${mac(`${text} ${address}`)}`
}

/** Null for what this server (in any of its starts) did not make for this address. */
export function openNonce(nonce: string, address: string, mac: NonceMac): NonceParts | null {
  const end = nonce.lastIndexOf('.')
  if (end < 0) return null
  const text = nonce.slice(0, end)
  if (!equalInConstantTime(mac(`${text} ${address}`), nonce.slice(end + 1))) return null
  const [made, bootId] = text.split('.')
  return made && bootId ? { madeMs: Number.parseInt(made, 36), bootId } : null
}

function equalInConstantTime(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let index = 0; index < given.length; index++) {
    difference |= given.charCodeAt(index) ^ expected.charCodeAt(index % Math.max(1, expected.length))
  }
  return difference === 0
}
