// The tests of every project run alike, each with its own folder as the root (`--rootDir`, see nx.json). The sources are
// ES modules in TypeScript; swc strips the types.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/\\.nx/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'esnext',
          transform: { verbatimModuleSyntax: true },
          experimental: { keepImportAttributes: true },
        },
      },
    ],
  },
  reporters: ['default', `${import.meta.dirname}/tools/jest/count-reporter.mjs`],
};
