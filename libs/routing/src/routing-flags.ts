/**
 * Duty: the flags that say which objects are ours and how they are read. All that resolve share them: the controller,
 * the admission webhook, `gatehouse render` and `gatehouse check`.
 */
import { err, objectKey, ok, quoteFound, type ObjectKey, type Result } from '@gatehouse/core';
import { bool, oneOf, text, type FlagValues } from '@gatehouse/flags';
import { parseLabelSelector, type LabelSelector } from './label-selector.ts';
import { defaultRoutingOptions, type RoutingOptions } from './options.ts';

/** To be spread into the table of a command. */
export const routingFlags = {
  'annotations-prefix': text({
    default: defaultRoutingOptions.annotationsPrefix,
    placeholder: 'PREFIX',
    summary: 'Prefix of the annotations that are read',
  }),
  'ingress-class': text({
    default: defaultRoutingOptions.ingressClass,
    placeholder: 'NAME',
    summary: 'Value of the annotation kubernetes.io/ingress.class that makes an Ingress ours',
  }),
  'controller-class': text({
    default: defaultRoutingOptions.controllerClass,
    placeholder: 'NAME',
    summary: 'spec.controller of the IngressClasses that are ours',
  }),
  'ingress-class-by-name': bool({
    default: false,
    summary: 'Also take the IngressClass named by --ingress-class, whatever its spec.controller',
  }),
  'watch-ingress-without-class': bool({ default: false, summary: 'Also serve Ingresses that name no class' }),
  'watch-namespace': text({
    default: '',
    placeholder: 'NAMESPACE',
    summary: 'Serve only this namespace; all when left out',
  }),
  'watch-namespace-selector': text({
    default: '',
    placeholder: 'SELECTOR',
    summary:
      'Serve only namespaces whose labels match, such as team=a,env in (test,live); one without a Namespace object never does',
  }),
  'disable-catch-all': bool({
    default: false,
    summary: 'Leave out what answers for every host: default backends of Ingresses, and rules without a host',
  }),
  'disable-svc-external-name': bool({
    default: false,
    summary: 'Send nothing to Services of type ExternalName',
  }),
  configmap: text({ default: '', placeholder: 'NAMESPACE/NAME', summary: 'ConfigMap with the settings' }),
  'policy-configmap': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary:
      'ConfigMap that says which namespaces own which hosts, and how strict admission is; without it nobody owns any',
  }),
  'tcp-services-configmap': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'ConfigMap with TCP ports to pass on: PORT to NAMESPACE/SERVICE:PORT[:PROXY][:PROXY]',
  }),
  'udp-services-configmap': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'ConfigMap with UDP ports to pass on: PORT to NAMESPACE/SERVICE:PORT',
  }),
  'default-backend-service': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'Service that answers what no rule matches; a plain 404 when left out',
  }),
  'default-ssl-certificate': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'Secret with the certificate for hosts that have none; a self-signed one when left out',
  }),
  'session-ticket-secret': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary:
      'Secret with the keys of TLS session tickets that replicas share (current, next, previous), for ssl-session-tickets; when left out, each nginx makes its own',
  }),
  compatibility: oneOf(['kubernetes', 'ingress-nginx'], {
    default: defaultRoutingOptions.compatibility,
    summary: "Whose answer to give where ingress-nginx and Kubernetes' own words differ",
  }),
};

/**
 * The options for objects that come from files: no API server has filled in or refused anything, so loopback endpoints
 * and a class without its object are taken as they are. Errors are sentences, all at once.
 */
export function routingOptionsForFiles(
  values: FlagValues<typeof routingFlags>,
): Result<RoutingOptions, readonly string[]> {
  const options = routingOptionsForCluster(values);
  return options.ok ? ok({ ...options.value, classObjectsOptional: true, allowLoopbackEndpoints: true }) : options;
}

/** The options for objects of an API server. Errors are sentences, all at once. */
export function routingOptionsForCluster(
  values: FlagValues<typeof routingFlags>,
): Result<RoutingOptions, readonly string[]> {
  const read = {
    configMap: parseKey('configmap', values.configmap),
    policyConfigMap: parseKey('policy-configmap', values.policyConfigmap),
    tcpServicesConfigMap: parseKey('tcp-services-configmap', values.tcpServicesConfigmap),
    udpServicesConfigMap: parseKey('udp-services-configmap', values.udpServicesConfigmap),
    namespaceSelector: parseSelector(values.watchNamespaceSelector, values.watchNamespace),
    defaultBackendService: parseKey('default-backend-service', values.defaultBackendService),
    defaultCertificateSecret: parseKey('default-ssl-certificate', values.defaultSslCertificate),
    sessionTicketSecret: parseKey('session-ticket-secret', values.sessionTicketSecret),
  };
  const problems = Object.values(read).flatMap((value) => (value.ok ? [] : [value.error]));
  if (problems.length > 0) return err(problems);
  const given = Object.entries(read).filter(([, value]) => value.ok && value.value !== undefined);
  return ok({
    annotationsPrefix: values.annotationsPrefix,
    ingressClass: values.ingressClass,
    controllerClass: values.controllerClass,
    classByName: values.ingressClassByName,
    classObjectsOptional: false,
    watchWithoutClass: values.watchIngressWithoutClass,
    watchNamespace: values.watchNamespace,
    ignoreCatchAll: values.disableCatchAll,
    ignoreExternalNames: values.disableSvcExternalName,
    ownPorts: [],
    compatibility: values.compatibility,
    allowLoopbackEndpoints: false,
    unreadKinds: [],
    ...Object.fromEntries(given.map(([name, value]) => [name, value.ok ? value.value : undefined])),
  });
}

function parseSelector(found: string, watchNamespace: string): Result<LabelSelector | undefined> {
  if (found.trim() === '') return ok(undefined);
  if (watchNamespace !== '') return err('--watch-namespace-selector: give either this or --watch-namespace');
  const selector = parseLabelSelector(found);
  return selector.ok ? selector : err(`--watch-namespace-selector: ${selector.error}`);
}

function parseKey(flag: string, found: string): Result<ObjectKey | undefined> {
  if (found === '') return ok(undefined);
  const match = /^([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(found);
  if (match?.[1] === undefined || match[2] === undefined) {
    return err(`--${flag}: ${quoteFound(found)} is not of the form NAMESPACE/NAME`);
  }
  return ok(objectKey(match[1], match[2]));
}
