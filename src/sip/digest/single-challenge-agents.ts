/**
 * Clients that read only the first of several challenges, or fail on an algorithm that they do not know, against RFC
 * 8760 §2.4. They are offered MD5 alone; everybody else chooses from the strongest down.
 */

/** Beginnings of User-Agent values. Each was seen to fail with SHA-256 first. */
const agents = [
  'sipsak', // COMPAT(sipsak 0.9.8): "unsupported authentication algorithm"
  'baresip v1.', // COMPAT(baresip 1.0): "Function not implemented", without a look at the second challenge
  'SIPp', // COMPAT(SIPp 3.6): "authentication must use MD5"
] as const

export function readsOneChallenge(userAgent: string | null): boolean {
  return userAgent !== null && agents.some((agent) => userAgent.startsWith(agent))
}
