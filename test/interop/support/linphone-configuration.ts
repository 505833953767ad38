/**
 * The configuration of Linphone's programs: one account at the server under test, in a home of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { domain, type InteropServer, password } from './server.ts'

export interface LinphoneSettings {
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly me: string
  readonly secret?: string
  /** Further lines of section `[sip]`, each with its end. */
  readonly sip?: string
  /** Further lines of section `[proxy_0]`, and sections behind it. */
  readonly more?: string
}

/** Its check of names knows no addresses, and here the server is an address; the chain is checked. */
function configuration(server: InteropServer, settings: LinphoneSettings): string {
  const { transport, me, secret = password, sip = '', more = '' } = settings
  const proxy = `<sip:${server.host}:${server.port(transport)};transport=${transport}>`
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
${sip}[auth_info_0]
username=${me}
passwd=${secret}
realm=${domain}
domain=${domain}
[proxy_0]
reg_proxy=${proxy}
reg_route=${proxy}
reg_identity=<sip:${me}@${domain}>
reg_expires=600
reg_sendregister=1
${more}
`
}

/** Written into a new home for this program and user. */
export function linphoneHome(
  server: InteropServer,
  program: string,
  settings: LinphoneSettings,
): { readonly home: string; readonly file: string } {
  const home = join(server.folder, `${program}-${settings.me}`)
  const file = join(home, 'linphonerc')
  mkdirSync(join(home, '.local/share/linphone'), { recursive: true })
  writeFileSync(file, configuration(server, settings))
  return { home, file }
}
