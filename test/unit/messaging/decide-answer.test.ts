/**
 * The delivery table, row by row, without a world around it.
 */
import { describe, expect, test } from 'vitest'
import {
  type DeliverySituation,
  type DeviceStanding,
  decideAnswer,
  decideCopy,
  type Standing,
} from '../../../src/messaging/decide-answer.ts'

function device(text: string): DeviceStanding {
  const [deviceKey = '', standing = '', status = '0', lasting = 'lasting'] = text.split(' ')
  return { deviceKey, standing: standing as Standing, status: Number(status), lasting: lasting === 'lasting' }
}

function situation(devices: readonly string[], more: Partial<DeliverySituation> = {}): DeliverySituation {
  return { devices: devices.map(device), isTransient: false, isTimeUp: false, isMailboxFull: false, ...more }
}

/** The decision in one line. */
function decided(devices: readonly string[], more: Partial<DeliverySituation> = {}, decide = decideAnswer): string {
  const decision = decide(situation(devices, more))
  const by = 'by' in decision ? ` ${decision.by.deviceKey} ${decision.by.status}` : ''
  const queueFor = 'queueFor' in decision ? ` [${decision.queueFor.map(({ deviceKey }) => deviceKey)}]` : ''
  return `${decision.act}${by}${queueFor}`
}

const timeUp = { isTimeUp: true }
const transient = { isTransient: true }
const full = { isMailboxFull: true }

describe('the delivery table (RFC 3428 §7)', () => {
  test.each<[string, readonly string[], Partial<DeliverySituation>, string]>([
    ['no device at all', [], {}, 'stored []'],
    ['only devices that are away', ['a away', 'b away'], {}, 'stored [a,b]'],
    ['away without a lasting name: mailbox only', ['a away 0 brief'], {}, 'stored []'],
    ['one may still answer', ['a asked', 'b not-now 480'], {}, 'wait'],
    ['the only one took it: nothing to keep', ['a taken 200'], {}, 'delivered a 200 []'],
    [
      'the others keep an entry',
      ['a taken 200', 'b away', 'c asked', 'd behind', 'e not-now 486'],
      {},
      'delivered a 200 [b,c,d,e]',
    ],
    [
      'but not one that refused, nor one without a lasting name',
      ['a taken 200', 'b refused 415', 'c asked 0 brief'],
      {},
      'delivered a 200 []',
    ],
    ['a 2xx is told rather than a 482', ['a taken 482', 'b taken 202'], {}, 'delivered b 202 []'],
    ['nobody answered in time', ['a asked', 'b away'], timeUp, 'stored [a,b]'],
    ['waits behind a queue', ['a behind'], {}, 'stored [a]'],
    ['behind a queue, while another is asked', ['a behind', 'b asked'], {}, 'wait'],
    ['refused by all', ['a refused 488', 'b refused 415'], {}, 'refused b 415'],
    [
      'a 6xx is the best refusal (RFC 3261 §16.7)',
      ['a refused 415', 'b refused 606', 'c refused 603'],
      {},
      'refused c 603',
    ],
    ['refused by all on line, another is known', ['a refused 415', 'b away'], {}, 'stored [b]'],
    ['refused by one, not now by the other', ['a refused 415', 'b not-now 480'], {}, 'stored [b]'],
    [
      'refused by one, the other without a lasting name: mailbox',
      ['a refused 415', 'b not-now 480 brief'],
      {},
      'stored []',
    ],
    ['quota full', ['a away'], full, 'full'],
    ['quota full does not matter when a device takes it', ['a taken 200', 'b away'], full, 'delivered a 200 [b]'],
    ['quota full does not matter when all refuse', ['a refused 415'], full, 'refused a 415'],
    ['transient and taken: never stored', ['a taken 200', 'b away'], transient, 'delivered a 200 []'],
    ['transient and away', ['a away'], transient, 'not-taken'],
    ['transient and refused: 480 all the same', ['a refused 415'], transient, 'not-taken'],
    ['transient behind a queue', ['a behind'], transient, 'not-taken'],
    ['transient, quota full', [], { ...transient, ...full }, 'not-taken'],
    ['transient, time up', ['a asked'], { ...transient, ...timeUp }, 'not-taken'],
  ])('%s', (_, devices, more, expected) => {
    expect(decided(devices, more)).toBe(expected)
  })
})

describe('copies of sent messages', () => {
  test.each<[string, readonly string[], Partial<DeliverySituation>, string]>([
    ['wait for all', ['a taken 200', 'b asked'], {}, 'wait'],
    ['are kept for those who did not take them', ['a taken 200', 'b not-now 480', 'c away'], {}, 'stored [b,c]'],
    ['end when all took them', ['a taken 200', 'b refused 415'], {}, 'not-taken'],
    ['are never kept for a device without a lasting name', ['a away 0 brief'], {}, 'not-taken'],
    ['end when time is up', ['a asked'], timeUp, 'stored [a]'],
    ['of transient messages are never kept', ['a away'], transient, 'not-taken'],
  ])('%s', (_, devices, more, expected) => {
    expect(decided(devices, more, decideCopy)).toBe(expected)
  })
})
