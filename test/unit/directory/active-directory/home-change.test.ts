/**
 * The home attribute follows a move (§9.4): what must be changed so that the directory names the home that he has.
 */
import { expect, test } from 'vitest'
import { homeChange } from '../../../../src/directory/active-directory/home-change.ts'
import { parseAor } from '../../../../src/sip/uri/aor.ts'
import { FakeCatalog, FakeClock, type FakeEntry, fakePerson } from '../../../support/fake-catalogs.ts'

const pool = (name: string) => `CN=${name},CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,DC=corp,DC=example`
const service = (name: string) => `cn=lc services,cn=microsoft,${pool(name).toLowerCase()}`
const topology: FakeEntry[] = [
  { dn: '', configurationNamingContext: 'CN=Configuration,DC=corp,DC=example' },
  { dn: pool('pool1'), objectClass: ['msRTCSIP-Pool'], dNSHostName: 'home1.corp.example' },
  { dn: pool('pool2'), objectClass: ['msRTCSIP-Pool'], dNSHostName: 'home2.corp.example' },
]

async function changeOf(entries: readonly FakeEntry[], home = 'home2.corp.example') {
  const catalog = new FakeCatalog('dc1', new FakeClock(), [...topology, ...entries])
  const found = await homeChange(catalog.open(), { aor: parseAor('sip:ben@corp.example')!, home, base: '' })
  return found.ok ? found.change && { [found.change.dn]: found.change.replace } : found.message
}

const ben = (home: string | null) => fakePerson('ben', home === null ? {} : { 'msRTCSIP-PrimaryHomeServer': home })
const dn = 'CN=ben,OU=People,DC=corp,DC=example'

test('it names the new home, wherever he was, and nothing is changed that is so already', async () => {
  const wanted = { [dn]: { 'msRTCSIP-PrimaryHomeServer': [service('pool2')] } }
  expect(await changeOf([ben(service('pool1'))])).toEqual(wanted)
  expect(await changeOf([ben(null)])).toEqual(wanted)
  expect(await changeOf([ben('CN=x\\0ADEL:1,CN=Deleted Objects,DC=corp,DC=example')])).toEqual(wanted)
  expect(await changeOf([ben(service('pool2'))])).toBe(null)
})

test('who is not there, is there twice, or a home that is none is said', async () => {
  expect(await changeOf([])).toContain('nobody in the directory')
  expect(await changeOf([ben(null), { ...ben(null), dn: 'CN=b' }])).toContain('several')
  expect(await changeOf([ben(null)], 'home9.corp.example')).toContain('no home of the name')
})
