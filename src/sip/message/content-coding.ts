/**
 * Bodies without their Content-Encoding (RFC 3261 §20.12, RFC 9110 §8.4.1): deflate and gzip, bounded while they grow.
 * Only for bodies that the server reads itself; what it passes on stays as it came.
 */
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'

export type DecodedBody =
  | { readonly ok: true; readonly body: Uint8Array }
  /** `unknown`: 415 with `Accept-Encoding`; `broken`: 400; `too-large`: 413. */
  | { readonly ok: false; readonly fault: 'unknown' | 'broken' | 'too-large' }

/** For Accept-Encoding (RFC 3261 §20.2). */
export const acceptedCodings = 'deflate, gzip, identity'

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

const codings: ReadonlyMap<string, readonly Inflate[]> = new Map([
  // COMPAT(many): deflate without the zlib frame that RFC 9110 §8.4.1.2 wants.
  ['deflate', [inflateSync, inflateRawSync]],
  ['gzip', [gunzipSync]],
  ['x-gzip', [gunzipSync]],
])

/** `encoding`: the value of Content-Encoding; null: there is none. A body of nothing needs no coding. */
export function decodeBody(body: Uint8Array, encoding: string | null, bytesMax: number): DecodedBody {
  const names = (encoding ?? '').toLowerCase().split(',')
  // In the order in which they were applied, so the last one comes off first.
  const applied = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  let decoded = body
  for (const name of applied.toReversed()) {
    const inflates = codings.get(name)
    if (!inflates) return { ok: false, fault: 'unknown' }
    if (decoded.length === 0) continue
    const result = inflate(decoded, inflates, bytesMax)
    if (typeof result === 'string') return { ok: false, fault: result }
    decoded = result
  }
  return decoded.length > bytesMax ? { ok: false, fault: 'too-large' } : { ok: true, body: decoded }
}

function inflate(
  body: Uint8Array,
  inflates: readonly Inflate[],
  bytesMax: number,
): Uint8Array | 'broken' | 'too-large' {
  for (const each of inflates) {
    try {
      return each(body, { maxOutputLength: bytesMax })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
    }
  }
  return 'broken'
}
