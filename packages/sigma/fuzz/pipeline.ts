import { loadPipeline, loadRules } from '../src/index.ts';

const RULE =
  "title: T\nid: t\nlevel: high\ntags: [attack.t1059]\nfields: [Image]\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    Image|endswith: '\\x.exe'\n    Hashes|contains: [MD5=AA, SHA256=BB]\n    User|expand: '%who%'\n    A|fieldref: B\n    N: 5\n  k: [word]\n  condition: s or not k\n";

const SEEDS = [
  'name: a\npriority: 1\nvars: {who: [x, y*]}\ntransformations:\n  - {id: m, type: field_name_mapping, mapping: {Image: [a, b], B: c}}\n  - {type: value_placeholders}\n  - {type: field_name_suffix, suffix: .x, field_name_conditions: [{type: processing_item_applied, processing_item_id: m}]}\n',
  "transformations:\n  - type: replace_string\n    regex: '(x)\\.(?P<e>exe)'\n    replacement: '\\g<e>\\1*'\n    rule_conditions: {a: {type: logsource, product: windows}, b: {type: rule_attribute, attribute: level, op: gte, value: low}}\n    rule_cond_expr: a and not (b or a)\n  - {type: wildcard_placeholders}\n  - {type: hashes_fields, valid_hash_algos: [MD5, SHA256]}\n  - {type: regex}\n",
  "transformations:\n  - type: nest\n    items:\n      - {type: add_condition, conditions: {index|startswith: '$product'}, template: true, negated: true}\n      - {type: wildcard_placeholders, exclude: [z]}\n      - {type: drop_detection_item, detection_item_conditions: [{type: match_string, cond: any, pattern: .*}]}\n      - {type: set_state, key: k, val: 1}\n      - {type: convert_type, target_type: str, rule_conditions: [{type: processing_state, key: k, val: 1}]}\n      - {type: extract_fields, regex: '(?P<a>\\w+)=(?P<b>\\w+)'}\n",
];

/** Pipelines: loading them, and running what loads over a rule. */
export default {
  name: 'sigma-pipeline',
  seeds: (): Uint8Array[] => SEEDS.map((seed) => Buffer.from(seed)),
  run(data: Uint8Array): void {
    const { pipeline, refused } = loadPipeline({ file: 'fuzz.yml', text: new TextDecoder().decode(data) });
    if (pipeline === undefined) {
      if (refused.length !== 1) throw new Error('a pipeline vanished without a reason');
      return;
    }
    const set = loadRules([{ file: 'rule.yml', text: RULE }], { pipelines: [pipeline], placeholders: { who: ['z'] } });
    if (set.rules.length + set.refused.length !== 1) throw new Error('a rule vanished without a reason');
  },
};
