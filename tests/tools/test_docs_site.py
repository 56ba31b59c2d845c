"""The generated pages of the site show what is there."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from tools.docs_site import changelog, command_line, decisions, navigation, public_modules, reference_index

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_of_the_command_line_holds_every_command_but_the_hidden_ones() -> None:
    app, child = typer.Typer(), typer.Typer()

    @app.command()
    def first(size: Annotated[int, typer.Option(help="How large.")] = 3) -> None:
        """Do the first thing."""

    @app.command(hidden=True)
    def secret() -> None:
        """Do it quietly."""

    @child.command()
    def inner() -> None:
        """Do the inner thing."""

    @child.command()
    def other() -> None:
        """Do the other thing."""

    app.add_typer(child, name="group")
    page = command_line(app)
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings == [
        "## All commands",
        "## wanamaker first",
        "## wanamaker group",
        "## wanamaker group inner",
        "## wanamaker group other",
    ]
    assert "How large." in page
    assert "Usage: wanamaker group inner" in page
    assert "\x1b" not in page


def test_modules_with_an_underscore_have_no_page(tmp_path: Path) -> None:
    for name in ("__init__", "_lazy", "a/__init__", "a/b", "a/_c"):
        path = tmp_path / "pack" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert list(public_modules(tmp_path / "pack")) == ["pack.a", "pack.a.b"]


def test_the_reference_lists_each_public_name_with_its_first_line() -> None:
    def shared() -> None:
        """Share.

        More.
        """

    package = ModuleType("pack")
    package.__dict__.update(__all__=["shared", "LIMIT"], shared=shared, LIMIT=3)
    page = reference_index(package)
    assert "- `LIMIT`\n" in page
    assert page.index("LIMIT") < page.index("[`shared`]")
    assert page.count("Share.") == 1
    assert "More." not in page


def test_the_change_log_takes_in_the_waiting_fragments_by_kind(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n<!-- changes -->\n\n## 0.1\n")
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "README.md").write_text("no fragment\n")
    (tmp_path / "changes" / "3.fixed.md").write_text("It works.\n")
    (tmp_path / "changes" / "4.added.md").write_text("It is there.\n")
    expected = "# Changes\n\n- added: It is there.\n- fixed: It works.\n\n## 0.1\n"
    assert changelog(tmp_path) == expected


def test_decisions_are_listed_by_number_with_their_titles(tmp_path: Path) -> None:
    (tmp_path / "0002-b.md").write_text("# 0002. B\n\nText\n")
    (tmp_path / "0001-a.md").write_text("# 0001. A\n")
    (tmp_path / "template.md").write_text("# NNNN. T\n")
    assert decisions(tmp_path) == "- [0001. A](0001-a.md)\n- [0002. B](0002-b.md)"


def test_the_navigation_takes_in_guides_decisions_and_floors() -> None:
    nav = navigation(
        [
            "adr/0001-a.md",
            "adr/index.md",
            "adr/template.md",
            "guides/credit.md",
            "index.md",
            "reference/base/errors.md",
            "reference/base/index.md",
            "reference/index.md",
        ]
    )
    assert {"Guides": ["guides/credit.md"]} in nav
    assert {"Decisions": ["adr/index.md", "adr/0001-a.md"]} in nav
    floor = {"base": ["reference/base/index.md", {"errors": "reference/base/errors.md"}]}
    assert {"Reference": ["reference/index.md", floor]} in nav
