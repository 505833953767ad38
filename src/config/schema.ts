/**
 * The whole configuration as one valibot schema: the list of sections, and nothing else.
 */
import * as v from 'valibot'
import type { Problem } from './problem.ts'
import { adminSection } from './sections/admin.ts'
import { authSection } from './sections/auth.ts'
import { checkDirectory, directorySection } from './sections/directory.ts'
import { checkDomain, domainSection } from './sections/domain.ts'
import { hepSection } from './sections/hep.ts'
import { limitsSection } from './sections/limits.ts'
import { checkListen, listenSection } from './sections/listen.ts'
import { logSection } from './sections/log.ts'
import { messagingSection } from './sections/messaging.ts'
import { policySection } from './sections/policy.ts'
import { checkRegistrar, registrarSection } from './sections/registrar.ts'
import { serverSection } from './sections/server.ts'
import { checkSignIn } from './sections/sign-in.ts'
import { checkTls, tlsSection } from './sections/tls.ts'
import { checkTopologyKeys, topologySection } from './sections/topology.ts'
import { webSection } from './sections/web.ts'

export const configSchema = v.strictObject({
  server: serverSection,
  domain: domainSection,
  listen: listenSection,
  tls: tlsSection,
  topology: topologySection,
  directory: directorySection,
  web: webSection,
  registrar: registrarSection,
  messaging: messagingSection,
  policy: policySection,
  auth: authSection,
  limits: limitsSection,
  log: logSection,
  admin: adminSection,
  hep: hepSection,
})

export type Config = v.InferOutput<typeof configSchema>

export function checkTogether(config: Config): readonly Problem[] {
  return [
    ...checkDomain(config.domain),
    ...checkListen(config.listen),
    ...checkTls(config.tls),
    ...checkSignIn(config.auth),
    ...checkTopologyKeys(config),
    ...checkDirectory(config.directory, config.topology.file),
    ...checkRegistrar(config.registrar),
  ]
}
