/**
 * Messages that made our code throw twice are kept for the administrator, without credentials and in bounded number.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PoisonGuard } from '../../../src/guard/index.ts'
import { PoisonFolder } from '../../../src/runtime/poison-folder.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'

const message = parseMessage(
  Buffer.from(
    'MESSAGE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n' +
      'From: <sip:alice@example.test>;tag=1\r\n' +
      'To: <sip:bob@example.test>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\n' +
      'Proxy-Authorization: Digest username="alice", response="5ec3e7"\r\nContent-Length: 2\r\n\r\nhi',
  ),
).message as SipMessage

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-poison-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('PoisonFolder', () => {
  it('keeps the message for the owner only, and no credentials', () => {
    const inside = join(folder, 'poison')
    expect(new PoisonFolder(inside).keep('abc', message)).toBe(true)
    const path = join(inside, 'abc.sip')
    expect(readFileSync(path, 'latin1')).toMatch(/^MESSAGE sip:bob@example\.test SIP\/2\.0\r\n[\s\S]*\r\n\r\nhi$/)
    expect(readFileSync(path, 'latin1')).not.toContain('5ec3e7')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('keeps a hundred and no more, and fails quietly where it cannot write', () => {
    const poison = new PoisonFolder(folder)
    for (let count = 0; count < 101; count++) poison.keep(`h${count}`, message)
    expect(readdirSync(folder)).toHaveLength(100)
    expect(new PoisonFolder(join(folder, 'h0.sip', 'below-a-file')).keep('abc', message)).toBe(false)
  })
})

describe('PoisonGuard', () => {
  it('says at which failure a message becomes one that is refused', () => {
    const guard = new PoisonGuard()
    const cause = { who: 'sip:alice@example.test', what: 'MESSAGE', hash: 'abc' }
    expect([1, 2, 3].map((second) => guard.failed(cause, second))).toEqual([false, true, false])
    expect(guard.failed({ ...cause, hash: '' }, 4)).toBe(false)
  })
})
