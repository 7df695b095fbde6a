import { cut, inertBlock } from '../inert.ts';
import { type Context, section } from './context.ts';
import { escaped, type Html, html } from './html.ts';

/** What to do next, from the verdict: short, in order, safe to follow at night. */
export function goingOn({ result }: Context): Html {
  const { verdict, findings, registry } = result.summary;
  const grave = verdict.state === 'compromise_likely' || verdict.state === 'suspicious';
  const names = findings.by_provider.flatMap(({ provider }) => (provider === null ? [] : [provider]));
  const provider =
    names.length === 1
      ? names[0]
      : names.length === 0
        ? 'whoever has provider access here'
        : 'each provider named above';
  const steps = grave
    ? [
        html`<li>Keep the evidence: copy the scanned logs and this folder to a place that the accounts above can’t reach, before logs are rotated.</li>`,
        html`<li>Talk by telephone, not by mail, chat or tickets on the network in question: whoever is in it may read along.</li>`,
        html`<li>Call ${cut(provider, 120)} on a number from your contract, and ask of each session above: was that you, who, for which ticket?</li>`,
        html`<li>What they can’t explain, suspend: the account, its sessions and tokens, and the link it came through. Before that, ask what clinical systems depend on it.</li>`,
        html`<li>Look for the same account, address and host in logs that are not in this scan, and scan those too.</li>`,
        html`<li>If patient data may have been reached, tell whoever answers for privacy today: legal clocks may be running.</li>`,
      ]
    : verdict.state === 'attention'
      ? [
          html`<li>Ask ${cut(provider, 120)} about each finding above: was that you, who, for which ticket?</li>`,
          html`<li>What was agreed, write into the registry as a term, so that the next scan knows it; what wasn’t, end.</li>`,
        ]
      : [
          html`<li>This answer covers the sources and days under <a href="#coverage">What was there to see</a>, and nothing else. Close the gaps listed there and under <a href="#unanswered">What could not be answered</a>.</li>`,
        ];
  const indicators = result.findings.some(({ detector }) => detector === 'indicator');
  return section('next', 'How to go on', [
    html`<ol class="steps">${steps}${
      registry === null
        ? html`<li>No registry was given, so nothing could be held against what was agreed. ${result.proposal === null ? 'Write a chaperone.yaml' : html`Complete <a href="#proposal">the proposal</a>, save it as chaperone.yaml`} and scan again with <code>--registry chaperone.yaml</code>.</li>`
        : ''
    }</ol>`,
    indicators
      ? html`<p class="note">About indicators: an address or hash that was bad once may belong to someone else today. A match alone proves nothing; look at its date and at what else happened there.</p>`
      : html``,
  ]);
}

/** The registry that the logs suggest, to be completed by hand. */
export function proposal({ result }: Context): Html {
  if (result.proposal === null) return html``;
  return section(
    'proposal',
    'A registry proposed from what was seen',
    html`<details><summary>chaperone.yaml</summary><pre tabindex="0">${escaped(inertBlock(cut(result.proposal, 200_000)))}</pre></details>`,
    'Nothing in it is a fact until you have checked it: it says what these logs suggest.',
  );
}
