/**
 * Names of the namespaces in presence and its neighbours, with the RFC that gives each.
 */

/** RFC 3863 §4.1. */
export const pidfNamespace = 'urn:ietf:params:xml:ns:pidf'
/** RFC 4479 §4. */
export const dataModelNamespace = 'urn:ietf:params:xml:ns:pidf:data-model'
/** RFC 4480 §5. */
export const rpidNamespace = 'urn:ietf:params:xml:ns:pidf:rpid'
/** RFC 4481 §4. */
export const timedStatusNamespace = 'urn:ietf:params:xml:ns:pidf:timed-status'
/** RFC 5262 §3. */
export const pidfDiffNamespace = 'urn:ietf:params:xml:ns:pidf-diff'
/** RFC 3858 §4. */
export const watcherInfoNamespace = 'urn:ietf:params:xml:ns:watcherinfo'
/** RFC 4662 §5.1. */
export const rlmiNamespace = 'urn:ietf:params:xml:ns:rlmi'
/** RFC 3680 §5. */
export const regInfoNamespace = 'urn:ietf:params:xml:ns:reginfo'
/** RFC 5628 §6. */
export const gruuInfoNamespace = 'urn:ietf:params:xml:ns:gruuinfo'
/** RFC 4826 §3. */
export const resourceListsNamespace = 'urn:ietf:params:xml:ns:resource-lists'
/** RFC 5874 §4. */
export const xcapDiffNamespace = 'urn:ietf:params:xml:ns:xcap-diff'
/** RFC 4826 §4. */
export const rlsServicesNamespace = 'urn:ietf:params:xml:ns:rls-services'
