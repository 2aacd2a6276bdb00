/**
 * Duty: the texts in German.
 */
import type { LanguageTexts } from './language-texts.ts';

export const german: LanguageTexts = {
  tag: 'de',
  direction: 'ltr',
  labels: {
    reference: 'Referenznummer',
    tryAgain: 'Erneut versuchen',
    contact: 'Brauchen Sie Hilfe?',
    links: 'Weiterführende Seiten',
    details: 'Technische Angaben',
    host: 'Hostname',
    uri: 'Adresse',
    servicePort: 'Service-Port',
  },
  statuses: {
    400: ['Ungültige Anfrage', 'Der Server konnte diese Anfrage nicht verstehen.'],
    401: ['Anmeldung erforderlich', 'Sie müssen sich anmelden, um dies zu sehen.'],
    402: ['Zahlung erforderlich', 'Dies ist erst nach einer Zahlung verfügbar.'],
    403: ['Zugriff verweigert', 'Sie dürfen dies nicht sehen.'],
    404: ['Nicht gefunden', 'Unter dieser Adresse gibt es nichts. Prüfen Sie sie bitte auf Tippfehler.'],
    405: ['Methode nicht erlaubt', 'Das ist unter dieser Adresse nicht möglich.'],
    406: ['Nicht annehmbar', 'Dies gibt es in keiner Form, die Ihr Programm annimmt.'],
    408: ['Zeitüberschreitung der Anfrage', 'Die Anfrage kam zu langsam an. Bitte versuchen Sie es erneut.'],
    409: [
      'Konflikt',
      'Jemand anderes hat dies inzwischen geändert. Laden Sie die Seite neu und versuchen Sie es erneut.',
    ],
    410: ['Nicht mehr vorhanden', 'Was hier war, wurde endgültig entfernt.'],
    411: ['Länge erforderlich', 'Die Anfrage hat nicht angegeben, wie lang sie ist.'],
    412: [
      'Vorbedingung nicht erfüllt',
      'Dies hat sich geändert, seit Sie es geladen haben. Laden Sie die Seite neu und versuchen Sie es erneut.',
    ],
    413: ['Inhalt zu groß', 'Was Sie gesendet haben, ist größer, als diese Website annimmt.'],
    414: ['Adresse zu lang', 'Die Adresse ist länger, als diese Website annimmt.'],
    415: ['Dateityp nicht unterstützt', 'Diese Website nimmt Dateien dieser Art nicht an.'],
    416: ['Bereich nicht verfügbar', 'Den angefragten Teil gibt es nicht. Bitte starten Sie den Download neu.'],
    421: [
      'Fehlgeleitete Anfrage',
      'Die Anfrage erreichte einen Server, der für diese Adresse nicht zuständig ist. Laden Sie die Seite neu.',
    ],
    422: [
      'Inhalt nicht verarbeitbar',
      'Was Sie gesendet haben, ist unvollständig oder widersprüchlich. Bitte prüfen Sie Ihre Eingaben.',
    ],
    423: ['Gesperrt', 'Jemand anderes bearbeitet dies gerade. Bitte versuchen Sie es später erneut.'],
    425: ['Zu früh', 'Die Anfrage kam, bevor die Verbindung gesichert war. Bitte versuchen Sie es erneut.'],
    426: ['Neueres Protokoll erforderlich', 'Diese Website braucht ein neueres Protokoll als das Ihres Programms.'],
    428: [
      'Vorbedingung erforderlich',
      'Damit keine Änderung verloren geht, muss die Anfrage angeben, welche Fassung sie ändert.',
    ],
    429: [
      'Zu viele Anfragen',
      'Sie haben zu viele Anfragen gesendet. Bitte warten Sie einen Moment, bevor Sie es erneut versuchen.',
    ],
    431: [
      'Kopfzeilen der Anfrage zu groß',
      'Ihr Browser hat zu viele oder zu große Kopfzeilen gesendet. Es kann helfen, die Cookies dieser Website zu löschen.',
    ],
    451: ['Aus rechtlichen Gründen nicht verfügbar', 'Dies darf aus rechtlichen Gründen nicht gezeigt werden.'],
    500: ['Interner Serverfehler', 'Auf dieser Website ist etwas schiefgegangen. Es liegt nicht an Ihnen.'],
    501: ['Nicht umgesetzt', 'Diese Website kann nicht, was von ihr verlangt wurde.'],
    502: [
      'Fehlerhafte Antwort',
      'Die Anwendung hinter dieser Adresse gab keine brauchbare Antwort. Bitte versuchen Sie es gleich noch einmal.',
    ],
    503: [
      'Dienst nicht verfügbar',
      'Die Anwendung hinter dieser Adresse ist gerade nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',
    ],
    504: [
      'Zeitüberschreitung der Anwendung',
      'Die Anwendung hinter dieser Adresse antwortete nicht rechtzeitig. Bitte versuchen Sie es gleich noch einmal.',
    ],
    505: ['HTTP-Version nicht unterstützt', 'Diese Website spricht die HTTP-Version Ihres Programms nicht.'],
    507: ['Zu wenig Speicherplatz', 'Für das, was Sie gesendet haben, ist kein Platz mehr.'],
    508: ['Endlosschleife erkannt', 'Die Anfrage drehte sich im Kreis. Es liegt nicht an Ihnen.'],
    511: ['Anmeldung am Netz erforderlich', 'Sie müssen sich an diesem Netz anmelden, bevor Sie es nutzen können.'],
  },
  otherClientError: ['Anfrage abgelehnt', 'Der Server hat diese Anfrage nicht angenommen.'],
  otherServerError: ['Serverfehler', 'Unterwegs ist etwas schiefgegangen. Bitte versuchen Sie es erneut.'],
  reasons: {
    'no-host': 'Unter diesem Hostnamen gibt es keine Website. Prüfen Sie die Adresse bitte auf Tippfehler.',
    'no-path': 'Diese Website hat unter diesem Pfad nichts. Prüfen Sie die Adresse bitte auf Tippfehler.',
    'no-endpoints':
      'Die Anwendung hinter dieser Adresse läuft gerade nicht. Bitte versuchen Sie es gleich noch einmal.',
    'upstream-timeout':
      'Die Anwendung hinter dieser Adresse antwortete nicht rechtzeitig. Bitte versuchen Sie es gleich noch einmal.',
    'upstream-unreachable':
      'Die Anwendung hinter dieser Adresse ist nicht zu erreichen. Bitte versuchen Sie es gleich noch einmal.',
    'too-large': 'Was Sie gesendet haben, ist größer, als diese Website annimmt.',
    'too-many-requests':
      'Aus Ihrem Netz kamen zu viele Anfragen. Bitte warten Sie einen Moment, bevor Sie es erneut versuchen.',
    denied: 'Diese Website nimmt keine Anfragen aus Ihrem Netz an.',
  },
};
