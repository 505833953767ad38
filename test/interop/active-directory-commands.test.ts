/**
 * Commands that change a real directory (Samba), by the rights of an administrator: they show what they would do, do
 * it, and are refused what the rights do not cover.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Invocation } from '../../src/cli/command.ts'
import { homeInDirectory } from '../../src/cli/user/home-in-directory.ts'
import { meridian, silentIo } from '../support/command-line.ts'
import { dataFolders } from '../support/data-folder.ts'
import {
  type DomainController,
  directoryYaml,
  serviceAccount,
  startDomainController,
} from './support/domain-controller.ts'

const newFolder = dataFolders()
const administrator = 'Administrator@corp.example'
let dc: DomainController
let cwd: string

beforeAll(async () => {
  dc = await startDomainController()
  cwd = newFolder()
  mkdirSync(cwd, { recursive: true })
  writeFileSync(`${cwd}/meridian.yaml`, `domain: { name: corp.example }\n${directoryYaml(dc)}`)
  writeFileSync(`${cwd}/admin`, 'Passw0rd!admin\n')
  writeFileSync(`${cwd}/svc`, `${serviceAccount.password}\n`)
}, 300_000)

afterAll(() => dc?.stop())

const servers = (...names: readonly string[]) => names.map((name) => `  - { name: ${name}, role: home }`).join('\n')
const draft = (version: number, ...homes: readonly string[]) => {
  const front = '  - { name: front1.corp.example, role: front-end }'
  writeFileSync(
    `${cwd}/draft.yaml`,
    `version: ${version}\ndomains: [ corp.example ]\nservers:\n${front}\n${servers(...homes)}\n`,
  )
}
const run = (...argv: readonly string[]) => meridian([...argv, '--json'], { cwd })
const as = (name: string, file: string) => ['--as', name, '--password-file', file]
const [home1, home2, home3] = ['home1.corp.example', 'home2.corp.example', 'home3.corp.example']

test('topology publish --ldif: shown, refused to who may not, done, and the same afterwards', async () => {
  draft(2, home1, home2, home3)
  const shown = await run('topology', 'publish', 'draft.yaml', '--ldif')
  expect(shown.json).toMatchObject({ ok: true, result: { published: false, version: 2 } })
  expect(shown.json.result.ldif).toContain('dn: CN=LC Services,CN=Microsoft,CN=home3.corp.example,CN=Pools')
  const refused = await run('topology', 'publish', 'draft.yaml', '--ldif', ...as(serviceAccount.name, 'svc'))
  expect(refused.json).toMatchObject({ ok: false })
  expect(refused.json.error).toContain('0 of ')
  const made = await run('topology', 'publish', 'draft.yaml', '--ldif', ...as(administrator, 'admin'))
  expect(made.json).toMatchObject({ ok: true, result: { published: true, version: 2 } })
  const again = await run('topology', 'publish', 'draft.yaml', '--ldif', ...as(administrator, 'admin'))
  expect(again.json).toMatchObject({ ok: true, result: { published: false, version: 2 } })
})

test('a home that somebody has is not taken away, one that nobody has is', async () => {
  draft(2, home2, home3)
  const refused = await run('topology', 'publish', 'draft.yaml', '--ldif', ...as(administrator, 'admin'))
  expect(refused.json.error).toMatch(/users have a home that would be removed/)
  draft(2, home1, home2)
  const made = await run('topology', 'publish', 'draft.yaml', '--ldif', ...as(administrator, 'admin'))
  expect(made.json).toMatchObject({ ok: true, result: { published: true, version: 3 } })
  draft(2, home1, home2, home3)
  const older = await run('topology', 'publish', 'draft.yaml', '--ldif')
  expect(older.json.error).toContain('older version')
})

test('after a move the home attribute follows by who has the right, or is shown', async () => {
  const follow = (options: Record<string, string>) => {
    return homeInDirectory({ arguments: [], options, io: silentIo(cwd) } as unknown as Invocation, alice, home2)
  }
  const alice = 'sip:alice@corp.example'
  const shown = await follow({})
  expect(shown).toMatchObject({ changed: false, ldif: expect.stringContaining('replace: msRTCSIP-PrimaryHomeServer') })
  const refused = await follow({ as: serviceAccount.name, passwordFile: `${cwd}/svc` })
  expect(refused).toMatchObject({ changed: false, warnings: [expect.stringContaining('refuses')] })
  expect(await follow({ as: administrator, passwordFile: `${cwd}/admin` })).toMatchObject({
    changed: true,
    warnings: [],
  })
  expect(await follow({})).toMatchObject({ changed: false, ldif: '' })
})
