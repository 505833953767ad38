/**
 * Non-INVITE server transaction (RFC 3261 §17.2.2), as complete transcripts at virtual time. 100 and 408: ../rfc4320.
 */
import { describe, test } from 'vitest'
import { checkScript } from '../../support/transaction-script.ts'

describe('RFC 3261 §17.2.2: over an unreliable transport', () => {
  test('a copy that comes before any response gets none', () => {
    checkScript(`
      server MESSAGE udp
      0 state trying
      500 again
      1500 again
      2000 respond 200
      2000 > 200
      2000 state completed
    `)
  })

  test('after the final response each copy gets it again, until timer J ends it at 64·T1', () => {
    checkScript(`
      server MESSAGE udp
      0 respond 202
      0 > 202
      500 again
      500 > 202
      1500 again
      1500 > 202
      32000 user terminated
      32000 timers 0
      32010 again
      99000 end
    `)
  })

  test('a second final response goes nowhere', () => {
    checkScript(`
      server MESSAGE udp
      0 respond 200
      0 > 200
      100 respond 500
      110 respond 100
      120 again
      120 > 200
    `)
  })

  test('while proceeding a copy gets the 100 again', () => {
    checkScript(`
      server MESSAGE udp
      3500 > 100
      3600 again
      3600 > 100
      4000 respond 100
      4000 > 100
      5000 respond 404
      5000 > 404
      37000 user terminated
    `)
  })
})

describe('RFC 3261 §17.2.2: over a reliable transport', () => {
  test('timer J is zero: it ends with its final response, and holds no timer', () => {
    checkScript(`
      server MESSAGE tcp
      100 respond 200
      100 > 200
      100 user terminated
      100 state terminated
      100 timers 0
      99000 end
    `)
  })
})

test('a user may end it without a word', () => {
  checkScript(`
    server MESSAGE udp
    100 terminate
    100 user terminated
    100 timers 0
    200 respond 200
    99000 end
  `)
})
