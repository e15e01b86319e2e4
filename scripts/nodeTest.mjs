const minute = 60_000;

/**
 * How long one file of tests may take, in milliseconds: several times what it takes on two cores, so that only what hangs
 * comes to it. Node 20 holds `--test-timeout` against whole files; tests that wait have ends of their own.
 */
const fileLimits = {
  unit: 5 * minute,
  parity: 10 * minute,
  torchserve: 15 * minute,
  runtimes: 20 * minute,
  ui: 10 * minute,
  cluster: 15 * minute,
};

/** The options of `node` for files of tests of a kind. @param {keyof typeof fileLimits} kind */
export function nodeTest(kind) {
  return ['--import', 'tsx', '--test', `--test-timeout=${fileLimits[kind]}`, '--test-reporter=spec'];
}
