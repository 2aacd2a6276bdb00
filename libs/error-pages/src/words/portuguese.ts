/**
 * Duty: the texts in Portuguese, in words that are understood on both sides of the Atlantic.
 */
import type { LanguageTexts } from './language-texts.ts';

export const portuguese: LanguageTexts = {
  tag: 'pt',
  direction: 'ltr',
  labels: {
    reference: 'Número de referência',
    tryAgain: 'Tentar novamente',
    contact: 'Precisa de ajuda?',
    links: 'Ligações úteis',
    details: 'Dados técnicos',
    host: 'Nome do host',
    uri: 'Endereço',
    servicePort: 'Porta do Service',
  },
  statuses: {
    400: ['Pedido inválido', 'O servidor não conseguiu entender este pedido.'],
    401: ['Autenticação necessária', 'É preciso iniciar sessão para ver esta página.'],
    402: ['Pagamento necessário', 'Este conteúdo só está disponível após um pagamento.'],
    403: ['Acesso negado', 'Você não tem permissão para ver esta página.'],
    404: ['Página não encontrada', 'Não há nada neste endereço. Verifique se ele está escrito corretamente.'],
    405: ['Método não permitido', 'Esta operação não é possível neste endereço.'],
    406: ['Formato não aceitável', 'Este conteúdo não existe em nenhum formato aceito pelo seu programa.'],
    408: ['Tempo do pedido esgotado', 'O pedido demorou demais para chegar. Tente novamente.'],
    409: ['Conflito', 'Outra pessoa alterou este conteúdo entretanto. Recarregue a página e tente novamente.'],
    410: ['Não existe mais', 'O que havia aqui foi removido definitivamente.'],
    411: ['Falta o comprimento', 'O pedido não informou o seu comprimento.'],
    412: [
      'Condição prévia não cumprida',
      'Este conteúdo mudou desde que você o carregou. Recarregue a página e tente novamente.',
    ],
    413: ['Conteúdo grande demais', 'O que você enviou é maior do que este site aceita.'],
    414: ['Endereço longo demais', 'O endereço é mais longo do que este site aceita.'],
    415: ['Tipo de arquivo não suportado', 'Este site não aceita arquivos deste tipo.'],
    416: ['Intervalo indisponível', 'A parte pedida não existe. Inicie o download novamente.'],
    421: [
      'Pedido mal encaminhado',
      'O pedido chegou a um servidor que não responde por este endereço. Recarregue a página.',
    ],
    422: [
      'Conteúdo não processável',
      'O que você enviou está incompleto ou é contraditório. Verifique os dados que informou.',
    ],
    423: ['Bloqueado', 'Outra pessoa está trabalhando neste conteúdo agora. Tente novamente mais tarde.'],
    425: ['Cedo demais', 'O pedido chegou antes de a conexão estar segura. Tente novamente.'],
    426: ['Protocolo mais recente necessário', 'Este site precisa de um protocolo mais recente que o do seu programa.'],
    428: [
      'Falta uma condição prévia',
      'Para que nenhuma alteração se perca, o pedido deve indicar qual versão ele altera.',
    ],
    429: ['Pedidos demais', 'Você enviou pedidos demais. Aguarde um momento antes de tentar novamente.'],
    431: [
      'Cabeçalhos grandes demais',
      'Seu navegador enviou cabeçalhos grandes demais ou em número excessivo. Apagar os cookies deste site pode ajudar.',
    ],
    451: ['Indisponível por motivos legais', 'Este conteúdo não pode ser mostrado por motivos legais.'],
    500: ['Erro interno do servidor', 'Algo deu errado neste site. A culpa não é sua.'],
    501: ['Função indisponível', 'Este site não consegue fazer o que lhe foi pedido.'],
    502: [
      'Resposta inválida',
      'O aplicativo deste endereço não deu uma resposta utilizável. Tente novamente dentro de instantes.',
    ],
    503: [
      'Serviço indisponível',
      'O aplicativo deste endereço não está disponível agora. Tente novamente dentro de instantes.',
    ],
    504: [
      'Tempo de resposta esgotado',
      'O aplicativo deste endereço demorou demais para responder. Tente novamente dentro de instantes.',
    ],
    505: ['Versão de HTTP não suportada', 'Este site não suporta a versão de HTTP usada pelo seu programa.'],
    507: ['Espaço insuficiente', 'Não há mais espaço para o que você enviou.'],
    508: ['Ciclo detectado', 'O pedido andou em círculos. A culpa não é sua.'],
    511: ['Autenticação na rede necessária', 'É preciso identificar-se nesta rede antes de poder usá-la.'],
  },
  otherClientError: ['Pedido recusado', 'O servidor não aceitou este pedido.'],
  otherServerError: ['Erro do servidor', 'Algo deu errado no caminho. Tente novamente.'],
  reasons: {
    'no-host': 'Não há nenhum site com este nome de host. Verifique se o endereço está escrito corretamente.',
    'no-path': 'Este site não tem nada neste caminho. Verifique se o endereço está escrito corretamente.',
    'no-endpoints': 'O aplicativo deste endereço não está em execução agora. Tente novamente dentro de instantes.',
    'upstream-timeout':
      'O aplicativo deste endereço demorou demais para responder. Tente novamente dentro de instantes.',
    'upstream-unreachable':
      'Não foi possível alcançar o aplicativo deste endereço. Tente novamente dentro de instantes.',
    'too-large': 'O que você enviou é maior do que este site aceita.',
    'too-many-requests': 'Vieram pedidos demais da sua rede. Aguarde um momento antes de tentar novamente.',
    denied: 'Este site não aceita pedidos da sua rede.',
  },
};
