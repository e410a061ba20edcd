import { CLAIM_TYPES } from '../deciding/facts.policy.ts';
import { provenByDays } from '../deciding/terms.policy.ts';
import { CLAIM, saying } from './fr-cases.policy.ts';
import { listed, type Counting } from './sayings.policy.ts';

/** How we count, in French: what a reader needs to come to the same answer and the same cent. */
export const COUNTING: Counting = {
  'counting/days': () =>
    saying(
      "Un jour compte 24 heures à partir de l'instant de la remise, de la livraison ou de la demande ; un délai en jours est passé dès qu'un temps plus long l'est. Les jours ouvrés excluent samedis, dimanches et jours fériés.",
      "compter les jours à partir de l'instant",
    ),
  'counting/tests': () =>
    saying(
      "L'examen suit cet ordre, et le premier point manqué décide : le suivi du transporteur, le délai, les exclusions, la présence de tous les colis, les justificatifs ; puis le remède, puis le montant. Une exclusion passe avant un délai après lequel une personne examine le cas.",
      'le premier point manqué décide',
    ),
  'counting/shares': () =>
    saying(
      'Le montant payé pour une ligne est partagé également entre ses unités. Les centimes restants vont aux plus grands restes, à égalité à la première ligne, puis à la première unité. Les colis prennent les unités dans leur ordre, les articles concernés sont les premières unités de leur colis ; ainsi la somme des parts est ce qui a été payé.',
      'partager au centime près',
    ),
  'counting/shipping': () =>
    saying(
      'Les frais de port sont partagés entre les lignes selon ce qui a été payé pour elles (selon leur quantité si toutes étaient offertes), puis également entre leurs unités.',
      'partager selon le prix des lignes',
    ),
  'counting/rounding': () =>
    saying(
      'Un pourcentage et une gravité sont arrondis au centime le plus proche (le demi-centime vers le haut), chaque article nommé pour soi, articles et frais de port ensemble.',
      'arrondir au plus proche',
    ),
  'counting/deductions': () =>
    saying(
      "Lorsqu'une partie d'une commande revient, elle porte sa part d'une retenue, partagée comme les frais de port.",
      'une partie porte sa part',
    ),
  'counting/zero': () =>
    saying(
      "Un remboursement n'est jamais négatif : une retenue plus grande que les articles est indiquée entière, et le remboursement est de 0.",
      'rembourser 0 au moins',
    ),
  'counting/way_back': (t) => {
    const claims = CLAIM_TYPES.filter((type) => provenByDays(t, type)).map((type) => CLAIM[type].toLowerCase());
    const but =
      claims.length === 0 ? '' : ` ; mais une réclamation (${listed(claims, 'ou')}) se décide selon les jours`;
    return saying(
      `Un colis sur le chemin du retour attend de lui-même, au-delà de tout délai en jours${but}.`,
      'attendre son retour',
    );
  },
  'counting/other_packages': () =>
    saying(
      "Chaque colis d'une commande est décidé pour lui-même. Un colis annulé, perdu, en échec ou revenu ne retient rien.",
      'décider chaque colis pour lui-même',
    ),
  'operator/person': () =>
    saying(
      'Une personne peut décider lorsque la politique le lui laisse, et à la place de la politique : jamais plus que ce qui a été payé pour le colis, moins ce qui a déjà été crédité, et avec une note qui dit pourquoi.',
      "la décision d'une personne",
    ),
};
