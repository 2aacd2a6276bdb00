/**
 * Duty: why nginx is made to read a configuration: the closed set of causes that reloads are counted by.
 */

/** What each means, as a part of a sentence. A reload may have several. */
export const reloadCauses = {
  start: 'the first configuration of a controller, whether nginx ran before or not',
  recovery: 'what nginx ran was not certain any more, since it had ended or a fault had come in between',
  settings: 'what all hosts share: the ConfigMap, or sizes and limits that follow from what there is',
  routes: 'hosts, their paths and policies, and which Services they lead to',
  endpoints:
    'endpoints that stand in the configuration (nginx older than 1.27.3), or more memory for those that do not',
  certificates: 'certificates that nginx reads with its configuration, or hosts that have one for the first time',
  relearning:
    'endpoints that nginx is to ask for anew, since the clock was set back or it had others than it was told; no change',
  streams: 'TCP and UDP ports; with nginx older than 1.27.3 their endpoints as well',
} as const;

export type ReloadCause = keyof typeof reloadCauses;
