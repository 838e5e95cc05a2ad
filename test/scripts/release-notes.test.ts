import { describe, expect, test } from 'vitest';
import { script } from './script.ts';

interface Exports {
  releaseNotes(changelog: string, version: string, tag: string): string;
}

const { releaseNotes } = await script<Exports>('release-notes.js');

const changelog = `# Changelog

Introduction.

## [Unreleased]

## [1.1.0] - 2026-02-01

### Fixed

- A thing.

## [1.0.0] - 2026-01-01

- The first.
`;

describe('the notes of a release', () => {
  test.each([
    ['1.1.0', '### Fixed\n\n- A thing.\n'],
    ['1.0.0', '- The first.\n'],
  ])('are the section of the version: %s', (version, notes) => {
    expect(releaseNotes(changelog, version, `v${version}`)).toBe(notes);
  });

  test.each([
    ['another tag', '1.1.0', 'v1.0.0', /^the tag is v1.0.0, and package.json says 1.1.0/],
    ['a tag without its v', '1.1.0', '1.1.0', /^the tag is 1.1.0/],
    ['a version without a section', '2.0.0', 'v2.0.0', /no section \[2.0.0\]/],
    ['a section with nothing in it', 'Unreleased', 'vUnreleased', /no section \[Unreleased\]/],
  ])('are refused for %s', (_, version, tag, message) => {
    expect(() => releaseNotes(changelog, version, tag)).toThrow(message);
  });
});
