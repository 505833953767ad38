/**
 * Links as administrators are shown them: rows of workers, the peer's certificate in words, what is to be looked at.
 */
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../../src/certificates/index.ts'
import { linkWarnings } from '../../../src/cli/topology/links.ts'
import { shownLinks } from '../../../src/server/shown-links.ts'
import type { LinkStatus } from '../../../src/topology/index.ts'

const authority = await createAuthority({ commonName: 'Servers' })
const issued = await issueCertificate({ authority, names: ['front1.example.test', 'example.test'] })
const shown = new X509Certificate(issued.certificatePem)
const dayMs = 86_400_000
const endMs = shown.validToDate.getTime()

const status: LinkStatus = {
  server: 'front1.example.test',
  role: 'front-end',
  isUp: true,
  connectionsCount: 2,
  remoteAddresses: ['192.0.2.7'],
  bootId: '00000000000000aa',
  topologyVersion: 3,
  protocol: '1.0',
  upForMs: 65_900,
  certificate: shown.raw,
  clockAheadMs: -12,
  roundTripMs: 1.23456,
  asksWaiting: 2,
  factsWaiting: 3,
  sent: { messages: 5, bytes: 500 },
  received: { messages: 6, bytes: 600 },
  lastFault: null,
}
const down: LinkStatus = {
  ...status,
  server: 'home2.example.test',
  isUp: false,
  connectionsCount: 0,
  upForMs: null,
  certificate: null,
  lastFault: 'ECONNREFUSED',
}
const own = { name: 'home1.example.test', topologyVersion: 3 }

test('rows by peer and worker, with the certificate that was shown', () => {
  const links = shownLinks(
    own,
    [
      { worker: 1, links: [down, status] },
      { worker: 0, links: [status] },
      { worker: 2, links: null },
    ],
    endMs - 10.5 * dayMs,
  )
  expect(links.silentWorkers).toEqual([2])
  expect(links.links.map(({ peer, worker, state }) => `${peer} ${worker} ${state}`)).toEqual([
    'front1.example.test 0 up',
    'front1.example.test 1 up',
    'home2.example.test 1 down',
  ])
  expect(links.links[0]).toMatchObject({
    ageSeconds: 65,
    certificate: { names: ['front1.example.test', 'example.test'], notAfterMs: endMs, daysLeft: 10 },
    roundTripMs: 1.23,
    waiting: 5,
  })
  expect(linkWarnings(links)).toEqual([
    'worker 2 does not say how its links are',
    'front1.example.test: its certificate ends in 10 days',
    'home2.example.test: the link of worker 1 is down: ECONNREFUSED',
  ])
})

test('clocks apart and another version of the topology are said once for each peer', () => {
  const late = { ...status, clockAheadMs: -9_400, topologyVersion: 2 }
  const links = shownLinks(
    own,
    [0, 1].map((worker) => ({ worker, links: [late] })),
    endMs - 300 * dayMs,
  )
  expect(linkWarnings(links)).toEqual([
    'front1.example.test: its clock was 9 s behind the one here',
    'front1.example.test: had version 2 of the topology when the link began',
  ])
})
