/**
 * What the doctor says of the other servers and of the links to them.
 */
import { expect, test } from 'vitest'
import { checkLinks, type LinksQuestion } from '../../../src/doctor/index.ts'

const right = { faults: [], warnings: [] }
const front = { name: 'front1', state: 'accepted', daysLeft: 80, timeDifferenceMs: 400, ...right } as const
const up = { peer: 'front1', worker: 0, state: 'up', roundTripMs: 2.5, lastFault: null } as const
const told = (question: LinksQuestion) => checkLinks(question).map(({ level, reason }) => `${level}: ${reason}`)

test('nothing of a server that stands alone', () => {
  expect(told({ examined: null, links: null })).toEqual([])
})

test('who is reached, how long the certificate holds, and every link', () => {
  expect(told({ examined: { own: right, servers: [front] }, links: { links: [up], silentWorkers: [] } })).toEqual([
    'right: front1 is reached, its certificate is right for 80 days, its clock differs by 0 s',
    'right: the link of worker 0 to front1 is up, 2.5 ms there and back',
  ])
})

test('what is wrong with each, of this server first', () => {
  const refused = { ...front, state: 'refused', faults: ['front1: its certificate is refused, wrong-name'] } as const
  const late = { ...front, name: 'home2', warnings: ['home2: its clock is 9 s ahead of the one here'] }
  const own = { faults: ['home1: its certificate is refused, expired'], warnings: ['home1: does not name b.test'] }
  const down = { ...up, state: 'down', lastFault: 'ECONNREFUSED' } as const
  expect(told({ examined: { own, servers: [refused, late] }, links: { links: [down], silentWorkers: [1] } })).toEqual([
    'fault: home1: its certificate is refused, expired',
    'warning: home1: does not name b.test',
    'fault: front1: its certificate is refused, wrong-name',
    'warning: home2: its clock is 9 s ahead of the one here',
    'right: home2 is reached, its certificate is right for 80 days, its clock differs by 0 s',
    'warning: worker 1 does not say how its links are',
    'fault: the link of worker 0 to front1 is down: ECONNREFUSED',
  ])
})

test('why nobody could be asked is the finding', () => {
  expect(told({ examined: 'there is no authority.crt', links: null })).toEqual(['fault: there is no authority.crt'])
})
