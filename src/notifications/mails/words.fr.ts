import type { Words } from './words.ts';

export const french: Words = {
  letters: {
    order_confirmed: {
      subject: 'La commande {order} est confirmée',
      paragraphs: ['Votre commande {order} est payée par votre portefeuille et part à l’entrepôt.'],
    },
    order_waiting: {
      subject: 'La commande {order} attend un crédit',
      paragraphs: [
        'Le solde de votre portefeuille ne suffit pas pour la commande {order}. Les articles sont réservés ; elle sera payée d’elle-même dès que le solde suffira, et annulée si rien n’arrive à temps.',
      ],
    },
    order_shipped: {
      subject: 'La commande {order} est expédiée',
      paragraphs: ['Tous les colis de votre commande {order} sont chez le transporteur.'],
    },
    order_cancelled: {
      subject: 'La commande {order} est annulée',
      paragraphs: ['Votre commande {order} est annulée. Ce qui a été payé et vous est dû est crédité automatiquement.'],
    },
    package_delivered: {
      subject: 'Commande {order} : un colis est livré',
      paragraphs: ['Le transporteur indique que le colis est arrivé chez votre client.'],
    },
    delivery_attempt_failed: {
      subject: 'Commande {order} : une livraison a échoué',
      paragraphs: [
        'Le transporteur n’a pas pu livrer le colis. Vous pouvez lui indiquer la suite : nouvel essai, autre adresse, mise à disposition en point de retrait ou retour.',
      ],
    },
    delivery_failed: {
      subject: 'Commande {order} : un colis n’a pas été livré',
      paragraphs: [
        'Le transporteur a renoncé à livrer le colis. Ce que la politique prévoit de rendre est crédité automatiquement.',
      ],
    },
    package_late: {
      subject: 'Commande {order} : un colis est en retard',
      paragraphs: ['Le colis met plus de temps que prévu. Nous le suivons ; vous n’avez rien à faire.'],
    },
    dispatch_overdue: {
      subject: 'Commande {order} : un colis part plus tard que promis',
      paragraphs: ['Le colis est encore dans notre entrepôt. Il est maintenant en tête de la file.'],
    },
    package_lost: {
      subject: 'Commande {order} : un colis est perdu',
      paragraphs: [
        'Le colis est considéré comme perdu. Ce que la politique prévoit de rendre est crédité automatiquement.',
      ],
    },
    first_scan_missing: {
      subject: 'Commande {order} : un colis n’a pas été scanné',
      paragraphs: [
        'Le transporteur n’a pas scanné le colis depuis sa remise. Nous le recherchons ; ce que la politique prévoit de rendre pour un retard est crédité automatiquement.',
      ],
    },
    rto_overdue: {
      subject: 'Commande {order} : un colis qui revient est en retard',
      paragraphs: ['Le transporteur renvoie le colis, qui n’est pas arrivé depuis longtemps. Nous le recherchons.'],
    },
    delivered_after_refund: {
      subject: 'Commande {order} : un colis a finalement été livré',
      paragraphs: [
        'Le colis est arrivé chez votre client après le remboursement de {amount}.',
        'Le {takenBackAt}, la somme remboursée sera reprise sur votre portefeuille.',
      ],
    },
    rto_initiated: {
      subject: 'Commande {order} : un colis revient',
      paragraphs: ['Le transporteur renvoie le colis à l’entrepôt.'],
    },
    rto_delivered: {
      subject: 'Commande {order} : un colis est revenu',
      paragraphs: [
        'Le transporteur a rapporté le colis à l’entrepôt. Ce que la politique prévoit de rendre est crédité automatiquement.',
      ],
    },
    claim_opened: {
      subject: 'Commande {order} : votre réclamation est ouverte',
      paragraphs: ['Nous avons reçu votre réclamation {claim}.'],
    },
    claim_needs_evidence: {
      subject: 'Commande {order} : votre réclamation demande des preuves',
      paragraphs: ['Votre réclamation {claim} ne peut pas encore être tranchée : il manque les preuves ci-dessous.'],
    },
    claim_decided: {
      subject: 'Commande {order} : votre réclamation est tranchée',
      paragraphs: [
        'Votre réclamation {claim} est tranchée ; la décision et ses motifs s’y trouvent.',
        '{amount} sont crédités sur votre portefeuille.',
      ],
    },
    claim_closing_soon: {
      subject: 'Commande {order} : votre réclamation va être close',
      paragraphs: [
        'Il ne s’est rien passé depuis longtemps dans votre réclamation {claim}. Elle sera close le {until} si vous n’y ajoutez rien.',
      ],
    },
    claim_closed: {
      subject: 'Commande {order} : votre réclamation est close',
      paragraphs: ['Votre réclamation {claim} est close.'],
    },
    return_authorised: {
      subject: 'Commande {order} : le retour est autorisé',
      paragraphs: [
        'Les articles peuvent revenir. Inscrivez le code de retour {returnCode} sur le colis.',
        'Envoyez-le avant le {until}.',
      ],
    },
    return_denied: {
      subject: 'Commande {order} : le retour n’est pas remboursé',
      paragraphs: ['Le retour a été refusé ; la décision et ses motifs s’y trouvent.'],
    },
    return_expired: {
      subject: 'Commande {order} : le retour a expiré',
      paragraphs: ['Le colis n’est pas arrivé à temps : son code de retour n’est plus valable.'],
    },
    return_received: {
      subject: 'Commande {order} : le retour est arrivé',
      paragraphs: ['L’entrepôt a reçu les articles renvoyés par votre client.'],
    },
    refunded: {
      subject: '{amount} crédités sur votre portefeuille',
      paragraphs: ['Un remboursement de {amount} est sur votre portefeuille. Votre solde est de {balance}.'],
    },
    top_up_received: {
      subject: 'Votre versement de {amount} est arrivé',
      paragraphs: [
        'Le versement {reference} est sur votre portefeuille. Les commandes en attente sont payées, les plus anciennes d’abord.',
      ],
    },
    top_up_failed: {
      subject: 'Votre versement de {amount} a échoué',
      paragraphs: ['Le versement {reference} n’a pas abouti : rien n’a été crédité.'],
    },
    top_up_refunded: {
      subject: 'Un versement a été remboursé : {amount}',
      paragraphs: [
        '{amount} du versement {reference} sont repartis d’où ils venaient, et ont quitté votre portefeuille.',
      ],
    },
    top_up_disputed: {
      subject: 'Un versement est contesté : {amount}',
      paragraphs: ['La banque du payeur conteste le versement {reference} : {amount} sont concernés.'],
    },
    low_balance: {
      subject: 'Votre solde est bas : {balance}',
      paragraphs: ['Il reste {balance} sur votre portefeuille, moins que le seuil de {limit} que vous avez fixé.'],
    },
    payout_requested: {
      subject: 'Un virement de {amount} a été demandé',
      paragraphs: [
        'Un virement de {amount} depuis votre portefeuille a été demandé ; la somme est mise de côté jusqu’à son approbation. Si ce n’était pas vous, écrivez tout de suite à l’assistance.',
      ],
    },
    payout_paid: {
      subject: 'Votre virement de {amount} est effectué',
      paragraphs: ['{amount} sont en route vers votre compte.'],
    },
    payout_rejected: {
      subject: 'Votre virement de {amount} a été refusé',
      paragraphs: ['{amount} sont de nouveau sur votre portefeuille.'],
    },
    membership_renewed: {
      subject: 'Votre formule {plan} est renouvelée',
      paragraphs: ['{amount} ont été prélevés sur votre portefeuille pour la formule {plan}, jusqu’au {until}.'],
    },
    membership_past_due: {
      subject: 'Votre formule {plan} n’a pas pu être payée',
      paragraphs: [
        'Il manque à votre portefeuille les {amount} de la formule {plan}. Un nouvel essai suit, et dès qu’un versement arrive ; après le troisième, vous continuez avec la formule gratuite.',
        'Prochain essai : {nextTry}.',
      ],
    },
    membership_downgraded: {
      subject: 'Vous avez maintenant la formule {plan}',
      paragraphs: ['Votre formule {from} est terminée ; vous continuez avec {plan}.'],
    },
    membership_changed: {
      subject: 'Votre abonnement a changé',
      paragraphs: [
        'Vous avez la formule {plan}.',
        'À partir du {until}, ce sera {nextPlan}.',
        'À partir du {nextTry}, un mois coûtera {newPrice}.',
      ],
    },
    stock_back: {
      subject: '{sku} est de nouveau en stock',
      paragraphs: ['Vous aviez demandé {sku} : l’article peut être commandé de nouveau.'],
    },
    webhook_disabled: {
      subject: 'Un point d’accès webhook a été désactivé',
      paragraphs: [
        'Votre point d’accès {gone} a répondu 410 Gone : plus rien ne lui est envoyé.',
        'Rien n’a pu être remis à votre point d’accès {failing} depuis trois jours : plus rien ne lui est envoyé.',
        'Réparez-le, réactivez-le et faites renvoyer ce qui lui manque, ou lisez-le dans le fil des événements (GET /v1/events) : aucun événement n’est perdu.',
      ],
    },
    key_created: {
      subject: 'Une nouvelle clé d’API a été créée',
      paragraphs: [
        'Votre compte a une nouvelle clé d’API qui finit par {key}. Si personne de chez vous ne l’a créée, révoquez-la et écrivez à l’assistance.',
      ],
    },
    key_revoked: {
      subject: 'Une clé d’API a été révoquée',
      paragraphs: ['La clé d’API qui finit par {key} ne fonctionne plus.'],
    },
    account_suspended: {
      subject: 'Votre compte est suspendu',
      paragraphs: ['Vous pouvez tout lire, mais plus commander. Écrivez à l’assistance pour le faire rétablir.'],
    },
    account_reinstated: {
      subject: 'Votre compte peut de nouveau commander',
      paragraphs: ['Votre compte n’est plus suspendu.'],
    },
    account_closing: {
      subject: 'Votre compte est en cours de fermeture',
      paragraphs: [
        'Les nouvelles commandes ont pris fin. Quand toutes les commandes seront réglées et que rien ne sera ouvert, le reste sera versé et le compte fermé.',
      ],
    },
    account_closed: {
      subject: 'Votre compte est fermé',
      paragraphs: ['Votre compte est fermé. Merci d’avoir été des nôtres.'],
    },
  },
  labels: {
    order: 'Commande',
    package: 'Colis',
    courier: 'Transporteur',
    trackingNumber: 'Numéro de suivi',
    reason: 'Motif',
    claim: 'Réclamation',
    claimType: 'Objet',
    missing: 'Preuves manquantes',
    outcome: 'Issue',
    amount: 'Montant',
    balance: 'Solde',
    total: 'Total',
    plan: 'Formule',
    until: 'Jusqu’au',
    returnCode: 'Code de retour',
    daysLeft: 'Jours restants, au rythme des 30 derniers',
    key: 'Clé',
  },
  digest: { subject: 'Votre journée en bref : {count}', paragraphs: ['Ce qui s’est passé depuis le dernier résumé :'] },
  signature: 'Waybill. Vous recevez ce message parce que votre compte marchand indique cette adresse.',
};
