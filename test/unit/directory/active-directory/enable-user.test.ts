/**
 * What has to be changed so that somebody of the directory may sign in, and that change as LDIF (RFC 2849).
 */
import { expect, test } from 'vitest'
import { enableUser } from '../../../../src/directory/active-directory/enable-user.ts'
import { ldifOfChange } from '../../../../src/directory/active-directory/ldif.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson } from '../../../support/fake-catalogs.ts'

const pool = 'CN=pool1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,DC=corp,DC=example'
const service = `cn=lc services,cn=microsoft,${pool.toLowerCase()}`
const topology: FakeEntry[] = [
  { dn: '', configurationNamingContext: 'CN=Configuration,DC=corp,DC=example' },
  { dn: pool, objectClass: ['msRTCSIP-Pool'], dNSHostName: 'home1.corp.example' },
]
const { 'msRTCSIP-PrimaryUserAddress': _, 'msRTCSIP-UserEnabled': __, ...stranger } = fakePerson('nora')
const home = { 'msRTCSIP-PrimaryHomeServer': service }

async function enabled(name: string, entries: readonly FakeEntry[], server = 'home1.corp.example') {
  const catalog = new FakeCatalog('dc1', new FakeClock(), [...topology, ...entries])
  const aor = parseAor(`sip:${name}@corp.example`)!
  const found = await enableUser(catalog.open(), { aor, home: server, base: '' })
  return found.ok ? (found.change?.replace ?? 'so already') : found.message
}

test('somebody new gets address, switch and home; somebody who has them nothing', async () => {
  expect(await enabled('nora', [stranger as FakeEntry])).toEqual({
    'msRTCSIP-PrimaryUserAddress': ['sip:nora@corp.example'],
    'msRTCSIP-UserEnabled': ['TRUE'],
    ...{ 'msRTCSIP-PrimaryHomeServer': [service] },
  })
  expect(await enabled('ben', [fakePerson('ben', home)])).toBe('so already')
  const off = fakePerson('ben', { ...home, 'msRTCSIP-UserEnabled': 'FALSE' })
  expect(await enabled('ben', [off])).toEqual({ 'msRTCSIP-UserEnabled': ['TRUE'] })
})

test('what an administrator must decide is refused, and says why', async () => {
  const other = fakePerson('ben', { 'msRTCSIP-PrimaryHomeServer': 'CN=pool2' })
  expect(await enabled('ben', [other])).toContain('meridian user move')
  expect(await enabled('nobody', [other])).toContain('nobody in the directory')
  expect(await enabled('ben', [other], 'home9.corp.example')).toContain('no home of the name home9')
  expect(await enabled('ben', [fakePerson('ben'), fakePerson('ben')])).toContain('several have')
  const renamed = fakePerson('ben', { mail: 'info@corp.example' })
  expect(await enabled('info', [renamed])).toContain('is sip:ben@corp.example already')
})

test('RFC 2849 §4: what is not plain is base64, so no name makes a line of its own', () => {
  const change = { dn: 'CN=Müßig\nchangetype: delete', replace: { a: ['x', ' y'], b: [] } }
  expect(ldifOfChange(change).split('\n')).toEqual([
    `dn:: ${Buffer.from(change.dn).toString('base64')}`,
    'changetype: modify',
    'replace: a',
    'a: x',
    `a:: ${Buffer.from(' y').toString('base64')}`,
    '-',
    'replace: b',
    '-',
    '',
  ])
})
