// Says that this Node is too old for Vitest, which would end with a stack trace: `npm test` runs this first.
const lowest = [20, 13];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < lowest[0] || (major === lowest[0] && minor < lowest[1])) {
  process.stderr.write(
    `The tests need Node ${lowest.join('.')} or later; this is Node ${process.versions.node}\n`,
  );
  process.exitCode = 1;
}
