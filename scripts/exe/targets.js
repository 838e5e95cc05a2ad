/** The version of Bun that builds the executables and is part of them. */
export const bunVersion = '1.4.5';

/** The package with Bun's licence notice, as a page of its manual. */
export const bunNotice = {
  package: 'bun-types',
  file: 'docs/project/license.mdx',
  integrity:
    'sha512-ECHn+9dhL3wv0G6u0+7dQvrnaimXiRDxxerYBmhTaLyJEEuvTPWk2Fye3XIf5Y++JIIiHKfQw4Z7V5D8KuiXbg==',
};

/**
 * Every executable: its file name, its machine, and the npm package with Bun for that machine, with the integrity
 * that the registry states. A new version of Bun means new integrities: npm view @oven/bun-linux-x64@VERSION
 * dist.integrity, and for bun-types too
 */
export const targets = [
  {
    file: 'tsnetstat-linux-x64',
    bun: 'bun-linux-x64',
    package: '@oven/bun-linux-x64',
    integrity:
      'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  },
  {
    file: 'tsnetstat-linux-arm64',
    bun: 'bun-linux-arm64',
    package: '@oven/bun-linux-aarch64',
    integrity:
      'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
  {
    file: 'tsnetstat-linux-x64-musl',
    bun: 'bun-linux-x64-musl',
    package: '@oven/bun-linux-x64-musl',
    integrity:
      'sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==',
  },
  {
    file: 'tsnetstat-linux-arm64-musl',
    bun: 'bun-linux-arm64-musl',
    package: '@oven/bun-linux-aarch64-musl',
    integrity:
      'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  },
  {
    file: 'tsnetstat-darwin-x64',
    bun: 'bun-darwin-x64',
    package: '@oven/bun-darwin-x64',
    integrity:
      'sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==',
  },
  {
    file: 'tsnetstat-darwin-arm64',
    bun: 'bun-darwin-arm64',
    package: '@oven/bun-darwin-aarch64',
    integrity:
      'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  },
  {
    file: 'tsnetstat-windows-x64.exe',
    bun: 'bun-windows-x64',
    package: '@oven/bun-windows-x64',
    integrity:
      'sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==',
  },
  {
    file: 'tsnetstat-windows-arm64.exe',
    bun: 'bun-windows-arm64',
    package: '@oven/bun-windows-aarch64',
    integrity:
      'sha512-MiPFZnBNDnBXgr1oONc5pizC4fOLjnIOfNkYdFEnWzLmoFTg86naZIG3SvS7d/GglpQSAnCKMAzSjI/TAckiRw==',
  },
];

/** The target for this machine, whose Bun does the building. */
export function hostTarget() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  const musl = process.platform === 'linux' && !header.glibcVersionRuntime;
  const name = `bun-${system}-${process.arch}${musl ? '-musl' : ''}`;
  const target = targets.find(({ bun }) => bun === name);
  if (target === undefined)
    throw new Error(`${name}: there is no Bun for this machine to build with`);
  return target;
}
