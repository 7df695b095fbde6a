import type { Parameters } from '../parameters.ts';
import type { Transform } from '../pipeline.ts';
import { detectionItemFailure, dropDetectionItem, extractFields, hashesFields } from './change-items.ts';
import {
  addCondition,
  addField,
  changeLogsource,
  removeField,
  ruleFailure,
  setCustomAttribute,
  setField,
  setState,
  strictFieldMapping,
} from './change-rule.ts';
import { changeCase, convertType, mapString, replaceString, setValue, toRegex } from './change-values.ts';
import {
  fieldNameMapping,
  fieldNamePrefix,
  fieldNamePrefixMapping,
  fieldNameSuffix,
  fieldNameTransform,
} from './map-fields.ts';
import { valuePlaceholders, wildcardPlaceholders } from './placeholders.ts';

/** Every transformation by its name in pySigma, but `nest`, which the loader reads itself. */
export const TRANSFORMATIONS: ReadonlyMap<string, (parameters: Parameters) => Transform> = new Map<
  string,
  (parameters: Parameters) => Transform
>([
  ['field_name_mapping', fieldNameMapping],
  ['field_name_prefix_mapping', fieldNamePrefixMapping],
  ['field_name_prefix', fieldNamePrefix],
  ['field_name_suffix', fieldNameSuffix],
  ['field_name_transform', fieldNameTransform],
  ['drop_detection_item', dropDetectionItem],
  ['hashes_fields', hashesFields],
  ['extract_fields', extractFields],
  ['wildcard_placeholders', wildcardPlaceholders],
  ['value_placeholders', valuePlaceholders],
  ['add_condition', addCondition],
  ['change_logsource', changeLogsource],
  ['add_field', addField],
  ['remove_field', removeField],
  ['set_field', setField],
  ['replace_string', replaceString],
  ['map_string', mapString],
  ['set_state', setState],
  ['regex', toRegex],
  ['set_value', setValue],
  ['convert_type', convertType],
  ['case', changeCase],
  ['rule_failure', ruleFailure],
  ['detection_item_failure', detectionItemFailure],
  ['strict_field_mapping_failure', strictFieldMapping],
  ['set_custom_attribute', setCustomAttribute],
]);

/** What exists in pySigma and can't run here, with the reason. */
export const IMPOSSIBLE: ReadonlyMap<string, string> = new Map([
  ['query_expression_placeholders', 'it writes a piece of a query language, and there is none here'],
  ['file_placeholders', 'a pipeline must not read files; give the values in `vars`'],
  ['http_placeholders', 'a pipeline must not fetch anything; give the values in `vars`'],
  ['command_placeholders', 'a pipeline must not run commands; give the values in `vars`'],
]);
