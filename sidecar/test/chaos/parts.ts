import { attackParts } from './attackParts.ts';
import { cancels } from './cancels.ts';
import { changedPassword, comeback } from './comeback.ts';
import { lostCommits } from './commits.ts';
import { cuts } from './cuts.ts';
import { damagedFiles } from './damages.ts';
import { falseLosses, longQuery } from './falseLosses.ts';
import { faults } from './faults.ts';
import type { ChaosPart } from './figure.ts';
import { frames } from './frames.ts';
import { fullDisks } from './fullDisks.ts';
import { kills } from './kills.ts';
import { connectRounds, sidecarKilled } from './leaks.ts';
import { limits } from './limits.ts';
import { losses, silences } from './losses.ts';

/** In the order in which they run; what is measured in fractions of a second comes before what makes the machine busy. */
export const parts: readonly ChaosPart[] = [
  { name: 'longQuery', run: (chaos) => longQuery(chaos), beside: true },
  { name: 'losses', run: losses },
  { name: 'silences', run: silences },
  { name: 'cancels', run: cancels },
  { name: 'falseLosses', run: falseLosses },
  { name: 'comeback', run: comeback },
  { name: 'password', run: changedPassword },
  { name: 'commits', run: lostCommits },
  { name: 'limits', run: limits },
  { name: 'sidecarKilled', run: sidecarKilled },
  { name: 'connectRounds', run: connectRounds },
  { name: 'kills', run: (chaos) => kills(chaos) },
  { name: 'fullDisks', run: (chaos) => fullDisks(chaos) },
  { name: 'damages', run: (chaos) => damagedFiles(chaos) },
  { name: 'attacks', run: attackParts },
  { name: 'frames', run: (chaos) => frames(chaos) },
  { name: 'cuts', run: (chaos) => cuts(chaos) },
  { name: 'faults', run: (chaos) => faults(chaos) },
];
