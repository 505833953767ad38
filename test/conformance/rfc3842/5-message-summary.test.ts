/**
 * RFC 3842: whether messages wait, and how many of each kind.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { type MessageContext, parseMessageSummary, writeMessageSummary } from '../../../src/documents/index.ts'

describe('RFC 3842 message summary', () => {
  it('§5.2: is lines of text', () => {
    const counts = new Map<MessageContext, { new: number; old: number; urgent: { new: number; old: number } | null }>([
      ['text-message', { new: 4, old: 0, urgent: null }],
      ['voice-message', { new: 2, old: 8, urgent: { new: 0, old: 2 } }],
    ])
    const summary = { isWaiting: true, account: 'sip:alice@vmail.example.test', counts }
    const bytes = writeMessageSummary(summary)
    expect(Buffer.from(bytes).toString()).toBe(
      'Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.test\r\n' +
        'Voice-Message: 2/8 (0/2)\r\nText-Message: 4/0\r\n',
    )
    expect(parseMessageSummary(bytes)).toEqual(summary)
  })

  it('§5.1: may say no more than that none waits', () => {
    const summary = { isWaiting: false, account: null, counts: new Map() }
    expect(Buffer.from(writeMessageSummary(summary)).toString()).toBe('Messages-Waiting: no\r\n')
    expect(parseMessageSummary(writeMessageSummary(summary))).toEqual(summary)
  })

  it('§5.1: is read in any case, with blanks, and without what nobody knows or what single messages say', () => {
    const text =
      'messages-waiting : YES\nvoice-message: 4 / 8 ( 1 / 2 )\nX-Thing: 1/1\nfax-message: many\n\nText-Message: 9/9\n'
    expect(parseMessageSummary(Buffer.from(text))).toEqual({
      isWaiting: true,
      account: null,
      counts: new Map([['voice-message', { new: 4, old: 8, urgent: { new: 1, old: 2 } }]]),
    })
  })

  it.each(['', 'Voice-Message: 1/1', 'Messages-Waiting: perhaps', '\xff'])('is refused: %j', (text) => {
    expect(parseMessageSummary(Buffer.from(text, 'latin1'))).toBeNull()
  })
})
