import { describe, expect, it } from '@jest/globals';
import { parseFlags } from '@gatehouse/flags';
import { controllerCommand } from './flags.ts';
import { klogFlags, predecessorFlags, type PredecessorFlag } from './predecessor-flags.ts';

/** Every flag of the controller of ingress-nginx v1.15.1, as `--help` prints them. */
const THEIR_OWN = `
  annotations-prefix apiserver-host bucket-factor certificate-authority configmap controller-class deep-inspect
  default-backend-service default-server-port default-ssl-certificate disable-catch-all disable-full-test
  disable-leader-election disable-svc-external-name disable-sync-events dynamic-configuration-retries election-id
  election-ttl enable-annotation-validation enable-metrics enable-ssl-chain-completion enable-ssl-passthrough
  enable-topology-aware-routing exclude-socket-metrics health-check-path health-check-timeout healthz-host healthz-port
  http-port https-port ingress-class ingress-class-by-name internal-logger-address kubeconfig length-buckets max-buckets
  maxmind-edition-ids maxmind-license-key maxmind-mirror maxmind-retries-count maxmind-retries-timeout metrics-per-host
  metrics-per-undefined-host monitor-max-batch-size post-shutdown-grace-period profiler-address profiler-port profiling
  publish-service publish-status-address report-node-internal-ip-address report-status-classes shutdown-grace-period
  size-buckets ssl-passthrough-proxy-port status-port status-update-interval stream-port sync-period sync-rate-limit
  tcp-services-configmap time-buckets udp-services-configmap update-status update-status-on-shutdown validating-webhook
  validating-webhook-certificate validating-webhook-key version watch-ingress-without-class watch-namespace
  watch-namespace-selector`;
const FROM_KLOG = `
  add_dir_header alsologtostderr log_backtrace_at log_dir log_file log_file_max_size logtostderr one_output skip_headers
  skip_log_headers stderrthreshold v vmodule`;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const all = Object.entries<PredecessorFlag>({ ...predecessorFlags, ...klogFlags });
const answered = (answer: PredecessorFlag['answer']) => all.filter(([, flag]) => flag.answer === answer);
const isSwitch = (flag: PredecessorFlag): boolean => flag.default === 'true' || flag.default === 'false';

function parse(...argv: readonly string[]) {
  const result = parseFlags(controllerCommand, { argv, env: {} });
  if (!result.ok) return { warnings: [], errors: result.error };
  return { warnings: result.value.kind === 'run' ? result.value.warnings : [], errors: [] };
}

describe('the table of the flags of ingress-nginx', () => {
  it('has all 72 of its own, and no other', () => {
    expect(words(THEIR_OWN)).toHaveLength(72);
    expect(Object.keys(predecessorFlags).sort()).toEqual([...words(THEIR_OWN)].sort());
  });

  it('has all that come from its logging library', () => {
    expect(Object.keys(klogFlags).sort()).toEqual([...words(FROM_KLOG)].sort());
  });

  it.each(answered('same'))('%s: we have it with its default', (name, flag) => {
    const ours = Object.entries(controllerCommand.flags).find(([own]) => own === name)?.[1];
    expect(ours?.defaultText).toBe(flag.default);
    expect(ours?.arity === 'switch').toBe(isSwitch(flag));
  });

  it.each([...answered('warns'), ...answered('refused')])('%s: says why, in a sentence without its end', (_, flag) => {
    expect(flag.because).toMatch(/^[a-zA-Z`/][^\n]{10,}[^.\n]$/);
  });

  it.each([...answered('warns'), ...answered('refused')])('%s: is silent at what is so anyhow', (name, flag) => {
    const [harmless = ''] = flag.harmless ?? [flag.default];
    expect(parse(`--${name}=${harmless}`)).toEqual({ warnings: [], errors: [] });
  });
});

describe('flags of ingress-nginx as they are found in the wild', () => {
  it.each([
    ['--enable-metrics', '--enable-metrics: has no effect: '],
    ['--enable-metrics=T', '--enable-metrics: has no effect: '],
    ['--profiling=true', '--profiling: has no effect: '],
    ['--sync-rate-limit=1.5', '--sync-rate-limit: has no effect: '],
    ['--maxmind-edition-ids=GeoLite2-City', '--maxmind-edition-ids: has no effect: there is no GeoIP'],
    ['--validating-webhook-key=/usr/local/certificates/key', '--validating-webhook-key: has no effect: '],
    ['--logtostderr=false', '--logtostderr: has no effect: '],
    ['-vmodule=a=2', '--vmodule: has no effect: '],
  ])('%s starts with a warning', (argument, beginning) => {
    const { warnings, errors } = parse(argument);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${beginning}`))]);
  });

  it.each([
    ['--enable-ssl-passthrough', 'TLS passthrough does not exist here'],
    ['--enable-ssl-passthrough=true', 'TLS passthrough does not exist here'],
    ['--enable-annotation-validation=false', 'values of annotations are always checked'],
    ['--deep-inspect=0', 'hosts, paths and names are always checked'],
    ['--validating-webhook=:8443', 'the webhook is a workload of its own'],
    ['--deep-inspect=maybe', '"maybe" is neither true nor false'],
  ])('%s does not start', (argument, reason) => {
    expect(parse(argument).errors).toEqual([expect.stringContaining(reason)]);
  });

  it('are all taken at once, and each is answered for itself', () => {
    const { warnings, errors } = parse('--profiling=false', '--enable-metrics=false', '-v', '2', '--stream-port', '1');
    expect(errors).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('keep a key that was given to themselves', () => {
    expect(parse('--maxmind-license-key=s3cret').warnings.join()).not.toContain('s3cret');
  });
});
