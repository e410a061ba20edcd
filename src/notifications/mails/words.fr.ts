import type { OrderFacts, PackageFacts, Words } from './words.ts';

const parcels = ({ packages }: OrderFacts): [string, string][] =>
  packages.map(({ courier, trackingNumber, items }, index) => [
    packages.length === 1 ? 'Colis' : `Colis ${index + 1}`,
    [items, courier, trackingNumber].filter((part) => part !== null).join(', '),
  ]);

const goods = ({ items, total }: OrderFacts): [string, string][] => [
  ...items.map(({ title, quantity, paid }): [string, string] => [`${quantity} x ${title}`, paid]),
  ['Total', total],
];

const about = ({ reference, courier, trackingNumber, items, reason }: PackageFacts): [string, string][] => [
  ['Commande', reference],
  ['Colis', items],
  ...(courier === null ? [] : [['Transporteur', courier] as [string, string]]),
  ...(trackingNumber === null ? [] : [['Numéro de suivi', trackingNumber] as [string, string]]),
  ...(reason === null ? [] : [['Motif', reason.replaceAll('_', ' ')] as [string, string]]),
];

export const french: Words = {
  orderConfirmed: (order) => ({
    subject: `La commande ${order.reference} est confirmée`,
    paragraphs: [`Votre commande ${order.reference} est payée par votre portefeuille et part à l’entrepôt.`],
    facts: [...goods(order), ...parcels(order)],
  }),
  orderWaiting: (order) => ({
    subject: `La commande ${order.reference} attend un crédit`,
    paragraphs: [
      `Le solde de votre portefeuille ne suffit pas pour la commande ${order.reference}. Les articles sont réservés ; elle sera payée d’elle-même dès que le solde suffira, et annulée si rien n’arrive à temps.`,
    ],
    facts: goods(order),
  }),
  orderShipped: (order) => ({
    subject: `La commande ${order.reference} est expédiée`,
    paragraphs: [`Tous les colis de votre commande ${order.reference} sont chez le transporteur.`],
    facts: parcels(order),
  }),
  packageDelivered: (parcel) => ({
    subject: `Commande ${parcel.reference} : un colis est livré`,
    paragraphs: ['Le transporteur indique que le colis est arrivé chez votre client.'],
    facts: about(parcel),
  }),
  deliveryAttemptFailed: (parcel) => ({
    subject: `Commande ${parcel.reference} : une livraison a échoué`,
    paragraphs: [
      'Le transporteur n’a pas pu livrer le colis. Vous pouvez lui indiquer la suite : nouvel essai, autre adresse, mise à disposition en point de retrait ou retour.',
    ],
    facts: about(parcel),
  }),
  rtoInitiated: (parcel) => ({
    subject: `Commande ${parcel.reference} : un colis revient`,
    paragraphs: ['Le transporteur renvoie le colis à l’entrepôt.'],
    facts: about(parcel),
  }),
  rtoDelivered: (parcel) => ({
    subject: `Commande ${parcel.reference} : un colis est revenu`,
    paragraphs: [
      'Le transporteur a rapporté le colis à l’entrepôt. Ce que la politique prévoit de rendre est crédité automatiquement.',
    ],
    facts: about(parcel),
  }),
  refunded: ({ amount, balance, lines }) => ({
    subject: `${amount} crédités sur votre portefeuille`,
    paragraphs: [`Un remboursement de ${amount} est sur votre portefeuille. Votre solde est de ${balance}.`],
    facts: lines,
  }),
  topUpReceived: ({ amount, reference }) => ({
    subject: `Votre versement de ${amount} est arrivé`,
    paragraphs: [
      `Le versement ${reference} est sur votre portefeuille. Les commandes en attente sont payées, les plus anciennes d’abord.`,
    ],
  }),
  lowBalance: ({ available, limit, daysLeft }) => ({
    subject: `Votre solde est bas : ${available}`,
    paragraphs: [
      `Il reste ${available} sur votre portefeuille, moins que le seuil de ${limit} que vous avez fixé.`,
      ...(daysLeft === null
        ? []
        : [`Au rythme des 30 derniers jours, il suffit pour ${daysLeft} ${daysLeft < 2 ? 'jour' : 'jours'}.`]),
    ],
  }),
  webhookDisabled: ({ url, reason }) => ({
    subject: 'Un point d’accès webhook a été désactivé',
    paragraphs: [
      reason === 'gone'
        ? `Votre point d’accès ${url} a répondu 410 Gone : plus rien ne lui est envoyé.`
        : `Rien n’a pu être remis à votre point d’accès ${url} depuis trois jours : plus rien ne lui est envoyé.`,
      'Réparez-le, réactivez-le et faites renvoyer ce qui lui manque, ou lisez-le dans le fil des événements (GET /v1/events) : aucun événement n’est perdu.',
    ],
  }),
  signature: 'Waybill. Vous recevez ce message parce que votre compte marchand indique cette adresse.',
};
