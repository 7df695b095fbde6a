import { describe, expect, it } from 'vitest';
import {
  type Condition,
  loadPipeline,
  loadRules,
  type Node,
  type Pipeline,
  type Rule,
  type RuleSet,
} from '../src/index.ts';

function pipeline(transformations: string, head = ''): Pipeline {
  const text = `${head}transformations:\n${transformations}`;
  const { pipeline: read, refused } = loadPipeline({ file: 'p.yml', text });
  if (read === undefined) throw new Error(refused.map((one) => `${one.code} ${one.line}: ${one.message}`).join('\n'));
  return read;
}

function code(text: string): string | undefined {
  return loadPipeline({ file: 'p.yml', text }).refused[0]?.code;
}

function load(detection: string, ...pipelines: Pipeline[]): RuleSet {
  const text = `title: T\nid: t\nlevel: high\nstatus: test\ntags: [attack.t1059]\nfields: [Image, User]\nlogsource: {product: windows, category: process_creation}\ndetection: ${detection}\n`;
  return loadRules([{ file: 't.yml', text }], { pipelines });
}

function run(detection: string, ...pipelines: Pipeline[]): string {
  const set = load(detection, ...pipelines);
  return set.rules.length === 1
    ? show(set.rules[0])
    : set.refused.map((one) => `${one.code}: ${one.message}`).join('\n');
}

/** A rule as one line. */
function show(rule: Rule): string {
  const condition = (one: Condition): string => {
    if (one.kind === 'selection') return node(rule.selections.get(one.name)!);
    if (one.kind === 'of')
      return one.names.map((name) => node(rule.selections.get(name)!)).join(one.quantity === 'all' ? ' & ' : ' | ');
    return one.kind === 'not'
      ? `!(${condition(one.of)})`
      : `(${one.of.map(condition).join(one.kind === 'and' ? ' & ' : ' | ')})`;
  };
  return condition(rule.condition);
}

function node(one: Node): string {
  if (one.kind === 'not') return `!${node(one.of)}`;
  if (one.kind !== 'item') return `(${one.of.map(node).join(one.kind === 'all' ? ' & ' : ' | ')})`;
  const { test } = one;
  const field = one.field ?? '<keyword>';
  if (test.kind === 'pattern') {
    return `${field}~${test.parts.map((part) => (part.kind === 'text' ? part.text : { any: '*', one: '?', dash: '-' }[part.kind])).join('')}`;
  }
  if (test.kind === 'regex') return `${field}=/${test.source}/${test.flags}`;
  if (test.kind === 'fieldref') return `${field}=[${test.field}]`;
  return `${field}=${'value' in test ? test.value : test.kind}`;
}

const S = (selection: string) => `{s: ${selection}, condition: s}`;

describe('field names', () => {
  it('are mapped, one to one, one to several, and in references', () => {
    const mapping = pipeline(
      '- {type: field_name_mapping, mapping: {Image: process.path, User: [user.name, user.id], Other: other}}',
    );
    expect(run(S('{Image|endswith: x, User: bob, Keep: 1}'), mapping)).toBe(
      '(process.path~*x & (user.name~bob | user.id~bob) & Keep=1)',
    );
    expect(run(S('{A|fieldref: Other}'), mapping)).toBe('A=[other]');
    expect(run(S('{User|neq: bob}'), mapping)).toBe('(!user.name~bob & !user.id~bob)');
    expect(load(S('{A: b}'), mapping).rules[0].fields).toEqual(['process.path', 'user.name', 'user.id']);
  });

  it('get prefixes and suffixes, and are transformed', () => {
    expect(run(S('{Image: x, User: y}'), pipeline('- {type: field_name_prefix, prefix: win.}'))).toBe(
      '(win.Image~x & win.User~y)',
    );
    expect(run(S('{Image: x}'), pipeline('- {type: field_name_suffix, suffix: .keyword}'))).toBe('Image.keyword~x');
    expect(
      run(
        S('{win.a: x, lin.a: y}'),
        pipeline('- {type: field_name_prefix_mapping, mapping: {win.: w_, lin.: [l1_, l2_]}}'),
      ),
    ).toBe('(w_a~x & (l1_a~y | l2_a~y))');
    expect(
      run(
        S('{CommandLine: x, TargetUserSID: y}'),
        pipeline('- {type: field_name_transform, transform_func: snake_case}'),
      ),
    ).toBe('(command_line~x & target_user_sid~y)');
  });

  it('keywords can be mapped to a field, and stay searches', () => {
    expect(run(S('[evil]'), pipeline("- {type: field_name_mapping, mapping: {'': message}}"))).toBe('message~*evil*');
  });

  it('of correlations are mapped too, aliases aside', () => {
    const text =
      'title: R\nid: r\nlevel: low\nlogsource: {product: x}\ndetection: {s: {User: a}, condition: s}\n---\ntitle: C\nid: c\nlevel: low\ncorrelation:\n  type: value_count\n  rules: r\n  timespan: 5m\n  group-by: [User, who]\n  aliases: {who: {r: Image}}\n  condition: {gte: 2, field: User}\n';
    const set = loadRules([{ file: 'c.yml', text }], {
      pipelines: [pipeline('- {type: field_name_mapping, mapping: {User: user.name, Image: path, who: wrong}}')],
    });
    expect(set.correlations[0]).toMatchObject({
      groupBy: ['user.name', 'who'],
      fields: ['user.name'],
      aliases: new Map([['who', new Map([['r', 'path']])]]),
    });
    const two = loadRules([{ file: 'c.yml', text }], {
      pipelines: [pipeline('- {type: field_name_mapping, mapping: {User: [a, b]}}')],
    });
    expect(two.refused.map((one) => one.code)).toEqual(['pipeline-failure']);
  });
});

describe('values', () => {
  it('are replaced, mapped, set, converted, changed in case and made expressions', () => {
    expect(
      run(S(String.raw`{A: 'C:\Windows\*'}`), pipeline("- {type: replace_string, regex: '^C:', replacement: '*:'}")),
    ).toBe(String.raw`A~*:\Windows*`);
    expect(
      run(
        S('{A: ab12}'),
        pipeline(String.raw`- {type: replace_string, regex: '([a-z]+)(?P<n>\d+)', replacement: '\g<n>-\1'}`),
      ),
    ).toBe('A~12-ab');
    expect(
      run(S("{A: 'x*x'}"), pipeline('- {type: replace_string, regex: x, replacement: "*", skip_special: true}')),
    ).toBe('A~***');
    expect(run(S('{A: [low, other]}'), pipeline('- {type: map_string, mapping: {low: [1, few]}}'))).toBe(
      '(A=1 | A~few | A~other)',
    );
    expect(run(S('{A: x}'), pipeline('- {type: set_value, value: 7}'))).toBe('A=7');
    expect(
      run(
        S("{A: '0x10', B: 5}"),
        pipeline(
          '- {type: convert_type, target_type: num, field_name_conditions: [{type: include_fields, fields: [A]}]}',
        ),
      ),
    ).toBe('(A=16 & B=5)');
    expect(run(S('{A: many}'), pipeline('- {type: convert_type, target_type: num}'))).toContain('pipeline-failure');
    expect(run(S('{A: AbC}'), pipeline('- {type: case, method: upper}'))).toBe('A~ABC');
    expect(run(S("{A: 'a*.?'}"), pipeline('- {type: regex}'))).toBe('A=/^[aA].*\\..$/s');
    expect(run(S("{A: 'a.b'}"), pipeline('- {type: regex, method: ignore_case_flag}'))).toBe('A=/^a\\.b$/is');
  });

  it('hashes get fields of their own', () => {
    const hashes = pipeline('- {type: hashes_fields, valid_hash_algos: [MD5, SHA256], field_prefix: hash.}');
    expect(run(S('{Hashes|contains: [MD5=AA, SHA256=BB]}'), hashes)).toBe('(hash.MD5~AA | hash.SHA256~BB)');
    expect(run(S('{Hashes: 987B65CD9B9F4E9A1AFD8F8B48CF64A7}'), hashes)).toBe(
      'hash.MD5~987B65CD9B9F4E9A1AFD8F8B48CF64A7',
    );
    expect(run(S('{Hashes|contains: [IMPHASH=AA]}'), hashes)).toContain('pipeline-failure');
  });

  it('fields are extracted from values', () => {
    const extract = pipeline(
      String.raw`- {type: extract_fields, regex: '(?P<type>[A-Za-z]+):(?P<value>\d+)', field_prefix: reg}`,
    );
    expect(run(S("{Details: ['Dword:7', 'Qword:00']}"), extract)).toBe(
      '((reg.type~Dword & reg.value=7) | (reg.type~Qword & reg.value~00))',
    );
  });

  it('placeholders are filled from variables or become wildcards', () => {
    const vars = pipeline(
      '- {type: value_placeholders, include: [who]}\n- {type: wildcard_placeholders}',
      'vars: {who: [bob, adm_*]}\n',
    );
    expect(run(S("{A|expand: '%who%', B|expand|contains: 'x%any%y'}"), vars)).toBe('((A~bob | A~adm_*) & B~*x*y*)');
    expect(run(S("{A|expand: '%missing%'}"), pipeline('- {type: value_placeholders}'))).toContain(
      'placeholder-unresolved',
    );
  });
});

describe('rules', () => {
  it('get conditions, other log sources, fields and attributes', () => {
    expect(
      run(
        S('{A: b}'),
        pipeline("- {type: add_condition, conditions: {index|startswith: '$product-$category'}, template: true}"),
      ),
    ).toBe('(index~windows-process_creation* & A~b)');
    expect(run(S('{A: b}'), pipeline('- {type: add_condition, conditions: {EventID: [1, 2]}, negated: true}'))).toBe(
      '(!((EventID=1 | EventID=2)) & A~b)',
    );
    const changed = load(
      S('{A: b}'),
      pipeline(
        '- {type: change_logsource, product: windows, service: sysmon}\n- {type: add_field, field: [X]}\n- {type: remove_field, field: User}\n- {type: set_custom_attribute, attribute: index, value: win}',
      ),
    ).rules[0];
    expect(changed).toMatchObject({
      logsource: { product: 'windows', service: 'sysmon' },
      fields: ['Image', 'X'],
      custom: { index: 'win' },
    });
    expect(changed.logsource.category).toBeUndefined();
  });

  it('lose items, and are refused where nothing is left', () => {
    const drop = pipeline(
      '- {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [A]}]}',
    );
    expect(run('{s: {A: 1, B: 2}, t: {A: 3}, condition: s and not t}', drop)).toBe('B=2');
    expect(run(S('{A: 1}'), drop)).toContain('pipeline-failure');
  });

  it('are refused on purpose', () => {
    expect(run(S('{A: 1}'), pipeline('- {type: rule_failure, message: not here}'))).toContain('not here');
    expect(
      run(
        S('{A: 1, B: 2}'),
        pipeline(
          '- {type: detection_item_failure, message: no B, field_name_conditions: [{type: include_fields, fields: [B]}]}',
        ),
      ),
    ).toContain('no B');
    expect(
      run(
        S('{A: 1, B: 2}'),
        pipeline('- {type: field_name_mapping, mapping: {A: a}}\n- {type: strict_field_mapping_failure}'),
      ),
    ).toContain('every field but B');
  });
});

describe('conditions', () => {
  const mark = (conditions: string) =>
    run(S('{A: x*, B: null}'), pipeline(`- {type: field_name_suffix, suffix: "!", ${conditions}}`));
  const both = '(A!~x* & B!=null)';
  const none = '(A~x* & B=null)';

  it('on rules', () => {
    const on = (condition: string) => mark(`rule_conditions: [${condition}]`);
    expect(on('{type: logsource, product: windows}')).toBe(both);
    expect(on('{type: logsource, product: windows, service: sysmon}')).toBe(none);
    expect(on('{type: contains_field, field: A}')).toBe(both);
    expect(on('{type: contains_field, field: C}')).toBe(none);
    expect(on("{type: contains_detection_item, field: A, value: 'x*'}")).toBe(both);
    expect(on('{type: contains_detection_item, field: A, value: y}')).toBe(none);
    expect(on('{type: is_sigma_rule}')).toBe(both);
    expect(on('{type: is_sigma_correlation_rule}')).toBe(none);
    expect(on('{type: rule_attribute, attribute: level, op: gte, value: medium}')).toBe(both);
    expect(on('{type: rule_attribute, attribute: level, op: lt, value: medium}')).toBe(none);
    expect(on('{type: rule_attribute, attribute: title, value: T}')).toBe(both);
    expect(on('{type: rule_attribute, attribute: fields, op: in, value: Image}')).toBe(both);
    expect(on('{type: tag, tag: attack.t1059}')).toBe(both);
    expect(on('{type: tag, tag: attack.t1060}')).toBe(none);
    expect(mark('rule_conditions: [{type: tag, tag: a.b}, {type: is_sigma_rule}], rule_cond_op: or')).toBe(both);
    expect(mark('rule_conditions: [{type: tag, tag: a.b}], rule_cond_not: true')).toBe(both);
    expect(
      mark('rule_conditions: {t: {type: tag, tag: a.b}, r: {type: is_sigma_rule}}, rule_cond_expr: r and not t'),
    ).toBe(both);
  });

  it('on detection items and field names', () => {
    expect(mark('detection_item_conditions: [{type: match_string, cond: any, pattern: "^x"}]')).toBe(
      '(A!~x* & B=null)',
    );
    expect(mark('detection_item_conditions: [{type: match_value, cond: any, value: "x*"}]')).toBe('(A!~x* & B=null)');
    expect(mark('detection_item_conditions: [{type: contains_wildcard, cond: any}]')).toBe('(A!~x* & B=null)');
    expect(mark('detection_item_conditions: [{type: is_null, cond: all}]')).toBe('(A~x* & B!=null)');
    expect(mark('field_name_conditions: [{type: include_fields, fields: [A]}]')).toBe('(A!~x* & B=null)');
    expect(mark('field_name_conditions: [{type: exclude_fields, fields: ["[A]"], mode: re}]')).toBe('(A~x* & B!=null)');
    expect(mark('field_name_conditions: [{type: include_fields, fields: [A]}], field_name_cond_not: true')).toBe(
      '(A~x* & B!=null)',
    );
  });

  it('on what was applied before, and on state', () => {
    const items = pipeline(
      `- {id: first, type: field_name_mapping, mapping: {A: a}}\n- {type: set_state, key: k, val: v}\n- {type: field_name_suffix, suffix: '1', detection_item_conditions: [{type: processing_item_applied, processing_item_id: first}]}\n- {type: field_name_suffix, suffix: '2', rule_conditions: [{type: processing_state, key: k, val: v}]}\n- {type: field_name_suffix, suffix: '3', rule_conditions: [{type: processing_item_applied, processing_item_id: never}]}`,
    );
    expect(run(S('{A: x, B: y}'), items)).toBe('(a12~x & B2~y)');
  });

  it('nest runs items under a condition, and priorities order pipelines', () => {
    const nested = pipeline(
      "- type: nest\n  rule_conditions: [{type: is_sigma_rule}]\n  items:\n    - {type: field_name_suffix, suffix: '1'}\n    - {type: field_name_suffix, suffix: '2'}",
    );
    expect(run(S('{A: x}'), nested)).toBe('A12~x');
    const late = pipeline("- {type: field_name_suffix, suffix: 'L'}", 'priority: 20\n');
    const early = pipeline("- {type: field_name_suffix, suffix: 'E'}", 'priority: 10\n');
    expect(run(S('{A: x}'), late, early)).toBe('AEL~x');
  });
});

describe('broken pipelines', () => {
  it('are refused with a code', () => {
    expect(code('transformations: [{type: field_name_maping}]')).toBe('pipeline-transformation');
    expect(code('transformations: [{type: query_expression_placeholders, expression: x}]')).toBe(
      'pipeline-transformation',
    );
    expect(code('transformations: [{type: file_placeholders}]')).toBe('pipeline-transformation');
    expect(code('transformations: [{type: field_name_mapping}]')).toBe('pipeline-structure');
    expect(code('transformations: {a: b}')).toBe('pipeline-structure');
    expect(code('transformation: []')).toBe('pipeline-structure');
    expect(code('- a')).toBe('pipeline-structure');
    expect(code('transformations: [{type: case, rule_conditions: [{type: logsorce}]}]')).toBe('pipeline-condition');
    expect(
      code('transformations: [{type: case, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: a and b}]'),
    ).toBe('pipeline-condition');
    expect(code("transformations: [{type: replace_string, regex: '(?=a)', replacement: b}]")).toBe(
      'pipeline-structure',
    );
    expect(code('transformations: [')).toBe('yaml-syntax');
  });

  it('warn of parts without effect', () => {
    const { warnings, pipeline: read } = loadPipeline({ file: 'p.yml', text: 'postprocessing:\n  - {type: embed}\n' });
    expect(read).toBeDefined();
    expect(warnings.map((one) => one.code)).toEqual(['pipeline-ignored']);
  });
});
