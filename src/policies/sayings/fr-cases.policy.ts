import type { ClaimType, Evidence, NextStep, PackageStatus, ReceiptType, Remedy } from '../deciding/facts.policy.ts';
import { beside, listed, type ClaimAspect, type Saying, type Sayings } from './sayings.policy.ts';
import {
  isProvable,
  type ClaimTerms,
  type Exclusion,
  type ReturnSettlement,
  type Stage,
  type Terms,
} from '../deciding/terms.policy.ts';

export const STAGE: Record<Stage, string> = {
  planned: 'planifié',
  picking: 'en préparation',
  packed: 'emballé',
  labelled: 'étiqueté',
  handed_over: 'remis au transporteur',
};

export const CLAIM: Record<ClaimType, string> = {
  damaged: 'Article endommagé',
  defective: 'Article défectueux',
  wrong_item: 'Mauvais article, couleur ou taille',
  short_quantity: 'Quantité insuffisante',
  missing_item: 'Article manquant',
  not_received: 'Colis non reçu',
  late: 'Colis en retard',
  lost: 'Colis perdu',
  seized: 'Colis saisi par la douane',
  customs_charge: 'Frais de douane',
  change_of_mind: "Changement d'avis ou déception",
};

export const RETURN: Record<ReceiptType, string> = {
  quality: 'pour la qualité',
  wrong_item: "pour erreur d'article",
  change_of_mind: "après un changement d'avis",
  damaged: "parce qu'endommagés",
  defective: 'parce que défectueux',
};

const EVIDENCE: Record<Evidence, string> = {
  photo: 'une photo',
  video: 'une vidéo',
  description: 'une description',
  order_number: 'le numéro de la commande',
  receipt: 'le reçu',
  shipping_receipt: "la preuve d'expédition",
  return_tracking: 'le numéro de suivi du retour',
};

const STATUS: Partial<Record<PackageStatus, string>> = {
  rto_delivered: "a été rendu à l'expéditeur",
  delivery_failed: "n'a définitivement pas pu être livré",
  lost: 'est perdu',
};

const EXCLUSION: Record<Exclusion, string> = {
  misuse: "l'article a été modifié ou mal utilisé",
  minor_variation: 'seule la nuance ou la série diffère',
  fault_merchant: 'le marchand a donné une mauvaise adresse',
  fault_buyer: "l'acheteur a donné une mauvaise adresse ou l'a changée",
  order_label_found: "l'étiquette de la commande se trouvait dans le colis",
  express: 'la commande est partie en service express',
};

const NEXT: Record<NextStep, string> = {
  ask_buyer_to_refuse_delivery: "Demander à l'acheteur de refuser la livraison.",
  all_packages_must_be_delivered: "Tous les colis de la commande sont d'abord livrés.",
  wait_for_rto_delivered: "Attendre qu'il soit revenu.",
  wait_for_courier: 'Attendre le transporteur.',
  return_goods: 'Les articles peuvent être renvoyés une fois arrivés.',
  request_return_code: 'Demander un code de retour.',
  own_store_policy: 'Les règles de la boutique du marchand valent.',
  reship_at_merchants_cost: 'Un nouvel envoi est possible aux frais du marchand.',
};

/** The sentence with what can be done next. */
export function advised(text: string, step: NextStep | null): string {
  return step === null ? text : `${text} ${NEXT[step]}`;
}

export function saying(text: string, effect: string): Saying {
  return { text, effect };
}

export function days(count: number): string {
  return count === 1 ? '1 jour' : `${count} jours`;
}

export function shippingWords(included: boolean): string {
  return included ? 'avec les frais de port' : 'sans les frais de port';
}

function statusWords(status: PackageStatus): string {
  return STATUS[status] ?? `est au statut ${status}`;
}

/** A claim that may be made for ever says so where it says what comes of it. */
function named(type: ClaimType, { answer, window_days: own }: ClaimTerms): string {
  return own === 'lifetime' && answer !== 'deny' ? `${CLAIM[type]}, à tout moment après la livraison` : CLAIM[type];
}

function claimAnswer(terms: Terms, type: ClaimType): Saying {
  const claim = terms.claims[type];
  const name = named(type, claim);
  if (claim.answer === 'deny') {
    return saying(advised(`${name} : l'opérateur n'en répond pas.`, claim.next_step), 'refus');
  }
  if (claim.answer === 'review') return saying(`${name} : une personne examine le cas.`, 'examen');
  if (claim.answer === 'return_goods') {
    return saying(
      advised(
        `${name} : les articles reviennent d'abord et sont remboursés à leur arrivée.`,
        beside('return_goods', claim.next_step),
      ),
      "accord ; retour d'abord",
    );
  }
  const [first, ...others] = claim.remedies.map((remedy) => remedyWords(terms, claim, remedy));
  const choice = others.length === 0 ? '' : `, ou ${listed(others, 'ou')} au choix du marchand`;
  const kept = claim.keep_goods ? " L'acheteur garde les articles." : '';
  return saying(`${name} : ${first ?? ''}${choice}.${kept}`, `${first ?? ''}${choice}`);
}

function remedyWords(terms: Terms, claim: ClaimTerms, remedy: Remedy): string {
  if (remedy === 'reship') return 'nouvel envoi des articles';
  const what = {
    affected: '100 % des articles concernés',
    severity:
      "les articles concernés selon la gravité du dommage, au centime le plus proche (100 % si elle n'est pas dite)",
    package: '100 % du colis',
    charge: 'le montant indiqué sur le reçu, au plus ce qui a été payé pour le colis',
  }[claim.amount];
  const verb = remedy === 'refund' ? 'remboursement :' : 'avoir :';
  const shipping = claim.amount === 'charge' ? '' : ` ${shippingWords(terms.refund.shipping.claim)}`;
  return `${verb} ${what}${shipping}`;
}

function claimTracking(terms: Terms, type: ClaimType): Saying {
  const claim = terms.claims[type];
  const name = CLAIM[type];
  const final = terms.tracking.delivered_is_final ? 'refus' : 'examen';
  if (claim.proof === 'delivered')
    return saying(`${name} : jugé seulement une fois le colis livré.`, 'attendre la livraison');
  const delivered = `une fois le colis livré selon le suivi : ${final}`;
  if (claim.proof === 'not_delivered') return saying(`${name} : ${delivered}.`, `livré : ${final}`);
  const limit = terms.tracking.late_after_days;
  const late =
    claim.proven_when_late && limit !== null
      ? [`plus de ${days(limit)} ont passé depuis la remise au transporteur`]
      : [];
  const said = claim.proven_by.map(statusWords);
  const proofs = [...(said.length === 0 ? [] : [`le suivi dit qu'il ${listed(said, 'ou')}`]), ...late];
  const rule =
    proofs.length === 0
      ? `${usualTime(terms)}, le transporteur a le dernier mot`
      : `prouvé lorsque ${listed(proofs, 'ou')} ; d'ici là on attend`;
  const counts =
    claim.late_delivery_counts && limit !== null ? `, sauf arrivée plus de ${days(limit)} après la remise` : '';
  const otherwise = isProvable(terms, claim) ? 'sans preuve : attendre' : 'attendre';
  return saying(`${name} : ${rule} ; ${delivered}${counts}.`, `${otherwise} ; livré : ${final}${counts}`);
}

function usualTime({ tracking: { delivery_working_days: usual } }: Terms): string {
  if (usual === null || usual === undefined) return 'la livraison peut durer';
  return `la livraison prend ${usual.min} à ${usual.max} jours ouvrés et peut durer plus`;
}

function claimWindow(terms: Terms, type: ClaimType): Saying {
  const { window_days: own, review_until_days: reviewed } = terms.claims[type];
  const limit = typeof own === 'number' ? own : terms.settlement.claim_window_days;
  const after =
    reviewed === null
      ? 'plus tard : refus'
      : reviewed === 'unlimited'
        ? 'plus tard : examen par une personne'
        : `jusqu'à ${days(reviewed)} : examen par une personne, plus tard : refus`;
  return saying(
    `${CLAIM[type]} : à signaler dans les ${days(limit)} suivant la livraison ; ${after}.`,
    reviewed === null ? `refus après ${days(limit)}` : `examen après ${days(limit)}`,
  );
}

function claimEvidence(terms: Terms, type: ClaimType): Saying {
  const { evidence, evidence_any: any, exclusions } = terms.claims[type];
  const needed = [
    ...(any.length > 0
      ? [
          listed(
            any.map((e) => EVIDENCE[e]),
            'ou',
          ),
        ]
      : []),
    ...evidence.map((e) => EVIDENCE[e]),
    ...(exclusions.includes('order_label_found')
      ? ["la présence ou non de l'étiquette de la commande dans le colis"]
      : []),
  ];
  const list = listed(needed, 'et');
  return saying(
    `${CLAIM[type]} : il faut ${list}, pour une réclamation faite à temps. Ce qui est envoyé plus tard est à temps si elle l'était.`,
    `demander ${list}`,
  );
}

export function claim(terms: Terms, type: ClaimType, aspect: ClaimAspect): Saying {
  const { exclusions, review_until_days: reviewed } = terms.claims[type];
  switch (aspect) {
    case 'answer':
      return claimAnswer(terms, type);
    case 'tracking':
      return claimTracking(terms, type);
    case 'window':
      return claimWindow(terms, type);
    case 'exclusions':
      return saying(
        `${CLAIM[type]} : refus${reviewed === null ? '' : ' à tout moment'} lorsque ${listed(
          exclusions.map((e) => EXCLUSION[e]),
          'ou',
        )}.`,
        'refus',
      );
    case 'all_packages':
      return saying(
        `${CLAIM[type]} : il peut être dans un autre colis ; tous les colis de la commande sont d'abord livrés. Ceux qui sont annulés, perdus, en échec ou revenus ne retiennent rien.`,
        'attendre tous les colis',
      );
    case 'evidence':
      return claimEvidence(terms, type);
    case 'charge':
      return saying(`${CLAIM[type]} : si le montant n'est pas dit, une personne le lit sur le reçu.`, 'examen');
  }
}

export function settled(settle: ReturnSettlement): string {
  const off = [
    ...(settle.deduct_return_shipping
      ? ["leur part des frais de port (de l'affranchissement s'ils étaient offerts)"]
      : []),
    ...(settle.deduct_postage_if_free_shipping ? ["leur part de l'affranchissement si le port était offert"] : []),
  ];
  const less = off.length === 0 ? '' : `, moins ${listed(off, 'et')}`;
  return `100 % des articles ${shippingWords(settle.refund_shipping)}${less}`;
}

export function returned(terms: Terms, type: ReceiptType): Saying {
  const settle = terms.returns.settle[type];
  const payer = settle.way_back === 'operator' ? "L'opérateur" : "L'acheteur";
  const buyers = terms.returns.buyer_at_fault;
  const unless = buyers === null || same(buyers, settle) ? '' : ", sauf par la faute de l'acheteur";
  return saying(
    `Articles revenus ${RETURN[type]} : remboursement de ${settled(settle)}. ${payer} paie le retour${unless}.`,
    `rembourser ${settled(settle)}`,
  );
}

function same(a: ReturnSettlement, b: ReturnSettlement): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function returnEvidence(terms: Terms, type: ReceiptType): Saying {
  const list = listed(
    terms.returns.settle[type].evidence.map((e) => EVIDENCE[e]),
    'et',
  );
  return saying(`Articles revenus ${RETURN[type]} : il faut ${list}.`, `demander ${list}`);
}

export function undelivered(terms: Terms): string {
  return `rembourser 100 % du colis ${shippingWords(terms.refund.shipping.undelivered)}`;
}

export const refundOn: Sayings['refundOn'] = (terms, status) =>
  saying(
    `Le suivi du transporteur dit que le colis ${statusWords(status)} : ${undelivered(terms)}.`,
    undelivered(terms),
  );

export function feeWords({ returns: { administration_fee: fee } }: Terms): string {
  if (fee === null) return 'aucuns frais de dossier';
  return 'percent' in fee
    ? `des frais de dossier de ${fee.percent} % des articles`
    : `des frais de dossier de ${fee.amount} ${fee.currency} par commande en ${fee.currency}`;
}

export function rtoMarks({ tracking: { rto_inspection: marks } }: Terms): string {
  const seen = [
    ...(marks.unopened ? ['non ouvert'] : []),
    ...(marks.original_label ? ["avec son étiquette d'origine"] : []),
  ];
  return seen.length === 0 ? 'quel que soit son état' : listed(seen, 'et');
}
