"""How the network was trained: its loss, its probabilities, and what its pieces are worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.network.compared import compared_chart, compared_tables
from wanamaker.reports.binary.calibration import calibration_section
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Block, Facts, Prose, Section
from wanamaker.reports.tables import Column

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_AS_IT_IS = "as given"


def trained_section(view: View) -> Section | None:
    """Return the section, or None where there is no network."""
    told = view.results.network
    if told is None:
        return None
    facts = told["facts"]
    blocks: list[Block] = [
        Facts(tuple(_facts(facts))),
        _curve(facts["learned"]["curve"], facts["learned"]["best_epoch"]),
    ]
    calibration = calibration_section(_Judged.of(told))
    if calibration is not None:
        blocks += [Prose((calibration.lead,)), *calibration.blocks]
    blocks += _ablation(told.get("ablation"))
    return Section("network-trained", "How the network was trained", blocks, short="Training")


def _facts(facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    training, learned = facts["training"], facts["learned"]
    ended = "validation loss stopped falling" if learned["stopped"] else "all epochs were run"
    return [
        _network(facts["settings"], learned["parameters"]),
        (
            "Learned from",
            f"{count(learned['rows'])} journeys",
            f"{count(learned['positives'])} of them converted; {count(learned['valid_rows'])} others, of "
            f"which {count(learned['valid_positives'])} converted, stopped and calibrated it.",
        ),
        (
            "Training",
            f"epoch {count(learned['best_epoch'])} of {count(len(learned['curve']))}",
            f"The best by validation loss; {ended}. {number(learned['seconds'], 0)} seconds, batches of "
            f"{count(training['batch_size'])}, learning rate {training['learning_rate']}, seed "
            f"{training['seed']}.",
        ),
        ("Gives credit", *(_AGAIN if facts["refit"] else _ONCE)),
    ]


_AGAIN = (
    "fitted again",
    "The network that gives credit was fitted once more, on all journeys, with the same settings, as many "
    "epochs as were best, and the calibration of the judged one.",
)
_ONCE = (
    "as judged",
    "The network that gives credit is the one that was judged; it learned from the training part.",
)


def _network(settings: dict[str, Any], weights: int) -> tuple[str, str, str]:
    pieces = ["attention" if settings["attention"] else "no attention"]
    if settings["attention"]:
        pieces.append("that fades with time" if settings["decay"] else "that does not fade")
    layers = "1 layer" if settings["layers"] == 1 else f"{count(settings['layers'])} layers"
    read = ", ".join(settings["covariates"]) or "no covariates"
    made = f"{settings['cell'].upper()}, width {settings['width']}, {layers}"
    return "Network", made, f"{' '.join(pieces)}; {read}; {count(weights)} weights."


def _curve(curve: list[dict[str, Any]], best: int) -> Figure:
    epochs = [row["epoch"] for row in curve]
    lines = (("train_loss", "Training", "--grey"), ("valid_loss", "Validation", "--credit"))
    traces = [
        line(epochs, [row[key] for row in curve], name, colour, mode="lines+markers")
        for key, name, colour in lines
        if all(row.get(key) is not None for row in curve)
    ]
    layout = {
        "height": 300,
        "xaxis": {"title": {"text": "epoch"}, "tickformat": "d", "dtick": max(1, len(epochs) // 12)},
        "yaxis": {"nticks": 6},
        "showlegend": True,
    }
    return Figure(
        "loss-chart",
        "Loss by epoch",
        f"Log loss per journey. The weights of epoch {best} were kept, the best on the validation journeys. "
        "Validation journeys are later ones: where rates change with time, its loss lies at another level "
        "than that of training.",
        from_rows("loss", curve, ["epoch", "train_loss", "valid_loss", "seconds"]),
        {"": Drawing(traces, layout)},
        alternative="Lines: training and validation loss by epoch.",
    )


def _ablation(rows: list[dict[str, Any]] | None) -> list[Block]:
    if not rows:
        return []
    doubted = [f"{row['model']}: {row['under_trained']}" for row in rows if row.get("under_trained")]
    more = (Column("parameters", "Weights", "number"), Column("seconds", "Seconds", "number", 0))
    told = "The same network without each of its pieces, and with other cells, on the same journeys."
    return [
        Prose((told, *doubted)),
        compared_chart("ablation", "What the pieces are worth", rows, _AS_IT_IS),
        *compared_tables("ablation", "Every variant", rows, _AS_IT_IS, more),
    ]


@dataclass(frozen=True)
class _Judged:
    """The network's results as the shared section on calibration reads them."""

    metrics: dict[str, Any]
    calibration: dict[str, Any]
    parts: dict[str, dict[str, Any]]
    facts: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, Any] = field(default_factory=dict)
    gains: list[dict[str, Any]] = field(default_factory=list)
    decision: dict[str, Any] = field(default_factory=dict)
    noun: str = "journey"

    @staticmethod
    def of(told: dict[str, Any]) -> _Judged:
        learned = told["facts"]["learned"]
        calibration = {
            "method": learned["calibration"],
            "why": learned["calibration_reason"],
            "bins": told["bins"],
        }
        parts = {
            row["part"]: {**row, "rows": row["journeys"], "positives": round(row["conversions"])}
            for row in told["parts"]
        }
        return _Judged({"test": told["metrics"]}, calibration, parts)

    def part(self, name: str) -> dict[str, Any]:
        """Return what is known of a part."""
        return self.parts[name]
