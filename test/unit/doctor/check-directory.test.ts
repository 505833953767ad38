/**
 * What the doctor says of the domain controllers.
 */
import { expect, test } from 'vitest'
import { checkDirectoryServers } from '../../../src/doctor/index.ts'

const well = { catalog: 'dc1:3269', site: 'Berlin', roundTripMs: 1.25, faults: [], warnings: [] }
const away = { catalog: 'dc2:3269', site: 'Oslo', roundTripMs: null, faults: ['no TLS within 2000 ms'], warnings: [] }
const told = (examined: Parameters<typeof checkDirectoryServers>[0]['examined']) =>
  checkDirectoryServers({ examined }).map(({ level, reason }) => `${level}: ${reason}`)

test('says which one is asked first, and what is wrong with each', () => {
  expect(told(null)).toEqual(['right: is local: accounts are this server’s own'])
  expect(told([away, well])).toEqual([
    'fault: dc2:3269: no TLS within 2000 ms',
    'right: dc1:3269 (Berlin) is asked first, and answers in 1.3 ms',
  ])
  expect(told([{ ...well, warnings: ['its clock and ours differ by 60 s'] }])).toEqual([
    'warning: dc1:3269: its clock and ours differ by 60 s',
    'right: dc1:3269 (Berlin) is asked first, and answers in 1.3 ms',
    'warning: only one is named: while it is away nobody enrols',
  ])
})
