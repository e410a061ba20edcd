import { CreateFloors1764000000001 } from './1764000000001-CreateFloors.ts';
import { CreateImports1764000000002 } from './1764000000002-CreateImports.ts';
import { CreateMail1764000000010 } from './1764000000010-CreateMail.ts';
import { CreateAccounts1764000000011 } from './1764000000011-CreateAccounts.ts';
import { CreateCatalogue1764000000020 } from './1764000000020-CreateCatalogue.ts';
import { CreateStock1764000000021 } from './1764000000021-CreateStock.ts';
import { CreatePricing1764000000022 } from './1764000000022-CreatePricing.ts';
import { CreatePromises1764000000024 } from './1764000000024-CreatePromises.ts';
import { CreateSourcing1764000000025 } from './1764000000025-CreateSourcing.ts';
import { CreateLedger1764000000030 } from './1764000000030-CreateLedger.ts';
import { CreateLedgerPosting1764000000031 } from './1764000000031-CreateLedgerPosting.ts';
import { CreateWalletVerbs1764000000032 } from './1764000000032-CreateWalletVerbs.ts';
import { CreateWalletMoreVerbs1764000000033 } from './1764000000033-CreateWalletMoreVerbs.ts';
import { CreateTopUps1764000000034 } from './1764000000034-CreateTopUps.ts';
import { CreatePayouts1764000000035 } from './1764000000035-CreatePayouts.ts';
import { CreateMemberships1764000000036 } from './1764000000036-CreateMemberships.ts';
import { CreatePolicies1764000000040 } from './1764000000040-CreatePolicies.ts';
import { CreatePolicyDrafts1764000000041 } from './1764000000041-CreatePolicyDrafts.ts';
import { CreatePackages1764000000050 } from './1764000000050-CreatePackages.ts';
import { CreatePackagePromises1764000000053 } from './1764000000053-CreatePackagePromises.ts';
import { CreateOrders1764000000060 } from './1764000000060-CreateOrders.ts';
import { CreateTracking1764000000070 } from './1764000000070-CreateTracking.ts';
import { CreateTrackingMappings1764000000071 } from './1764000000071-CreateTrackingMappings.ts';
import { IndexDisputed1764000000072 } from './1764000000072-IndexDisputed.ts';
import { CreateFailedDeliveries1764000000073 } from './1764000000073-CreateFailedDeliveries.ts';
import { CreateTrackingPolls1764000000074 } from './1764000000074-CreateTrackingPolls.ts';
import { ReuseNumbers1764000000075 } from './1764000000075-ReuseNumbers.ts';
import { CreateDecisions1764000000080 } from './1764000000080-CreateDecisions.ts';
import { CreateClaims1764000000081 } from './1764000000081-CreateClaims.ts';
import { CreateReships1764000000082 } from './1764000000082-CreateReships.ts';
import { CreateWorth1764000000083 } from './1764000000083-CreateWorth.ts';
import { CreateOpenCases1764000000085 } from './1764000000085-CreateOpenCases.ts';
import { CreateReturns1764000000086 } from './1764000000086-CreateReturns.ts';
import { CreateNotices1764000000087 } from './1764000000087-CreateNotices.ts';
import { CreateUnannounced1764000000088 } from './1764000000088-CreateUnannounced.ts';
import { CreateReturnEvidence1764000000089 } from './1764000000089-CreateReturnEvidence.ts';
import { CreateClosing1764000000100 } from './1764000000100-CreateClosing.ts';
import { CreateErasures1764000000101 } from './1764000000101-CreateErasures.ts';
import { CreateCardPayments1764000000102 } from './1764000000102-CreateCardPayments.ts';
import { CreateReconciliation1764000000103 } from './1764000000103-CreateReconciliation.ts';
import { IndexRawMessages1764000000104 } from './1764000000104-IndexRawMessages.ts';
import { CreateWebhooks1764000000110 } from './1764000000110-CreateWebhooks.ts';
import { CreateMailPreferences1764000000111 } from './1764000000111-CreateMailPreferences.ts';
import { CreateAudit1764000000112 } from './1764000000112-CreateAudit.ts';
import { CreateKeyLimits1764000000113 } from './1764000000113-CreateKeyLimits.ts';
import { LetListenersWait1764000000114 } from './1764000000114-LetListenersWait.ts';
import { CreateRateCounts1764000000115 } from './1764000000115-CreateRateCounts.ts';
import { AuditCases1764000000116 } from './1764000000116-AuditCases.ts';
import { CreateSimulations1764000000120 } from './1764000000120-CreateSimulations.ts';
import { CreateInvoices1764000000121 } from './1764000000121-CreateInvoices.ts';
import { CreateMailAttachments1764000000122 } from './1764000000122-CreateMailAttachments.ts';
import { CreateMonthlyStatements1764000000123 } from './1764000000123-CreateMonthlyStatements.ts';
import { CreateReports1764000000130 } from './1764000000130-CreateReports.ts';
import { CreateStores1764000000140 } from './1764000000140-CreateStores.ts';
import { AuditStores1764000000141 } from './1764000000141-AuditStores.ts';
import { CreateCharges1764000000300 } from './1764000000300-CreateCharges.ts';
import { CreatePlacing1764000000301 } from './1764000000301-CreatePlacing.ts';
import { HandEventsOver1764000000310 } from './1764000000310-HandEventsOver.ts';
import { CreateBankAccounts1764000000350 } from './1764000000350-CreateBankAccounts.ts';
import { ForgetCases1764000000351 } from './1764000000351-ForgetCases.ts';
import { CreatePriceNotices1764000000352 } from './1764000000352-CreatePriceNotices.ts';
import { DeclareReplacements1764000000353 } from './1764000000353-DeclareReplacements.ts';
import { NoticeReplies1764000000354 } from './1764000000354-NoticeReplies.ts';
import { ForgetCards1764000000355 } from './1764000000355-ForgetCards.ts';
import { NameWhoTold1764000000370 } from './1764000000370-NameWhoTold.ts';
import { CreateReviews1764000000375 } from './1764000000375-CreateReviews.ts';
import { ListByStatus1764000000420 } from './1764000000420-ListByStatus.ts';
import { FindAnswersWithBuyers1764000000430 } from './1764000000430-FindAnswersWithBuyers.ts';
import { HoldDisputed1764000000440 } from './1764000000440-HoldDisputed.ts';
import { GuardTenants1764000000400 } from './1764000000400-GuardTenants.ts';
import { WithdrawMappings1764000000410 } from './1764000000410-WithdrawMappings.ts';
import { ForgetNotes1764000000450 } from './1764000000450-ForgetNotes.ts';
import { TakeRoles1764000000460 } from './1764000000460-TakeRoles.ts';
import { ForgetHouseFiles1764000000470 } from './1764000000470-ForgetHouseFiles.ts';
import { CreateStatementDocuments1764000000500 } from './1764000000500-CreateStatementDocuments.ts';
import { ListAdjustments1764000000501 } from './1764000000501-ListAdjustments.ts';
import { WatchSilence1764000000510 } from './1764000000510-WatchSilence.ts';
import { GuardAnswers1764000000520 } from './1764000000520-GuardAnswers.ts';
import { ReadTheHouseApart1764000000530 } from './1764000000530-ReadTheHouseApart.ts';
import { ListWhatIsRare1764000000531 } from './1764000000531-ListWhatIsRare.ts';
import { PromiseByKeys1764000000540 } from './1764000000540-PromiseByKeys.ts';
import { NumberAuditByTime1764000000550 } from './1764000000550-NumberAuditByTime.ts';

/** Every migration, in the order in which they run. */
export const migrations = [
  CreateFloors1764000000001,
  CreateImports1764000000002,
  CreateMail1764000000010,
  CreateAccounts1764000000011,
  CreateCatalogue1764000000020,
  CreateStock1764000000021,
  CreatePricing1764000000022,
  CreatePromises1764000000024,
  CreateSourcing1764000000025,
  CreateLedger1764000000030,
  CreateLedgerPosting1764000000031,
  CreateWalletVerbs1764000000032,
  CreateWalletMoreVerbs1764000000033,
  CreateTopUps1764000000034,
  CreatePayouts1764000000035,
  CreateMemberships1764000000036,
  CreatePolicies1764000000040,
  CreatePolicyDrafts1764000000041,
  CreatePackages1764000000050,
  CreatePackagePromises1764000000053,
  CreateOrders1764000000060,
  CreateTracking1764000000070,
  CreateTrackingMappings1764000000071,
  IndexDisputed1764000000072,
  CreateFailedDeliveries1764000000073,
  CreateTrackingPolls1764000000074,
  ReuseNumbers1764000000075,
  CreateDecisions1764000000080,
  CreateClaims1764000000081,
  CreateReships1764000000082,
  CreateWorth1764000000083,
  CreateOpenCases1764000000085,
  CreateReturns1764000000086,
  CreateNotices1764000000087,
  CreateUnannounced1764000000088,
  CreateReturnEvidence1764000000089,
  CreateClosing1764000000100,
  CreateErasures1764000000101,
  CreateCardPayments1764000000102,
  CreateReconciliation1764000000103,
  IndexRawMessages1764000000104,
  CreateWebhooks1764000000110,
  CreateMailPreferences1764000000111,
  CreateAudit1764000000112,
  CreateKeyLimits1764000000113,
  LetListenersWait1764000000114,
  CreateRateCounts1764000000115,
  AuditCases1764000000116,
  CreateSimulations1764000000120,
  CreateInvoices1764000000121,
  CreateMailAttachments1764000000122,
  CreateMonthlyStatements1764000000123,
  CreateReports1764000000130,
  CreateStores1764000000140,
  AuditStores1764000000141,
  CreateCharges1764000000300,
  CreatePlacing1764000000301,
  HandEventsOver1764000000310,
  CreateBankAccounts1764000000350,
  ForgetCases1764000000351,
  CreatePriceNotices1764000000352,
  DeclareReplacements1764000000353,
  NoticeReplies1764000000354,
  ForgetCards1764000000355,
  NameWhoTold1764000000370,
  CreateReviews1764000000375,
  GuardTenants1764000000400,
  WithdrawMappings1764000000410,
  ListByStatus1764000000420,
  FindAnswersWithBuyers1764000000430,
  HoldDisputed1764000000440,
  ForgetNotes1764000000450,
  TakeRoles1764000000460,
  ForgetHouseFiles1764000000470,
  CreateStatementDocuments1764000000500,
  ListAdjustments1764000000501,
  WatchSilence1764000000510,
  GuardAnswers1764000000520,
  ReadTheHouseApart1764000000530,
  ListWhatIsRare1764000000531,
  PromiseByKeys1764000000540,
  NumberAuditByTime1764000000550,
];
