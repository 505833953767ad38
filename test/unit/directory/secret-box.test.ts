/**
 * Password equivalents at rest: sealed with a key beside the store, opened with that key only.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSecretBox, ha1KeyPath, loadOrCreateHa1Key, readHa1Key } from '../../../src/directory/index.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const entropy = {
  bytes: (count: number) => randomBytes(count),
  word: (count: number) => randomBytes(count).toString('hex'),
}
const key = Buffer.alloc(32, 1)
const box = createSecretBox(key, entropy)

describe('the box', () => {
  it('opens what it sealed, and only that', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, at, flip) => {
        const sealed = box.seal(plain)
        expect(box.open(sealed)).toEqual(Buffer.from(plain))
        const damaged = Buffer.from(sealed)
        damaged[at % damaged.length]! ^= flip
        expect(box.open(damaged)).toBeNull()
        expect(box.open(sealed.subarray(0, at % sealed.length))).toBeNull()
      }),
    )
  })

  it('does not open with another key', () => {
    expect(createSecretBox(Buffer.alloc(32, 2), entropy).open(box.seal(Buffer.from('x')))).toBeNull()
  })

  it('never seals the same twice', () => {
    expect(box.seal(Buffer.from('x'))).not.toEqual(box.seal(Buffer.from('x')))
  })

  it('takes 32 bytes of key', () => expect(() => createSecretBox(Buffer.alloc(16), entropy)).toThrow())
})

describe('the key file', () => {
  it('is made once, for its owner only', () => {
    const folder = newFolder()
    const made = loadOrCreateHa1Key(folder)
    expect(made).toMatchObject({ ok: true })
    expect(loadOrCreateHa1Key(folder)).toEqual(made)
    expect(readHa1Key(folder)).toEqual(made)
    expect(statSync(ha1KeyPath(folder)).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(ha1KeyPath(folder))).mode & 0o777).toBe(0o700)
  })

  it('that is missing is not replaced where it is needed', () => {
    const folder = newFolder()
    expect(readHa1Key(folder)).toMatchObject({ ok: false, message: expect.stringContaining('from its backup') })
  })

  it('that everybody may read is refused with what to do', () => {
    const folder = newFolder()
    loadOrCreateHa1Key(folder)
    chmodSync(ha1KeyPath(folder), 0o604)
    expect(readHa1Key(folder)).toMatchObject({ ok: false, message: expect.stringContaining('chmod 600') })
  })

  it('that holds something else is refused', () => {
    const folder = newFolder()
    loadOrCreateHa1Key(folder)
    writeFileSync(ha1KeyPath(folder), readFileSync(ha1KeyPath(folder), 'latin1').slice(1))
    expect(readHa1Key(folder)).toMatchObject({ ok: false, message: expect.stringContaining('64 hexadecimal digits') })
  })

  it('that cannot be written says so', () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(dirname(ha1KeyPath(folder)), 'a file where the folder should be')
    expect(loadOrCreateHa1Key(folder)).toMatchObject({ ok: false })
    rmSync(folder, { recursive: true })
  })
})
