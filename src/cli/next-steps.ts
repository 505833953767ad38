/**
 * What to try next, at the end of the banner of `meridian serve`: with the demo accounts where they exist, else with
 * names of one's own.
 */
import type { AdminBackend } from '../admin/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import { readDemoPassword } from './demo-passwords.ts'

export const demoPeople = [
  ['alice', 'Alice'],
  ['bob', 'Bob'],
] as const

/** Whether both are still there, and `meridian chat` on this machine finds their passwords. */
export async function hasDemoPeople(backend: Pick<AdminBackend, 'showUser'>, config: Config): Promise<boolean> {
  const { name: domain } = config.domain
  for (const [name] of demoPeople) {
    if (readDemoPassword(dataPaths(config), `sip:${name}@${domain}`) === null) return false
    if (!(await backend.showUser(name)).ok) return false
  }
  return true
}

/** `chatUrl`: where the web client is; null where no listener has HTTPS. */
export function nextSteps(hasDemo: boolean, chatUrl: string | null = null): readonly string[] {
  const steps = hasDemo
    ? [
        ['chat alice', 'talk, in a second terminal'],
        ['chat bob', 'and answer, in a third'],
        ['user add carol', 'more people'],
      ]
    : [
        ['user add NAME', 'an account, and another one to talk to'],
        ['chat NAME --to OTHER', 'talk, in a second terminal'],
      ]
  const browser =
    chatUrl === null ? [] : [`  ${chatUrl.padEnd(35)} chat in a browser; a second window for the other one`]
  return ['next', ...browser, ...steps.map(([command = '', what]) => `  npx meridian ${command.padEnd(22)} ${what}`)]
}
