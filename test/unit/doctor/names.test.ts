/**
 * The names by which this server is found (RFC 3263 §4, DESIGN §9.5): the fragment that is wanted, what a resolver says
 * of it, and a resolver that never answers.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { type Config, loadConfig } from '../../../src/config/index.ts'
import { checkNames, wantedZone, zoneFragment } from '../../../src/doctor/index.ts'
import {
  addressData,
  type NameServer,
  nameServer,
  naptrData,
  type Records,
  srvData,
} from '../../support/name-server.ts'

const servers: NameServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function configWith(endpoints: readonly object[]): Config {
  const env = {
    MERIDIAN__LISTEN__ENDPOINTS: JSON.stringify(endpoints),
    MERIDIAN__LISTEN__PLAIN_OUTSIDE_LOOPBACK: 'true',
  }
  const loaded = loadConfig({ file: null, env, cwd: '/' })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
  return loaded.config
}

const open = configWith([
  { transport: 'tls', host: '0.0.0.0', port: 5061 },
  { transport: 'udp', host: '0.0.0.0', port: 5060 },
  { transport: 'tcp', host: '127.0.0.1', port: 5060 },
])
const zone = wantedZone(open, ['example.test'], 'sip.example.test')

async function findings(records: Records | 'silent') {
  const server = await nameServer(records)
  servers.push(server)
  const found = await checkNames({ zone, servers: [server.address] })
  return { found, asked: server.asked() }
}

const complete: Records = {
  'A sip.example.test': [addressData('192.0.2.7')],
  'NAPTR example.test': [
    naptrData('SIPS+D2T', '_sips._tcp.example.test'),
    naptrData('SIP+D2U', '_sip._udp.example.test'),
  ],
  'SRV _sips._tcp.example.test': [srvData(5061, 'sip.example.test')],
  'SRV _sip._tls.example.test': [srvData(5061, 'sip.example.test')],
  'SRV _sipinternaltls._tcp.example.test': [srvData(5061, 'sip.example.test')],
  'SRV _sip._udp.example.test': [srvData(5060, 'sip.example.test')],
}

describe('the zone that is wanted', () => {
  it('has a line for each way to an address that others reach', () => {
    expect(zoneFragment(zone).split('\n')).toEqual([
      'example.test. 3600 IN NAPTR 10 50 "s" "SIPS+D2T" "" _sips._tcp.example.test.',
      'example.test. 3600 IN NAPTR 20 50 "s" "SIP+D2U" "" _sip._udp.example.test.',
      '_sips._tcp.example.test. 3600 IN SRV 10 10 5061 sip.example.test.',
      '_sip._tls.example.test. 3600 IN SRV 10 10 5061 sip.example.test.',
      '_sipinternaltls._tcp.example.test. 3600 IN SRV 10 10 5061 sip.example.test.',
      '_sip._udp.example.test. 3600 IN SRV 10 10 5060 sip.example.test.',
    ])
  })

  it('is empty on loopback, and nobody is asked', async () => {
    const nothing = wantedZone(configWith([{ transport: 'tls', host: '127.0.0.1', port: 5061 }]), ['example.test'], 'a')
    expect(zoneFragment(nothing)).toBe('')
    expect((await checkNames({ zone: nothing })).map(({ level }) => level)).toEqual(['right'])
  })
})

describe('what the resolver says', () => {
  it('is right where all records lead here', async () => {
    const { found } = await findings(complete)
    expect(found.filter(({ level }) => level !== 'right')).toEqual([])
    expect(found).toHaveLength(6)
  })

  it('is wrong where a record is missing, leads elsewhere, or the host has no address; with its cure', async () => {
    const { 'A sip.example.test': _, 'SRV _sip._tls.example.test': __, ...rest } = complete
    const { found } = await findings({ ...rest, 'SRV _sip._udp.example.test': [srvData(5070, 'old.example.test')] })
    const bad = found.filter(({ level }) => level !== 'right')
    expect(bad.map(({ level, setting, reason }) => `${level} ${setting}: ${reason}`)).toEqual([
      'fault server.name: sip.example.test has no address: there is no such record',
      'warning SRV _sip._tls.example.test: there is no such record',
      'warning SRV _sip._udp.example.test: leads to old.example.test:5070, not to sip.example.test:5060',
    ])
    expect(bad[1]?.cure).toContain('_sip._tls.example.test. 3600 IN SRV 10 10 5061 sip.example.test.')
  })

  it('is a finding where the name server never answers, and not a wait', { timeout: 30_000 }, async () => {
    const { found, asked } = await findings('silent')
    expect(asked).toBeGreaterThan(0)
    expect(found.map(({ reason }) => reason).join()).toContain('the name server does not answer')
    expect(found.every(({ level, cure }) => level !== 'right' && cure !== '')).toBe(true)
  })
})
