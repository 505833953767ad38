/**
 * The groups `auth.certificates` and `auth.tokens`: signing in without a password of ours, by a certificate on the TLS
 * port or a bearer token (RFC 8898). Both are off until an authority or an issuer is named.
 */
import type * as v from 'valibot'
import { group, optionalTextKey, type TextRule, textKey, textListKey, wholeNumberKey } from '../key.ts'
import { isLoopback } from '../names.ts'
import type { Problem } from '../problem.ts'

const nameKinds = ['sip-uri', 'email', 'upn'] as const

const nameKind: TextRule = {
  accepts: (text) => (nameKinds as readonly string[]).includes(text),
  expected: `expected one of ${nameKinds.join(', ')}`,
}

const secureUrl: TextRule = {
  accepts: isSecureUrl,
  expected: 'expected an https URL (http is taken for loopback only)',
}

function isSecureUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(host))
}

export const certificateSignIn = group('Users who sign in by a certificate that they show on a tls endpoint.', {
  authorityFile: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'PEM certificates of the authorities that issue for users, and for nobody else; without it nobody is asked.',
  }),
  revocationFiles: textListKey({
    default: [],
    isPath: true,
    lengthMax: 32,
    reload: 'restart',
    why: 'Revocation lists (CRLs, PEM or DER) of these authorities; a new list ends the connections that it names.',
  }),
  names: textListKey({
    default: ['sip-uri'],
    rule: nameKind,
    lengthMax: 3,
    reload: 'restart',
    why: 'Which names of a certificate are the user: sip-uri (sip:alice@example.test), email, upn (as Windows has it).',
  }),
})

export const tokenSignIn = group('Users who sign in by a bearer token of an issuer (RFC 8898), over TLS only.', {
  issuer: optionalTextKey({
    reload: 'restart',
    why: 'The claim iss of its tokens, as it stands there; without it no tokens are taken.',
  }),
  audience: optionalTextKey({
    reload: 'restart',
    why: 'What the claim aud must hold, so that tokens for other services sign nobody in here.',
  }),
  keysUrl: optionalTextKey({
    rule: secureUrl,
    reload: 'restart',
    why: 'Where the issuer publishes its keys (JWKS); read again every ten minutes, and when a key is new.',
  }),
  keysFile: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'The same keys from a file, where the server may not reach the issuer.',
  }),
  keysAuthorityFile: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'PEM of the authority of keysUrl, where it is a private one.',
  }),
  authorizationServer: optionalTextKey({
    rule: secureUrl,
    reload: 'restart',
    why: 'Where clients are told to get a token (authz_server); without it they are told the issuer.',
  }),
  scope: optionalTextKey({
    reload: 'restart',
    why: 'The scope that clients are told to ask for, words separated by blanks.',
  }),
  claim: textKey({
    default: 'sip',
    reload: 'restart',
    why: 'The claim that holds the address of the user; a name without a domain is one of domain.name.',
  }),
  skewSeconds: wholeNumberKey({
    default: 60,
    min: 0,
    max: 600,
    unit: 'seconds',
    reload: 'restart',
    why: 'By how much the clocks of issuer and server may differ.',
  }),
})

export type CertificateSignIn = v.InferOutput<typeof certificateSignIn>
export type TokenSignIn = v.InferOutput<typeof tokenSignIn>

export function checkSignIn(auth: {
  readonly certificates: CertificateSignIn
  readonly tokens: TokenSignIn
}): readonly Problem[] {
  const { certificates, tokens } = auth
  const problems: Problem[] = []
  const lacks = (path: readonly string[], message: string) => problems.push({ path: ['auth', ...path], message })
  if (certificates.names.length === 0) lacks(['certificates', 'names'], 'at least one kind of name must count')
  if (tokens.issuer === null) return problems
  if (tokens.audience === null) {
    lacks(['tokens', 'audience'], 'auth.tokens.audience is missing: tokens for other services must not count here')
  }
  if ((tokens.keysUrl === null) === (tokens.keysFile === null)) {
    lacks(['tokens', 'keysUrl'], 'give either auth.tokens.keysUrl or auth.tokens.keysFile: where the keys are')
  }
  if (tokens.authorizationServer === null && !isSecureUrl(tokens.issuer)) {
    lacks(['tokens', 'authorizationServer'], 'the issuer is no https URL, so clients must be told where to get tokens')
  }
  return problems
}
