/**
 * `meridian sim --virtual --shrink FILE`: a failing seed as a case that is as small as can be.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { VirtualChoice } from '../../../sim/virtual/run-virtual.ts'
import { caseText } from '../../../sim/virtual/shrink/kept-case.ts'
import { type Shrunk, shrink } from '../../../sim/virtual/shrink/shrink.ts'
import type { CommandIo, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { fileFault } from '../file-fault.ts'

export async function shrinkOutcome(choice: VirtualChoice, file: string, { cwd, stderr }: CommandIo): Promise<Outcome> {
  let shrunk: Shrunk | null
  try {
    shrunk = await shrink(choice, (line) => stderr(`${line}\n`))
  } catch (fault) {
    return failed(fault instanceof Error ? fault.message : String(fault))
  }
  if (shrunk === null) return done(null, `seed ${choice.seed} does not fail: nothing to make smaller`)
  const { kept, runs } = shrunk
  const text = caseText(kept)
  try {
    writeFileSync(resolve(cwd, file), text)
  } catch (fault) {
    return failed(`cannot write ${file}: ${fileFault(fault)}`)
  }
  const lines = text.split('\n').length - 1
  const { users, strikes, actions, wrong } = kept
  const size = `${users.length} users, ${strikes.length} strikes, ${actions.length} actions in ${lines} lines`
  return failed(`${wrong}`, kept, `${size}, after ${runs} runs: ${file}; what mends it, goes into \`mendedBy\``)
}
