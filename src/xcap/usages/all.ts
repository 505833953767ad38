/**
 * The list of all application usages. Adding one is adding a file and one line here.
 */
import { presenceRules } from './pres-rules.ts'
import { resourceLists } from './resource-lists.ts'
import { rlsServices } from './rls-services.ts'
import type { ApplicationUsage } from './usage.ts'
import { xcapCaps } from './xcap-caps.ts'

export const applicationUsages: readonly ApplicationUsage[] = [resourceLists, rlsServices, presenceRules, xcapCaps]

/** By its name or one of its aliases. */
export function usageOf(auid: string): ApplicationUsage | null {
  return applicationUsages.find((usage) => usage.auid === auid || usage.aliases.includes(auid)) ?? null
}
