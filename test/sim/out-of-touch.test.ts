/**
 * What the checker of several servers holds against a home that cannot hear of a block (docs/policy.md): nothing that
 * it had before, for as long as the last state stands; everything that is newer, and everything once it could hear.
 */
import { describe, expect, it } from 'vitest'
import { History } from '../../sim/history.ts'
import { unauthorised } from '../../sim/presence/checkers/unauthorised.ts'
import { places } from '../../sim/presence/rights.ts'
import { Contacts } from '../../sim/servers/contacts.ts'
import { shardOf } from '../../src/ports/sharding.ts'
import { aorOf } from '../support/played-messages.ts'

const [presentity, watcher] = ['user1', 'user0']
const speaker = { server: 'b.test', worker: shardOf(aorOf(presentity), 2), workersCount: 2 }
const listener = { server: 'a.test', worker: 0, workersCount: 1 }
const flows = { first: {}, second: {}, third: {}, fourth: {}, back: {} }
const blockedMs = 20_000

/** What is said of a NOTIFY at this time, after a block at 20 s; states 1 and 2 were published at 5 s and at 25 s. */
function saidOf(contacts: Contacts, atMs: number, note: string, askedMs = 1_000): number {
  const history = new History(null)
  const { presence } = history
  presence.outOfTouchSince = (by, of, time) =>
    contacts.outSince({ user: aorOf(of), server: 'b.test' }, { user: aorOf(by), server: 'a.test' }, time)
  const act = { ok: true, isConfirmed: true, value: 'block', place: places.own(presentity, watcher) }
  presence.policyActs.push({ ...act, sentMs: blockedMs - 100, repliedMs: blockedMs })
  const published = { user: presentity, device: 'd', act: 'create', expiresMs: 60_000, submissions: 1 } as const
  for (const [number, sentMs] of [
    [1, 5_000],
    [2, 25_000],
  ] as const)
    presence.publishActs.push({ ...published, number, sentMs, status: 200, answeredMs: sentMs + 10 })
  presence.subscriptions.push({
    callId: 'c',
    watcher,
    device: 'user0-d0',
    presentities: [presentity],
    list: null,
    event: 'presence',
    isFetch: false,
    sentMs: askedMs,
    confirmedMs: askedMs,
    endedMs: null,
    endedBy: '',
  })
  const body =
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:${presentity}@example.test">` +
    `<tuple id="a"><status><basic>open</basic></status><note>${note}</note></tuple></presence>`
  const head =
    'NOTIFY sip:user0@192.0.2.1 SIP/2.0\r\nCall-ID: c\r\nCSeq: 1 NOTIFY\r\nSubscription-State: active\r\n' +
    'Content-Type: application/pidf+xml\r\n'
  presence.notified(Buffer.from(`${head}\r\n${body}`), 'z9hG4bK1', {}, atMs)
  return unauthorised.check(history).length
}

/** What the watcher's home says comes there all the time. */
function heard(): Contacts {
  const contacts = new Contacts()
  contacts.batchCame(flows.back, listener, 'b.test', 100)
  return contacts
}

describe('a home out of touch', () => {
  /** In touch until 10 s. */
  function broken(): Contacts {
    const contacts = heard()
    contacts.batchCame(flows.first, speaker, 'a.test', 100)
    contacts.isOver(flows.first, 10_000)
    return contacts
  }

  it('may tell the last state again, to new subscriptions too', () => {
    expect(saidOf(broken(), 40_000, 'state 1')).toBe(0)
    expect(saidOf(broken(), 40_000, 'state 1', 39_900)).toBe(0)
  })

  it('may not tell what was published after the block', () => {
    expect(saidOf(broken(), 40_000, 'state 2')).toBe(1)
  })

  it('may not tell a state that does not stand any more', () => {
    expect(saidOf(broken(), 175_000, 'state 1')).toBe(1)
  })

  it('may not tell anything once a batch has come, and what is crossing has arrived', () => {
    const contacts = broken()
    contacts.batchCame(flows.second, speaker, 'a.test', 30_000)
    expect(saidOf(contacts, 31_000, 'state 1')).toBe(0)
    expect(saidOf(contacts, 34_000, 'state 1')).toBe(1)
  })

  it('is not in touch by what another worker says, or another server, or to another one', () => {
    const contacts = broken()
    contacts.batchCame(flows.second, { ...speaker, worker: 1 - speaker.worker }, 'a.test', 30_000)
    contacts.batchCame(flows.third, { ...speaker, server: 'c.test' }, 'a.test', 30_000)
    contacts.batchCame(flows.fourth, speaker, 'c.test', 30_000)
    expect(saidOf(contacts, 40_000, 'state 1')).toBe(0)
  })

  it('may be heard of no more, and then nobody there knows whom to tell', () => {
    const contacts = heard()
    contacts.batchCame(flows.first, speaker, 'a.test', 100)
    contacts.isOver(flows.back, 10_000)
    expect(saidOf(contacts, 40_000, 'state 1')).toBe(0)
    expect(saidOf(contacts, 40_000, 'state 2')).toBe(1)
  })

  it('had heard of a block before it was out of touch', () => {
    const contacts = heard()
    contacts.batchCame(flows.first, speaker, 'a.test', 100)
    contacts.isOver(flows.first, 24_000)
    expect(saidOf(contacts, 40_000, 'state 1')).toBe(1)
  })
})

it('a home in touch, by one connection after the other, tells nothing', () => {
  const contacts = heard()
  contacts.batchCame(flows.first, speaker, 'a.test', 100)
  contacts.batchCame(flows.second, speaker, 'a.test', 15_000)
  contacts.isOver(flows.first, 22_000)
  expect(saidOf(contacts, 24_000, 'state 1')).toBe(1)
  expect(saidOf(contacts, 20_500, 'state 1')).toBe(0)
})
