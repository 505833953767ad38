/**
 * The keys of `topology.yaml`: what each is for and what kind of value it takes. What the values must be together is
 * `../check.ts`'s; the JSON Schema for editors is made from this.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'

/** Far above any company; a file with more was made by mistake. */
export const serversMax = 256
export const domainsMax = 64
/** Denied certificates may be dropped from the list once they have ended; this many never end within a year. */
export const deniedMax = 4_096

/** Where servers and secure clients listen by convention (RFC 3261 §19.1.2). */
export const linkPortStandard = 5_061

const text = v.pipe(v.string(), v.nonEmpty('expected a text that is not empty'))

const server = v.strictObject({
  name: v.pipe(text, v.description('The fully qualified name of the server, which its certificate must carry.')),
  role: v.pipe(
    v.picklist(['home', 'front-end', 'both']),
    v.description('home holds users; front-end authenticates clients and passes on; both is one server for all.'),
  ),
  linkHost: v.optional(
    v.pipe(text, v.description('Where the other servers reach it, where that is not its name: a name or an address.')),
  ),
  linkPort: v.optional(
    v.pipe(
      v.number(),
      v.integer('expected a whole number'),
      v.minValue(1, 'expected at least 1'),
      v.maxValue(65_535, 'expected at most 65535'),
      v.description('The port that the other servers reach it at.'),
    ),
    linkPortStandard,
  ),
  clientUri: v.optional(
    v.pipe(
      v.nullable(text),
      v.description('A SIP URI that clients are redirected to; without it no client is sent there.'),
    ),
    null,
  ),
})

const deniedCertificate = v.strictObject({
  fingerprint: v.pipe(text, v.description('SHA-256, 64 hexadecimal digits, with or without colons.')),
  reason: v.optional(v.pipe(text, v.description('For people: why, and what took its place.'))),
  deniedAt: v.optional(v.pipe(text, v.description('For people: the day, written by meridian certs revoke.'))),
})

export const topologyFileSchema = v.strictObject({
  version: v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(1, 'expected at least 1'),
    v.maxValue(Number.MAX_SAFE_INTEGER, `expected at most ${Number.MAX_SAFE_INTEGER}`),
    v.description('Rises with every change, so that servers know who has the newer list.'),
  ),
  domains: v.pipe(
    v.array(text),
    v.maxLength(domainsMax, `expected at most ${domainsMax} entries`),
    v.description('The SIP domains of the users. What is addressed to them never leaves these servers.'),
  ),
  servers: v.pipe(
    v.array(server),
    v.maxLength(serversMax, `expected at most ${serversMax} entries`),
    v.description('All servers that belong together, this one among them.'),
  ),
  deniedCertificates: v.optional(
    v.pipe(
      v.array(deniedCertificate),
      v.maxLength(deniedMax, `expected at most ${deniedMax} entries`),
      v.description('Certificates of servers that are believed no longer, although they are in time.'),
    ),
    [],
  ),
})

export type TopologyFile = v.InferOutput<typeof topologyFileSchema>

export function topologyJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(topologyFileSchema, { typeMode: 'input', target: 'draft-2020-12' })
  return { title: 'Topology of Meridian', ...schema }
}
