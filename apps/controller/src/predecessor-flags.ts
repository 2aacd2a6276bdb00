/**
 * Duty: every flag that the controller of ingress-nginx has of its own, with our answer to it. Only a table: what an
 * answer leads to is in `answer-flag.ts`.
 */

export interface PredecessorFlag {
  /** Theirs, as text; `true` and `false` make a switch of the flag. */
  readonly default: string;
  /**
   * `same`: we have it, with its name, meaning and default. `warns`: accepted, and without effect. `refused`: the start
   * ends, since going on without what was asked for would be unsafe.
   */
  readonly answer: 'refused' | 'same' | 'warns';
  /** With these values there is nothing to say: we behave so anyhow. The default alone, when it is left out. */
  readonly harmless?: readonly string[];
  /** What replaces it, or why it is not needed or not safe; for `same`, what to know. The end of a sentence. */
  readonly because?: string;
}

const nginxMetrics = 'the metrics of requests are not there yet; /metrics tells of the controller alone';
const nobodyDownloads = 'there is no GeoIP module, so no database is downloaded';
const noProfiler = 'there is no profiler port; start it with `node --cpu-prof` instead';
const noPassthrough = 'TLS passthrough does not exist here';
const webhookIsApart = 'the webhook is a workload of its own, with its own certificate';

export const predecessorFlags = {
  'annotations-prefix': { default: 'nginx.ingress.kubernetes.io', answer: 'same' },
  'apiserver-host': { default: '', answer: 'same' },
  'bucket-factor': { default: '0', answer: 'warns', because: nginxMetrics },
  'certificate-authority': { default: '', answer: 'same', because: 'read together with --apiserver-host' },
  configmap: { default: '', answer: 'same', because: 'it may be missing: the defaults hold until it is there' },
  'controller-class': { default: 'k8s.io/ingress-nginx', answer: 'same' },
  'deep-inspect': {
    default: 'true',
    answer: 'refused',
    because: 'hosts, paths and names are always checked; leave the flag out',
  },
  'default-backend-service': {
    default: '',
    answer: 'same',
    because: 'it need not exist at the start: a Problem tells of it, and a plain 404 answers until it is there',
  },
  'default-server-port': {
    default: '8181',
    answer: 'warns',
    because: 'no port is taken for the answer 404: nginx gives it itself',
  },
  'default-ssl-certificate': { default: '', answer: 'same' },
  'disable-catch-all': { default: 'false', answer: 'same' },
  'disable-full-test': {
    default: 'false',
    answer: 'warns',
    because: 'admission costs what the hosts of one Ingress cost, and always looks at all of them',
  },
  'disable-leader-election': { default: 'false', answer: 'same', because: 'as there, status is then never written' },
  'disable-svc-external-name': { default: 'false', answer: 'same' },
  'disable-sync-events': {
    default: 'false',
    answer: 'same',
    because: 'silences the Normal Events of Ingresses; Warnings are told all the same',
  },
  'dynamic-configuration-retries': {
    default: '15',
    answer: 'warns',
    because: 'what fails is tried again for as long as it takes',
  },
  'election-id': { default: 'ingress-controller-leader', answer: 'same' },
  'election-ttl': { default: '30s', answer: 'same' },
  'enable-annotation-validation': {
    default: 'true',
    answer: 'refused',
    because:
      'values of annotations are always checked; leave the flag out, and see docs/annotations.md for what they may be',
  },
  'enable-metrics': { default: 'false', answer: 'warns', because: nginxMetrics },
  'enable-ssl-chain-completion': {
    default: 'false',
    answer: 'warns',
    because:
      'nothing is fetched from addresses that a certificate names; put the intermediate certificates into the Secret',
  },
  'enable-ssl-passthrough': {
    default: 'false',
    answer: 'refused',
    because: `${noPassthrough}, and hosts that count on it would have their TLS ended by nginx; use a Service of its own for them`,
  },
  'enable-topology-aware-routing': {
    default: 'false',
    answer: 'warns',
    because: 'endpoints of every zone are used alike',
  },
  'exclude-socket-metrics': { default: '', answer: 'warns', because: nginxMetrics },
  'health-check-path': { default: '/healthz', answer: 'same', because: '/healthz and /readyz are there as well' },
  'health-check-timeout': { default: '10', answer: 'warns', because: 'it has no effect there either' },
  'healthz-host': { default: '', answer: 'same' },
  'healthz-port': { default: '10254', answer: 'same' },
  'http-port': { default: '80', answer: 'same' },
  'https-port': { default: '443', answer: 'same' },
  'ingress-class': { default: 'nginx', answer: 'same' },
  'ingress-class-by-name': { default: 'false', answer: 'same' },
  'internal-logger-address': {
    default: '127.0.0.1:11514',
    answer: 'warns',
    because: 'there is no image with a chroot; logs go to standard output and standard error',
  },
  kubeconfig: { default: '', answer: 'same' },
  'length-buckets': { default: '10,20,30,40,50,60,70,80,90,100', answer: 'warns', because: nginxMetrics },
  'max-buckets': { default: '100', answer: 'warns', because: nginxMetrics },
  'maxmind-edition-ids': { default: 'GeoLite2-City,GeoLite2-ASN', answer: 'warns', because: nobodyDownloads },
  'maxmind-license-key': { default: '', answer: 'warns', because: nobodyDownloads },
  'maxmind-mirror': { default: '', answer: 'warns', because: nobodyDownloads },
  'maxmind-retries-count': { default: '1', answer: 'warns', because: nobodyDownloads },
  'maxmind-retries-timeout': { default: '0s', answer: 'warns', because: nobodyDownloads },
  'metrics-per-host': { default: 'true', answer: 'warns', because: nginxMetrics },
  'metrics-per-undefined-host': { default: 'false', answer: 'warns', because: nginxMetrics },
  'monitor-max-batch-size': { default: '10000', answer: 'warns', because: nginxMetrics },
  'post-shutdown-grace-period': { default: '10', answer: 'same' },
  'profiler-address': { default: '127.0.0.1', answer: 'warns', because: noProfiler },
  'profiler-port': { default: '10245', answer: 'warns', because: noProfiler },
  profiling: { default: 'true', answer: 'warns', harmless: ['false'], because: noProfiler },
  'publish-service': {
    default: '',
    answer: 'same',
    because: 'it need not exist at the start: a warning tells of it, and status is written when it is there',
  },
  'publish-status-address': { default: '', answer: 'same' },
  'report-node-internal-ip-address': { default: 'false', answer: 'same' },
  'report-status-classes': { default: 'false', answer: 'warns', because: nginxMetrics },
  'shutdown-grace-period': { default: '0', answer: 'same' },
  'size-buckets': { default: '10,100,1000,10000,100000,1e+06,1e+07', answer: 'warns', because: nginxMetrics },
  'ssl-passthrough-proxy-port': { default: '442', answer: 'warns', because: noPassthrough },
  'status-port': {
    default: '10246',
    answer: 'same',
    because: 'it answers /healthz and /nginx_status, and nothing else',
  },
  'status-update-interval': { default: '60', answer: 'same', because: 'a change of the addresses is written at once' },
  'stream-port': { default: '10247', answer: 'warns', because: 'nginx is not configured through a port' },
  'sync-period': { default: '0s', answer: 'same' },
  'sync-rate-limit': {
    default: '0.3',
    answer: 'warns',
    because:
      'changes are gathered for 40 ms to 3 s, depending on how many there are, and applied one configuration at a time',
  },
  'tcp-services-configmap': { default: '', answer: 'same' },
  'time-buckets': { default: '0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10', answer: 'warns', because: nginxMetrics },
  'udp-services-configmap': { default: '', answer: 'same' },
  'update-status': { default: 'true', answer: 'same' },
  'update-status-on-shutdown': { default: 'true', answer: 'same' },
  'validating-webhook': {
    default: '',
    answer: 'refused',
    because: `${webhookIsApart}: deploy it, point the ValidatingWebhookConfiguration at its Service, and leave the flag out; with nobody listening here, every write of an Ingress would fail`,
  },
  'validating-webhook-certificate': { default: '', answer: 'warns', because: webhookIsApart },
  'validating-webhook-key': { default: '', answer: 'warns', because: webhookIsApart },
  version: { default: 'false', answer: 'same' },
  'watch-ingress-without-class': { default: 'false', answer: 'same' },
  'watch-namespace': { default: '', answer: 'same', because: 'it need not exist at the start' },
  'watch-namespace-selector': { default: '', answer: 'same' },
} as const satisfies Readonly<Record<string, PredecessorFlag>>;

const standardError = 'the log goes to standard error, in the form of --log-format';

/** The flags that it has from its logging library, klog. */
export const klogFlags = {
  add_dir_header: { default: 'false', answer: 'warns', because: standardError },
  alsologtostderr: { default: 'false', answer: 'warns', harmless: ['true', 'false'], because: standardError },
  log_backtrace_at: { default: '', answer: 'warns', because: 'errors are logged with their stack' },
  log_dir: { default: '', answer: 'warns', because: standardError },
  log_file: { default: '', answer: 'warns', because: standardError },
  log_file_max_size: { default: '1800', answer: 'warns', because: standardError },
  logtostderr: { default: 'true', answer: 'warns', because: standardError },
  one_output: { default: 'false', answer: 'warns', because: standardError },
  skip_headers: { default: 'false', answer: 'warns', because: standardError },
  skip_log_headers: { default: 'false', answer: 'warns', because: standardError },
  stderrthreshold: { default: '2', answer: 'warns', because: 'use --log-level' },
  v: { default: '0', answer: 'same', because: '2 and more is --log-level=debug' },
  vmodule: { default: '', answer: 'warns', because: 'use --log-level=debug' },
} as const satisfies Readonly<Record<string, PredecessorFlag>>;
