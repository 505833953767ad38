/**
 * The core touches nothing outside itself: in this repository, and each check of that on a planted breach.
 */
import { describe, expect, it } from 'vitest'
import { plant } from './plant.ts'
import { checkPurity, checkSynchronous } from './rules/purity.ts'
import { readCode } from './sources.ts'

const code = readCode()
const inCore = (text: string) => checkPurity(plant({ 'src/messaging/mailbox.ts': text }))

describe('the core', () => {
  it('is pure', () => expect(checkPurity(code)).toEqual([]))

  it.each([
    ['Date.now()', 'Clock'],
    ['new Date()', 'Clock'],
    ['new Date', 'Clock'],
    ['performance.now()', 'Clock'],
    ['Math.random()', 'Entropy'],
    ['crypto.randomUUID()', 'Entropy'],
    ['setTimeout(f, 1)', 'Timers'],
    ['setInterval(f, 1)', 'Timers'],
    ['setImmediate(f)', 'Timers'],
    ["process.env['HOME']", 'argument'],
    ["console.log('x')", 'Log'],
    ["import { readFileSync } from 'node:fs'", 'src/ports'],
    ["import { createHash } from 'node:crypto'", 'src/ports'],
  ])('may not say %s', (text, instead) => {
    expect(inCore(text)).toHaveLength(1)
    expect(inCore(text)[0]).toContain(instead)
  })

  it.each([
    ['converts a time that it was given', 'const text = new Date(at).toUTCString()'],
    ['names such a call in a comment', '// unlike Date.now() this is given'],
    ['names such a call in a string', "const text = 'setTimeout(x) and process.exit'"],
    ['has a timer of its own', 'timers.setTimeout(f, 1)'],
    ['takes what is pure of Node', "import assert from 'node:assert/strict'\nimport { Buffer } from 'node:buffer'"],
  ])('may do what looks alike: %s', (_, text) => expect(inCore(text)).toEqual([]))

  it('may use hashes where a row says so', () => {
    const text = "import { hash } from 'node:crypto'"
    const places = ['src/sip/digest/response.ts', 'src/edge/token.ts', 'src/shard/operation-id.ts']
    expect(places.flatMap((path) => checkPurity(plant({ [path]: text })))).toEqual([])
    expect(checkPurity(plant({ 'src/sip/digest/nonce.ts': "import { randomBytes } from 'node:crypto'" }))).toHaveLength(
      1,
    )
  })

  it('ends where the shell begins', () => {
    expect(
      checkPurity(plant({ 'src/runtime/clock.ts': 'Date.now()', 'src/directory/ldap/bind.ts': 'Date.now()' })),
    ).toEqual([])
    expect(checkPurity(plant({ 'src/directory/local/account.ts': 'Date.now()' }))).toHaveLength(1)
  })
})

describe('the protocol', () => {
  it('never waits', () => expect(checkSynchronous(code)).toEqual([]))

  it.each(['async function f() {}', 'const f = async () => 1', 'const x = await y'])('may not say %s', (text) => {
    expect(checkSynchronous(plant({ 'src/sip/framing/stream.ts': text }))).toHaveLength(1)
  })
})
