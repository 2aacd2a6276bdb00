/**
 * Duty: the texts in French. No-break spaces stand before `?` and `!`, as French wants them.
 */
import type { LanguageTexts } from './language-texts.ts';

export const french: LanguageTexts = {
  tag: 'fr',
  direction: 'ltr',
  labels: {
    reference: 'Numéro de référence',
    tryAgain: 'Réessayer',
    contact: 'Besoin d’aide\u00a0?',
    links: 'Liens utiles',
    details: 'Informations techniques',
    host: 'Nom d’hôte',
    uri: 'Adresse',
    servicePort: 'Port du Service',
  },
  statuses: {
    400: ['Requête incorrecte', 'Le serveur n’a pas pu comprendre cette requête.'],
    401: ['Connexion requise', 'Vous devez vous connecter pour voir cette page.'],
    402: ['Paiement requis', 'Ce contenu n’est disponible qu’après paiement.'],
    403: ['Accès refusé', 'Vous n’êtes pas autorisé à voir cette page.'],
    404: ['Page introuvable', 'Il n’y a rien à cette adresse. Vérifiez qu’elle ne contient pas de faute de frappe.'],
    405: ['Méthode non autorisée', 'Cette opération n’est pas possible à cette adresse.'],
    406: ['Format non acceptable', 'Ce contenu n’existe dans aucun format accepté par votre programme.'],
    408: ['Délai de la requête dépassé', 'La requête a mis trop de temps à arriver. Veuillez réessayer.'],
    409: ['Conflit', 'Quelqu’un d’autre a modifié ce contenu entre-temps. Rechargez la page et réessayez.'],
    410: ['Contenu supprimé', 'Ce qui se trouvait ici a été supprimé définitivement.'],
    411: ['Longueur requise', 'La requête n’a pas indiqué sa longueur.'],
    412: [
      'Condition préalable non remplie',
      'Ce contenu a changé depuis que vous l’avez chargé. Rechargez la page et réessayez.',
    ],
    413: ['Contenu trop volumineux', 'Ce que vous avez envoyé dépasse la taille acceptée par ce site.'],
    414: ['Adresse trop longue', 'L’adresse dépasse la longueur acceptée par ce site.'],
    415: ['Type de fichier non pris en charge', 'Ce site n’accepte pas les fichiers de ce type.'],
    416: ['Plage non disponible', 'La partie demandée n’existe pas. Veuillez relancer le téléchargement.'],
    421: [
      'Requête mal dirigée',
      'La requête a atteint un serveur qui ne répond pas pour cette adresse. Rechargez la page.',
    ],
    422: [
      'Contenu impossible à traiter',
      'Ce que vous avez envoyé est incomplet ou incohérent. Veuillez vérifier votre saisie.',
    ],
    423: ['Verrouillé', 'Quelqu’un d’autre travaille sur ce contenu en ce moment. Veuillez réessayer plus tard.'],
    425: ['Trop tôt', 'La requête est arrivée avant que la connexion ne soit sécurisée. Veuillez réessayer.'],
    426: ['Protocole plus récent requis', 'Ce site a besoin d’un protocole plus récent que celui de votre programme.'],
    428: [
      'Condition préalable requise',
      'Pour qu’aucune modification ne soit perdue, la requête doit indiquer quelle version elle modifie.',
    ],
    429: ['Trop de requêtes', 'Vous avez envoyé trop de requêtes. Veuillez patienter un instant avant de réessayer.'],
    431: [
      'En-têtes de la requête trop volumineux',
      'Votre navigateur a envoyé des en-têtes trop nombreux ou trop volumineux. Supprimer les cookies de ce site peut aider.',
    ],
    451: ['Indisponible pour des raisons légales', 'Ce contenu ne peut pas être affiché pour des raisons légales.'],
    500: ['Erreur interne du serveur', 'Un problème est survenu sur ce site. Vous n’y êtes pour rien.'],
    501: ['Fonction non disponible', 'Ce site ne sait pas faire ce qui lui a été demandé.'],
    502: [
      'Réponse incorrecte',
      'L’application derrière cette adresse n’a pas donné de réponse exploitable. Veuillez réessayer dans un instant.',
    ],
    503: [
      'Service indisponible',
      'L’application derrière cette adresse est indisponible pour le moment. Veuillez réessayer dans un instant.',
    ],
    504: [
      'Délai de réponse dépassé',
      'L’application derrière cette adresse a mis trop de temps à répondre. Veuillez réessayer dans un instant.',
    ],
    505: [
      'Version de HTTP non prise en charge',
      'Ce site ne prend pas en charge la version de HTTP utilisée par votre programme.',
    ],
    507: ['Espace insuffisant', 'Il n’y a plus de place pour ce que vous avez envoyé.'],
    508: ['Boucle détectée', 'La requête a tourné en rond. Vous n’y êtes pour rien.'],
    511: ['Connexion au réseau requise', 'Vous devez vous identifier sur ce réseau avant de pouvoir l’utiliser.'],
  },
  otherClientError: ['Requête refusée', 'Le serveur n’a pas accepté cette requête.'],
  otherServerError: ['Erreur du serveur', 'Un problème est survenu en chemin. Veuillez réessayer.'],
  reasons: {
    'no-host': 'Il n’y a pas de site sous ce nom d’hôte. Vérifiez que l’adresse ne contient pas de faute de frappe.',
    'no-path': 'Ce site n’a rien à ce chemin. Vérifiez que l’adresse ne contient pas de faute de frappe.',
    'no-endpoints':
      'L’application derrière cette adresse est arrêtée pour le moment. Veuillez réessayer dans un instant.',
    'upstream-timeout':
      'L’application derrière cette adresse a mis trop de temps à répondre. Veuillez réessayer dans un instant.',
    'upstream-unreachable': 'L’application derrière cette adresse est injoignable. Veuillez réessayer dans un instant.',
    'too-large': 'Ce que vous avez envoyé dépasse la taille acceptée par ce site.',
    'too-many-requests':
      'Trop de requêtes sont venues de votre réseau. Veuillez patienter un instant avant de réessayer.',
    denied: 'Ce site n’accepte pas les requêtes venant de votre réseau.',
  },
};
