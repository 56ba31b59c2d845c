"""The size budget: small files, small functions, few positional parameters.

A file may have 300 lines and a function 30 lines of code; a little more is a warning, 500 and 40
are failures. Lines of code are the lines of a function's body without docstrings, blank lines and
comments. More than eight positional parameters fail; keyword-only ones are free, and so are all
options of a command line.

Run ``python -m tools.size_budget [PATH ...]`` from the root of the repository.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FILE_WARNS_ABOVE, FILE_FAILS_AT = 300, 500
FUNCTION_WARNS_ABOVE, FUNCTION_FAILS_AT = 30, 40
POSITIONAL_LIMIT = 8

DEFAULT_PATHS = ("src", "tools", "bench")
COMMAND_LINE = Path("src/wanamaker/cli")

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LAYOUT = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function or method as the budget sees it."""

    name: str
    line: int
    body: int
    positional: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One excess over the budget; a warning or, if ``fails``, a failure."""

    place: str
    message: str
    fails: bool

    def __str__(self) -> str:
        """Return the finding as one line, as compilers write them."""
        return f"{self.place}: {'error' if self.fails else 'warning'}: {self.message}"


def code_lines(source: str, tree: ast.Module) -> set[int]:
    """Return the numbers of the lines that hold code: no docstring, blank line or comment."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            lines.difference_update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return lines


def functions(source: str) -> Iterator[Function]:
    """Yield every function of a source text, methods and nested functions included."""
    tree = ast.parse(source)
    code = code_lines(source, tree)
    methods = {id(item) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for item in node.body}
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            body = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
            yield Function(
                name=node.name,
                line=node.lineno,
                body=len(code.intersection(body)),
                positional=_positional(node, is_method=id(node) in methods),
            )


def check_file(path: Path, found: Sequence[Function], length: int) -> Iterator[Finding]:
    """Yield what a file of ``length`` lines with the functions ``found`` has in excess."""
    if length > FILE_WARNS_ABOVE:
        message = f"{length} lines in one file (at most {FILE_WARNS_ABOVE})"
        yield Finding(place=str(path), message=message, fails=length >= FILE_FAILS_AT)
    for function in found:
        place = f"{path}:{function.line}"
        if function.body > FUNCTION_WARNS_ABOVE:
            message = f"{function.name} has {function.body} lines of code (at most {FUNCTION_WARNS_ABOVE})"
            yield Finding(place=place, message=message, fails=function.body >= FUNCTION_FAILS_AT)
        if function.positional > POSITIONAL_LIMIT and not path.is_relative_to(COMMAND_LINE):
            message = f"{function.name} takes {function.positional} positional parameters"
            hint = f"(at most {POSITIONAL_LIMIT}; make some keyword-only, or group them in a dataclass)"
            yield Finding(place=place, message=f"{message} {hint}", fails=True)


def percentile(values: Sequence[int], share: float) -> int:
    """Return the smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return next(value for rank, value in enumerate(ordered, start=1) if rank >= share * len(ordered))


def main(arguments: Sequence[str]) -> int:
    """Check the files under the given paths; return 1 if the budget is exceeded, else 0."""
    bodies: list[int] = []
    findings: list[Finding] = []
    files = list(_python_files(Path(argument) for argument in arguments or DEFAULT_PATHS))
    for path in files:
        source = path.read_text(encoding="utf-8")
        found = list(functions(source))
        bodies += [function.body for function in found]
        findings += check_file(path, found, len(source.splitlines()))
    print(*findings, sep="\n", end="\n" if findings else "")
    if bodies:
        spread = f"median {median(bodies):g} lines, p95 {percentile(bodies, 0.95)}, longest {max(bodies)}"
        print(f"size budget: {len(files)} files, {len(bodies)} functions, body {spread}")
    return int(any(finding.fails for finding in findings))


def _positional(node: FunctionNode, *, is_method: bool) -> int:
    """Return how many arguments can be given by position, ``self`` and ``cls`` not counted."""
    static = any(isinstance(name, ast.Name) and name.id == "staticmethod" for name in node.decorator_list)
    given = len(node.args.posonlyargs) + len(node.args.args)
    return given - (is_method and not static)


def _python_files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
