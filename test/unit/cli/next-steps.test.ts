/**
 * The end of the banner of `meridian serve` (P8): it names nobody who does not exist.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AdminBackend, UserDetails } from '../../../src/admin/index.ts'
import { storeDemoPasswords } from '../../../src/cli/demo-passwords.ts'
import { hasDemoPeople, nextSteps } from '../../../src/cli/next-steps.ts'
import { dataPaths, loadConfig } from '../../../src/config/index.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

function configOf(domain: string) {
  const cwd = newFolder()
  const loaded = loadConfig({ file: null, env: { MERIDIAN__DOMAIN__NAME: domain }, cwd })
  if (!loaded.ok) throw new Error('configuration')
  mkdirSync(join(dataPaths(loaded.config).secrets), { recursive: true })
  return loaded.config
}

const backend = (...names: string[]): Pick<AdminBackend, 'showUser'> => ({
  showUser: async (name) =>
    names.includes(name)
      ? { ok: true, value: {} as UserDetails, warnings: [] }
      : { ok: false, error: 'not-found', message: name },
})

describe('what to try next', () => {
  it('begins with the web client where there is HTTPS', () => {
    const text = nextSteps(true, 'https://127.0.0.1:5443/chat').join('\n')
    expect(text).toMatch(/^next\n {2}https:\/\/127\.0\.0\.1:5443\/chat .*\n {2}npx meridian chat alice /)
  })

  it('is a talk of the demo accounts where both are', async () => {
    const config = configOf('example.test')
    storeDemoPasswords(dataPaths(config), new Map(['alice', 'bob'].map((name) => [`sip:${name}@example.test`, 'x'])))
    expect(await hasDemoPeople(backend('alice', 'bob'), config)).toBe(true)
    expect(await hasDemoPeople(backend('alice'), config)).toBe(false)
    expect(nextSteps(true).join('\n')).toMatch(/^next\n {2}npx meridian chat alice .*\n {2}npx meridian chat bob /)
  })

  it('names nobody where there are no demo accounts', async () => {
    expect(await hasDemoPeople(backend('alice', 'bob'), configOf('im.example.org'))).toBe(false)
    const text = nextSteps(false).join('\n')
    expect(text).toMatch(/npx meridian user add NAME .*\n {2}npx meridian chat NAME --to OTHER /)
    expect(text).not.toMatch(/alice|bob|carol/)
  })
})
