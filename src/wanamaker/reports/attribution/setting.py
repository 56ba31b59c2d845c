"""What is known of a log that decides which methods can be believed for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.kinds import kind_of
from wanamaker.reports.numbers import count

if TYPE_CHECKING:
    from wanamaker.reports.attribution.kinds import Kind
    from wanamaker.reports.attribution.view import View


@dataclass(frozen=True)
class Setting:
    """What decides.

    Parameters
    ----------
    full
        Whether the journeys were observed in full; else they stop at their conversion.
    others
        Whether there are journeys that did not convert.
    covariates
        What was held constant, in words; empty if nothing was.
    tested
        Touches with a lift test.
    kinds
        The kinds of methods, by name.
    left_out
        Why methods were left out, by name.
    regression
        What is told of the first incremental method.
    network
        What was found of the network; empty where there is none.
    """

    full: bool
    others: bool
    covariates: str
    tested: tuple[str, ...]
    kinds: dict[str, Kind]
    left_out: dict[str, str]
    regression: dict[str, Any]
    network: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(view: View) -> Setting:
        """Gather it from the results."""
        head = view.results.summary["headline"]
        kinds = {model: kind_of(model, view.method(model)) for model in view.models}
        regression = _regression(view, kinds)
        return Setting(
            full=view.observation.get("observed") == "full",
            others=head["journeys"] > head["converting_journeys"],
            covariates=_covariates(view, regression),
            tested=tuple(dict.fromkeys(row["touch"] for row in view.results.calibration or [])),
            kinds=kinds,
            left_out=dict(view.results.metadata.get("left_out") or {}),
            regression=regression,
            network=view.results.network or {},
        )

    def named(self, *kinds: Kind) -> list[str]:
        """Return the methods of these kinds."""
        return [model for model, kind in self.kinds.items() if kind in kinds]

    @property
    def fooled(self) -> bool:
        """Whether whole journeys were compared although they stop at their conversion."""
        return not self.full and self.regression.get("form") == "journeys"

    @property
    def doubt(self) -> str | None:
        """Why the network that gives credit is not to be believed, or None."""
        doubt: str | None = self.network.get("facts", {}).get("learned", {}).get("under_trained")
        return doubt


def _regression(view: View, kinds: dict[str, Kind]) -> dict[str, Any]:
    model = next((model for model, kind in kinds.items() if kind == "incremental"), "")
    return next(iter(view.details(model).values()), {})


def _covariates(view: View, regression: dict[str, Any]) -> str:
    """Return the covariates by name where they are known, else by the number of their columns."""
    columns = regression.get("covariates") or 0
    if not columns:
        return ""
    given = [view.method(model).get("parameters", {}).get("covariates") for model in view.models]
    names = next((held for held in given if held), view.results.metadata.get("covariates"))
    if names:
        return listed([quoted(name) for name in names])
    return f"covariates ({count(columns)} {'column' if columns == 1 else 'columns'})"


def quoted(name: str) -> str:
    """Return a name in quotation marks."""
    return f"“{name}”"


def listed(names: list[str], word: str = "and") -> str:
    """Return names as an enumeration.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b"], "or"), listed(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)
