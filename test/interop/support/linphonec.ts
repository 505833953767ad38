/**
 * One linphonec, Linphone's console: unlike the daemon it tells what becomes of a friend. Its friends stand in its
 * configuration; it subscribes to them and publishes its own state as soon as it has signed in.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import { domain, type InteropServer, password } from './server.ts'

export interface LinphonecOptions {
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly me: string
  readonly friends: readonly string[]
  /** Further lines of section `[sip]`. */
  readonly sip?: string
}

/** Its check of names knows no addresses, and here the server is an address; the chain is checked. */
function configuration(server: InteropServer, { transport, me, friends, sip = '' }: LinphonecOptions): string {
  const proxy = `<sip:${server.host}:${server.port(transport)};transport=${transport}>`
  const people = friends.map(
    (name, index) => `[friend_${index}]\nurl="${name}" <sip:${name}@${domain}>\npol=accept\nsubscribe=1\n`,
  )
  return `
[sip]
root_ca=${server.authorityFile}
verify_server_certs=1
verify_server_cn=0
sip_port=${transport === 'udp' ? -1 : 0}
sip_tcp_port=${transport === 'tcp' ? -1 : 0}
sip_tls_port=${transport === 'tls' ? -1 : 0}
use_ipv6=0
default_proxy=0
${sip}
[auth_info_0]
username=${me}
passwd=${password}
realm=${domain}
domain=${domain}
[proxy_0]
reg_proxy=${proxy}
reg_route=${proxy}
reg_identity=<sip:${me}@${domain}>
reg_expires=600
reg_sendregister=1
publish=1
publish_expires=600
${people.join('')}`
}

export class Linphonec extends Program {
  constructor(server: InteropServer, options: LinphonecOptions) {
    const home = join(server.folder, `linphonec-${options.me}`)
    mkdirSync(join(home, '.local/share/linphone'), { recursive: true })
    writeFileSync(join(home, 'linphonerc'), configuration(server, options))
    super('linphonec', ['-c', join(home, 'linphonerc')], { cwd: home, env: { HOME: home } })
  }
}
