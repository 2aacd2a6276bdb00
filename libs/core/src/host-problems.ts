/**
 * Duty: the part of the table of Problems that is about hosts.
 */
import type { ProblemDeclaration } from './problem-declaration.ts';

export const hostProblems = {
  CatchAllDisabled: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The default backend or the rule without a host would answer for every host, which --disable-catch-all forbids.',
    remedy: 'Name the hosts in rules, or ask the operator of the controller.',
  },
  HostInvalid: {
    severity: 'error',
    admission: 'deny',
    summary: 'The host is not a DNS name as RFC 1123 defines it; the rule is left out.',
    remedy: 'Use lower-case labels of letters, digits and hyphens, at most 63 characters each, 253 in all.',
  },
  HostIsIpAddress: {
    severity: 'error',
    admission: 'deny',
    summary: 'The host is an IP address; Ingress rules take names only. The rule is left out.',
    remedy: 'Use a DNS name, or leave the host out to match every name.',
  },
  HostNotOwned: {
    severity: 'error',
    admission: 'deny',
    summary:
      'The host belongs to other namespaces by the policy of the operator; what the Ingress brings to it is left out.',
    remedy:
      'Use a host of your own, or ask its owners to delegate it with the annotation delegate-hosts-to; docs/host-ownership.md tells more.',
  },
  HostNotOwnedYet: {
    severity: 'warning',
    admission: 'warn',
    summary:
      'The host belongs to other namespaces by the policy of the operator, which is not enforced yet; it is served until then.',
    remedy:
      'Move to a host of your own, or ask its owners to delegate it with the annotation delegate-hosts-to, before the policy is enforced.',
  },
  HostOwnerLabelInvalid: {
    severity: 'warning',
    admission: 'silent',
    summary: 'A label of a Namespace should say which hosts it owns, and its value is no host name; it gives nothing.',
    remedy: 'Give the label a host name in lower case, such as shop.example.com.',
  },
  RuleWithoutPaths: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The rule names a host but no path, so the host is answered by the default backend alone.',
    remedy: 'Add http.paths, or remove the rule.',
  },
  WildcardTooWide: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The wildcard stands directly below a top-level domain, so it matches domains of everybody.',
    remedy: 'Put a domain of your own between the two, as in *.example.com.',
  },
  HostOverlap: {
    severity: 'warning',
    admission: 'warn',
    summary:
      'An Ingress of another namespace serves a part of the same names or paths, so each of the two gets some of the requests that the other may expect; or a newcomer sets the certificate or the default backend of a host that had none.',
    remedy: 'Agree with the owner of the named Ingress, or use a host that nobody else covers.',
  },
} as const satisfies Record<string, ProblemDeclaration>;
