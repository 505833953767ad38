/**
 * The ways of installing that need more than npm: the unit under systemd's own judgement and with its real
 * `systemd-notify`, and the packed tarball, installed elsewhere and run in an empty folder.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { programs } from '../support/programs.ts'
import { environment, freeEndpoints, portsOf, ServerProcess, serverFolder } from '../support/server-process.ts'

const root = join(import.meta.dirname, '../..')
const longMs = 400_000
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-deployment-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the unit', () => {
  const unit = join(root, 'deploy/systemd/meridian.service')

  it('is what systemd can read, without a warning', () => {
    const copy = join(folder, 'meridian.service')
    // What it starts is not installed here.
    writeFileSync(
      copy,
      readFileSync(unit, 'utf8').replace('/usr/bin/meridian', '/bin/true').replaceAll('=meridian\n', '=root\n'),
    )
    const said = execFileSync('systemd-analyze', ['verify', copy], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(said).toBe('')
  })

  it('leaves little open, by the score of systemd-analyze security', () => {
    const argv = ['security', '--offline=true', '--no-pager', '--threshold=25', unit]
    const said = execFileSync('systemd-analyze', argv, { encoding: 'utf8' })
    const [line = ''] = /Overall exposure level.*/.exec(said) ?? []
    console.log(line)
    expect(Number(/: ([\d.]+)/.exec(line)?.[1])).toBeLessThan(2.5)
  })
})

describe('sd_notify', () => {
  /** A datagram socket on a unix address: what Node has none of. */
  const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    data, fds, flags, address = socket.recv_fds(s, 4096, 8)
    for fd in fds:
        import os
        os.close(fd)
    print(data.decode().replace(chr(10), " "), flush=True)
`
  const start = programs(mkdtempSync(join(tmpdir(), 'meridian-notified-')))

  it('a served start, the watchdog and a stop reach the socket by the real systemd-notify', {
    timeout: 120_000,
  }, async () => {
    const socket = join(folder, 'notify')
    const python = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
    const words: string[] = []
    const lines = createInterface({ input: python.stdout })
    const bound = new Promise<void>((resolve) => lines.once('line', () => resolve()))
    lines.on('line', (line) => words.push(line))
    const said = async (word: string) => {
      for (let turn = 0; turn < 600 && !words.some((line) => line.includes(word)); turn++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      expect(words.join('\n')).toContain(word)
    }
    try {
      await bound
      const watched = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' }
      const server = start(['serve', '--unsupervised'], { ...environment(freeEndpoints), ...watched })
      await said('READY=1 STATUS=serving example.test')
      await said('WATCHDOG=1')
      server.signal('SIGHUP')
      server.signal('SIGTERM')
      await said('STOPPING=1')
      expect(await server.exitCode()).toBe(0)
    } finally {
      python.kill()
    }
  })
})

describe('promtool', () => {
  const { serve, folder: served } = serverFolder()

  it('finds no fault with the metrics of a running server, nor with the alerts', { timeout: 120_000 }, async () => {
    await serve()
    const scraped = await new AdminClient(join(served, 'data/admin.sock')).metricsText()
    if (!scraped.ok) throw new Error(scraped.message)
    // Its verdict is its exit code; what it says then goes to the terminal.
    execFileSync('promtool', ['check', 'metrics'], { input: scraped.value })
    execFileSync('promtool', ['check', 'rules', join(root, 'deploy/prometheus/meridian.rules.yml')])
  })
})

describe('the package', () => {
  it('npm pack, npm i -g of the tarball, meridian serve in an empty folder, a client signs in', {
    timeout: longMs,
  }, async () => {
    const prefix = join(folder, 'prefix')
    const home = join(folder, 'empty')
    mkdirSync(home)
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    const argv = ['install', '--global', '--no-audit', '--no-fund', '--prefix', prefix, join(folder, tarball)]
    execFileSync('npm', argv, { cwd: home, stdio: 'pipe' })
    const start = programs(home, [join(prefix, 'bin/meridian')])
    const program = start(['serve'], environment(freeEndpoints))
    const server = new ServerProcess(home, program, await portsOf(program))
    const alice = await server.connect('alice', 'tls')
    expect(await alice.register()).toBe(200)
    expect(await alice.message('bob', 'from the package')).toBe(202)
    alice.end()
    const health = start(['health'], environment(freeEndpoints))
    health.endInput()
    expect(await health.exitCode()).toBe(0)
    await program.stop()
  })
})
