/**
 * Section `auth`: how long a nonce and an authenticated flow stay good (RFC 8760).
 */
import type * as v from 'valibot'
import { choiceKey, group, wholeNumberKey } from '../key.ts'
import { certificateSignIn, tokenSignIn } from './sign-in.ts'

export const authSection = group('How long a challenge and a sign-in stay good.', {
  nonceLifetimeSeconds: wholeNumberKey({
    default: 300,
    min: 10,
    max: 86_400,
    unit: 'seconds',
    reload: 'live',
    why: 'Lower it to bound how long an overheard digest could be used; clients then answer more challenges.',
  }),
  reauthenticateHours: wholeNumberKey({
    default: 8,
    min: 1,
    max: 720,
    unit: 'hours',
    reload: 'reconnect',
    why: 'After this time an open connection must prove its password again.',
  }),
  failuresPerFlowMax: wholeNumberKey({
    default: 3,
    min: 1,
    max: 100,
    unit: 'failures per connection',
    reload: 'live',
    why: 'So many wrong answers on one connection are challenged again; after that it gets 403.',
  }),
  withoutQop: choiceKey({
    choices: ['tls', 'always'],
    default: 'tls',
    reload: 'live',
    why: 'Old digests, as Pidgin’s, can be replayed: tls takes them on encrypted connections only, always on all.',
  }),
  certificates: certificateSignIn,
  tokens: tokenSignIn,
})

export type AuthConfig = v.InferOutput<typeof authSection>
