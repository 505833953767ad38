/**
 * Subscriptions of one device share what they have in common, and part when it differs (memory of a subscription).
 */
import { expect, test } from 'vitest'
import { withShared } from '../../../src/events/shared-terms.ts'
import type { Subscription, SubscriptionTerms } from '../../../src/events/subscription.ts'

const terms = (contactUri: string, accept: readonly string[] | null): SubscriptionTerms => ({
  target: { flow: '0.1.7' as never, transport: 'tcp', contactUri, path: [], qThousandths: 1_000, deviceKey: 'desk' },
  contact: '<sip:192.0.2.1:5060;transport=tcp>',
  expiresMs: 1,
  minGapMs: 0,
  maxGapMs: 0,
  adaptiveGapMs: 0,
  accept,
  supportsPartial: false,
})

test('what is equal is the same object, what is not stays as it was said', () => {
  const known = terms('sip:a@192.0.2.9', ['application/pidf+xml']) as unknown as Subscription
  const equal = withShared(terms('sip:a@192.0.2.9', ['application/pidf+xml']), known)
  expect(equal.target).toBe(known.target)
  expect(equal.accept).toBe(known.accept)
  const other = terms('sip:b@192.0.2.9', null)
  expect(withShared(other, known)).toEqual(other)
  const longer = terms('sip:a@192.0.2.9', ['application/pidf+xml', 'application/rlmi+xml'])
  expect(withShared(longer, known).accept).toEqual(longer.accept)
})

test('the first of a flow shares with nobody', () => {
  const first = terms('sip:a@192.0.2.9', null)
  expect(withShared(first, null)).toBe(first)
})
