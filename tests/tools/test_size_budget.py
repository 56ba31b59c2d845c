"""The size budget counts what it says it counts."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tools.size_budget import Function, check_file, functions, main, percentile


def only(source: str) -> Function:
    (function,) = functions(dedent(source))
    return function


def function_of(lines: int) -> str:
    return "def long():\n" + "    x = 1\n" * lines


def test_docstrings_blank_lines_and_comments_are_no_code() -> None:
    function = only(
        '''
        def f(x):
            """Say something

            at length.
            """
            # why

            y = x  # this line counts

            return y
        '''
    )
    assert function.body == 2


def test_a_statement_over_several_lines_counts_each_of_them() -> None:
    assert only("def f():\n    return [\n        1,\n\n        # two\n        2,\n    ]\n").body == 4


def test_a_string_that_is_no_docstring_counts() -> None:
    assert only('def f():\n    x = """a\n\n    b"""\n    return x\n').body == 4


def test_a_function_on_one_line_has_one_line() -> None:
    assert only("def f(): return 1\n").body == 1


def test_the_lines_of_a_nested_function_count_for_both_but_not_its_docstring() -> None:
    source = 'def outer():\n    def inner():\n        """Doc."""\n        return 1\n    return inner\n'
    assert {f.name: f.body for f in functions(source)} == {"outer": 3, "inner": 1}


@pytest.mark.parametrize(
    ("source", "positional"),
    [
        ("def f(a, b, /, c, *, d, e): ...", 3),
        ("def f(*args, **kwargs): ...", 0),
        ("class A:\n    def f(self, a): ...", 1),
        ("class A:\n    @staticmethod\n    def f(a): ...", 1),
        ("class A:\n    @classmethod\n    def f(cls, a): ...", 1),
        ("async def f(a): ...", 1),
    ],
)
def test_positional_parameters_leave_out_self_and_keyword_only_ones(source: str, positional: int) -> None:
    assert only(source).positional == positional


@pytest.mark.parametrize(("lines", "fails"), [(30, None), (31, False), (39, False), (40, True)])
def test_a_long_function_warns_and_a_longer_one_fails(lines: int, fails: bool | None) -> None:
    found = list(functions(function_of(lines)))
    findings = list(check_file(Path("src/a.py"), found, 1))
    assert [finding.fails for finding in findings] == ([] if fails is None else [fails])


@pytest.mark.parametrize(("lines", "fails"), [(300, None), (301, False), (499, False), (500, True)])
def test_a_long_file_warns_and_a_longer_one_fails(lines: int, fails: bool | None) -> None:
    findings = list(check_file(Path("src/a.py"), [], lines))
    assert [finding.fails for finding in findings] == ([] if fails is None else [fails])


@pytest.mark.parametrize(("path", "excess"), [("src/wanamaker/base/a.py", 1), ("src/wanamaker/cli/a.py", 0)])
def test_many_positional_parameters_fail_but_not_on_the_command_line(path: str, excess: int) -> None:
    found = list(functions("def f(a, b, c, d, e, f, g, h, i): ..."))
    findings = list(check_file(Path(path), found, 1))
    assert len(findings) == excess
    assert all(finding.fails for finding in findings)


def test_a_percentile_is_the_value_that_so_many_do_not_exceed() -> None:
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([7], 0.95) == 7


def test_the_command_prints_findings_and_spread_and_fails_on_excess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.py").write_text("def f():\n    return 1\n")
    assert main([str(tmp_path)]) == 0
    (tmp_path / "large.py").write_text(function_of(40))
    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "large.py:1: error: long has 40 lines of code (at most 30)" in out
    assert "size budget: 2 files, 2 functions, body median 20.5 lines, p95 40, longest 40" in out


def test_paths_that_do_not_exist_yet_are_no_mistake(tmp_path: Path) -> None:
    assert main([str(tmp_path / "bench")]) == 0
