/**
 * Headers under which browsers do with a page only what it says itself.
 */

/**
 * `policy`: the directives of its Content-Security-Policy. `referrer`: with `no-referrer` browsers do not say either
 * from which origin a form comes.
 */
export function protectiveHeaders(policy: readonly string[], referrer: 'no-referrer' | 'same-origin' = 'no-referrer') {
  return [
    ['Content-Security-Policy', policy.join('; ')],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', referrer],
    ['X-Frame-Options', 'DENY'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
  ] as const
}
