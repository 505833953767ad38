/**
 * The password of the one who chats: from a file, the environment, the demo accounts of this data folder, or asked for.
 * Never from the command line, which every user of the machine can read.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Config, dataPaths } from '../../config/index.ts'
import { type Aor, aorUser } from '../../sip/index.ts'
import type { Invocation, Outcome } from '../command.ts'
import { failed } from '../command.ts'
import { readDemoPassword } from '../demo-passwords.ts'

export type PasswordFound =
  | { readonly ok: true; readonly password: string; readonly isDemo: boolean }
  | { readonly ok: false; readonly outcome: Outcome }

export async function findPassword(own: Aor, { options, io }: Invocation, config: Config): Promise<PasswordFound> {
  const given = (password: string): PasswordFound => ({ ok: true, password, isDemo: false })
  if (typeof options.passwordFile === 'string') {
    const file = resolve(io.cwd, options.passwordFile)
    try {
      return given(readFileSync(file, 'utf8').replace(/\r?\n$/, ''))
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? error
      return { ok: false, outcome: failed(`cannot read ${file}: ${code}`) }
    }
  }
  if (io.env.MERIDIAN_PASSWORD) return given(io.env.MERIDIAN_PASSWORD)
  const demo = readDemoPassword(dataPaths(config), own)
  if (demo !== null) return { ok: true, password: demo, isDemo: true }
  const typed = io.isInteractive ? await io.askSecret(`Password of ${aorUser(own)}: `) : null
  if (typed !== null) return given(typed)
  const advice = 'give it with --password-file or in MERIDIAN_PASSWORD'
  return { ok: false, outcome: failed(`the password of ${aorUser(own)} is not known; ${advice}`) }
}
