# SPDX-License-Identifier: Apache-2.0
"""What a study measures of a run: a JSON pointer into the report, or an expression of such.

    /cycles                                  RFC 6901; one step more than there: in an array of objects,
    /regions/name=kernel/mac_per_cycle       NAME=TEXT selects the first one whose member NAME is TEXT
    {/energy/total_pj} / {/regions/0/macs}   pointers in braces, arithmetic around them
    {soc.cluster.core_count} * {/cycles}     a parameter of the point by its key
    sum({/harts/*/stalls/fetch})             * stands for every element or member; sum, mean, max, min and count
                                             make one number of them
"""

from __future__ import annotations

import ast
import math
import operator
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flexv_tools.errors import Failure

Number = int | float | list[float]  # a list is what a pointer with * leads to


def _over_all(function: Callable[[list[float]], float]) -> Callable[..., float]:
    """Takes numbers and lists of numbers alike."""

    def of(*values: Number) -> float:
        flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
        return function(flat)

    return of


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "max": _over_all(max),
    "min": _over_all(min),
    "sum": _over_all(sum),
    "mean": _over_all(statistics.fmean),
    "count": _over_all(len),
    "sqrt": math.sqrt,
    "log2": math.log2,
    "log10": math.log10,
    "ceil": math.ceil,
    "floor": math.floor,
}
_OF_MANY = ("sum", "mean", "max", "min", "count")
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: math.pow,  # whole numbers would grow without end
}
_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_REFERENCE = re.compile(r"\{([^{}]*)\}")


class MetricError(Exception):
    """The report has no such number; says what was looked for and what was there."""


@dataclass(frozen=True)
class Expression:
    """Checked text of a study. `value` gives its number for a report and the point's parameters."""

    text: str
    tree: ast.expr
    references: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Expression:
        """Raises Failure when `text` is neither a pointer nor an expression."""
        if text.startswith("/"):
            text_of_tree, references = "_0", [text]
        else:
            references = []

            def name_of(match: re.Match[str]) -> str:
                references.append(match[1].strip())
                return f"_{len(references) - 1}"

            text_of_tree = _REFERENCE.sub(name_of, text)
        if any(name.split("/")[:2] == ["", "host"] for name in references):
            raise Failure(f"{text!r}: the time of the host is no result; it differs from run to run")
        if not references:
            raise Failure(f"{text!r}: expected a JSON pointer (/cycles) or an expression with some in braces")
        try:
            tree = ast.parse(text_of_tree, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise Failure(f"{text!r}: not an expression: {error}") from error
        several = {f"_{i}" for i, name in enumerate(references) if is_several(name)}
        try:
            _check(tree, text)
            _check_several(tree, several, text)
        except RecursionError as error:
            raise Failure(f"{text[:60]!r}...: too long; at most some hundred operations") from error
        return Expression(text, tree, tuple(references))

    def value(self, report: Any, parameters: dict[str, Any]) -> float:
        """Raises MetricError when a pointer leads nowhere, or the result is no finite number."""
        names = {f"_{i}": _resolve(name, report, parameters) for i, name in enumerate(self.references)}
        try:
            result = float(_evaluate(self.tree, names))
        except (ZeroDivisionError, OverflowError, ValueError, TypeError, statistics.StatisticsError) as error:
            raise MetricError(f"{self.text}: {error}") from error
        except RecursionError as error:
            raise MetricError(f"{self.text[:60]}...: too long") from error
        if not math.isfinite(result):
            raise MetricError(f"{self.text}: the result is {result}")
        return result


def pointed_at(report: Any, pointer: str) -> Any:
    """What `pointer` names in `report`. Raises MetricError with the nearest existing part."""
    value, seen = report, ""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and (found := _element(value, key)) is not None:
            value = found
        else:
            raise MetricError(f"{pointer}: {seen or 'the report'} has no {key!r}; it has {_members(value)}")
        seen += "/" + part
    return value


def all_pointed_at(report: Any, pointer: str) -> list[Any]:
    """What `pointer` with `*` names: every element of an array, every member of an object."""
    front, _, behind = pointer.partition("/*")
    several = pointed_at(report, front)
    if not isinstance(several, (dict, list)):
        raise MetricError(f"{pointer}: {front or 'the report'} has no members")
    items = list(several.values()) if isinstance(several, dict) else several
    if "/*" in behind:
        return [found for item in items for found in all_pointed_at(item, behind)]
    return [pointed_at(item, behind) for item in items]


def _element(items: list[Any], key: str) -> Any:
    if key.isdecimal():
        return items[int(key)] if int(key) < len(items) else None
    name, equals, text = key.partition("=")
    if not equals:
        return None
    matches = (item for item in items if isinstance(item, dict) and str(item.get(name)) == text)
    return next(matches, None)


def _members(value: Any) -> str:
    if isinstance(value, dict):
        names = [str(key) for key in value]
    elif isinstance(value, list):
        names = [str(item.get("name", i)) if isinstance(item, dict) else str(i) for i, item in enumerate(value)]
    else:
        return f"the value {value!r}"
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "") if names else "nothing"


def _resolve(name: str, report: Any, parameters: dict[str, Any]) -> Number:
    if is_several(name):
        return [_number(name, value) for value in all_pointed_at(report, name)]
    return _number(name, pointed_at(report, name) if name.startswith("/") else parameters.get(name))


def is_several(name: str) -> bool:
    return name.startswith("/") and "*" in name.split("/")


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MetricError(f"{name}: expected a number, not {value!r}")
    return value


def _check(node: ast.expr, text: str) -> None:
    """Only arithmetic: an expression comes from a file and may not do anything else."""
    allowed = (
        (isinstance(node, ast.Constant) and type(node.value) in (int, float))
        or isinstance(node, ast.Name)
        or (isinstance(node, ast.BinOp) and type(node.op) in _BINARY)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)))
        or (isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops))
        or (isinstance(node, ast.Call) and not node.keywords)
    )
    if isinstance(node, ast.Name) and not re.fullmatch(r"_\d+", node.id):
        raise Failure(f"{text!r}: {node.id} is not known; parameters and pointers stand in braces")
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS):
        raise Failure(f"{text!r}: functions are {', '.join(sorted(_FUNCTIONS))}")
    if not allowed:
        raise Failure(f"{text!r}: only arithmetic and comparisons are possible here")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
            _check(child, text)


def _check_several(node: ast.expr, several: set[str], text: str, is_argument: bool = False) -> None:
    """What a pointer with * leads to has to go into a function that takes any number of values."""
    if isinstance(node, ast.Name) and node.id in several and not is_argument:
        raise Failure(f"{text!r}: * leads to many numbers; sum, mean, max, min or count make one of them")
    takes_many = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OF_MANY
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check_several(child, several, text, takes_many)


def _evaluate(node: ast.expr, names: dict[str, Number]) -> Any:
    """A number; a list only where a name stands alone, which arithmetic refuses."""
    if isinstance(node, ast.Constant):
        assert isinstance(node.value, (int, float))
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.UnaryOp):
        operand = _evaluate(node.operand, names)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_evaluate(node.left, names), _evaluate(node.right, names))
    if isinstance(node, ast.Compare):
        return _compare(node, names)
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return _FUNCTIONS[node.func.id](*(_evaluate(argument, names) for argument in node.args))


def _compare(node: ast.Compare, names: dict[str, Number]) -> float:
    left = _evaluate(node.left, names)
    for op, right_node in zip(node.ops, node.comparators):
        right = _evaluate(right_node, names)
        if not _COMPARE[type(op)](left, right):
            return 0
        left = right
    return 1
