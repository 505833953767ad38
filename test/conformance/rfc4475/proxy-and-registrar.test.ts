/**
 * RFC 4475: what the proxy and the registrar make of the messages that the parser leaves to them, as `docs/torture-
 * table.md` promises. Each message is fed as it stands to the edge of a server that serves its domains.
 */
import { describe, expect, it } from 'vitest'
import type { CoreSettings } from '../../../src/runtime/index.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { passwordOf, ServerWorld } from '../../support/server-world.ts'
import { signedIn } from '../../support/sessions.ts'
import { readVectors } from '../../support/vectors.ts'
import { WireClient } from '../../support/wire-client.ts'

const vectors = readVectors('rfc4475').filter(({ layer }) => layer !== 'parser')
const domains = ['example.test', 'example.com', 'example.net', 'example.org']

interface Played {
  readonly world: ServerWorld
  readonly sender: WireClient
  readonly callee: WireClient
  /** What the sender got for it, in order. */
  readonly answers: readonly SipMessage[]
}

type Row = (played: Played) => void

/** Name of the message → who sends it and what must come of it. */
const rows: Readonly<Record<string, { readonly sender: string | null; readonly check: Row }>> = {
  baddate: {
    sender: 'caller@example.net',
    check: ({ callee }) => expect(callee.request('INVITE').first(HeaderId.date)).toBe('Fri, 01 Jan 2010 16:00:00 EST'),
  },
  regbadct: { sender: 'user@example.com', check: ({ answers }) => expect(statuses(answers)).toEqual([400]) },
  badbranch: {
    sender: 'caller@example.org',
    check: ({ sender, callee }) => {
      const bytes = vectorBytes('badbranch')
      sender.sendBytes(bytes)
      expect(callee.requests('OPTIONS'), 'the same request again').toHaveLength(1)
      sender.sendBytes(bytes.toString().replace('CSeq: 8', 'CSeq: 9'))
      expect(callee.requests('OPTIONS'), 'another request with the same branch').toHaveLength(2)
    },
  },
  unksm2: { sender: null, check: ({ answers }) => expect(statuses(answers)).toEqual([404]) },
  bext01: {
    sender: 'caller@example.net',
    check: ({ answers, callee }) => {
      expect(statuses(answers)).toEqual([420])
      const named = ['noProxiesSupportThis', 'norDoAnyProxiesSupportThis']
      expect(answers[0]!.values(HeaderId.unsupported)).toEqual(named)
      expect(callee.requests('OPTIONS')).toHaveLength(0)
    },
  },
  invut: {
    sender: 'caller@example.net',
    check: ({ sender, callee }) => {
      const invite = callee.request('INVITE')
      expect(invite.first(HeaderId.contentType)).toBe('application/unknownformat')
      callee.respond(invite, 415)
      expect(sender.inbox.at(-1)!.statusCode).toBe(415)
    },
  },
  regaut01: {
    sender: null,
    check: ({ answers }) => {
      expect(statuses(answers)).toEqual([401])
      expect(answers[0]!.first(HeaderId.wwwAuthenticate)).toMatch(/^Digest realm="example.test"/)
    },
  },
  bcast: {
    sender: 'user@example.com',
    check: ({ answers, callee }) => {
      expect(answers).toEqual([])
      expect(callee.inbox.filter(({ isRequest }) => !isRequest)).toEqual([])
    },
  },
  zeromf: { sender: 'caller@example.net', check: ({ answers }) => expect(statuses(answers)).toEqual([483]) },
  cparam01: { sender: 'watson@example.com', check: boundTo('<sip:+19725552222@gw1.example.net>;') },
  cparam02: { sender: 'watson@example.com', check: boundTo('<sip:+19725552222@gw1.example.net;unknownparam>;') },
  regescrt: {
    sender: 'user@example.com',
    check: (played) => {
      boundTo('<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;')(played)
      const { world, sender } = played
      sender.inbox.length = 0
      const [caller] = signedIn(new WireClient(world, 'caller', { domain: 'example.net' }))
      caller.send('INFO', { uri: 'sip:user@example.com' })
      // RFC 3261 §16.6 step 2: headers MUST NOT stand in a Request-URI.
      expect(sender.requests('INFO').map(({ requestUri }) => requestUri)).toContain('sip:user@example.com')
    },
  },
  sdp01: {
    sender: 'caller@example.net',
    check: ({ callee }) => expect(callee.request('INVITE').first(HeaderId.accept)).toBe('text/nobodyKnowsThis'),
  },
}

function boundTo(contact: string): Row {
  return ({ answers }) => {
    expect(statuses(answers)).toEqual([200])
    expect(answers[0]!.all(HeaderId.contact).some((value) => value.startsWith(contact))).toBe(true)
  }
}

function statuses(messages: readonly SipMessage[]): number[] {
  return messages.map(({ statusCode }) => statusCode)
}

function vectorBytes(name: string): Buffer {
  return vectors.find((vector) => vector.name === name)!.bytes
}

function clientOf(world: ServerWorld, address: string): WireClient {
  const [name, domain] = address.split('@') as [string, string]
  return new WireClient(world, name, { domain })
}

async function play(workers: number, senderAddress: string | null, bytes: Buffer): Promise<Played> {
  const change = (settings: CoreSettings) => ({ ...settings, edge: { ...settings.edge, domains } })
  const world = await ServerWorld.start({ workers, users: [], change })
  const callees = ['user@example.com', 'j.user@example.com', 'j_user@example.com']
  for (const address of [...callees, 'caller@example.net', 'caller@example.org', 'watson@example.com']) {
    world.addUser(address, { password: passwordOf(address.split('@')[0]!) })
  }
  const [callee] = signedIn(clientOf(world, 'user@example.com'))
  const sender = senderAddress === null ? new WireClient(world, 'stranger') : clientOf(world, senderAddress)
  if (senderAddress !== null) signedIn(sender)
  sender.inbox.length = 0
  sender.sendBytes(bytes)
  const answers = sender.inbox.filter(({ isRequest, statusCode }) => !isRequest && statusCode !== 100)
  return { world, sender, callee, answers }
}

describe.each([1, 3])('RFC 4475 at a server of %i workers', (workers) => {
  it('has a check for every message that the table leaves to proxy or registrar', () => {
    expect(Object.keys(rows).toSorted()).toEqual(vectors.map(({ name }) => name).toSorted())
  })

  it.each(vectors)('§$section $name: $decision', async ({ name, bytes }) => {
    const { sender, check } = rows[name]!
    check(await play(workers, sender, bytes))
  })
})
