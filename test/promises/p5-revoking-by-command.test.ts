/**
 * P5: two servers as processes, with certificates from the command line, know each other; `certs revoke` parts them
 * while they run, and a new certificate brings them together again, without a restart.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { meridian } from '../support/command-line.ts'
import { lastingPort } from '../support/lasting-port.ts'
import { eventually, serverFolder } from '../support/server-process.ts'

const servers = [
  { name: 'home1.example.test', role: 'home', ...serverFolder() },
  { name: 'front1.example.test', role: 'front-end', ...serverFolder() },
] as const
const [home, front] = servers
const office = serverFolder().folder

/** As an administrator's `scp` puts it into place: whole, by rename or not, the watch notices. */
const copy = (file: string, to: string, as = file) => copyFileSync(join(office, file), join(to, as))

async function certs(cwd: string, ...argv: string[]) {
  const ran = await meridian(['certs', ...argv], { cwd })
  expect([ran.code, ran.err]).toEqual([0, ''])
}

/** Issues at the office and installs at the server, as docs/certificates.md has it. */
async function certify({ name, role, folder }: (typeof servers)[number], as: string) {
  await certs(folder, 'request')
  copyFileSync(join(folder, 'data/certificates/request.csr'), join(office, `${as}.csr`))
  const request = ['--request', `${as}.csr`, '--role', role, '--name', name, '--out', as]
  await certs(office, 'issue', '--authority', 'root', ...request)
  copy(`${as}.crt`, folder, 'answer.crt')
  await certs(folder, 'install', 'answer.crt')
}

/** How often one came up since the start. */
function linksCount({ said }: { said: string }): number {
  return said.split('"event":"link.up"').length - 1
}

it('P5: a revoked server loses its links while it runs, and a new certificate gives them back', async () => {
  const ports = [await lastingPort(), await lastingPort()]
  const rows = servers.map(
    ({ name, role }, at) => `  - { name: ${name}, role: ${role}, linkHost: 127.0.0.1, linkPort: ${ports[at]} }\n`,
  )
  writeFileSync(join(office, 'topology.yaml'), `version: 1\ndomains: [example.test]\nservers:\n${rows.join('')}`)
  writeFileSync(join(office, 'meridian.yaml'), 'topology: { file: topology.yaml }\n')
  await certs(office, 'ca', 'root', 'Example Corp')
  for (const [at, server] of servers.entries()) {
    mkdirSync(join(server.folder, 'data'), { recursive: true, mode: 0o700 })
    for (const file of ['root.crt', 'topology.yaml']) copy(file, server.folder)
    const { name, role } = server
    const yaml = `server: { name: ${name}, role: ${role}, workers: 2 }
topology: { file: topology.yaml, authorityFile: root.crt }
listen: { endpoints: [{ transport: tls, host: 127.0.0.1, port: ${ports[at]} }] }
`
    writeFileSync(join(server.folder, 'meridian.yaml'), yaml)
    await certify(server, `first${at}`)
  }
  const programs = servers.map(({ start }) => start(['serve', '--unsupervised']))
  const [atHome, atFront] = programs as [(typeof programs)[0], (typeof programs)[0]]
  for (const program of programs) await program.line(/^next$/, 90_000)
  for (const program of programs) await program.line(/"event":"link\.up"/)

  const seen = await meridian(['topology', 'check', '--json'], { cwd: front.folder })
  expect(seen.json.result).toMatchObject({ faults: [], servers: [{ state: 'accepted' }, { state: 'accepted' }] })

  await certs(office, 'revoke', 'first1.crt', '--reason', 'key-compromise')
  copy('topology.yaml', home.folder)
  await atHome.line(/link\.no-longer-trusted/)
  await atFront.line(/"event":"link\.down"/)
  const refused = await meridian(['topology', 'check', '--json'], { cwd: home.folder })
  expect(refused.json.result).toMatchObject({ servers: [{ state: 'accepted' }, { refusal: { reason: 'denied' } }] })

  const before = programs.map(linksCount)
  await certify(front, 'second')
  await eventually('both have links again', () => programs.every((each, at) => linksCount(each) > before[at]!), 90_000)
  for (const program of programs) await program.stop()
}, 240_000)
