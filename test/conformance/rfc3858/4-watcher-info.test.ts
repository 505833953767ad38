/**
 * RFC 3857 and 3858: who watches somebody, whole or only what has changed.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { parseWatcherInfo, type WatcherInfo, writeWatcherInfo } from '../../../src/documents/index.ts'

const watcher = { displayName: null, expiresSeconds: null, subscribedSeconds: null }
const info: WatcherInfo = {
  version: 0,
  state: 'full',
  lists: [
    {
      resource: 'sip:professor@example.test',
      package: 'presence',
      watchers: [
        { ...watcher, uri: 'sip:userA@example.test', id: '77ajsyy76', status: 'active', event: 'approved' },
        {
          uri: 'sip:userB@example.test;x=1&y',
          id: 'hahahaa',
          status: 'pending',
          event: 'subscribe',
          displayName: 'Mr. "Subscriber" <B>',
          expiresSeconds: 600,
          subscribedSeconds: 3000,
        },
      ],
    },
  ],
}

describe('RFC 3858 watcher information', () => {
  it('§4: is read as it was written', () => {
    expect(parseWatcherInfo(writeWatcherInfo(info))).toEqual({ ok: true, document: info })
  })

  it('§4.1: has a version, a state, and a list for each resource and package', () => {
    const text = Buffer.from(writeWatcherInfo({ ...info, version: 7, state: 'partial' })).toString()
    expect(text).toContain('<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="7" state="partial">')
    expect(text).toContain('<watcher-list resource="sip:professor@example.test" package="presence">')
    expect(text).toContain('<watcher id="77ajsyy76" status="active" event="approved">sip:userA@example.test</watcher>')
  })

  it.each([
    ['no version', ['version="0"', '']],
    ['a negative version', ['version="0"', 'version="-1"']],
    ['a third state', ['state="full"', 'state="half"']],
    ['a fifth status', ['status="active"', 'status="asleep"']],
    ['an event that nobody knows', ['event="approved"', 'event="boom"']],
    ['a watcher without id', ['id="77ajsyy76"', '']],
  ] as const)('is refused: %s', (_, [part, other]) => {
    const text = Buffer.from(writeWatcherInfo(info)).toString().replace(part, other)
    expect(parseWatcherInfo(Buffer.from(text))).toMatchObject({ ok: false, fault: 'malformed' })
  })
})
