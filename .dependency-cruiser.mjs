/** The arrows between rooms (docs/decisions/0001): what may import what. Checked by `npm run arrows`. */
const product = 'packages/chaperone/src';

export default {
  forbidden: [
    {
      name: 'libraries-know-no-product',
      comment:
        'evtx and sigma are libraries of their own: they import nothing of the product and nothing of each other.',
      severity: 'error',
      from: { path: '^packages/(evtx|sigma)/(src|testkit)/' },
      to: { path: '^(packages/chaperone|content|bench|scripts)/' },
    },
    {
      name: 'evtx-and-sigma-apart',
      comment: 'A reader of logs knows no rules, and a rule engine knows no file format.',
      severity: 'error',
      from: { path: '^packages/(evtx|sigma)/src/' },
      to: { path: '^packages/(evtx|sigma)/src/', pathNot: '^packages/$1/src/' },
    },
    {
      name: 'rooms-by-their-public-face',
      comment:
        "A room shows index.ts; others import that and nothing behind it. Types of the shared contracts are the room's index too.",
      severity: 'error',
      from: { path: `^${product}/([^/]+)/` },
      to: { path: `^${product}/([^/]+)/`, pathNot: [`^${product}/$1/`, `^${product}/[^/]+/index\\.ts$`] },
    },
    {
      name: 'telemetry-knows-no-detection',
      comment: 'One direction: bytes become events before anyone judges them.',
      severity: 'error',
      from: { path: `^${product}/telemetry/` },
      to: { path: `^${product}/(detection|registry|report|cli)/` },
    },
    {
      name: 'registry-knows-no-detection',
      comment: 'Who may is a fact that detection asks for, not the other way round.',
      severity: 'error',
      from: { path: `^${product}/registry/` },
      to: { path: `^${product}/(detection|report|cli)/` },
    },
    {
      name: 'detection-knows-no-surface',
      comment: 'The engine serves the command line, the service and the tests alike.',
      severity: 'error',
      from: { path: `^${product}/detection/` },
      to: { path: `^${product}/(report|cli)/` },
    },
    {
      name: 'nothing-imports-the-cli',
      comment: 'The command line is thin and last.',
      severity: 'error',
      from: { path: `^${product}/(?!cli/)` },
      to: { path: `^${product}/cli/` },
    },
    {
      name: 'storage-knows-no-business',
      comment: 'The stores keep what they are given; what it means is for the rooms above.',
      severity: 'error',
      from: { path: `^${product}/storage/` },
      to: { path: `^${product}/(?!storage/)` },
    },
    {
      name: 'listeners-know-no-store',
      comment: 'A listener hands records to the intake that it is given; who stores them is not its business.',
      severity: 'error',
      from: { path: `^${product}/telemetry/` },
      to: { path: `^${product}/(storage|identity|sources|service|api)/` },
    },
    {
      name: 'identity-knows-stores-alone',
      comment: 'Who may is decided without knowing what is asked for.',
      severity: 'error',
      from: { path: `^${product}/identity/` },
      to: { path: `^${product}/(?!identity/|storage/)` },
    },
    {
      name: 'rooms-below-the-routes',
      comment: 'Routes and the service call rooms, never the other way round.',
      severity: 'error',
      from: { path: `^${product}/(?!api/|service/|cli/)` },
      to: { path: `^${product}/(api|service)/` },
    },
    {
      name: 'routes-know-no-service',
      comment: 'The service puts the program together and hands the routes what they call.',
      severity: 'error',
      from: { path: `^${product}/api/` },
      to: { path: `^${product}/service/` },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle is two rooms that are really one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'Shipped code never needs a test kit.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^packages/[^/]+/(test|testkit|fuzz)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/(?!@chaperone)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
      extensions: ['.ts', '.mjs', '.js'],
    },
  },
};
