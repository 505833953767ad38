/**
 * What the chat client keeps in the data folder, where it connects, and its words when it cannot.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connectFailure } from '../../../src/chat/connect.ts'
import { History, openProfile } from '../../../src/chat/index.ts'
import { parsePlace } from '../../../src/cli/chat/choose-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-chat-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the history', () => {
  const path = join(folder, 'h.jsonl')
  const entry = (text: string, peer = 'sip:bob@example.test') =>
    ({ timeMs: 1, direction: 'in', peer, text, id: `id ${text}` }) as const

  it('is there again at the next start, for its owner only, and without what a crash has cut', () => {
    const first = new History(path)
    first.add(entry('1'))
    first.add(entry('2', 'sip:carol@example.test'))
    appendFileSync(path, '{"timeMs":1,"direc')
    const second = new History(path)
    expect(second.last(20).map(({ text }) => text)).toEqual(['1', '2'])
    expect(second.last(20, 'sip:bob@example.test')).toEqual([entry('1')])
    expect(second.peers()).toEqual(['sip:carol@example.test', 'sip:bob@example.test'])
    expect(second.seenIds()).toEqual(['id 1', 'id 2'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('goes on behind a line that a crash has cut', () => {
    new History(path).add(entry('3'))
    expect(new History(path).last(1)).toEqual([entry('3')])
  })

  it('is cut at a start when it has become long', () => {
    const long = join(folder, 'long.jsonl')
    const line = `${JSON.stringify(entry('x'.repeat(1000)))}\n`
    writeFileSync(long, line.repeat(11_000))
    expect(new History(long).last(20_000)).toHaveLength(10_000)
    expect(readFileSync(long, 'utf8').length).toBe(line.length * 10_000)
  })
})

describe('the profile', () => {
  it('is one device as long as it lives, and a second client beside it another', () => {
    const data = join(folder, 'data')
    const first = openProfile(data, 'alice')
    const beside = openProfile(data, 'alice')
    expect(beside.instanceId).not.toBe(first.instanceId)
    first.release()
    const again = openProfile(data, 'alice')
    expect(again.instanceId).toBe(first.instanceId)
    expect(again.historyFile).toBe(join(data, 'chat', 'alice.jsonl'))
    again.release()
  })

  it('of a client that was killed is taken over', () => {
    const data = join(folder, 'killed')
    const { instanceId } = openProfile(data, 'alice')
    writeFileSync(join(data, 'chat', 'alice.pid'), '999999999\n')
    expect(openProfile(data, 'alice').instanceId).toBe(instanceId)
  })

  it('that cannot be kept costs the history, not the conversation', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const { historyFile, warning, instanceId } = openProfile(file, 'alice')
    expect([historyFile, warning]).toEqual([null, expect.stringContaining('nothing is kept')])
    expect(instanceId).toMatch(/^urn:uuid:/)
  })
})

describe('a server', () => {
  it.each([
    ['tls:im.example.org:5062', { transport: 'tls', host: 'im.example.org', port: 5062 }],
    ['TCP:127.0.0.1', { transport: 'tcp', host: '127.0.0.1', port: 5060 }],
    ['wss://im.example.org', { transport: 'wss', host: 'im.example.org', port: 443 }],
    ['tls:[::1]:5061', { transport: 'tls', host: '::1', port: 5061 }],
    ['im.example.org', null],
    ['sctp:a:1', null],
    ['tls:a:0', null],
    ['tls:a:99999', null],
  ])('%s', (text, place) => expect(parsePlace(text)).toEqual(place))

  const failure = (code: string, message = code) =>
    connectFailure(Object.assign(new Error(message), { code }), { transport: 'tls', host: 'im', port: 5061 })

  it.each([
    ['ECONNREFUSED', /nothing listens on im port 5061; start the server with `npm start`/, false],
    ['ENOTFOUND', /there is no host im/, false],
    ['SELF_SIGNED_CERT_IN_CHAIN', /--ca <file>/, true],
    ['CERT_HAS_EXPIRED', /meridian certs renew/, true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /is for another name/, true],
    ['EPIPE', /im port 5061: EPIPE/, false],
  ])('that cannot be reached (%s) is told in words', (code, words, isLasting) => {
    expect(failure(code)).toEqual({ words: expect.stringMatching(words), isLasting })
  })

  it('with several addresses fails like the first of them', () => {
    const error = new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })])
    expect(connectFailure(error, { transport: 'tcp', host: 'im', port: 1 }).words).toMatch(/nothing listens/)
  })

  it('whose certificate is for another domain (RFC 5922) says so', () => {
    expect(failure('', 'the certificate is for a.test, not for b.test').isLasting).toBe(true)
  })
})
