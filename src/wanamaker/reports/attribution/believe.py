"""Which method to believe for this log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from wanamaker.reports.attribution.advice import advice
from wanamaker.reports.attribution.setting import Setting
from wanamaker.reports.attribution.standing import standings
from wanamaker.reports.page import Block, Prose, Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.standing import Standing
    from wanamaker.reports.attribution.view import View


@dataclass(frozen=True)
class Standings:
    """A table of words: it turns into blocks on a narrow screen."""

    template: ClassVar[str] = "attribution/standings.html.jinja"
    rows: tuple[Standing, ...]


def believe_section(view: View) -> Section:
    """Return the section."""
    setting = Setting.of(view)
    blocks: list[Block] = [
        Prose(tuple(" ".join(told) for told in advice(setting)), bullets=True, style="takeaways"),
        Standings(tuple(standings(setting))),
    ]
    return Section("believe", "Which method to believe for this log", blocks, short="What to believe")
