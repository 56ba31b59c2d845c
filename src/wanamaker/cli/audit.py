"""``wanamaker audit``: leaks in a table of examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wanamaker.base.errors import ParameterError
from wanamaker.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.evaluation.audit import Finding

_SUFFIXES = (".json", ".html")


def _column(*names: str, help: str) -> Any:  # noqa: A002
    return typer.Option(*names, metavar="COLUMN", help=help)


def audit(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="Examples: a file, a directory of parquet, s3://….")
    ],
    label: Annotated[str, _column("--label", help="The label, 0/1.")],
    time: Annotated[str | None, _column("--time", help="When each row is to be predicted.")] = None,
    group: Annotated[
        list[str] | None, _column("--group", help="What must not be on both sides of a split; repeat.")
    ] = None,
    split: Annotated[str | None, _column("--split", help="The part of each row: train, valid, test.")] = None,
    prediction: Annotated[str | None, _column("--prediction", help="Predicted probabilities.")] = None,
    label_time: Annotated[
        str | None, _column("--label-time", help="When a positive label became known.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write a report: .json or .html.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Look for leaks in a table: what a model will not have when it is used."""
    from wanamaker.cli.output import show
    from wanamaker.evaluation.audit import audit as audited

    _check_suffix(out)
    roles: dict[str, Any] = {
        "time": time,
        "group": options.names(group),
        "split": split,
        "prediction": prediction,
        "label_time": label_time,
    }
    findings = audited(table, label, **roles)
    named = {role: column for role, column in {"label": label, **roles}.items() if column}
    content = {"table": table, **named, "findings": [finding.as_dict() for finding in findings]}
    if out is not None:
        _write(out, content)
    show(content, _text(findings, out), as_json=as_json)


def _check_suffix(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in _SUFFIXES:
        message = f"--out must end in one of {', '.join(_SUFFIXES)}. Got {str(out)!r}."
        raise ParameterError(message, hint=f"Write --out {out.with_suffix('.json')}.")


def _write(out: Path, content: dict[str, Any]) -> None:
    from wanamaker.base.storage import new_file, write_json
    from wanamaker.reports.audit import audit_page
    from wanamaker.reports.page import render

    with new_file(out) as file:
        if out.suffix.lower() == ".json":
            write_json(file, content)
            return
        roles = {
            role: ", ".join(column) if isinstance(column, list) else column
            for role, column in content.items()
            if role not in ("table", "findings")
        }
        file.write_text(render(audit_page(content["findings"], content["table"], roles)), encoding="utf-8")


def _text(findings: Sequence[Finding], out: Path | None) -> str:
    lines = []
    for finding in findings:
        where = ", ".join(finding.columns) or "the order of rows"
        lines.append(f"{finding.severity} {finding.detector} {where}")
        lines += [f"  {finding.message}", f"  → {finding.advice}"]
    lines.append({0: "no findings", 1: "1 finding"}.get(len(findings), f"{len(findings)} findings"))
    if out is not None:
        lines.append(f"report: {out}")
    return "\n".join(lines)
