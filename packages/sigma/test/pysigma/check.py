"""Asks pySigma's condition trees what `events.ts` asked ours: python check.py events.jsonl [pipeline.yml ...]"""

import ipaddress
import json
import re
import sys
from collections import defaultdict

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaRule
from sigma import types as t

FLAGS = {"IGNORECASE": re.I, "MULTILINE": re.M, "DOTALL": re.S}


def number(value):
    """4, "4" and "0x4" are one number; booleans are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", value):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"0[xX][0-9a-fA-F]+", value):
        return int(value, 16)
    return None


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def pattern(value, cased, keyword):
    parts = "".join(
        re.escape(p) if isinstance(p, str) else ".*" if p == t.SpecialChars.WILDCARD_MULTI else "." for p in value.s
    )
    return re.compile(f".*{parts}.*" if keyword else parts, re.S | (0 if cased else re.I))


def holds(want, value, event, keyword=False):
    if isinstance(want, t.SigmaNull):
        return value is None
    if isinstance(want, t.SigmaExists):
        return (value is not None) == want.exists
    if isinstance(want, t.SigmaExpansion):
        return any(holds(one, value, event, keyword) for one in want.values)
    if value is None:
        return False
    if isinstance(want, t.SigmaString):
        cased = isinstance(want, t.SigmaCasedString)
        if not cased and not keyword and not want.contains_special() and "." not in str(want):
            left, right = number(str(want)), number(value)
            if left is not None and right is not None:
                return left == right
        return bool(pattern(want, cased, keyword).fullmatch(text(value)))
    if isinstance(want, t.SigmaNumber):
        return str(want.number) in text(value) if keyword else number(value) == want.number
    if isinstance(want, t.SigmaBool):
        return text(value).lower() == text(want.boolean)
    if isinstance(want, t.SigmaRegularExpression):
        flags = sum(FLAGS[flag.name] for flag in want.flags)
        return bool(re.search(want.regexp.to_plain_regex(), text(value), flags))
    if isinstance(want, t.SigmaCIDRExpression):
        try:
            return ipaddress.ip_address(value) in want.network
        except ValueError:
            return False
    if isinstance(want, t.SigmaCompareExpression):
        left, right = number(value), want.number.number
        ops = {"LT": lambda: left < right, "LTE": lambda: left <= right, "GT": lambda: left > right}
        return left is not None and ops.get(want.op.name, lambda: left >= right)()
    if isinstance(want, t.SigmaFieldReference):
        other = event.get(want.field)
        if other is None:
            return False
        left, right = text(value).lower(), text(other).lower()
        if want.starts_with and want.ends_with:
            return right in left
        if want.starts_with:
            return left.startswith(right)
        return left.endswith(right) if want.ends_with else left == right
    raise TypeError(type(want))


def scalars(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif value is not None:
        yield value


def matches(tree, event):
    if isinstance(tree, ConditionAND):
        return all(matches(one, event) for one in tree.args if one is not None)
    if isinstance(tree, ConditionOR):
        return any(matches(one, event) for one in tree.args if one is not None)
    if isinstance(tree, ConditionNOT):
        return not matches(tree.args[0], event)
    if isinstance(tree, ConditionFieldEqualsValueExpression):
        return holds(tree.value, event.get(tree.field), event)
    if isinstance(tree, ConditionValueExpression):
        return any(holds(tree.value, value, event, True) for value in scalars(event))
    raise TypeError(type(tree))


def main(lines, pipeline_files):
    pipelines = sorted((ProcessingPipeline.from_yaml(open(f).read()) for f in pipeline_files), key=lambda p: p.priority)
    cases = defaultdict(list)
    for line in open(lines):
        case = json.loads(line)
        cases[case["file"]].append(case)
    compared = positive = different = 0
    for file, events in cases.items():
        rule = SigmaRule.from_yaml(open(file).read())
        for pipeline in pipelines:
            pipeline.apply(rule)
        trees = [condition.parsed for condition in rule.detection.parsed_condition]
        for case in events:
            result = any(matches(tree, case["event"]) for tree in trees)
            compared += 1
            positive += result
            if result != case["result"]:
                different += 1
                print(f"{file}: pySigma says {result}: {json.dumps(case['event'])[:300]}")
    print(f"{compared} events compared, {positive} positive, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
