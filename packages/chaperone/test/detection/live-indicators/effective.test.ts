import { describe, expect, it } from 'vitest';
import { effectiveConfidence, ownWarningLists, type Standing } from '../../../src/detection/indicators/live/index.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const standing: Standing = {
  confidence: 80,
  validFrom: null,
  validUntil: null,
  revoked: false,
  warningList: null,
  lastListed: NOW - 30 * DAY,
  lastSighting: null,
  halfLifeDays: 30,
};

describe('effectiveConfidence', () => {
  it.each([
    ['decays from when it was last listed', {}, true, 40, 'decayed'],
    ['keeps what was listed just now', { lastListed: NOW }, true, 80, 'stated'],
    ['is renewed by a sighting', { lastSighting: NOW - DAY }, true, 78, 'renewed_by_sighting'],
    ['loses all in the end', { lastListed: NOW - 200 * DAY }, false, 1, 'decayed_away'],
    [
      'honours the end whatever else says',
      { validUntil: NOW - 1, lastSighting: NOW, lastListed: NOW },
      false,
      0,
      'ended',
    ],
    ['doesn’t decay what has an end', { validUntil: NOW + DAY, lastListed: NOW - 900 * DAY }, true, 80, 'stated'],
    ['knows what was withdrawn', { revoked: true }, false, 0, 'revoked'],
    ['knows what is on a warning list', { warningList: 'common sites' }, false, 0, 'warning_list'],
    ['waits for the beginning', { validFrom: NOW + 1 }, false, 0, 'not_yet'],
    ['states none where nobody does', { confidence: null, halfLifeDays: null }, true, null, 'unstated'],
    ['counts what nobody states as 50 where it decays', { confidence: null }, true, 25, 'decayed'],
  ] as const)('%s', (_, change, active, confidence, rule) => {
    const effective = effectiveConfidence({ ...standing, ...change }, NOW);
    expect(effective).toMatchObject({ active, confidence, rule });
    expect(effective.words).toMatch(/^[A-Z].*\.$/);
  });

  it('says it in words', () => {
    expect(effectiveConfidence(standing, NOW).words).toBe(
      "Its confidence is 40 (from 80 of 100): last listed on 2026-05-02, and its feed's half-life is 30 days.",
    );
  });
});

describe('ownWarningLists', () => {
  it.each([
    ['domain', 'microsoft.com', 'Microsoft'],
    ['domain', 'login.microsoft.com', 'Microsoft'],
    ['domain', 'evil.azurewebsites.net', undefined],
    ['domain', 'azurewebsites.net', 'Microsoft'],
    ['domain', 'notmicrosoft.com', undefined],
    ['domain', 'raw.githubusercontent.com', 'common sites'],
    ['url', 'raw.githubusercontent.com/a/b', undefined],
    ['url', 'www.google.com/', 'Google and Apple'],
    ['ip', '8.8.8.8', 'public name servers'],
    ['ip', '8[.]8[.]8[.]8', 'public name servers'],
    ['ip', '10.1.2.3', 'private and reserved addresses'],
    ['ip', '2001:4860:4860::8888', 'public name servers'],
    ['ip', '45.33.32.156', undefined],
    ['cidr', '8.8.8.0/24', 'public name servers'],
    ['cidr', '10.2.0.0/16', 'private and reserved addresses'],
    ['cidr', '45.33.32.0/24', undefined],
    ['md5', 'd41d8cd98f00b204e9800998ecf8427e', 'hashes of empty files'],
    ['file-name', 'svchost.exe', 'files of every Windows'],
  ] as const)('%s %s: %s', (type, written, list) => {
    expect(ownWarningLists().find(type, written, written)).toBe(list);
  });
});
