/**
 * RFC 5626 §3.5.1, §4.4.1: CRLF keep-alives between messages of a stream. Who answers them: `edge/`.
 */
import { describe, expect, it } from 'vitest'
import { frame } from '../../support/framed-stream.ts'
import { requestBytes } from '../../support/requests.ts'

const message = requestBytes({ body: 'hello' }).toString('latin1')

function check(text: string, events: readonly string[]): void {
  for (const size of [1, 2, 3, 4, 5, 50, 10_000]) {
    expect(frame(Buffer.from(text, 'latin1'), size).events, `chunks of ${size}`).toEqual(events)
  }
}

describe('RFC 5626 §3.5.1 CRLF keep-alives', () => {
  it('a double CRLF is a ping, told when its second half is there', () => check('\r\n\r\n', ['crlf', 'ping']))

  it('a single CRLF is told at once: the pong of a ping must not wait for what follows', () => check('\r\n', ['crlf']))

  it('pings follow one another', () => check('\r\n\r\n\r\n\r\n', ['crlf', 'ping', 'crlf', 'ping']))

  it('pongs in a row are no different from pings: whoever sent the pings takes both for life', () => {
    check('\r\n\r\n\r\n', ['crlf', 'ping', 'crlf'])
  })

  it('a single CRLF before a message is not counted for the ping after it', () => {
    check(`\r\n${message}\r\n\r\n`, ['crlf', 'message', 'crlf', 'ping'])
  })

  it('stand between messages', () => {
    check(`${message}\r\n\r\n${message}`, ['message', 'crlf', 'ping', 'message'])
    check(`\r\n${message}\r\n${message}\r\n\r\n`, ['crlf', 'message', 'crlf', 'message', 'crlf', 'ping'])
  })

  it('a message between two halves makes no ping of them', () => {
    check(`\r\n${message}\r\n`, ['crlf', 'message', 'crlf'])
  })

  it('in a body are body', () => {
    const bytes = requestBytes({ body: '\r\n\r\n\r\n\r\n' }).toString('latin1')
    check(`${bytes}${bytes}`, ['message', 'message'])
  })

  it.each(['\n', '\r\r', '\rM', '\r\n\n'])('%j between messages ends the stream', (text) => {
    const events = frame(Buffer.from(text), 10).events
    expect(events.at(-1)).toBe('framing.bad-line-end')
    check(text, events)
  })
})
