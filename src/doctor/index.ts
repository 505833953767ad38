/**
 * The examination of an installation (`meridian doctor`): one check a file, each given what it asks about, each with
 * findings that name setting, reason and cure. Works beside a running server and without one; nothing here waits for
 * ever.
 */
export { type CertificateQuestion, checkCertificates } from './check-certificates.ts'
export { type ClockQuestion, checkClock, systemdSynchronised } from './check-clock.ts'
export { type ConfigurationQuestion, checkConfiguration } from './check-configuration.ts'
export { checkDirectoryServers, type DirectoryQuestion, type ExaminedController } from './check-directory.ts'
export { checkLimits, type LimitsQuestion } from './check-limits.ts'
export { checkLinks, type LinksQuestion } from './check-links.ts'
export { checkNames, type NamesQuestion } from './check-names.ts'
export { checkPorts, type PortsQuestion } from './check-ports.ts'
export { checkStore, type StoreExamination, type StoreQuestion } from './check-store.ts'
export { checkTopologyFile, type TopologyExamined } from './check-topology.ts'
export { type Finding, type FindingLevel, Findings } from './finding.ts'
export { type PortHolder, portHolders } from './port-holder.ts'
export { wantedZone, type Zone, zoneFragment } from './zone.ts'
