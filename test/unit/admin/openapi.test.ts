/**
 * The OpenAPI document: right by a validator that is not ours, the same as the page in the repository, with every route
 * of the network and no other.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import { openApiDocument } from '../../../src/admin/api/openapi.ts'
import { adminRoutes } from '../../../src/admin/routes/table.ts'
import { productVersion } from '../../../src/cli/version.ts'

const page = join(import.meta.dirname, '../../../docs/reference/openapi.json')
const document = openApiDocument(productVersion()) as Record<string, unknown>

it('is OpenAPI 3.1 by a validator that knows the standard', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1'])
})

it('a document with a planted fault is none', async () => {
  const broken = { ...structuredClone(document), paths: { '/v1/users': { get: { responses: [] } } } }
  expect((await new Validator().validate(broken)).valid).toBe(false)
})

it('has every route of the network with its role, and none of the socket alone', () => {
  const paths = document.paths as Record<string, Record<string, { 'x-role': string; operationId: string }>>
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => `${method} ${path} ${operation['x-role']}`),
  )
  const served = adminRoutes
    .filter(({ socketOnly }) => !socketOnly)
    .map(({ method, path, role }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')} ${role}`)
  expect(documented.toSorted()).toEqual(served.toSorted())
  const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map((each) => each.operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

it('is the page in docs/reference (`UPDATE_DOCS=1` writes it anew)', () => {
  const text = `${JSON.stringify(document, null, 2)}\n`
  if (process.env.UPDATE_DOCS) writeFileSync(page, text)
  expect(readFileSync(page, 'utf8')).toBe(text)
})
