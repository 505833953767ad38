/**
 * Finds and reads hardware profiles: those that ship in `hardware-profiles/`, one's own by path, and `this-machine`,
 * which is what was found here.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { checkYaml } from '../../src/config/checked-yaml.ts'
import { type ConfigError, configError } from '../../src/config/config-error.ts'
import { nearestKey } from '../../src/config/nearest-key.ts'
import { checkProfile, type Profile, profileSchema } from './profile.ts'
import { thisMachine, thisMachineName } from './this-machine.ts'

export type LoadedProfile =
  | { readonly ok: true; readonly profile: Profile }
  | { readonly ok: false; readonly errors: readonly ConfigError[] }

const bytesMax = 64 * 1024

/** Beside `sim/` in a checkout, a level higher in the package, whose code is in `dist/`. */
export const profilesFolder: string =
  ['../../hardware-profiles', '../../../hardware-profiles']
    .map((path) => resolve(import.meta.dirname, path))
    .find((path) => existsSync(path)) ?? resolve(import.meta.dirname, '../../hardware-profiles')

/** Names of all that ship, `this-machine` last. */
export function profileNames(): readonly string[] {
  const files = readdirSync(profilesFolder).filter((name) => name.endsWith('.yaml'))
  return [...files.map((name) => name.slice(0, -'.yaml'.length)).sort(), thisMachineName]
}

/** `which` is the name of one that ships, or a path that holds a slash or ends in `.yaml`. */
export function loadProfile(which: string, cwd: string): LoadedProfile {
  if (which === thisMachineName) return { ok: true, profile: thisMachine() }
  if (which.includes('/') || which.endsWith('.yaml')) return readProfile(resolve(cwd, which), which)
  const known = profileNames()
  if (known.includes(which))
    return readProfile(join(profilesFolder, `${which}.yaml`), `hardware-profiles/${which}.yaml`)
  const nearest = nearestKey(which, known, [])
  const message = `no profile ${which}; there are ${known.join(', ')}, and files named by their path`
  return { ok: false, errors: [{ ...configError({ kind: 'default' }, '', message, nearest), file: which }] }
}

function readProfile(path: string, shownAs: string): LoadedProfile {
  const refused = (message: string): LoadedProfile => ({
    ok: false,
    errors: [{ ...configError({ kind: 'default' }, '', message), file: shownAs }],
  })
  try {
    if (statSync(path).size > bytesMax) return refused(`larger than ${bytesMax} bytes; is this a hardware profile?`)
    return parseProfile(readFileSync(path, 'utf8'), shownAs)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refused(code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${code ?? error}`)
  }
}

export function parseProfile(text: string, shownAs: string): LoadedProfile {
  const checked = checkYaml(profileSchema, text, shownAs)
  if (!checked.ok) return checked
  const problems = checkProfile(checked.value, basename(shownAs))
  if (problems.length === 0) return { ok: true, profile: checked.value }
  return { ok: false, errors: problems.map(({ path, message }) => checked.refuse(path, message)) }
}
