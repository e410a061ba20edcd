import {
  CLAIM,
  RETURN,
  STAGE,
  advised,
  claim,
  days,
  feeWords,
  refundOn,
  returnEvidence,
  returned,
  rtoMarks,
  saying,
  settled,
  shippingWords,
  undelivered,
} from './fr-cases.policy.ts';
import { COUNTING } from './fr-counting.policy.ts';
import { PROMISES } from './fr-promises.policy.ts';
import { CLAIM_TYPES } from '../deciding/facts.policy.ts';
import { cancelledByReturnRules, provenByDays, takesGoodsBack, type Terms } from '../deciding/terms.policy.ts';
import { listed, type Sayings } from './sayings.policy.ts';

const simple: Sayings['simple'] = {
  ...PROMISES,
  ...COUNTING,
  'cancellation/at_once': (t) =>
    saying(
      `Un colis est annulé aussitôt tant qu'il n'est pas ${STAGE[t.cancellation.until]}.`,
      `rembourser 100 % du colis ${shippingWords(t.refund.shipping.cancellation)}`,
    ),
  'cancellation/intercept': () =>
    saying(
      "Jusqu'à la remise, l'entrepôt essaie de l'arrêter : arrêté, il est remboursé ; parti, c'est un refus.",
      'arrêt',
    ),
  'cancellation/too_late': (t) =>
    saying(`Une fois ${STAGE[t.cancellation.until]}, un colis n'est plus annulé.`, 'refus'),
  'cancellation/stopped': (t) =>
    saying(
      'Un colis arrêté est remboursé, moins ce qui a déjà été crédité.',
      `rembourser 100 % du colis ${shippingWords(t.refund.shipping.cancellation)}`,
    ),
  'cancellation/after_dispatch': (t) =>
    t.cancellation.after_dispatch === 'return'
      ? saying(
          advised(
            `Après la remise, les articles doivent revenir${cancelledByReturnRules(t) ? ' selon les règles des retours' : ''} ; le remboursement suit leur arrivée à l'entrepôt.`,
            t.cancellation.advice,
          ),
          "accord ; retour d'abord",
        )
      : saying(
          advised(
            `Après la remise, un colis n'est plus annulé.${takesGoodsBack(t) ? '' : " L'entrepôt n'est pas une adresse de retour."}`,
            t.cancellation.advice,
          ),
          'refus',
        ),
  'address_change/at_once': (t) => {
    const { until, within_hours: hours } = t.address_change;
    const within = hours === null ? '' : ` dans les ${hours} heures suivant la commande et`;
    return saying(`L'adresse est changée aussitôt${within} tant que le colis n'est pas ${STAGE[until]}.`, 'accord');
  },
  'address_change/intercept': () =>
    saying("Jusqu'à la remise, l'entrepôt essaie d'arrêter le colis pour changer son adresse.", 'arrêt'),
  'address_change/too_late': (t) =>
    saying(`Une fois le colis ${STAGE[t.address_change.until]}, son adresse n'est plus changée.`, 'refus'),
  'address_change/after_hours': (t) =>
    saying(
      `Plus de ${t.address_change.within_hours ?? 0} heures après la commande, avant la remise, une personne examine le cas.`,
      'examen',
    ),
  'address_change/stopped': () => saying("L'adresse d'un colis arrêté peut être changée.", 'accord'),
  'address_change/after_dispatch': (t) =>
    saying(advised("Après la remise, l'adresse n'est plus changée.", t.address_change.after_dispatch), 'refus'),
  'tracking/before_hand_over': () => saying("Avant la remise, il n'y a pas de suivi à lire.", 'attendre'),
  'tracking/under_way': (t) => {
    const limit = t.tracking.late_after_days;
    const until = limit === null ? '' : ` tant que plus de ${days(limit)} n'ont pas passé depuis la remise`;
    return saying(
      `Un colis en route, même après une tentative manquée, est attendu${until}.`,
      'attendre le transporteur',
    );
  },
  'tracking/late': (t) =>
    saying(
      `Plus de ${days(t.tracking.late_after_days ?? 0)} après la remise, un colis ni livré ni sur le chemin du retour est remboursé.`,
      undelivered(t),
    ),
  'tracking/rto_under_way': (t) =>
    saying(
      `Un colis sur le chemin du retour est attendu, aussi longtemps qu'il faut : ${whenBack(t)}.`,
      'attendre son retour',
    ),
  'tracking/delivered': () => saying("Livré selon le suivi du transporteur : rien n'est dû de soi-même.", 'refus'),
  'tracking/cancelled': () => saying("Un colis annulé n'est jamais parti : le suivi ne doit rien pour lui.", 'refus'),
  'tracking/disputed': () =>
    saying('Les messages du transporteur se contredisent : une personne examine le cas.', 'examen'),
  'receipts/rto': (t) =>
    saying(`Un colis non livré qui revient ${rtoMarks(t)} est remboursé, une fois.`, undelivered(t)),
  'receipts/rto_by_tracking': (t) =>
    saying("Quel que soit son état au retour : le suivi dit que le transporteur l'a rendu.", undelivered(t)),
  'receipts/rto_opened': (t) =>
    saying(`Un colis qui ne revient pas ${rtoMarks(t)} : une personne examine le cas.`, 'examen'),
  'receipts/unauthorised': (t) =>
    saying(
      advised('Des articles livrés qui reviennent sans accord ne sont pas remboursés.', t.returns.refused_next_step),
      'refus',
    ),
  'receipts/return_code': () =>
    saying("Sans code de retour valable, le colis est gardé pour le marchand et rien n'est crédité.", 'refus'),
  'receipts/lost_on_the_way_back': (t) =>
    saying(
      `Des articles perdus au retour ne sont pas remboursés sans la preuve d'expédition ; avec elle, une personne examine le cas${excepted(t)}.`,
      "sans la preuve d'expédition : refus ; avec elle : examen",
    ),
  'receipts/condition': (t) =>
    saying(
      `Des articles absents ou qui ne sont pas dans leur état d'origine${excepted(t)} : une personne examine le cas.`,
      'examen',
    ),
  'returns/accepted': (t) => {
    const r = t.returns;
    const how = {
      none: '',
      approval: " Une personne donne d'abord son accord.",
      code: ` Ils voyagent avec un code de retour, valable ${days(r.code_valid_days ?? 0)}.`,
    };
    const why = listed(
      r.accepted.map((type) => RETURN[type]),
      'ou',
    );
    return saying(
      `Les articles peuvent revenir (${why}) dans les ${days(r.window_days)} suivant la livraison.${how[r.authorisation]}`,
      'accord',
    );
  },
  'returns/window': (t) =>
    saying(`Plus de ${days(t.returns.window_days)} après la livraison, rien n'est repris.`, 'refus'),
  'returns/before_delivery': () => saying("Ce qui n'est pas livré ne peut pas être retourné.", 'refus'),
  'returns/refused': (t) =>
    saying(
      advised(
        t.returns.accepted.length === 0 ? 'Les articles ne sont pas repris.' : "D'autres retours ne sont pas acceptés.",
        t.returns.refused_next_step,
      ),
      'refus',
    ),
  'returns/buyer_at_fault': (t) => {
    const paid = settled(t.returns.buyer_at_fault ?? t.returns.settle.change_of_mind);
    return saying(`Par la faute de l'acheteur : remboursement de ${paid}.`, `rembourser ${paid}`);
  },
  'returns/administration_fee': (t) =>
    saying(`Des articles retournés on retient ${feeWords(t)}.`, `retenir ${feeWords(t)}`),
  'returns/exchange': () =>
    saying('Un échange : les articles sont renvoyés quand les retournés sont arrivés.', 'nouvel envoi'),
  'amount/share': () =>
    saying(
      'Ce qui a vraiment été payé, jamais le prix du catalogue : la part des unités dans leurs lignes et dans les frais de port, au centime près, partagée comme le dit « Comment nous comptons ».',
      'le montant payé',
    ),
  'amount/cap': () =>
    saying(
      'Jamais plus que ce qui a été payé pour le colis, moins ce qui a déjà été crédité ou renvoyé.',
      'au plus le reste',
    ),
  'amount/cannot_send_again': () =>
    saying(
      "Des articles qui ne peuvent pas être envoyés de nouveau, parce qu'il n'en reste plus ou qu'aucun transporteur n'y va : ce que la règle nomme ensuite vaut, sinon un remboursement.",
      'le remède suivant, sinon remboursement',
    ),
  'amount/units_settled': () =>
    saying(
      "Les unités qu'une réclamation ou un retour a déjà réglées ne sont pas payées de nouveau.",
      'rien pour ces unités',
    ),
  'amount/review_above': (t) =>
    saying(
      `À partir de ${listed(
        t.all_claims.review_above.map((m) => `${m.amount} ${m.currency}`),
        'ou',
      )}, une personne examine le cas.`,
      'examen',
    ),
};

/** What tracking does not decide may be claimed, where the days since hand-over prove it. */
function whenBack(terms: Terms): string {
  const claims = CLAIM_TYPES.filter((type) => provenByDays(terms, type)).map((type) => CLAIM[type].toLowerCase());
  const pays = terms.tracking.refund_on.includes('rto_delivered');
  const back = pays ? 'il est remboursé à son arrivée' : 'la décision vient à son arrivée';
  return claims.length === 0 ? back : `${back} ; une réclamation (${listed(claims, 'ou')}) n'attend pas`;
}

function excepted({ returns }: Terms): string {
  const free = returns.condition_free.map((type) => RETURN[type]);
  return free.length === 0 ? '' : ` (sauf s'ils reviennent ${listed(free, 'ou')})`;
}

/** The clauses in French. */
export const FRENCH: Sayings = { simple, refundOn, claim, returned, returnEvidence };
