/**
 * Proof of a password by Active Directory, with the faults that a directory can have and what becomes of each.
 */
import { expect, test } from 'vitest'
import { Catalogs } from '../../../../src/directory/active-directory/catalogs.ts'
import type { DirectoryAccounts, UserHome } from '../../../../src/directory/active-directory/directory-accounts.ts'
import { DirectoryPasswords } from '../../../../src/directory/active-directory/directory-passwords.ts'
import { DirectoryUsers } from '../../../../src/directory/active-directory/directory-users.ts'
import { PasswordBudget } from '../../../../src/directory/active-directory/password-budget.ts'
import { type LdapConnection, LdapFault } from '../../../../src/ports/ldap.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, fakePerson, fakePorts } from '../../../support/fake-catalogs.ts'

const aorOf = (name: string) => parseAor(`sip:${name}@corp.example`)!

function rig({ home = 'here', taken }: { home?: UserHome; taken?: { no: string; isForNow: boolean } } = {}) {
  const clock = new FakeClock()
  const catalog = new FakeCatalog('dc1', clock, [
    fakePerson('alice'),
    fakePerson('dup1', { 'msRTCSIP-PrimaryUserAddress': 'sip:dup@corp.example' }),
    fakePerson('dup2', { 'msRTCSIP-PrimaryUserAddress': 'sip:dup@corp.example' }),
  ])
  const ports = fakePorts(clock, [catalog])
  const server = { host: 'dc1', port: 3269, site: 'here', priority: 0 }
  const account = { name: 'svc', password: 'x' }
  const catalogs = new Catalogs(ports, { servers: [server], site: 'here', slowMs: 1000, account })
  const accounts = { take: async () => taken ?? { aor: aorOf('alice') } } as unknown as DirectoryAccounts
  const passwords = new DirectoryPasswords({
    ...ports,
    catalogs,
    budget: new PasswordBudget(),
    users: new DirectoryUsers({ ...ports, catalogs }, { base: '', cacheMs: 1000 }),
    accounts,
    denied: () => [],
    homeOf: () => home,
    lockoutOf: async () => ({ threshold: 5, windowMs: 1000 }),
    own: { prove: async (aor) => ({ ok: true, aor }) },
    isOwn: async (aor) => aor === aorOf('root'),
  })
  const prove = (name: string) => passwords.prove(aorOf(name), 'secret')
  const binds = () => catalog.asked.filter((what) => what.startsWith('bind CN=')).length
  return { catalog, prove, binds }
}

test('the right password costs one search and one bind', async () => {
  const { catalog, prove } = rig()
  expect(await prove('alice')).toEqual({ ok: true, aor: aorOf('alice') })
  expect(catalog.asked.filter((what) => what === 'search')).toHaveLength(1)
  expect(catalog.asked.filter((what) => what.startsWith('bind CN='))).toHaveLength(1)
})

test('nobody, several with one address, and filters in a name: refused, and no password is sent', async () => {
  const { prove, binds } = rig()
  for (const name of ['nobody', 'dup', '*', '*)(objectclass=*']) {
    const aor = parseAor(`sip:${name}@corp.example`)
    if (aor !== null) expect(await prove(name)).toMatchObject({ ok: false, reason: 'refused' })
  }
  expect(binds()).toBe(0)
})

test('the home of a user is told to nobody but himself', async () => {
  const { catalog, prove } = rig({ home: { server: 'home2.corp.example' } })
  expect(await prove('alice')).toMatchObject({ reason: 'elsewhere', home: 'home2.corp.example' })
  catalog.binds.set('CN=alice,OU=People,DC=corp,DC=example', 'AcceptSecurityContext error, data 52e, v1')
  const refused = await prove('alice')
  expect(refused).toMatchObject({ ok: false, reason: 'refused' })
  expect(refused).not.toHaveProperty('home')
  const nowhere = rig({ home: { nowhere: 'his home is a pool that was deleted' } })
  expect(await nowhere.prove('alice')).toMatchObject({ reason: 'refused' })
})

test('a no of the follower stands above a password that is right', async () => {
  const taken = { no: 'account-disabled', isForNow: false }
  expect(await rig({ taken }).prove('alice')).toMatchObject({ reason: 'refused' })
})

test('a password that is right is not refused for what the server does not know yet: not now', async () => {
  const taken = { no: 'a home that may have him does not answer', isForNow: true }
  expect(await rig({ taken }).prove('alice')).toMatchObject({ reason: 'unavailable' })
  expect(await rig({ home: 'unread' }).prove('alice')).toMatchObject({ reason: 'unavailable' })
})

test('a catalog that is gone or silent: not now, and what was known grants nothing', async () => {
  const { catalog, prove, binds } = rig()
  await prove('alice')
  for (const mode of ['gone', 'silent'] as const) {
    catalog.mode = mode
    expect(await prove('alice')).toMatchObject({ ok: false, reason: 'unavailable' })
  }
  expect(binds()).toBe(1)
})

test('a referral (RFC 4511 §4.1.10) is not followed: not now', async () => {
  const { catalog, prove, binds } = rig()
  const open = catalog.open.bind(catalog)
  catalog.open = (): LdapConnection => ({
    ...open(),
    isOpen: true,
    search: async () => {
      throw new LdapFault('refused', 'ldap://evil.example', 10)
    },
  })
  expect(await prove('alice')).toMatchObject({ ok: false, reason: 'unavailable' })
  expect(binds()).toBe(0)
})

test('an account of this server proves itself here, and the directory is not asked', async () => {
  const { catalog, prove } = rig()
  expect(await prove('root')).toEqual({ ok: true, aor: aorOf('root') })
  expect(catalog.asked).toEqual([])
})
