/**
 * One linphonec, Linphone's console: unlike the daemon it tells what becomes of a friend. Its friends stand in its
 * configuration; it subscribes to them and publishes its own state as soon as it has signed in.
 */
import { linphoneHome } from './linphone-configuration.ts'
import { Program } from './program.ts'
import { domain, type InteropServer } from './server.ts'

export interface LinphonecOptions {
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly me: string
  readonly friends: readonly string[]
  /** Further lines of section `[sip]`, each with its end. */
  readonly sip?: string
}

function friendSections(friends: readonly string[]): string {
  const sections = friends.map(
    (name, index) => `[friend_${index}]\nurl="${name}" <sip:${name}@${domain}>\npol=accept\nsubscribe=1\n`,
  )
  return sections.join('')
}

export class Linphonec extends Program {
  constructor(server: InteropServer, { friends, ...settings }: LinphonecOptions) {
    const more = `publish=1\npublish_expires=600\n${friendSections(friends)}`
    const { home, file } = linphoneHome(server, 'linphonec', { ...settings, more })
    super('linphonec', ['-c', file], { cwd: home, env: { HOME: home } })
  }
}
