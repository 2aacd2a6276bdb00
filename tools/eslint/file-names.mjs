import { basename } from 'node:path';

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

/** Names that say nothing about what is inside, and so attract everything. */
const FORBIDDEN = ['util', 'utils', 'helper', 'helpers', 'manager', 'data', 'info', 'common', 'misc'];

const fileNames = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Files are named in kebab-case, after the one main thing inside' },
    schema: [],
    messages: {
      notKebabCase: '"{{name}}" is not kebab-case.',
      saysNothing: '"{{word}}" says nothing about what is inside: name the file after its one main thing.',
    },
  },
  create(context) {
    return {
      Program(node) {
        const name = basename(context.filename).replace(/\.[cm]?[jt]s$/, '');
        if (!KEBAB_CASE.test(name)) context.report({ node, messageId: 'notKebabCase', data: { name } });
        const word = name.split(/[-.]/).find((part) => FORBIDDEN.includes(part));
        if (word !== undefined) context.report({ node, messageId: 'saysNothing', data: { word } });
      },
    };
  },
};

export const house = { rules: { 'file-names': fileNames } };
