import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const clockOnly = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'time comes from runtime/clock.ts',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time comes from runtime/clock.ts' },
]

export default tseslint.config(
  { ignores: ['dist/**', 'desk/web/dist/**', 'node_modules/**', 'data/**', 'coverage/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'bin/*.js', 'tests/support/*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['{schemas,runtime,channels,ingest,enrich,index,alerts,cases,send,reports,desk,app}/**/*.ts'],
    ignores: ['runtime/clock.ts', 'enrich/training/**', 'desk/web/**'],
    rules: {
      'no-restricted-syntax': ['error', ...clockOnly],
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate'],
    },
  },
  {
    files: ['{schemas,runtime,channels,ingest,enrich,index,alerts,cases,send,reports,desk,simulators}/**/*.ts'],
    ignores: ['desk/web/**', 'enrich/training/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'settings come from app/config.ts' },
      ],
    },
  },
  {
    files: ['tests/**', 'bench/**', 'app/**', 'enrich/training/**', '**/*.js', 'simulators/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['tests/**'], rules: { '@typescript-eslint/unbound-method': 'off' } },
  {
    files: ['**/*.{js,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' } },
  },
)
