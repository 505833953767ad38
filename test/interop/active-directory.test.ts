/**
 * Active Directory for real: a Samba domain controller with the schema extension and the example topology of
 * deploy/ad, asked as a server asks. Needs root and the packages of install-clients.sh.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mappedConnection } from '../../src/directory/active-directory/attribute-mapping.ts'
import { Catalogs } from '../../src/directory/active-directory/catalogs.ts'
import { ChangeFollower } from '../../src/directory/active-directory/change-follower.ts'
import { checkController } from '../../src/directory/active-directory/check-directory.ts'
import { checkPassword } from '../../src/directory/active-directory/check-password.ts'
import { ControllerConnection } from '../../src/directory/active-directory/controller-connection.ts'
import { readDirectoryTopology } from '../../src/directory/active-directory/directory-topology.ts'
import { DirectoryUsers } from '../../src/directory/active-directory/directory-users.ts'
import { findUser } from '../../src/directory/active-directory/find-user.ts'
import { PasswordBudget } from '../../src/directory/active-directory/password-budget.ts'
import { openLdap } from '../../src/directory/ldap/open-ldap.ts'
import type { OpenLdap } from '../../src/ports/ldap.ts'
import { RealClock } from '../../src/runtime/index.ts'
import { parseAor } from '../../src/sip/uri/aor.ts'
import { counterMetrics } from '../support/quiet-metrics.ts'
import { serviceAccount as account, type DomainController, startDomainController } from './support/domain-controller.ts'

let dc: DomainController
let host: string
const controllerAt = (host: string) => ({
  host,
  port: 3269,
  domainPort: 636,
  site: 'Default-First-Site-Name',
  priority: 0,
})
const aor = (name: string) => parseAor(`sip:${name}@corp.example`)!
const words: string[] = []
const log = {
  write: (_: string, event: string, fields: object = {}) => void words.push(event + JSON.stringify(fields)),
}
let controller: ReturnType<typeof controllerAt>
let ports: { clock: RealClock; log: typeof log; metrics: ReturnType<typeof counterMetrics>; open: OpenLdap }
let catalogs: Catalogs
let users: DirectoryUsers

beforeAll(async () => {
  dc = await startDomainController()
  host = dc.host
  controller = controllerAt(host)
  const caPem = readFileSync(dc.authorityFile, 'utf8')
  const open: OpenLdap = (server) => openLdap(server, { tls: 'ldaps', caPem, connectMs: 10_000, answerMs: 20_000 })
  ports = { clock: new RealClock(), log, metrics: counterMetrics(), open }
  catalogs = new Catalogs(ports, { servers: [controller], site: controller.site, slowMs: 10_000, account })
  users = new DirectoryUsers({ ...ports, catalogs }, { base: '', cacheMs: 60_000 })
}, 300_000)

afterAll(() => {
  catalogs?.end()
  dc?.stop()
})

test('a controller with the schema of deploy/ad is in order', async () => {
  const checked = await checkController({ ...ports, mapping: null }, controller, account)
  expect(checked).toMatchObject({ faults: [], missing: [] })
  expect(Math.abs(checked.skewMs!)).toBeLessThan(30_000)
})

test('users are found by SIP address, mail and proxy address; duplicates are refused', async () => {
  for (const name of ['alice', 'alice.archer', 'aa']) {
    expect(await users.find(aor(name))).toMatchObject({ answer: { found: 'user', user: { aor: aor('alice') } } })
  }
  expect(await users.find(aor('dup'))).toMatchObject({ answer: { found: 'duplicate' } })
  expect(await users.find(aor('nobody'))).toMatchObject({ answer: { found: 'nobody' }, isFresh: true })
})

test('passwords by bind: right, wrong, and what else a controller says', async () => {
  const budget = new PasswordBudget()
  const policy = { threshold: 5, windowMs: null }
  const check = async (name: string, password = `Passw0rd!${name}`) => {
    const found = await users.find(aor(name))
    if (found?.answer.found !== 'user') throw new Error(`no ${name}`)
    return checkPassword({ ...ports, catalogs, budget }, found.answer.user, { password, policy })
  }
  expect(await check('alice')).toEqual({ granted: true })
  expect(await check('alice', 'wrong')).toMatchObject({ granted: false, status: 401, code: '52e' })
  expect(await check('alice', '')).toMatchObject({ granted: false, code: null })
  expect(await check('erin')).toMatchObject({ code: '533', status: 403 })
  expect(await check('frank')).toMatchObject({ code: '701', status: 403 })
  expect(await check('grace')).toMatchObject({ code: '773', status: 403 })
})

test('a disabled and a removed user are seen by the next poll, and a no is lifted where it was said', async () => {
  const told: string[] = []
  const followed = new ControllerConnection({ host, port: 636 }, account, ports.open)
  const owner = {
    onChange: (_: string, user: { displayName: string } | null, against: readonly string[]) =>
      void told.push(`${user?.displayName ?? 'gone'}: ${against.join(' ') || 'yes'}`),
  }
  const timers = { set: () => ({ target: null }), cancel: () => {} }
  const keep = async () => {}
  const options = { controllers: [followed], base: '', pollMs: 30_000 }
  const follower = new ChangeFollower({ ...ports, timers, keep }, owner, options)
  const news = async () => {
    told.length = 0
    await follower.poll()
    return [...told].sort()
  }
  const control = (uac: string) => dc.change('bob', `replace: userAccountControl\nuserAccountControl: ${uac}\n-\n`)
  expect(await news()).toEqual(expect.arrayContaining(['bob: yes', 'erin: account-disabled', 'frank: expired']))
  expect(await news()).toEqual([])
  await control('514')
  expect(await news()).toEqual(['bob: account-disabled'])
  await control('512')
  expect(await news()).toEqual(['bob: yes'])
  followed.end()
}, 120_000)

test('the topology of deploy/ad: two homes and a front end', async () => {
  const found = await catalogs.ask(readDirectoryTopology)
  expect(found?.topology.servers.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'front1.corp.example front-end',
    'home1.corp.example home',
    'home2.corp.example home',
  ])
  expect(found?.topology).toMatchObject({ version: 1, domains: ['corp.example'] })
  expect([...(found?.homes.values() ?? [])]).toContain('home2.corp.example')
})

test('mapping mode: users are found and judged by attributes that every directory has', async () => {
  const mapping = {
    ...{ address: 'userPrincipalName', enabled: 'description', enabledValue: 'im', home: 'employeeType' },
  }
  const open: OpenLdap = async (server) => mappedConnection(await ports.open(server), mapping)
  await dc.change('nohome', 'replace: description\ndescription: IM\n-\nreplace: employeeType\nemployeeType: home2\n-\n')
  const connection = await open(controller)
  await connection.bind(account.name, account.password)
  const found = async (name: string) => findUser(connection, parseAor(`sip:${name}@corp.example`)!, '')
  try {
    expect(await found('nohome')).toMatchObject({ user: { sipEnabled: true, home: { dn: 'home2' } } })
    // Enabled by the schema extension, which does not count here.
    expect(await found('alice')).toMatchObject({ user: { sipEnabled: false, home: 'none' } })
    expect(await found('nobody')).toEqual({ found: 'nobody' })
  } finally {
    connection.close()
  }
  const { faults } = await checkController({ ...ports, open, mapping }, controller, account)
  expect(faults).toEqual([expect.stringContaining('employeeType is not in the partial attribute set')])
})
