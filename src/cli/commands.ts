/**
 * The list of all commands, in the order of the help, and nothing else. Adding one is adding a file and two lines.
 */
import * as adminTokenCreate from './admin/token-create.ts'
import * as adminTokenList from './admin/token-list.ts'
import * as adminTokenRevoke from './admin/token-revoke.ts'
import * as backup from './backup.ts'
import * as bench from './bench.ts'
import * as certsCaCrl from './certs/ca-crl.ts'
import * as certsCaIntermediate from './certs/ca-intermediate.ts'
import * as certsCaRoot from './certs/ca-root.ts'
import * as certsInit from './certs/init.ts'
import * as certsInstall from './certs/install.ts'
import * as certsIssue from './certs/issue.ts'
import * as certsList from './certs/list.ts'
import * as certsRenew from './certs/renew.ts'
import * as certsRequest from './certs/request.ts'
import * as certsRevoke from './certs/revoke.ts'
import * as certsShow from './certs/show.ts'
import * as chat from './chat.ts'
import * as clockAccept from './clock/accept.ts'
import type { Command } from './command.ts'
import * as configCheck from './config/check.ts'
import * as configPrint from './config/print.ts'
import * as configReload from './config/reload.ts'
import * as configSample from './config/sample.ts'
import * as configSchema from './config/schema.ts'
import * as contactsAdd from './contacts/add.ts'
import * as contactsExport from './contacts/export.ts'
import * as contactsImport from './contacts/import.ts'
import * as contactsList from './contacts/list.ts'
import * as contactsRemove from './contacts/remove.ts'
import * as deviceList from './device/list.ts'
import * as deviceRevoke from './device/revoke.ts'
import * as directoryCheck from './directory/check.ts'
import * as directoryFind from './directory/find.ts'
import * as doctor from './doctor.ts'
import * as enroll from './enroll.ts'
import * as health from './health.ts'
import * as init from './init.ts'
import * as policyAllow from './policy/allow.ts'
import * as policyBlock from './policy/block.ts'
import * as policyDefault from './policy/default.ts'
import * as policyForget from './policy/forget.ts'
import * as policyPoliteBlock from './policy/polite-block.ts'
import * as policyPrompt from './policy/prompt.ts'
import * as policyRuleAdd from './policy/rule-add.ts'
import * as policyRuleList from './policy/rule-list.ts'
import * as policyRuleRemove from './policy/rule-remove.ts'
import * as policyShow from './policy/show.ts'
import * as presenceClear from './presence/clear.ts'
import * as presenceSet from './presence/set.ts'
import * as presenceShow from './presence/show.ts'
import * as presenceWatchers from './presence/watchers.ts'
import * as reportCompare from './report/compare.ts'
import * as reportMake from './report/make.ts'
import * as report from './report/report.ts'
import * as reportShow from './report/show.ts'
import * as restore from './restore.ts'
import * as serve from './serve.ts'
import * as simFit from './sim/fit.ts'
import * as simLimit from './sim/limit.ts'
import * as simPopulation from './sim/population.ts'
import * as simProfilesCalibrate from './sim/profiles-calibrate.ts'
import * as simProfilesCheck from './sim/profiles-check.ts'
import * as simProfilesList from './sim/profiles-list.ts'
import * as simProfilesShow from './sim/profiles-show.ts'
import * as simRates from './sim/rates.ts'
import * as simSelftest from './sim/selftest.ts'
import * as sim from './sim/sim.ts'
import * as simValidate from './sim/validate.ts'
import * as storeCheck from './store/check.ts'
import * as storeShow from './store/show.ts'
import * as storeStats from './store/stats.ts'
import * as top from './top/top.ts'
import * as topologyCheck from './topology/check.ts'
import * as topologyLinks from './topology/links.ts'
import * as topologyPublish from './topology/publish.ts'
import * as topologySchema from './topology/schema.ts'
import * as topologyShow from './topology/show.ts'
import * as trace from './trace/trace.ts'
import * as trafficRecord from './traffic/record.ts'
import * as trafficStatus from './traffic/status.ts'
import * as trafficStop from './traffic/stop.ts'
import * as userAdd from './user/add.ts'
import * as userAdopt from './user/adopt.ts'
import * as userDisable from './user/disable.ts'
import * as userEnable from './user/enable.ts'
import * as userExport from './user/export.ts'
import * as userGroups from './user/groups.ts'
import * as userImport from './user/import.ts'
import * as userList from './user/list.ts'
import * as userMove from './user/move.ts'
import * as userPasswd from './user/passwd.ts'
import * as userRemove from './user/remove.ts'
import * as userShow from './user/show.ts'
import * as userSignOut from './user/sign-out.ts'

export const commands: readonly Command[] = [
  init,
  serve,
  chat,
  doctor,
  health,
  top,
  trace,
  configCheck,
  configPrint,
  configSchema,
  configSample,
  configReload,
  certsInit,
  certsIssue,
  certsShow,
  certsRenew,
  certsRequest,
  certsInstall,
  certsList,
  certsRevoke,
  certsCaRoot,
  certsCaIntermediate,
  certsCaCrl,
  directoryCheck,
  directoryFind,
  topologyShow,
  topologyCheck,
  topologyLinks,
  topologyPublish,
  topologySchema,
  userAdd,
  userList,
  userShow,
  userPasswd,
  userDisable,
  userEnable,
  userSignOut,
  userGroups,
  userRemove,
  userMove,
  userAdopt,
  userImport,
  userExport,
  enroll,
  deviceList,
  deviceRevoke,
  contactsList,
  contactsAdd,
  contactsRemove,
  contactsImport,
  contactsExport,
  presenceShow,
  presenceWatchers,
  presenceSet,
  presenceClear,
  policyShow,
  policyDefault,
  policyRuleAdd,
  policyRuleList,
  policyRuleRemove,
  policyAllow,
  policyBlock,
  policyPoliteBlock,
  policyPrompt,
  policyForget,
  adminTokenCreate,
  adminTokenList,
  adminTokenRevoke,
  storeCheck,
  storeStats,
  storeShow,
  backup,
  restore,
  trafficRecord,
  trafficStop,
  trafficStatus,
  bench,
  clockAccept,
  sim,
  simRates,
  simValidate,
  simPopulation,
  simFit,
  simLimit,
  simSelftest,
  simProfilesList,
  simProfilesShow,
  simProfilesCheck,
  simProfilesCalibrate,
  report,
  reportMake,
  reportShow,
  reportCompare,
]
