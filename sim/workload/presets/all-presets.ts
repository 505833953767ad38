/**
 * The list of all presets. Adding one is adding a file and a line.
 */
import type { Preset } from '../plan.ts'
import { idleWeek } from './idle-week.ts'
import { imBurst } from './im-burst.ts'
import { morning } from './morning.ts'
import { overload } from './overload.ts'
import { presenceStorm } from './presence-storm.ts'
import { restartStorm } from './restart-storm.ts'
import { steadyHour } from './steady-hour.ts'
import { workday } from './workday.ts'

export const presets: readonly Preset[] = [
  steadyHour,
  workday,
  morning,
  restartStorm,
  imBurst,
  presenceStorm,
  idleWeek,
  overload,
]

export function findPreset(name: string): Preset | undefined {
  return presets.find((preset) => preset.name === name)
}
