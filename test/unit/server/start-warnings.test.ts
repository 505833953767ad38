/**
 * What a server says when its store or its certificate is of another domain (RFC 5922 §7.1), or its directory unused.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createAuthority, issueCertificate } from '../../../src/certificates/index.ts'
import { certificateWarning, realmWarning } from '../../../src/server/start-warnings.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

async function certificateOf(...names: string[]): Promise<string> {
  const folder = newFolder()
  mkdirSync(folder)
  const authority = await createAuthority({ commonName: 'authority' })
  const file = join(folder, 'server.crt')
  writeFileSync(file, (await issueCertificate({ authority, names })).certificatePem)
  return file
}

test('a store of another domain is told', () => {
  expect(realmWarning('example.test', 'Example.TEST')).toBe(null)
  const warning = realmWarning('example.test', 'example.org')
  expect(warning?.event).toBe('store.other-realm')
  expect(warning?.text).toContain('the store was made for the domain example.test, and domain.name is example.org')
})

test('RFC 5922 §7.1: a certificate that does not name a domain is told, with the domain', async () => {
  const dns = await certificateOf('example.test', 'im.example.test')
  expect(certificateWarning(dns, ['Example.test'])).toBe(null)
  expect(certificateWarning(dns, ['example.test', 'example.org'])?.text).toContain('does not name example.org: ')
  expect(certificateWarning(await certificateOf('sip:example.org'), ['example.org'])).toBe(null)
  expect(certificateWarning('/absent', ['example.org'])).toBe(null)
})
