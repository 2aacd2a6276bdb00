/**
 * Duty: the texts in Spanish.
 */
import type { LanguageTexts } from './language-texts.ts';

export const spanish: LanguageTexts = {
  tag: 'es',
  direction: 'ltr',
  labels: {
    reference: 'Número de referencia',
    tryAgain: 'Volver a intentarlo',
    contact: '¿Necesita ayuda?',
    links: 'Enlaces de interés',
    details: 'Datos técnicos',
    host: 'Nombre de host',
    uri: 'Dirección',
    servicePort: 'Puerto del Service',
  },
  statuses: {
    400: ['Solicitud incorrecta', 'El servidor no pudo entender esta solicitud.'],
    401: ['Hay que iniciar sesión', 'Tiene que iniciar sesión para ver esta página.'],
    402: ['Pago necesario', 'Este contenido solo está disponible después de un pago.'],
    403: ['Acceso denegado', 'No tiene permiso para ver esta página.'],
    404: ['Página no encontrada', 'No hay nada en esta dirección. Compruebe que esté bien escrita.'],
    405: ['Método no permitido', 'Esta operación no es posible en esta dirección.'],
    406: ['Formato no aceptable', 'Este contenido no existe en ningún formato que su programa acepte.'],
    408: ['Tiempo de la solicitud agotado', 'La solicitud tardó demasiado en llegar. Vuelva a intentarlo.'],
    409: [
      'Conflicto',
      'Otra persona ha cambiado este contenido entretanto. Vuelva a cargar la página e inténtelo de nuevo.',
    ],
    410: ['Ya no existe', 'Lo que había aquí se ha retirado definitivamente.'],
    411: ['Falta la longitud', 'La solicitud no indicó su longitud.'],
    412: [
      'Condición previa no cumplida',
      'Este contenido ha cambiado desde que lo cargó. Vuelva a cargar la página e inténtelo de nuevo.',
    ],
    413: ['Contenido demasiado grande', 'Lo que ha enviado supera el tamaño que este sitio acepta.'],
    414: ['Dirección demasiado larga', 'La dirección supera la longitud que este sitio acepta.'],
    415: ['Tipo de archivo no admitido', 'Este sitio no acepta archivos de este tipo.'],
    416: ['Intervalo no disponible', 'La parte solicitada no existe. Vuelva a iniciar la descarga.'],
    421: [
      'Solicitud mal dirigida',
      'La solicitud llegó a un servidor que no responde por esta dirección. Vuelva a cargar la página.',
    ],
    422: [
      'Contenido no procesable',
      'Lo que ha enviado está incompleto o se contradice. Compruebe los datos introducidos.',
    ],
    423: ['Bloqueado', 'Otra persona está trabajando en este contenido. Vuelva a intentarlo más tarde.'],
    425: ['Demasiado pronto', 'La solicitud llegó antes de que la conexión fuera segura. Vuelva a intentarlo.'],
    426: ['Se necesita otro protocolo', 'Este sitio necesita un protocolo más reciente que el de su programa.'],
    428: [
      'Falta una condición previa',
      'Para que no se pierda ningún cambio, la solicitud debe indicar qué versión modifica.',
    ],
    429: [
      'Demasiadas solicitudes',
      'Ha enviado demasiadas solicitudes. Espere un momento antes de volver a intentarlo.',
    ],
    431: [
      'Encabezados demasiado grandes',
      'Su navegador envió encabezados demasiado grandes o demasiados. Borrar las cookies de este sitio puede ayudar.',
    ],
    451: ['No disponible por motivos legales', 'Este contenido no se puede mostrar por motivos legales.'],
    500: ['Error interno del servidor', 'Algo ha fallado en este sitio. No es culpa suya.'],
    501: ['Función no disponible', 'Este sitio no puede hacer lo que se le ha pedido.'],
    502: [
      'Respuesta incorrecta',
      'La aplicación de esta dirección no dio una respuesta válida. Vuelva a intentarlo dentro de un momento.',
    ],
    503: [
      'Servicio no disponible',
      'La aplicación de esta dirección no está disponible ahora. Vuelva a intentarlo dentro de un momento.',
    ],
    504: [
      'Tiempo de respuesta agotado',
      'La aplicación de esta dirección tardó demasiado en responder. Vuelva a intentarlo dentro de un momento.',
    ],
    505: ['Versión de HTTP no admitida', 'Este sitio no admite la versión de HTTP que usa su programa.'],
    507: ['Espacio insuficiente', 'No queda espacio para lo que ha enviado.'],
    508: ['Bucle detectado', 'La solicitud dio vueltas en círculo. No es culpa suya.'],
    511: ['Hay que identificarse en la red', 'Tiene que identificarse en esta red antes de poder usarla.'],
  },
  otherClientError: ['Solicitud rechazada', 'El servidor no ha aceptado esta solicitud.'],
  otherServerError: ['Error del servidor', 'Algo ha fallado por el camino. Vuelva a intentarlo.'],
  reasons: {
    'no-host': 'No hay ningún sitio con este nombre de host. Compruebe que la dirección esté bien escrita.',
    'no-path': 'Este sitio no tiene nada en esta ruta. Compruebe que la dirección esté bien escrita.',
    'no-endpoints':
      'La aplicación de esta dirección no está en marcha ahora. Vuelva a intentarlo dentro de un momento.',
    'upstream-timeout':
      'La aplicación de esta dirección tardó demasiado en responder. Vuelva a intentarlo dentro de un momento.',
    'upstream-unreachable':
      'No se puede llegar a la aplicación de esta dirección. Vuelva a intentarlo dentro de un momento.',
    'too-large': 'Lo que ha enviado supera el tamaño que este sitio acepta.',
    'too-many-requests':
      'Llegaron demasiadas solicitudes desde su red. Espere un momento antes de volver a intentarlo.',
    denied: 'Este sitio no acepta solicitudes desde su red.',
  },
};
