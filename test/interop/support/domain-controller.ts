/**
 * A Samba domain controller with the schema extension and the example topology of deploy/ad, on an address of its own.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface DomainController {
  readonly host: string
  readonly authorityFile: string
  /** Of a user below OU=People, by an administrator: lines of LDIF behind `changetype: modify`. */
  change(name: string, body: string): Promise<void>
  remove(name: string): Promise<void>
  /** By an administrator: records of LDIF. */
  ldif(text: string): Promise<void>
  stop(): void
}

export const serviceAccount = { name: 'svc@corp.example', password: 'Passw0rd!svc' }

/** The section of a meridian.yaml by which a server asks this controller; `more`: further lines of it. */
export function directoryYaml({ host, authorityFile }: DomainController, ...more: readonly string[]): string {
  const lines = [
    'directory:',
    '  kind: active-directory',
    `  account: ${serviceAccount.name}`,
    `  password: '${serviceAccount.password}'`,
    `  authorityFile: ${authorityFile}`,
    ...more.map((line) => `  ${line}`),
    `  servers: [ { host: ${host} } ]`,
  ]
  return `${lines.join('\n')}\n`
}

export async function startDomainController(): Promise<DomainController> {
  // Some address of this machine alone, so that runs beside each other do not meet.
  const part = () => 1 + Math.floor(Math.random() * 250)
  const host = `127.${part()}.${part()}.${part()}`
  const folder = mkdtempSync(join(tmpdir(), 'ad-'))
  const authorityFile = join(folder, 'ca.pem')
  const stop = () => {
    try {
      // The group: it has begun a session of its own.
      process.kill(-Number(readFileSync(join(folder, 'samba.pid'), 'utf8')), 'SIGKILL')
    } catch {
      // It never came that far.
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await run(join(import.meta.dirname, '../ad/start.sh'), [folder, host])
  } catch (error) {
    stop()
    throw error
  }
  const ldif = async (text: string) => {
    const administrator = ['-x', '-H', `ldaps://${host}`, '-D', 'Administrator@corp.example', '-w', 'Passw0rd!admin']
    const running = run('ldapmodify', administrator, { env: { ...process.env, LDAPTLS_CACERT: authorityFile } })
    running.child.stdin!.end(text)
    await running
  }
  const dn = (name: string) => `dn: CN=${name},OU=People,DC=corp,DC=example`
  return {
    host,
    authorityFile,
    change: (name, body) => ldif(`${dn(name)}\nchangetype: modify\n${body}`),
    ldif,
    remove: (name) => ldif(`${dn(name)}\nchangetype: delete\n`),
    stop,
  }
}
