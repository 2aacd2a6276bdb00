import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { productionBoundaries, pureProjects, specBoundaries } from './tools/eslint/boundaries.mjs';
import { house } from './tools/eslint/file-names.mjs';
import * as purity from './tools/eslint/purity.mjs';

const SPECS = ['**/*.spec.ts', '**/*.arbitrary.ts'];
/** Code that only tests, measures or builds: it may print and read the environment. */
const WORKSHOP = ['e2e/**/*.ts', 'bench/**/*.ts', 'tools/**/*.ts', 'libs/testing/**/*.ts'];

const kubernetesClient = { name: '@kubernetes/client-node', message: 'Only libs/kube-client knows the client.' };
const environment = [
  { object: 'process', property: 'env', message: "Only an app's main.ts reads the environment: pass the value in." },
];
const moduleMocks = ['mock', 'doMock', 'unstable_mockModule'].map((property) => ({
  object: 'jest',
  property,
  message: 'Pass a fake of the port in.',
}));

const sizes = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', { max: 3 }],
};

const strict = {
  'no-console': 'error',
  'no-restricted-imports': ['error', { paths: [kubernetesClient] }],
  'no-restricted-properties': ['error', ...environment, ...moduleMocks],
  eqeqeq: 'error',
  '@typescript-eslint/consistent-type-definitions': 'off',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

/** What the loosely typed matchers of jest and the fakes of a test need. */
const relaxedForSpecs = {
  'max-lines-per-function': 'off',
  'max-params': 'off',
  '@typescript-eslint/no-empty-function': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/unbound-method': 'off',
};

export default defineConfig(
  globalIgnores(['**/node_modules/', '**/dist/', '.nx/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.mjs'],
    extends: [js.configs.recommended],
    plugins: { '@nx': nx, house },
    rules: { ...sizes, 'house/file-names': 'error', '@nx/enforce-module-boundaries': productionBoundaries },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: strict,
  },
  {
    files: pureProjects().map((folder) => `${folder}/src/**/*.ts`),
    ignores: SPECS,
    rules: {
      'no-restricted-globals': ['error', ...purity.bannedGlobals],
      'no-restricted-imports': ['error', { paths: [kubernetesClient, ...purity.bannedImports] }],
      'no-restricted-properties': ['error', ...moduleMocks, ...purity.bannedProperties],
      'no-restricted-syntax': ['error', ...purity.bannedSyntax],
    },
  },
  { files: ['libs/kube-client/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['apps/*/src/main.ts'], rules: { 'no-restricted-properties': ['error', ...moduleMocks] } },
  {
    files: [...SPECS, ...WORKSHOP],
    rules: {
      ...relaxedForSpecs,
      'no-console': 'off',
      'no-restricted-properties': ['error', ...moduleMocks],
      '@nx/enforce-module-boundaries': specBoundaries,
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  prettier,
);
