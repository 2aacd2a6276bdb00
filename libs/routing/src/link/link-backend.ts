/**
 * Duty: from a backend of one Ingress to a Backend of the model, or the Problem that says why there is none.
 */
import { objectKey, quoteFound, type ObjectRef } from '@gatehouse/core';
import type { IngressBackend } from '@gatehouse/kube-model';
import { serviceNameField, servicePortField } from '../ingress-fields.ts';
import type { Backend } from '../model.ts';
import { describePort, type ServiceLink } from './link-service-port.ts';
import { report, useService, type Linking } from './linking.ts';

/** Links the backend that stands in `field` (`spec.rules[0].http.paths[0].backend`); undefined when it is not usable. */
export function linkBackend(linking: Linking, backend: IngressBackend, field: string): Backend | undefined {
  switch (backend.kind) {
    case 'resource': {
      const message = `the backend is the resource ${quoteFound(backend.description)}, and only Services are supported`;
      report(linking, { code: 'BackendIsResource', field, message });
      return undefined;
    }
    case 'invalid':
      report(linking, { code: 'BackendInvalid', field, message: backend.reason });
      return undefined;
    case 'service':
      return linkServiceBackend(linking, backend, field);
  }
}

function linkServiceBackend(
  linking: Linking,
  { name, port }: IngressBackend & { readonly kind: 'service' },
  field: string,
): Backend | undefined {
  const { ingress, world } = linking;
  const service = useService(linking, objectKey(ingress.ref.namespace, name));
  const nameField = serviceNameField(ingress, field);
  if (service === undefined) {
    const message = `no Service ${quoteFound(name)} exists in namespace ${ingress.ref.namespace}`;
    report(linking, { code: 'ServiceMissing', field: nameField, message });
    return undefined;
  }
  const link = world.servicePort(service, port);
  if (link.kind !== 'linked') {
    const isPort = link.kind === 'port-missing';
    reportFailedLink(linking, link, {
      field: isPort ? servicePortField(ingress, field) : nameField,
      related: service.ref,
    });
    return undefined;
  }
  linking.problems.push(...link.problems);
  if (link.backend.endpoints.length === 0 && !world.options.unreadKinds.includes('EndpointSlice')) {
    const message = `the Service ${quoteFound(name)} has no ready endpoint for its port ${quoteFound(describePort(port))}`;
    report(linking, { code: 'ServiceHasNoEndpoints', field: nameField, message, related: service.ref });
  }
  return link.backend;
}

/** Reports why a port of an existing Service could not be linked. */
export function reportFailedLink(
  linking: Linking,
  link: Exclude<ServiceLink, { readonly kind: 'linked' }>,
  { field, related }: { readonly field: string; readonly related: ObjectRef },
): void {
  const code = link.kind === 'port-missing' ? 'ServicePortMissing' : link.code;
  const subject = link.kind === 'port-missing' ? 'the Service' : 'the externalName of the Service';
  report(linking, { code, field, message: `${subject} ${quoteFound(related.name)} ${link.reason}`, related });
}
