/**
 * Dialogs of user agents (RFC 3261 §12): made from a request and its response, and the requests within them.
 */
import { describe, expect, test } from 'vitest'
import { clientDialog, type Dialog, type DialogRequest, serverDialog } from '../../../src/sip/dialog/dialog.ts'
import { requestDialogKey, responseDialogKey } from '../../../src/sip/dialog/match.ts'
import { encodeRequest, encodeResponse, type HeaderLines } from '../../../src/sip/message/encode.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { parsed } from '../../support/transaction-script.ts'

const recordRoute = ['Record-Route', '<sip:p2.example.test;lr>, <sip:p1.example.test;lr>'] as const

interface Example {
  readonly cseq?: number
  readonly contact?: string | null
  readonly headers?: HeaderLines
  readonly from?: string
  readonly to?: string
}

function example(method: string, given: Example = {}): SipMessage {
  const contact = given.contact === undefined ? '<sip:alice@desk.example.test>' : given.contact
  return parsed(
    encodeRequest({
      method,
      requestUri: 'sip:bob@example.test',
      headers: [
        ['Via', 'SIP/2.0/TCP desk.example.test;branch=z9hG4bK1'],
        ['Max-Forwards', '70'],
        ['From', given.from ?? '"Alice" <sip:alice@example.test;x=1>;tag=a;y=2'],
        ['To', given.to ?? 'Bob <sip:bob@example.test>'],
        ['Call-ID', 'call1'],
        ['CSeq', `${given.cseq ?? 7} ${method}`],
        ...(contact === null ? [] : [['Contact', contact] as const]),
        ...(given.headers ?? []),
      ],
    }),
  )
}

function answer(request: SipMessage, status: number, toTag: string | null, headers: HeaderLines = []): SipMessage {
  return parsed(encodeResponse(request, status, toTag === null ? { headers } : { toTag, headers }))
}

const bobContact = ['Contact', '"B" <sip:bob@phone.example.test;transport=tcp>;expires=60'] as const

function invited(status = 200, headers: HeaderLines = [recordRoute, bobContact]): Dialog {
  const invite = example('INVITE')
  return clientDialog(invite, answer(invite, status, 'b', headers))!
}

function valuesOf(request: DialogRequest, name: string): string[] {
  const lines = request.headers.split('\r\n').filter((line) => line.startsWith(`${name}: `))
  return lines.map((line) => line.slice(name.length + 2))
}

describe('RFC 3261 §12.1.2: the client’s dialog', () => {
  test('has tags, Call-ID and parties of request and response, and the reverse of the Record-Route', () => {
    const dialog = invited()
    expect(dialog).toMatchObject({
      state: 'confirmed',
      callId: 'call1',
      localTag: 'a',
      remoteTag: 'b',
      localUri: 'sip:alice@example.test;x=1',
      remoteUri: 'sip:bob@example.test',
      localSequence: 7,
      remoteTarget: 'sip:bob@phone.example.test;transport=tcp',
    })
    expect(dialog.routeSet).toEqual(['<sip:p1.example.test;lr>', '<sip:p2.example.test;lr>'])
  })

  test('is early after 101 to 199 with a tag', () => {
    expect(invited(180).state).toBe('early')
  })

  test.each([
    ['a 100', 100, 'b', [bobContact]],
    ['a provisional without a tag', 180, null, [bobContact]],
    ['a failure', 486, 'b', [bobContact]],
    ['a 2xx without Contact', 200, 'b', []],
  ] as const)('is not made by %s', (_what, status, tag, headers) => {
    const invite = example('INVITE')
    expect(clientDialog(invite, answer(invite, status, tag, headers))).toBeNull()
  })

  test('may lack the remote tag, which an RFC 2543 peer does not give', () => {
    const invite = example('INVITE')
    const dialog = clientDialog(invite, answer(invite, 200, null, [bobContact]))!
    expect(dialog.remoteTag).toBeNull()
    expect(valuesOf(dialog.nextRequest('BYE'), 'To')).toEqual(['<sip:bob@example.test>'])
  })

  test('takes route and target anew from the 2xx that confirms it (§13.2.2.4)', () => {
    const dialog = invited(180)
    const elsewhere = [
      ['Record-Route', '<sip:p9.example.test;lr>'],
      ['Contact', '<sip:bob@lap.example.test>'],
    ] as const
    dialog.receiveResponse(answer(example('INVITE'), 200, 'b', elsewhere))
    expect(dialog.state).toBe('confirmed')
    expect(dialog.routeSet).toEqual(['<sip:p9.example.test;lr>'])
    expect(dialog.remoteTarget).toBe('sip:bob@lap.example.test')
  })

  test('keeps its route once confirmed', () => {
    const dialog = invited()
    dialog.receiveResponse(answer(example('INVITE'), 200, 'b', [['Record-Route', '<sip:evil.example.test;lr>']]))
    expect(dialog.routeSet[0]).toBe('<sip:p1.example.test;lr>')
  })

  test('is not confirmed by a 2xx to another request within it', () => {
    const dialog = invited(180)
    dialog.receiveResponse(answer(example('UPDATE'), 200, 'b', [bobContact]))
    expect(dialog.state).toBe('early')
  })
})

describe('RFC 3261 §12.1.1: the server’s dialog', () => {
  const invite = example('INVITE', { headers: [recordRoute], contact: '<sip:alice@desk.example.test;ob>' })

  test('has the Record-Route in its order, the Contact as target, and the parties the other way round', () => {
    const dialog = serverDialog(invite, 'b')!
    expect(dialog).toMatchObject({
      state: 'early',
      localTag: 'b',
      remoteTag: 'a',
      localUri: 'sip:bob@example.test',
      remoteUri: 'sip:alice@example.test;x=1',
      remoteTarget: 'sip:alice@desk.example.test;ob',
    })
    expect(dialog.routeSet).toEqual(['<sip:p2.example.test;lr>', '<sip:p1.example.test;lr>'])
    dialog.confirm()
    expect(dialog.state).toBe('confirmed')
  })

  test('begins its own count at 1', () => {
    expect(valuesOf(serverDialog(invite, 'b')!.nextRequest('BYE'), 'CSeq')).toEqual(['1 BYE'])
  })

  test('is not made from a request without Contact', () => {
    expect(serverDialog(example('INVITE', { contact: null }), 'b')).toBeNull()
  })
})

describe('RFC 3261 §12.2.1.1: requests within a dialog', () => {
  test('name the parties with their tags, the Call-ID, and a CSeq one higher each', () => {
    const dialog = invited()
    const first = dialog.nextRequest('INFO')
    expect(first.headers.split('\r\n').slice(2)).toEqual([
      'Max-Forwards: 70',
      'From: <sip:alice@example.test;x=1>;tag=a',
      'To: <sip:bob@example.test>;tag=b',
      'Call-ID: call1',
      'CSeq: 8 INFO',
      '',
    ])
    expect(valuesOf(dialog.nextRequest('BYE'), 'CSeq')).toEqual(['9 BYE'])
  })

  test('go to the target through the route when its first router is loose', () => {
    const request = invited().nextRequest('BYE')
    expect(request.requestUri).toBe('sip:bob@phone.example.test;transport=tcp')
    expect(valuesOf(request, 'Route')).toEqual(['<sip:p1.example.test;lr>', '<sip:p2.example.test;lr>'])
  })

  test('go straight to the target without a route', () => {
    const request = invited(200, [bobContact]).nextRequest('BYE')
    expect(request.requestUri).toBe('sip:bob@phone.example.test;transport=tcp')
    expect(valuesOf(request, 'Route')).toEqual([])
  })

  test('name a strict first router in the Request-URI, and the target at the end of the route', () => {
    const strict = ['Record-Route', '<sip:p2.example.test;lr>, <sip:p1.example.test;method=BYE;maddr=h?a=b>'] as const
    const request = invited(200, [strict, bobContact]).nextRequest('BYE')
    expect(request.requestUri).toBe('sip:p1.example.test;maddr=h')
    expect(valuesOf(request, 'Route')).toEqual([
      '<sip:p2.example.test;lr>',
      '<sip:bob@phone.example.test;transport=tcp>',
    ])
  })

  test('an ACK for a 2xx has the number of its INVITE (§13.2.2.4)', () => {
    const dialog = invited()
    expect(valuesOf(dialog.ackRequest(7), 'CSeq')).toEqual(['7 ACK'])
    expect(dialog.localSequence).toBe(7)
  })
})

describe('RFC 3261 §12.2.1.2, §12.2.2: what comes within a dialog', () => {
  test('a request with a lower CSeq is out of order, an equal or higher one is not', () => {
    const dialog = invited()
    const sequences = [5, 5, 9, 8]
    expect(sequences.map((cseq) => dialog.receiveRequest(example('INFO', { cseq })))).toEqual([true, true, true, false])
  })

  test('an ACK or CANCEL with the number of its INVITE is in order, and counts nothing', () => {
    const dialog = serverDialog(example('INVITE', { cseq: 7 }), 'b')!
    dialog.receiveRequest(example('INFO', { cseq: 8 }))
    expect(dialog.receiveRequest(example('ACK', { cseq: 7 }))).toBe(true)
    expect(dialog.receiveRequest(example('CANCEL', { cseq: 7 }))).toBe(true)
    expect(dialog.receiveRequest(example('INFO', { cseq: 7 }))).toBe(false)
  })

  test('a target refresh moves the target, another request does not', () => {
    const dialog = serverDialog(example('INVITE'), 'b')!
    dialog.receiveRequest(example('INFO', { cseq: 8, contact: '<sip:alice@info.example.test>' }))
    expect(dialog.remoteTarget).toBe('sip:alice@desk.example.test')
    dialog.receiveRequest(example('INVITE', { cseq: 9, contact: '<sip:alice@lap.example.test>' }))
    expect(dialog.remoteTarget).toBe('sip:alice@lap.example.test')
    dialog.receiveRequest(example('INVITE', { cseq: 10, contact: null }))
    expect(dialog.remoteTarget).toBe('sip:alice@lap.example.test')
  })

  test('a request out of order moves nothing', () => {
    const dialog = serverDialog(example('INVITE'), 'b')!
    dialog.receiveRequest(example('INVITE', { cseq: 6, contact: '<sip:alice@evil.example.test>' }))
    expect(dialog.remoteTarget).toBe('sip:alice@desk.example.test')
  })

  test('a 2xx to a target refresh moves the target, a failure does not', () => {
    const dialog = invited()
    const moved = [['Contact', '<sip:bob@lap.example.test>']] as const
    dialog.receiveResponse(answer(example('INVITE'), 488, 'b', moved))
    expect(dialog.remoteTarget).toBe('sip:bob@phone.example.test;transport=tcp')
    dialog.receiveResponse(answer(example('INVITE'), 200, 'b', moved))
    expect(dialog.remoteTarget).toBe('sip:bob@lap.example.test')
  })

  test.each([481, 408])('a %i ends it', (status) => {
    const dialog = invited()
    dialog.receiveResponse(answer(example('INFO'), status, 'b'))
    expect(dialog.state).toBe('terminated')
  })

  test('another failure does not, and what has ended stays so', () => {
    const dialog = invited()
    dialog.receiveResponse(answer(example('INFO'), 500, 'b'))
    expect(dialog.state).toBe('confirmed')
    dialog.terminate()
    dialog.confirm()
    dialog.receiveResponse(answer(example('INVITE'), 200, 'b', [['Contact', '<sip:bob@lap.example.test>']]))
    expect(dialog.state).toBe('terminated')
    expect(dialog.remoteTarget).toBe('sip:bob@phone.example.test;transport=tcp')
  })
})

describe('RFC 3261 §12: the dialog of a message', () => {
  test('is found by Call-ID and both tags, from either side', () => {
    const invite = example('INVITE')
    const dialog = invited()
    expect(responseDialogKey(answer(invite, 200, 'b'))).toBe(dialog.key)
    const bye = example('BYE', { from: '<sip:bob@example.test>;tag=b', to: '<sip:alice@example.test>;tag=a' })
    expect(requestDialogKey(bye)).toBe(dialog.key)
  })

  test('is another one for another tag of either side', () => {
    const invite = example('INVITE')
    const keys = ['b', 'c', null].map((tag) => responseDialogKey(answer(invite, 200, tag)))
    expect(new Set(keys).size).toBe(3)
  })
})
