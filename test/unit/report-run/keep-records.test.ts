/**
 * Records beside a report: whole ones and partial ones, told apart by name; and the calibration that is still true.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findCalibration } from '../../../sim/report-run/find-calibration.ts'
import { keepRecord } from '../../../sim/report-run/keep-records.ts'
import { dataFolders } from '../../support/data-folder.ts'
import { calibrationOf, machine, nowMs, runRecord } from '../../support/run-records.ts'

const newFolder = dataFolders()

test('a run that ended early is kept and marked, until a whole one takes its place', () => {
  const folder = join(newFolder(), 'report')
  keepRecord(folder, 'held-mid', { ...runRecord(), endedEarly: 'it was interrupted' })
  expect(readdirSync(folder)).toEqual(['run-held-mid.partial.json'])
  const file = keepRecord(folder, 'held-mid', runRecord())
  expect(readdirSync(folder)).toEqual(['run-held-mid.json'])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(runRecord())))
})

test('a calibration of this machine that is young is used again', async () => {
  const folder = newFolder()
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'calibration.json')
  writeFileSync(path, JSON.stringify(calibrationOf()))
  const said: string[] = []
  const need = { path, isGiven: false, machine, nowMs, commit: 'abc1234', say: (line: string) => said.push(line) }
  expect(await findCalibration(need)).toEqual({ ok: true, calibration: calibrationOf() })
  expect(said).toEqual([])
})

test('one that was named and is not there is a mistake, and no other is taken', async () => {
  const path = join(newFolder(), 'none.json')
  const need = { path, isGiven: true, machine, nowMs, commit: 'abc1234', say: () => {} }
  expect(await findCalibration(need)).toMatchObject({ ok: false, message: expect.stringContaining('no such file') })
})
