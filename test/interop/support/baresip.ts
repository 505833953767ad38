/**
 * One baresip: its configuration in a folder of its own, its terminal commands, and its trace of every SIP message.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Program } from './program.ts'
import { domain, type InteropServer, password } from './server.ts'

const modules = '/usr/lib/baresip/modules'

export interface BaresipOptions {
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly me: string
  readonly peer: string
  /** Whose presence it watches; it then publishes its own, too. */
  readonly watched?: readonly string[]
  readonly password?: string
}

/** Without sound cards: what is said goes into a bridge to nowhere. */
const configuration = (server: InteropServer, watches: boolean): string => `
module_path ${modules}
module stdio.so
module g711.so
module uuid.so
module aubridge.so
module_app account.so
module_app contact.so
${watches ? 'module_app presence.so' : ''}
module_app menu.so
audio_player aubridge,nil
audio_source aubridge,nil
audio_alert aubridge,nil
net_interface 127.0.0.1
sip_cafile ${server.authorityFile}
`

export class Baresip extends Program {
  constructor(server: InteropServer, options: BaresipOptions) {
    const { transport, me, peer, watched = [] } = options
    const folder = join(server.folder, `baresip-${me}`)
    mkdirSync(folder, { recursive: true })
    const proxy = `sip:${server.host}:${server.port(transport)};transport=${transport}`
    const secret = options.password ?? password
    writeFileSync(join(folder, 'config'), configuration(server, watched.length > 0))
    const account = `<sip:${me}@${domain}>;auth_user=${me};auth_pass="${secret}";outbound="${proxy}";regint=600`
    writeFileSync(join(folder, 'accounts'), `${account}${watched.length > 0 ? ';pubint=600' : ''}\n`)
    const contacts = watched.map((name) => `"${name}" <sip:${name}@${domain}>;presence=p2p\n`)
    writeFileSync(join(folder, 'contacts'), `"Peer" <sip:${peer}@${domain}>\n${contacts.join('')}`)
    super('baresip', ['-f', folder, '-s', '-v'], { cwd: folder })
  }

  async signsIn(): Promise<void> {
    await this.prints(/registered successfully/)
  }

  /** Its `/message` goes to the current contact. */
  async sends(text: string): Promise<void> {
    this.type('/contact_next')
    await this.prints(/Current contact: Peer/)
    this.type(`/message ${text}`)
  }
}
