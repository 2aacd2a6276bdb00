/**
 * Duty: the one table of everything that can be wrong. `docs/problems.md` is generated from it.
 * A new code is added here, or in the part of the table that stands in a file of its own, and nowhere else.
 */
import { hostProblems } from './host-problems.ts';
import type { ProblemDeclaration } from './problem-declaration.ts';
import { streamProblems } from './stream-problems.ts';
import { tlsProblems } from './tls-problems.ts';

export const problemTable = {
  // The object as a whole
  ObjectMalformed: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The object does not have the shape that its kind requires; its last good form is kept, or it is left out.',
    remedy: 'Correct the named field; `kubectl explain` shows the shape.',
  },
  DuplicateObject: {
    severity: 'error',
    admission: 'silent',
    summary: 'Two documents of a manifests directory declare the same object; the first one is used.',
    remedy: 'Remove one of the two.',
  },
  ConfigRejected: {
    severity: 'error',
    admission: 'silent',
    summary: 'nginx refused the configuration that this object leads to; its last accepted form keeps serving.',
    remedy: 'Change the field that the message names, and report it: this should have been found earlier.',
  },
  IngressTooLarge: {
    severity: 'warning',
    admission: 'deny',
    summary:
      'The Ingress is larger than one object should be; it is served, but all others wait for it, unless it is larger than any that a cluster could store.',
    remedy: 'Split it into several Ingresses, which may share hosts.',
  },
  RetiredApiVersion: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The manifest uses an API version that Kubernetes no longer serves.',
    remedy: 'Write it as networking.k8s.io/v1.',
  },

  // Class
  ClassUnknown: {
    severity: 'warning',
    admission: 'warn',
    summary: 'No IngressClass of this name exists, so no controller takes the Ingress.',
    remedy: 'Create the IngressClass, or name one that exists.',
  },
  ClassConflict: {
    severity: 'warning',
    admission: 'warn',
    summary: 'spec.ingressClassName and the old class annotation name different classes; the field is used.',
    remedy: 'Remove the annotation kubernetes.io/ingress.class.',
  },

  ...hostProblems,

  // Paths
  PathInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The path can never match a request, or holds characters that a path cannot have; it is left out.',
    remedy: 'Start it with a slash and leave out `//`, `.` and `..` segments, encoded slashes and control characters.',
  },
  PathTypeInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'pathType is none of Exact, Prefix and ImplementationSpecific; the path is left out.',
    remedy: 'Use one of the three.',
  },
  PathRegexInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The path is used as a regular expression and is not one that can be served safely; it is left out.',
    remedy: 'Correct the expression as the message says.',
  },
  PathLooksLikeRegex: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The path looks like a regular expression, but its pathType makes it literal text.',
    remedy: 'Use pathType ImplementationSpecific together with the annotation use-regex.',
  },
  PathConflict: {
    severity: 'error',
    admission: 'deny',
    summary: 'An older Ingress already has this host and path; the older one keeps it.',
    remedy: 'Change the host or the path, or remove one of the two.',
  },

  // Backends
  BackendIsResource: {
    severity: 'error',
    admission: 'deny',
    summary: 'The backend is a resource; only Services are supported. The path answers 503.',
    remedy: 'Use backend.service.',
  },
  BackendInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The backend names no Service or no port; the path answers 503.',
    remedy: 'Give backend.service.name and backend.service.port.',
  },
  ServiceMissing: {
    severity: 'error',
    admission: 'warn',
    summary: 'The Service does not exist; its paths answer 503, its TCP and UDP ports are not opened.',
    remedy: 'Create the Service, or correct its name or namespace.',
  },
  ServicePortMissing: {
    severity: 'error',
    admission: 'warn',
    summary: 'The Service has no such port; the paths answer 503, TCP and UDP ports are not opened.',
    remedy: 'Use a port number or port name of the Service.',
  },
  ServiceHasNoEndpoints: {
    severity: 'warning',
    admission: 'silent',
    summary: 'No Pod of the Service is ready; its paths answer 503, its TCP and UDP ports are not opened.',
    remedy: 'Look at the Pods that the selector of the Service names.',
  },
  ExternalNameInvalid: {
    severity: 'error',
    admission: 'warn',
    summary:
      'The ExternalName is not a DNS name that may be proxied to; the paths answer 503, TCP and UDP ports are not opened.',
    remedy: 'Use a DNS name.',
  },
  ExternalNameForbidden: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The ExternalName leads to this machine, to its link or to the metadata service of a cloud; the paths answer 503, TCP and UDP ports are not opened.',
    remedy: 'Use the DNS name of a server that anybody who can reach the proxy may reach.',
  },
  ResolverMissing: {
    severity: 'error',
    admission: 'silent',
    summary:
      'The Service is an ExternalName and no DNS server is known that could resolve it; its paths answer 503, its TCP and UDP ports are not opened.',
    remedy: 'Name a DNS server in /etc/resolv.conf of the machine or Pod that nginx runs in.',
  },
  EndpointAddressRefused: {
    severity: 'warning',
    admission: 'silent',
    summary: 'An endpoint has an address that is never proxied to, such as loopback or link-local; it is left out.',
    remedy: 'Remove the address from the EndpointSlice.',
  },

  ...streamProblems,

  ...tlsProblems,

  // Annotations and settings
  AnnotationInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The value of the annotation is malformed; what it asks for is off.',
    remedy: 'Give a value as the message describes.',
  },
  AnnotationUnknown: {
    severity: 'warning',
    admission: 'warn',
    summary: 'No annotation of this name exists; it has no effect.',
    remedy: 'Correct the name; the message gives the nearest one.',
  },
  AnnotationNotSupported: {
    severity: 'warning',
    admission: 'warn',
    summary: 'ingress-nginx has this annotation, Gatehouse has not; it has no effect.',
    remedy: 'Use what the message names instead.',
  },
  CanaryNotSupported: {
    severity: 'error',
    admission: 'warn',
    summary:
      'Canaries are not supported, so the whole Ingress is left out: its Service gets no requests, and the Ingress beside it gets all.',
    remedy:
      'Run a second Deployment behind the same Service, or remove the annotation when the Ingress is meant to be served.',
  },
  CanaryWithoutPartner: {
    severity: 'warning',
    admission: 'warn',
    summary: 'A canary takes a share of the requests of another Ingress, and no other one has this host and path.',
    remedy: 'Create the Ingress whose requests are to be shared, or correct host and path of the canary.',
  },
  ProtectionNotSupported: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The annotation protects its paths in a way that is not supported; they answer 503 rather than stand open.',
    remedy: 'Remove the annotation when the paths may be open, or use what the message names.',
  },
  ProtectionInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The annotation protects its paths and its value is malformed; they answer 503 rather than stand open.',
    remedy: 'Give a value as the message describes.',
  },
  SnippetRefused: {
    severity: 'error',
    admission: 'deny',
    summary: 'Snippets of nginx configuration are not supported, because whoever writes one owns the controller.',
    remedy: 'Use the typed annotation that the message names, or see docs/annotations.md.',
  },
  AnnotationConflict: {
    severity: 'warning',
    admission: 'warn',
    summary: 'Another annotation, or an older Ingress of the same host, decides; this one has no effect.',
    remedy: 'Remove one of the two.',
  },
  AnnotationWithoutEffect: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The annotation only adds to another one that is missing or malformed; it has no effect.',
    remedy: 'Add the annotation that the message names, or remove this one.',
  },
  RewriteCaptureMissing: {
    severity: 'warning',
    admission: 'warn',
    summary: 'rewrite-target uses a capture such as $2 that the path has no group for; it stands for nothing there.',
    remedy: 'Give the path the group, with pathType ImplementationSpecific, or leave the capture out.',
  },
  AnnotationNeedsNewerNginx: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The running nginx is too old for this; it has no effect.',
    remedy: 'Run the version of nginx that the message names.',
  },
  SettingInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The value of the ConfigMap key is malformed; the default is used.',
    remedy: 'Give a value as the message describes.',
  },
  SettingProtectionInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The ConfigMap key protects all paths and its value is malformed; they answer 503 rather than stand open.',
    remedy: 'Give a value as the message describes.',
  },
  SettingUnknown: {
    severity: 'warning',
    admission: 'warn',
    summary: 'No ConfigMap key of this name exists; it has no effect.',
    remedy: 'Correct the name; the message gives the nearest one.',
  },
  SettingProtectionNotSupported: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The ConfigMap key protects all paths in a way that is not supported; they answer 503 rather than stand open.',
    remedy: 'Remove the key when the paths may be open, or use what the message names.',
  },
  SettingNotSupported: {
    severity: 'warning',
    admission: 'warn',
    summary: 'ingress-nginx has this ConfigMap key, Gatehouse has not; it has no effect.',
    remedy: 'Use what the message names instead.',
  },

  // The policy of the operator
  PolicyInvalid: {
    severity: 'error',
    admission: 'deny',
    summary:
      'A key or a line of the policy ConfigMap cannot be read; hosts that it may be about stay closed to everybody it does not name.',
    remedy:
      'Correct the line as the message says; `gatehouse policy report --policy FILE` judges it before it is applied.',
  },

  // The proxy
  EndpointsNeedReloads: {
    severity: 'warning',
    admission: 'silent',
    summary:
      'The nginx of this Pod is too old to be told endpoints while it runs; each change of them is a reload, and waits for its turn.',
    remedy: 'Take nginx 1.27.3 or later.',
  },
} as const satisfies Record<string, ProblemDeclaration>;

export type ProblemCode = keyof typeof problemTable;
