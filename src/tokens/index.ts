/**
 * Bearer tokens (JWT, RFC 7519, as RFC 9068 profiles them) of one issuer: its keys, kept up to date, and what a token
 * says. Knows nothing of SIP but that names become addresses.
 */
export { type KeyPlace, readKeys } from './fetch-keys.ts'
export { IssuerKeys, type KeySource } from './issuer-keys.ts'
export { type TokenRules, TokenVerifier } from './token-verifier.ts'
