/**
 * The admin API as an OpenAPI 3.1 document, made from the table of routes and the schemas that check what comes in:
 * what it says is what the server does.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { AdminRoute } from '../routes/route.ts'
import { adminRoutes } from '../routes/table.ts'

type Json = Readonly<Record<string, unknown>>

/** Statuses that a route can have besides 200, with what they mean. */
const problems: Readonly<Record<string, string>> = {
  400: 'The body or the query is wrong, or the name is none.',
  401: 'No token, or a wrong one, or it is over.',
  403: 'The role does not allow it, or the page that asks is not the console.',
  404: 'There is nobody, or nothing, of this name.',
  409: 'It is there already.',
  412: 'The user was changed since it was read.',
  413: 'The body is too large.',
  415: 'The body is not declared as application/json.',
  428: 'If-Match is missing.',
  429: 'Too many requests; Retry-After says when.',
  500: 'The server could not do it; its log says why.',
  503: 'A part of the server does not answer; try again.',
}

export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of adminRoutes) {
    if (route.socketOnly) continue
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Admin API of Meridian',
      version,
      description: 'See docs/admin-api.md. Every write is in the audit log with the name of the token.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'https://127.0.0.1:5443', description: 'The web listener of a server as it comes.' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { problem: problemSchema },
      responses: Object.fromEntries(
        Object.entries(problems).map(([status, description]) => [
          `problem${status}`,
          {
            description,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
          },
        ]),
      ),
    },
  }
}

const problemSchema: Json = {
  description: 'Problem details (RFC 9457); `error` is for programs.',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'error'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    error: { type: 'string' },
  },
}

function operation(route: AdminRoute): Json {
  const { method, path, role, summary, body, textType, ifMatch } = route
  return {
    operationId: operationId(method, path),
    summary,
    description: `For the role ${role}${role === 'administrator' ? '' : ' and those above'}.`,
    'x-role': role,
    tags: [path.split('/')[2]!],
    parameters: [...pathParameters(route), ...queryParameters(route), ...(ifMatch ? [ifMatchParameter(ifMatch)] : [])],
    ...(body === null ? {} : { requestBody: requestBody(body) }),
    responses: {
      200: { description: 'Done.', ...etagOf(route), content: content(route, textType) },
      ...Object.fromEntries(
        statusesOf(route).map((status) => [status, { $ref: `#/components/responses/problem${status}` }]),
      ),
    },
  }
}

/** `getUsersByName`, `deleteUsersByNameDevicesByDevice`. */
function operationId(method: string, path: string): string {
  const words = path.split(/[/-]/).slice(2)
  const named = words.map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)))
  return `${method.toLowerCase()}${named.join('')}`
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function pathParameters({ path }: AdminRoute): readonly Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ query }: AdminRoute): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchema(v.strictObject(query)) as {
    properties?: Record<string, Json>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function ifMatchParameter(kind: 'required' | 'obeyed'): Json {
  const description = 'The ETag of the user as it was read.'
  return { name: 'If-Match', in: 'header', required: kind === 'required', description, schema: { type: 'string' } }
}

function requestBody(body: v.GenericSchema): Json {
  const isOptional = body.type === 'optional'
  return { required: !isOptional, content: { 'application/json': { schema: jsonSchema(body) } } }
}

function etagOf({ method, path }: AdminRoute): Json {
  if (method !== 'GET' || path !== '/v1/users/:name') return {}
  return { headers: { ETag: { description: 'For If-Match and If-None-Match.', schema: { type: 'string' } } } }
}

function content({ value }: AdminRoute, textType: string | null): Json {
  if (textType !== null) return { [textType]: { schema: { type: 'string' } } }
  const warnings = {
    type: 'array',
    items: { type: 'string' },
    description: 'Done, but somebody should read this.',
  }
  const schema = { type: 'object', required: ['value', 'warnings'], properties: { value: jsonSchema(value), warnings } }
  return { 'application/json': { schema } }
}

function statusesOf({ method, path, ifMatch, body }: AdminRoute): readonly number[] {
  return [
    400,
    401,
    403,
    ...(path.includes(':') ? [404] : []),
    ...(method === 'POST' ? [409] : []),
    ...(ifMatch ? [412] : []),
    ...(body ? [413, 415] : []),
    ...(ifMatch === 'required' ? [428] : []),
    429,
    500,
    503,
  ]
}

function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: 'input',
    target: 'draft-2020-12',
    // Says nothing of what is on the wire.
    ignoreActions: ['readonly'],
  })
  return rest
}
