/**
 * What RFC 4320 §4 changes for non-INVITE servers: when a 100 may and must leave, and that a 408 may not.
 */
import { describe, test } from 'vitest'
import { checkScript } from '../../support/transaction-script.ts'

describe('RFC 4320 §4.1: provisional responses', () => {
  test('no provisional but 100 is ever sent', () => {
    checkScript(`
      server MESSAGE tcp
      100 respond 180
      200 respond 183
      200 state trying
      3500 > 100
      4000 respond 182
      4000 state proceeding
    `)
  })

  test('over an unreliable transport no 100 is sent before the client’s timer E has reached T2', () => {
    checkScript(`
      server MESSAGE udp
      100 respond 100
      3000 respond 100
      3000 state trying
      3500 > 100
      3600 respond 100
      3600 > 100
    `)
  })

  test('over a reliable transport a 100 may leave at any time', () => {
    checkScript(`
      server MESSAGE tcp
      100 respond 100
      100 > 100
      100 timers 0
      9000 state proceeding
    `)
  })

  test.each(['udp', 'tcp'])('over %s a 100 leaves by itself when nothing else has until then', (transport) => {
    checkScript(`
      server MESSAGE ${transport}
      0 timers 1
      3500 > 100
      3500 state proceeding
      99000 timers 0
    `)
  })

  test('an answer in time needs no 100', () => {
    checkScript(`
      server MESSAGE udp
      3490 respond 200
      3490 > 200
      9000 state completed
    `)
  })
})

describe('RFC 4320 §4.2: no 408', () => {
  test('a 408 is kept back, and copies of the request are absorbed until timer J', () => {
    checkScript(`
      server MESSAGE udp
      0 respond 408
      0 state completed
      100 again
      32000 user terminated
      99000 end
    `)
  })

  test('over a reliable transport the 408 ends it in silence', () => {
    checkScript(`
      server MESSAGE tcp
      3500 > 100
      5000 respond 408
      5000 user terminated
      99000 end
    `)
  })

  test('INVITE is not concerned', () => {
    checkScript(`
      server INVITE tcp
      0 respond 408
      0 > 408
      10 ack
      10 user terminated
    `)
  })
})
