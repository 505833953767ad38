/**
 * Section `registrar`: how long a registration lives and how many devices a user may have (RFC 3261 §10.3).
 */
import type * as v from 'valibot'
import { group, wholeNumberKey } from '../key.ts'
import type { Problem } from '../problem.ts'

export const registrarSection = group('How long a registration lives and how many devices a user may have.', {
  minExpiresSeconds: wholeNumberKey({
    default: 60,
    min: 10,
    max: 3_600,
    unit: 'seconds',
    reload: 'live',
    why: 'Shorter registrations are answered 423 (Interval Too Brief); raise it where refreshes load the server.',
  }),
  maxExpiresSeconds: wholeNumberKey({
    default: 7_200,
    min: 60,
    max: 86_400,
    unit: 'seconds',
    reload: 'live',
    why: 'Longer registrations are cut to this; lower it to notice vanished UDP clients sooner.',
  }),
  defaultExpiresSeconds: wholeNumberKey({
    default: 3_600,
    min: 10,
    max: 86_400,
    unit: 'seconds',
    reload: 'live',
    why: 'Given to a device that asks for no time of its own.',
  }),
  devicesMax: wholeNumberKey({
    default: 10,
    min: 1,
    max: 100,
    unit: 'devices per user',
    reload: 'live',
    why: 'Raise it for people with many devices; each costs memory and one more copy of every message.',
  }),
})

export type RegistrarConfig = v.InferOutput<typeof registrarSection>

export function checkRegistrar(registrar: RegistrarConfig): readonly Problem[] {
  const { minExpiresSeconds: min, maxExpiresSeconds: max, defaultExpiresSeconds: standard } = registrar
  if (min > max) {
    const message = `${max} is below registrar.minExpiresSeconds, which is ${min}`
    return [{ path: ['registrar', 'maxExpiresSeconds'], message }]
  }
  if (standard >= min && standard <= max) return []
  const message = `${standard} lies outside minExpiresSeconds ${min} to maxExpiresSeconds ${max}`
  return [{ path: ['registrar', 'defaultExpiresSeconds'], message }]
}
