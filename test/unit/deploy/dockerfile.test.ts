/**
 * The Dockerfile, looked at where no engine runs: what the usual linters ask for, and what we promise of the container:
 * no root, nothing written beside the data, a health check (DESIGN §13). Each rule is shown to bite.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../../src/config/index.ts'

const root = join(import.meta.dirname, '../../..')
const text = readFileSync(join(root, 'deploy/docker/Dockerfile'), 'utf8')

interface Instruction {
  readonly name: string
  readonly value: string
}

function instructionsOf(dockerfile: string): Instruction[] {
  const joined = dockerfile.replace(/^\s*#.*$/gm, '').replace(/\\\n/g, ' ')
  return joined.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    return name === undefined ? [] : [{ name, value: (value ?? '').trim() }]
  })
}

function faultsOf(dockerfile: string): string[] {
  const all = instructionsOf(dockerfile)
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
  const of = (name: string) => last.filter((each) => each.name === name).map(({ value }) => value)
  const faults: string[] = []
  for (const { name, value } of all) {
    if (name === 'FROM' && !/:\d+\.\d+\.\d+/.test(value)) faults.push('an image without an exact version')
    if (name === 'ADD') faults.push('ADD, where COPY would do')
    if (name === 'RUN' && /curl|wget|sudo/.test(value)) faults.push('a download without a hash')
    if (name === 'WORKDIR' && !value.startsWith('/')) faults.push('a relative WORKDIR')
    if (/(?:PASSWORD|SECRET|TOKEN)\s*=/i.test(value)) faults.push('a secret')
  }
  if (!/^[1-9]\d*:[1-9]\d*$/.test(of('USER').at(-1) ?? '')) faults.push('root, or a user without a number')
  if (of('HEALTHCHECK').length !== 1) faults.push('no health check')
  for (const name of ['ENTRYPOINT', 'CMD']) {
    if (!of(name).every((value) => value.startsWith('['))) faults.push(`${name} by way of a shell, which eats signals`)
  }
  if (!of('VOLUME').includes('/var/lib/meridian')) faults.push('data in the layer of the container')
  return faults
}

describe('the Dockerfile', () => {
  it('has nothing that is to be found fault with', () => expect(faultsOf(text)).toEqual([]))

  it.each([
    ['root', text.replace(/^USER .*$/m, '')],
    ['an image without an exact version', text.replaceAll(':24.11.0-bookworm-slim', ':latest')],
    ['no health check', text.replace(/^HEALTHCHECK/m, 'LABEL x=')],
    ['ENTRYPOINT by way of a shell', text.replace('ENTRYPOINT ["meridian"]', 'ENTRYPOINT meridian')],
    ['data in the layer', text.replace(/^VOLUME.*$/m, '')],
    ['a secret', `${text}\nENV ADMIN_PASSWORD=hello`],
  ])('would be told: %s', (fault, changed) => expect(faultsOf(changed).join()).toContain(fault))
})

describe('the configuration that is installed with it', () => {
  it('is right, keeps its data where unit and container have it, and opens the ports that are exposed', () => {
    const file = join(root, 'deploy/meridian.yaml')
    const loaded = loadConfig({ file, env: {}, cwd: '/' })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
    const { server, listen } = loaded.config
    expect(server.dataFolder).toBe('/var/lib/meridian')
    const exposed = instructionsOf(text).find(({ name }) => name === 'EXPOSE')?.value
    expect(listen.endpoints.map(({ port }) => port).join(' ')).toBe(exposed)
    expect(Object.keys(parse(readFileSync(file, 'utf8')) as object)).toContain('domain')
  })
})
