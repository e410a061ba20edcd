import { days, saying } from './fr-cases.policy.ts';
import { sizeWords, type Promises } from './sayings.policy.ts';

/** What the operator promises beside its decisions, in French. */
export const PROMISES: Promises = {
  'promises/wallet': () => saying('Les remboursements vont au portefeuille du marchand.', 'créditer le portefeuille'),
  'promises/reply': ({ all_claims: { reply_within: within } }) => {
    const time = 'hours' in within ? `${within.hours} heures, week-ends compris` : workingDays(within.working_days);
    return saying(`Une réclamation reçoit une réponse sous ${time}.`, `répondre sous ${time}`);
  },
  'promises/inactive': ({ all_claims: { close_when_inactive_days: limit } }) =>
    saying(`Une réclamation que personne ne poursuit pendant ${days(limit)} est close.`, 'clore'),
  'promises/evidence_size': ({ all_claims: { evidence_max_bytes: bytes } }) => {
    const size = sizeWords(bytes).replace('.', ',').replace('B', 'o');
    return saying(`Une photo, une vidéo ou un document fait au plus ${size}.`, 'refuser ce qui est plus grand');
  },
  'promises/claim_window': ({ settlement: { claim_window_days: limit } }) =>
    saying(
      `Sans délai propre à la réclamation (« à tout moment » en est un), elle se fait dans les ${days(limit)} suivant la livraison ; plus tard : refus.`,
      `refus après ${days(limit)}`,
    ),
  'promises/handled': ({ returns: { process_within_working_days: limit } }) =>
    saying(
      `Les articles revenus sont traités sous ${workingDays(limit ?? 0)} après leur arrivée.`,
      `décider sous ${workingDays(limit ?? 0)}`,
    ),
  'promises/first_scan': ({ tracking: { first_scan_due_hours: limit } }) =>
    saying(`On recherche un colis que le transporteur n'a pas scanné ${limit} heures après la remise.`, 'avertir'),
  'promises/rto_overdue': ({ tracking: { rto_overdue_days: limit } }) =>
    saying(
      `On recherche un colis sur le retour dont l'arrivée n'est pas vue sous ${days(limit)}.`,
      "alerter l'équipe et le marchand",
    ),
  'promises/delivered_after_refund': ({ settlement: { delivered_after_refund: then } }) => {
    const what = {
      keep: saying('Un colis livré après son remboursement : le remboursement reste.', 'garder le remboursement'),
      take_back: saying(
        'Un colis livré après son remboursement : le remboursement est repris, après avis.',
        'reprendre le remboursement',
      ),
      review: saying('Un colis livré après son remboursement : une personne examine le cas.', 'examen'),
    };
    return what[then];
  },
};

function workingDays(count: number): string {
  return count === 1 ? '1 jour ouvré' : `${count} jours ouvrés`;
}
