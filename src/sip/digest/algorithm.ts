/**
 * The digest algorithms and qualities of protection that we offer and accept (RFC 8760 §2, RFC 7616 §6.1).
 * Which of them a listener offers, and in which order, is decided by the edge.
 */

/** `-sess` and SHA-512-256 are left out: no SIP client of the field asks for them, and nobody offers them but us. */
export type DigestAlgorithm = 'MD5' | 'SHA-256'

export type DigestQop = 'auth' | 'auth-int'

/** Absent means MD5 (RFC 7616 §3.3). Compared without case: clients write `md5`. Null for one that we do not know. */
export function digestAlgorithm(text: string | undefined): DigestAlgorithm | null {
  if (text === undefined || text === 'MD5') return 'MD5'
  if (text === 'SHA-256') return 'SHA-256'
  const upper = text.toUpperCase()
  return upper === 'MD5' || upper === 'SHA-256' ? upper : null
}

/** Null for a quality of protection that we do not know. */
export function digestQop(text: string): DigestQop | null {
  if (text === 'auth') return 'auth'
  const lower = text.toLowerCase()
  return lower === 'auth' || lower === 'auth-int' ? lower : null
}
