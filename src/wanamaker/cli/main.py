"""The application: its commands, its exit codes, and how errors are told."""

from __future__ import annotations

import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wanamaker.base.errors import DataWarning, UserError
from wanamaker.base.version import version
from wanamaker.cli.attribute import attribute
from wanamaker.cli.audit import audit
from wanamaker.cli.demo import demo
from wanamaker.cli.features import features
from wanamaker.cli.predict import predict
from wanamaker.cli.report import report
from wanamaker.cli.run import run
from wanamaker.cli.simulate import simulate
from wanamaker.cli.tune import tune

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, OURS, YOURS = 0, 1, 2
"""Exit codes: done, a fault of this package, a mistake of the user."""

app = typer.Typer(
    name="wanamaker",
    help="Credit and predictions from advertising logs, and proof that both can be trusted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (demo, run, attribute, features, audit, predict, tune, simulate, report):
    app.command()(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wanamaker {version()}")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that come before a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 the user's mistake, 1 ours."""
    command = typer.main.get_command(app)
    with warnings.catch_warnings():
        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = _tell_warning
        try:
            given = None if arguments is None else list(arguments)
            code = command.main(args=given, prog_name="wanamaker", standalone_mode=False)
        except UserError as error:
            return _told(error.message, error.hint)
        except (KeyboardInterrupt, typer.Abort):
            return _told("interrupted; nothing was left half-written.", None, code=130)
        except Exception as error:  # noqa: BLE001
            return _tell_unexpected(error)
    return int(code or DONE)


def _tell_unexpected(error: Exception) -> int:
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        message = " ".join(str(error.format_message()).split())
        return _told(message, "See wanamaker --help, or wanamaker COMMAND --help.") if message else YOURS
    traceback.print_exception(error)
    return _told(f"a fault of wanamaker itself: {error}", "Please report it with the lines above.", code=OURS)


def _told(message: str, hint: str | None, code: int = YOURS) -> int:
    sys.stderr.write(f"error: {' '.join(message.split())}\n")
    if hint is not None:
        sys.stderr.write(f"Hint: {' '.join(hint.split())}\n")
    return code


def _tell_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    if issubclass(category, DataWarning):
        sys.stderr.write(f"warning: {message}\n")
        return
    text = warnings.formatwarning(message, category, filename, lineno, line)
    (file or sys.stderr).write(text)
