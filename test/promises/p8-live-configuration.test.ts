/**
 * P8: the configuration of a running server is its file. What is changed there is taken over while people stay signed
 * in, what cannot be is named, and a file with a mistake in it changes nothing and says where the mistake is.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ReloadReport } from '../../src/admin/index.ts'
import { createAuthority, issueCertificate, writeCertificate } from '../../src/certificates/index.ts'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'
import { SocketClient } from '../support/socket-client.ts'

const { serve, start, folder } = serverFolder()
const file = join(folder, 'meridian.yaml')
const testMs = 120_000
const standard = 'log:\n  level: info\nregistrar:\n  devicesMax: 10\n'
let server: ServerProcess
let admin: AdminClient

async function cli(argv: readonly string[], input = ''): Promise<{ code: number; said: string; json: () => Json }> {
  const program = start(argv)
  if (input !== '') program.type(input)
  program.endInput()
  const code = (await program.exitCode()) ?? -1
  return { code, said: program.said, json: () => JSON.parse(program.said) as Json }
}

interface Json {
  readonly result: ReloadReport
}

beforeAll(async () => {
  writeFileSync(file, standard)
  server = await serve()
  admin = new AdminClient(join(folder, 'data/admin.sock'))
  const added = await admin.addUser({
    name: 'alice',
    displayName: '',
    aliases: [],
    groups: [],
    password: 'a long enough password',
    disabled: false,
  })
  expect(added.ok).toBe(true)
}, testMs)

beforeEach(async () => {
  writeFileSync(file, standard)
  await reload()
})

async function reload(): Promise<ReloadReport> {
  const result = await admin.config.reload()
  if (!result.ok) throw new Error(result.message)
  return result.value
}

async function metric(name: string): Promise<number | null> {
  const scraped = await admin.metricsText()
  const line = scraped.ok ? new RegExp(`^${name} (\\S+)$`, 'm').exec(scraped.value) : null
  return line ? Number(line[1]) : null
}

function alice(): Promise<SocketClient> {
  const options = { transport: 'tcp', host: '127.0.0.1', port: server.ports.get('tcp')! } as const
  return SocketClient.connect(options, { name: 'alice', password: 'a long enough password' })
}

/** Signs them out. */
const everyDevice = {
  uri: 'sip:example.test',
  to: 'sip:alice@example.test',
  headers: [
    ['Contact', '*'],
    ['Expires', '0'],
  ],
} as const

/** Two devices sign in one after the other. */
async function secondDevice(): Promise<number> {
  const devices = [await alice(), await alice()]
  const codes = []
  for (const device of devices) codes.push(await device.register())
  expect((await devices[0]!.ask('REGISTER', everyDevice)).statusCode).toBe(200)
  for (const device of devices) {
    device.end()
    await device.closed
  }
  return codes.at(-1)!
}

function upgradeFrom(origin: string): Promise<number> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-protocol': 'sip',
    origin,
  }
  const asked = request({
    host: '127.0.0.1',
    port: server.ports.get('web'),
    ca: server.authority,
    headers,
    agent: false,
  })
  return new Promise((resolve, reject) => {
    asked.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy()
      resolve(statusCode ?? 0)
    })
    asked.on('response', ({ statusCode }) => resolve(statusCode ?? 0))
    asked.on('error', reject).end()
  })
}

describe('meridian config reload', () => {
  it('says what is in force now, what is for later connections, and what waits for a restart', {
    timeout: testMs,
  }, async () => {
    const staying = await alice()
    expect(await staying.register()).toBe(200)
    const other = 'log:\n  level: debug\nauth:\n  reauthenticateHours: 2\nserver:\n  name: sip.example.test\n'
    writeFileSync(file, other)
    const { code, json } = await cli(['config', 'reload', '--json'])
    // The file watch may have been faster: then nothing is left to take over but what waits.
    expect(code).toBe(2)
    expect(json().result).toMatchObject({
      outcome: 'taken-over',
      restart: [{ key: 'server.name', from: null, to: 'sip.example.test' }],
      rejected: [],
      unconfirmedWorkers: [],
    })
    expect(await metric('meridian_config_restart_pending')).toBe(1)
    writeFileSync(file, standard)
    const back = await reload()
    expect(back.restart).toEqual([])
    expect(await metric('meridian_config_restart_pending')).toBe(0)
    expect(await staying.message('alice', 'to myself')).toBe(200)
    expect((await staying.ask('REGISTER', everyDevice)).statusCode).toBe(200)
    staying.end()
    await staying.closed
    expect(readFileSync(join(folder, 'data/audit.jsonl'), 'utf8')).toContain('config.reload')
  })

  it('takes a limit over into every worker, without a restart', { timeout: testMs }, async () => {
    expect(await secondDevice()).toBe(200)
    writeFileSync(file, standard.replace('10', '1'))
    await reload()
    expect(await secondDevice()).toBe(403)
  })

  it('memory: nobody new is let in while the server holds more than it may, and everybody when it may again', {
    timeout: testMs,
  }, async () => {
    const signIn = async () => {
      const device = await alice()
      const code = await device.register()
      // However often it takes until the server says no, the places of devices are not used up.
      if (code === 200) await device.ask('REGISTER', everyDevice)
      device.end()
      await device.closed
      return code
    }
    const ratios = async () => {
      const scraped = await admin.metricsText()
      const lines = scraped.ok ? scraped.value.matchAll(/^meridian_worker_memory_ratio\{worker="\d+"\} (\S+)$/gm) : []
      return Array.from(lines, ([, ratio]) => Number(ratio))
    }
    const each = async (judge: (ratio: number) => boolean) => {
      const found = await ratios()
      return found.length > 0 && found.every(judge)
    }
    // Less than a server without users holds: all kinds of work are refused at once.
    writeFileSync(file, `${standard}limits:\n  memoryMb: 64\n`)
    expect((await reload()).outcome).toBe('taken-over')
    await eventually('sign-ins are refused', async () => (await signIn()) === 503)
    expect(await metric('meridian_overloaded_total\\{by="memory"\\}')).toBeGreaterThan(0)
    await eventually('every worker says so, which looks once a second', () => each((ratio) => ratio > 0.95))
    writeFileSync(file, standard)
    await reload()
    await eventually('sign-ins are taken', async () => (await signIn()) === 200)
    await eventually('every worker says that it may', () => each((ratio) => ratio < 0.7))
  })

  it('names place and cure of each mistake, and changes nothing', { timeout: testMs }, async () => {
    writeFileSync(file, `registrar:\n  devicesMax: many\n  divicesMax: 3\nlog:\n  level: \${NO_SUCH_NAME}\n`)
    const { code, said } = await cli(['config', 'reload'])
    expect(code).toBe(78)
    expect(said).toContain('meridian.yaml:2:3: registrar.devicesMax: expected a whole number from 1 to 100')
    expect(said).toContain('meridian.yaml:3:3: registrar.divicesMax: unknown key; did you mean devicesMax?')
    expect(said).toContain('meridian.yaml:5:10: log.level: the environment variable NO_SUCH_NAME is not set')
    expect(await reload()).toMatchObject({
      outcome: 'refused',
      applied: [],
      rejected: [{ line: 2, column: 3 }, {}, {}],
    })
    expect(await metric('meridian_config_reload_failed')).toBe(1)
    expect(await secondDevice()).toBe(200)
    writeFileSync(file, standard)
    await reload()
    expect(await metric('meridian_config_reload_failed')).toBe(0)
  })

  it.each([
    ['a wrong type', () => writeFileSync(file, 'registrar: [1, 2]\n'), 'expected a group of keys'],
    [
      'variables that would name each other',
      () => writeFileSync(file, `log:\n  level: \${A:-\${B:-\${A}}}\n`),
      'log.level',
    ],
    ['a file that is gone', () => rmSync(file), 'no such file'],
    [
      'a file that cannot be read',
      () => {
        rmSync(file)
        mkdirSync(file)
      },
      'EISDIR',
    ],
    [
      'a key and a certificate that do not fit',
      () => writeFileSync(file, 'tls:\n  certificateFile: a.pem\n  privateKeyFile: b.pem\n'),
      'tls.certificateFile',
    ],
  ])('%s is refused', { timeout: testMs }, async (_, spoil, said) => {
    spoil()
    const report = await reload()
    expect(report.outcome).toBe('refused')
    expect(report.rejected.map(({ key, message }) => `${key}: ${message}`).join('\n')).toContain(said)
    expect(await metric('meridian_config_reload_failed')).toBe(1)
    rmSync(file, { recursive: true, force: true })
  })

  it('another certificate is for those who connect from then on', { timeout: testMs }, async () => {
    const authority = await createAuthority({ commonName: 'another' })
    writeCertificate(
      { certFile: join(folder, 'new.crt'), keyFile: join(folder, 'new.key') },
      await issueCertificate({ authority, names: ['localhost', '127.0.0.1'] }),
    )
    writeFileSync(file, 'tls:\n  certificateFile: new.crt\n  privateKeyFile: new.key\n')
    const report = await reload()
    expect(report.rejected).toEqual([])
    const refused = await server.get('/healthz').catch((error: Error) => error.message)
    expect(refused).toMatch(/unable to verify|self.signed|UNABLE/i)
    writeFileSync(file, standard)
    await reload()
    expect(await server.get('/healthz')).toMatchObject({ status: 200 })
  })

  it('who may read the metrics, and from which pages a WebSocket may be opened', { timeout: testMs }, async () => {
    expect((await server.get('/metrics')).status).toBe(200)
    expect(await upgradeFrom('https://else.example.test')).toBe(101)
    writeFileSync(file, 'admin:\n  metrics: off\nweb:\n  allowedOrigins: ["https://chat.example.test"]\n')
    await reload()
    expect((await server.get('/metrics')).status).toBe(403)
    expect(await upgradeFrom('https://else.example.test')).toBe(403)
    expect(await upgradeFrom('https://chat.example.test')).toBe(101)
  })
})

describe('without being asked', () => {
  it('a file that is written, replaced or written twice in a row is taken over', { timeout: testMs }, async () => {
    writeFileSync(file, standard.replace('10', '1'))
    await eventually('written in place', async () => (await secondDevice()) === 403)
    writeFileSync(join(folder, 'next.yaml'), standard)
    renameSync(join(folder, 'next.yaml'), file)
    await eventually('replaced', async () => (await secondDevice()) === 200)
    for (const devicesMax of ['5', '1']) writeFileSync(file, standard.replace('10', devicesMax))
    await eventually('the second of two', async () => (await secondDevice()) === 403)
  })

  it('a mistake is in the log and in the metrics, once it stands there', { timeout: testMs }, async () => {
    writeFileSync(file, 'log:\n  level: loud\n')
    await eventually('refused', async () => (await metric('meridian_config_reload_failed')) === 1)
    await server.program.line(/log\.level.*config\.refused/)
    writeFileSync(file, standard)
    await eventually('taken back', async () => (await metric('meridian_config_reload_failed')) === 0)
  })

  it('SIGHUP, to the process that was started, reads the file and ends nothing', { timeout: testMs }, async () => {
    const before = await metric('meridian_config_reloads_total{outcome="unchanged"}'.replace(/[{}"]/g, '\\$&'))
    server.program.signal('SIGHUP')
    const name = 'meridian_config_reloads_total{outcome="unchanged"}'.replace(/[{}"]/g, '\\$&')
    await eventually('read again', async () => ((await metric(name)) ?? 0) > (before ?? 0))
    expect((await server.get('/readyz')).status).toBe(200)
  })

  it('the log level is another from the next line on', { timeout: testMs }, async () => {
    writeFileSync(file, 'log:\n  level: error\n')
    await reload()
    const said = server.program.said.length
    writeFileSync(file, 'log:\n  level: error\nregistrar:\n  devicesMax: 9\n')
    await reload()
    expect(server.program.said.slice(said)).not.toContain('config.reloaded')
    writeFileSync(file, standard)
    await reload()
    await server.program.line(/log\.level.*config\.reloaded/)
  })
})

describe('a change while the server starts', () => {
  it('is noticed when it serves', { timeout: testMs }, async () => {
    await server.program.stop()
    writeFileSync(file, standard.replace('10', '1'))
    const program = serve()
    // The file is read within the first second; where this comes before that, it is read as it is.
    await eventually('it has begun', () => server.serverPid !== null)
    writeFileSync(file, standard.replace('10', '2'))
    server = await program
    writeFileSync(file, standard.replace('10', '1'))
    await eventually('noticed', async () => (await secondDevice()) === 403)
  })
})
