/**
 * The client's side: the answer to a 401 or 407 (RFC 7616 §3.4, RFC 8760 §2.4, RFC 3261 §22.2).
 * For the chat client, the simulator and links; when to ask again and when to give up is left to them.
 */

import { quote } from '../message/quoted-string.ts'
import type { DigestAlgorithm, DigestQop } from './algorithm.ts'
import type { DigestChallenge } from './challenge.ts'
import { computeHa1, computeResponse, encodeNonceCount } from './compute.ts'

export interface DigestAnswer {
  readonly username: string
  readonly password: string
  readonly method: string
  /** The Request-URI of the request that will carry the answer. */
  readonly uri: string
  readonly body: Uint8Array | null
  /** 1 at the first use of a nonce, and one more at each further. */
  readonly nc: number
  readonly cnonce: string
}

type AnswerableChallenge = DigestChallenge & { readonly algorithm: DigestAlgorithm }

/**
 * The value of Authorization or Proxy-Authorization for the first challenge that we can answer: servers name the
 * algorithm that they prefer first. Null when there is none.
 */
export function answerChallenge(challenges: readonly DigestChallenge[], answer: DigestAnswer): string | null {
  const challenge = challenges.find(isAnswerable)
  if (challenge === undefined) return null
  const { algorithm, realm, nonce, opaque } = challenge
  const { username, password, method, uri, body, nc, cnonce } = answer
  const qop = chooseQop(challenge)
  const ha1 = computeHa1(algorithm, username, realm, password)
  const response = computeResponse({ algorithm, ha1, method, uri, nonce, nc, cnonce, qop, body })
  const who = `Digest username=${quote(username)}, realm=${quote(realm)}, nonce=${quote(nonce)}, uri=${quote(uri)}`
  const how = qop === null ? '' : `, qop=${qop}, nc=${encodeNonceCount(nc)}, cnonce=${quote(cnonce)}`
  const echo = opaque === null ? '' : `, opaque=${quote(opaque)}`
  return `${who}, response="${response}", algorithm=${algorithm}${how}${echo}`
}

function isAnswerable(challenge: DigestChallenge): challenge is AnswerableChallenge {
  return challenge.algorithm !== null && (challenge.qop.length > 0 || !challenge.qopOffered)
}

/** Plain auth where we may choose: proxies change no body, and the hash of a body costs. */
function chooseQop(challenge: DigestChallenge): DigestQop | null {
  return challenge.qop.includes('auth') ? 'auth' : (challenge.qop[0] ?? null)
}
