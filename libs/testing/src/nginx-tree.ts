/**
 * Duty: questions to a lexed nginx configuration, in the words of tests.
 */
import { lexNginx, type NginxDirective, type NginxTree } from '@gatehouse/nginx';

/** The tree of a text that must be well-formed. */
export function lexed(text: string): NginxTree {
  const tree = lexNginx(text);
  if (!tree.ok) throw new Error(tree.error);
  return tree.value;
}

/** The `server` blocks of a whole nginx.conf, in order: the catch-all, the hosts, the proof. */
export function serversIn(tree: NginxTree): readonly NginxDirective[] {
  const http = tree.find(({ name }) => name === 'http');
  return (http?.block ?? []).filter(({ name }) => name === 'server');
}

/** The arguments of each `location` of a server, joined by a blank. */
export function locationsOf(server: NginxDirective): readonly string[] {
  return (server.block ?? []).filter(({ name }) => name === 'location').map(({ args }) => args.join(' '));
}

/** The directives of the location with these arguments; throws when there is none. */
export function locationIn(server: NginxDirective, args: string): NginxTree {
  const found = server.block?.find((directive) => directive.name === 'location' && directive.args.join(' ') === args);
  if (found?.block === undefined) throw new Error(`no location ${args}, only ${locationsOf(server).join(', ')}`);
  return found.block;
}

/** The arguments of each directive of this name. */
export function argsOf(block: NginxTree | undefined, name: string): readonly (readonly string[])[] {
  return (block ?? []).filter((directive) => directive.name === name).map((directive) => directive.args);
}
