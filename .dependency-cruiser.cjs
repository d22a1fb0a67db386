// The floors of the house as data: imports go down only. `npm run test:floors` checks them.
const rooms = ['sources', 'decoders', 'transforms', 'features', 'formats', 'targets', 'gpu'];
const ownPackage = (name, homes) => ({
  name: `${name.replace(/[^a-z0-9]/g, '')}-has-one-home`,
  comment: `Only ${homes} may import ${name}: one package, one home.`,
  severity: 'error',
  from: { path: '^src/', pathNot: homes },
  to: { path: `node_modules/${name}/` },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'base-knows-no-room',
      severity: 'error',
      from: { path: '^src/base/' },
      to: { path: '^src/(?!base/)' },
    },
    {
      name: 'core-knows-only-base',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(?!base/|core/)' },
    },
    ...rooms.map((room) => ({
      name: `${room}-stays-in-its-room`,
      comment: 'A room on floor 2 imports base, core and itself; only features may also import gpu.',
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: `^src/(?!base/|core/|${room}/${room === 'features' ? '|gpu/' : ''})`,
      },
    })),
    {
      name: 'workers-are-doors',
      severity: 'error',
      from: { path: '^src/workers/' },
      to: { path: '^src/(run|ui|cli)/' },
    },
    {
      name: 'worker-files-stay-apart',
      severity: 'error',
      from: { path: '^src/workers/[^/]+\\.worker\\.ts$' },
      to: { path: '^src/workers/(?!rpc|job)' },
    },
    {
      name: 'run-meets-workers-by-type',
      comment: 'run imports only workers/rpc.ts and types; a worker itself is met by its URL.',
      severity: 'error',
      from: { path: '^src/run/' },
      to: {
        path: '^src/(ui|cli)/|^src/workers/.*\\.worker\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'ui-stays-upstairs',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: {
        path: '^src/(workers|gpu|cli)/|^src/(sources|decoders|transforms|features|formats|targets)/(?!index\\.ts$)',
      },
    },
    {
      name: 'cli-knows-only-core',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(?!base/|core/|cli/)' },
    },
    ownPackage('comlink', '^src/workers/rpc\\.ts$'),
    ownPackage('idb', '^src/run/checkpoint'),
    ownPackage('exifr', '^src/decoders/exif\\.ts$'),
    ownPackage('saxes', '^src/(base/xml|decoders/xmp-properties)\\.ts$'),
    ownPackage('wasm-vips', '^src/decoders/vips'),
    ownPackage('@zip.js/zip.js', '^src/sources/'),
    ownPackage('@tensorflow', '^src/(gpu|features)/'),
    ownPackage('react', '^src/(ui/|main\\.tsx?$)'),
    ownPackage('react-dom', '^src/(ui/|main\\.tsx?$)'),
    ownPackage('playwright-core', '^src/cli/'),
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '\\.test\\.tsx?$|^e2e/' },
    },
    {
      name: 'no-unresolved',
      comment:
        'A file that is met by its URL may be named by its package’s exports, which a query hides from this tool.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?url$' }, // the bundler's addresses of files
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main'],
    },
    exclude: { path: '(^|/)dist/' },
  },
};
