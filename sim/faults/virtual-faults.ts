/**
 * The kinds of fault that strike runs in virtual time. Those of checked runs draw which kinds they have one after the
 * other, so that one more would give every seed another world: these come beside them.
 */
import { allFaults } from './all-faults.ts'
import { directoryOutage } from './directory-outage.ts'
import { diskFull } from './disk-full.ts'
import type { Fault } from './fault.ts'
import { garbageBytes } from './garbage-bytes.ts'
import { slowReader } from './slow-reader.ts'
import { unheardCommit } from './unheard-commit.ts'

export const virtualFaults: readonly Fault[] = [
  ...allFaults,
  slowReader,
  garbageBytes,
  diskFull,
  unheardCommit,
  directoryOutage,
]
