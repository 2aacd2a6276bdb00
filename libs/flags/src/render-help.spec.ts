import { describe, expect, it } from '@jest/globals';
import { bool, integer, text, texts } from './flag-kinds.ts';
import { renderHelp } from './render-help.ts';

describe('the help text', () => {
  it('shows usage, each flag with its default, and the environment', () => {
    const help = renderHelp({
      name: 'gatehouse serve',
      summary: 'Serves things',
      operands: '[FILE…]',
      flags: {
        port: integer({ default: 80, min: 1, max: 9, placeholder: 'PORT', summary: 'Where to listen' }),
        manifests: texts({ default: [], placeholder: 'DIR', summary: 'Read from here', aliases: ['f'] }),
        config: text({ default: '', summary: 'Which settings' }),
        verbose: bool({ default: false, summary: 'Say more' }),
      },
    });
    expect(help).toBe(
      [
        'Usage: gatehouse serve [flags] [FILE…]',
        '',
        'Serves things.',
        '',
        'Flags:',
        '  --port PORT',
        '      Where to listen (default 80)',
        '  -f, --manifests DIR',
        '      Read from here; may be repeated',
        '  --config TEXT',
        '      Which settings',
        '  --verbose',
        '      Say more (default false)',
        '  -h, --help',
        '      Print this text',
        '',
        'Each flag can be set in the environment too: --some-flag is GATEHOUSE_SOME_FLAG. Arguments win.',
        '',
      ].join('\n'),
    );
  });

  it('shows details between the summary and the flags', () => {
    const help = renderHelp({ name: 'gatehouse serve', summary: 'Serves', details: 'One.\nTwo.', flags: {} });
    expect(help).toContain('\nServes.\n\nOne.\nTwo.\n\nFlags:\n');
  });
});
