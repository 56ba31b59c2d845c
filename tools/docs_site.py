"""MkDocs hook: the pages and the navigation that are made from the project itself.

* ``reference/``: one page per public module, filled by mkdocstrings from the docstrings;
* ``cli.md``: the help of every command, as the program prints it;
* ``contributing.md`` and ``changelog.md``: the files of the repository's root, with the changes
  that wait in ``changes/``;
* the list in ``adr/index.md``;
* the navigation, from what is there: a new guide, decision or module needs no entry anywhere.
"""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    import typer
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "wanamaker"
HELP_WIDTH = 80
DECISIONS_MARK = "<!-- decisions -->"
CHANGES_MARK = "<!-- changes -->"

Nav: TypeAlias = list[Any]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and set the navigation (called by MkDocs)."""
    from mkdocs.structure.files import File

    modules = list(public_modules(ROOT / "src" / PACKAGE))
    pages = {module_page(module): f"---\ntitle: {module}\n---\n\n::: {module}\n" for module in modules}
    pages["reference/index.md"] = reference_index(importlib.import_module(PACKAGE))
    pages["cli.md"] = command_line(importlib.import_module(f"{PACKAGE}.cli").app)
    pages["contributing.md"] = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("](docs/", "](")
    pages["changelog.md"] = changelog(ROOT)
    for uri, content in pages.items():
        files.append(File.generated(config, uri, content=content))
    for file in files.documentation_pages():
        if DECISIONS_MARK in file.content_string:
            file.content_string = file.content_string.replace(
                DECISIONS_MARK, decisions(ROOT / "docs" / "adr")
            )
    config.nav = navigation(file.src_uri for file in files.documentation_pages())
    return files


def public_modules(package: Path) -> Iterator[str]:
    """Yield the dotted names of a package's modules that have no underscore, floors first."""
    for path in sorted(package.rglob("*.py")):
        names = path.relative_to(package.parent).with_suffix("").parts
        if names[-1] == "__init__":
            names = names[:-1]
        if len(names) > 1 and not any(name.startswith("_") for name in names):
            yield ".".join(names)


def module_page(module: str) -> str:
    """Return where the page of a module lies in the site.

    >>> module_page("wanamaker.attribution.linear")
    'reference/attribution/linear.md'
    """
    names = module.split(".")[1:]
    floor = (ROOT / "src" / PACKAGE).joinpath(*names).is_dir()
    return "/".join(["reference", *names, *(["index"] if floor else [])]) + ".md"


def reference_index(package: ModuleType) -> str:
    """Return the page that lists the public names of the package, each with its first line."""
    lines = ["# Reference", "", f"`import {PACKAGE} as wm` gives these names:", ""]
    for name in sorted(package.__all__):
        thing = getattr(package, name)
        summary = (inspect.getdoc(thing) or "").partition("\n")[0] if _documented(thing) else ""
        lines.append(f"- {_link(name, thing)}" + (f": {summary}" if summary else ""))
    lines += ["", "Every module of the package has its own page, by floor, in the navigation."]
    return "\n".join(lines) + "\n"


def command_line(app: typer.Typer) -> str:
    """Return the page with the help of each command of ``app``, found by walking its commands."""
    import typer

    app.rich_markup_mode = None  # plain text instead of boxes
    root = typer.main.get_command(app)
    lines = ["# Command line", ""]
    for path in _commands(root, ()):
        title = " ".join((PACKAGE, *path))
        lines += [f"## {title}" if path else "## All commands", "", "```text", _help(app, path), "```", ""]
    return "\n".join(lines)


def changelog(root: Path) -> str:
    """Return the change log with the waiting one-line fragments put in."""
    fragments = sorted((path.name.split(".")[1], path) for path in root.glob("changes/*.*.md"))
    lines = [f"- {kind}: {path.read_text(encoding='utf-8').strip()}" for kind, path in fragments]
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.replace(CHANGES_MARK, "\n".join(lines))


def decisions(folder: Path) -> str:
    """Return the list of the decisions in a folder, each a link with its title."""
    return "\n".join(f"- [{_title(path)}]({path.name})" for path in sorted(folder.glob("[0-9]*.md")))


def navigation(uris: Iterable[str]) -> Nav:
    """Return the navigation for the pages that there are, reference pages by floor."""
    known = sorted(uris)
    guides = [uri for uri in known if uri.startswith("guides/")]
    records = [uri for uri in known if uri == "adr/index.md" or re.match(r"adr/\d", uri)]
    nav: Nav = [{"Start": "index.md"}]
    nav += [{"Guides": guides}] if guides else []
    nav += [{"Command line": "cli.md"}, {"Reference": _reference(known)}]
    nav += [{"Decisions": sorted(records, key=lambda uri: (not uri.endswith("index.md"), uri))}]
    return [*nav, {"Contributing": "contributing.md"}, {"Changes": "changelog.md"}]


def _reference(uris: Iterable[str]) -> Nav:
    floors: dict[str, Nav] = {}
    for uri in uris:
        parts = uri.removesuffix(".md").split("/")
        if parts[0] == "reference" and len(parts) > 2:  # noqa: PLR2004  # reference/FLOOR/MODULE
            title = ".".join(part for part in parts[2:] if part != "index")
            floors.setdefault(parts[1], []).append({title: uri} if parts[-1] != "index" else uri)
    entries = [
        {floor: sorted(pages, key=lambda page: page != f"reference/{floor}/index.md")}
        for floor, pages in sorted(floors.items())
    ]
    return ["reference/index.md", *entries]


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for name, child in sorted(getattr(command, "commands", {}).items()):
        if not child.hidden:
            yield from _commands(child, (*path, name))


def _help(app: typer.Typer, path: tuple[str, ...]) -> str:
    from typer.testing import CliRunner

    result = CliRunner().invoke(
        app, [*path, "--help"], prog_name=PACKAGE, terminal_width=HELP_WIDTH, color=False
    )
    if result.exit_code != 0:
        message = f"The help of {' '.join((PACKAGE, *path))} must print. Got exit code {result.exit_code}."
        raise RuntimeError(message) from result.exception
    return str(result.output).strip()


def _documented(thing: object) -> bool:
    return inspect.ismodule(thing) or inspect.isclass(thing) or inspect.isfunction(thing)


def _link(name: str, thing: object) -> str:
    if inspect.ismodule(thing):
        return f"[`{name}`][{thing.__name__}]"
    if inspect.isclass(thing) or inspect.isfunction(thing):
        return f"[`{name}`][{thing.__module__}.{thing.__qualname__}]"
    return f"`{name}`"


def _title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()
