"""Which method to believe, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wanamaker.reports.attribution.setting import listed, quoted
from wanamaker.reports.numbers import count

if TYPE_CHECKING:
    from wanamaker.reports.attribution.setting import Setting

_BOTH = "drives both who is reached and who converts"


class Advice(NamedTuple):
    """What to believe, in one sentence, and what goes with it."""

    first: str
    more: str


def advice(setting: Setting) -> list[Advice]:
    """Return which methods to believe for a log, most important first."""
    return [*_tests(setting), *_compared(setting), *_network(setting), *_described(setting)]


def _tests(setting: Setting) -> list[Advice]:
    names = setting.named("calibrated")
    if not names or not setting.tested:
        return []
    tested = len(setting.tested)
    touches = "the touch" if tested == 1 else f"the {count(tested)} touches"
    return [
        Advice(
            f"Believe {names[0]} first: it is anchored to experiments on {touches} that were tested.",
            "An experiment is the only thing that shows a cause by itself. All other touches keep what the "
            "model says of them.",
        )
    ]


def _compared(setting: Setting) -> list[Advice]:
    if not setting.others:
        return [
            Advice(
                "No journey that did not convert is in this log, so nothing in it shows what would have "
                "happened without a touch.",
                "No method can make up for that: only rules and descriptions of paths are left. Choose one "
                "as a convention, and get an answer from an experiment, or from a log with all journeys.",
            )
        ]
    if not setting.named("incremental"):
        return [_missing(setting)]
    return _in_full(setting) if setting.full else _until_conversion(setting)


def _missing(setting: Setting) -> Advice:
    reason = setting.left_out.get("incremental")
    told = f"was left out: {reason.rstrip('.')}" if reason else "was not asked for"
    games = setting.named("shapley")
    if setting.full and games:
        more = (
            f"Of the methods here, {listed(games)} comes nearest to an effect, and only if nothing {_BOTH}."
        )
    else:
        more = "What is here describes this log; which touch caused a conversion, it does not say."
    return Advice(f"Incremental credit {told}.", more)


def _in_full(setting: Setting) -> list[Advice]:
    games = setting.named("shapley")
    if not setting.covariates:
        both = listed([setting.named("incremental")[0], *games])
        return [
            Advice(
                f"Believe {both} only if nothing {_BOTH}.",
                "No covariate was given: what people intended anyway, where it decides which touches they "
                "get, is taken for an effect of those touches. Give such things as covariates, or test.",
            )
        ]
    also = "holds nothing constant: believe it only where touches are not chosen by intent."
    return [
        Advice(
            f"{_believe(setting)}: the journeys were observed in full, and it holds {setting.covariates} "
            "constant.",
            f"It is right if that is all that {_BOTH}, which no log can tell."
            + (f" {listed(games)} {also}" if games else ""),
        )
    ]


def _until_conversion(setting: Setting) -> list[Advice]:
    no = [*setting.named("shapley"), *setting.named("markov"), "any conversion rate"]
    doubt = Advice(
        f"Do not believe {listed(no, 'or')} here: journeys stop at their conversion.",
        "Long journeys are those that have not converted, so rates fall as sets of touches grow.",
    )
    if setting.fooled:
        name = setting.named("incremental")[0]
        what = f"{name} compared whole journeys, although these stop at their conversion."
        return [Advice(what, "Ask for its hazard form."), doubt]
    reference = setting.regression.get("reference")
    against = f"It is measured against {quoted(reference)}. " if reference else ""
    held = (
        f"with {setting.covariates} held constant" if setting.covariates else "though no covariate was given"
    )
    return [
        Advice(
            f"{_believe(setting)}, {held}: in its hazard form it asks after every touch whether the "
            "conversion follows, and is not fooled by journeys that stop there.",
            f"{against}It is right if nothing else {_BOTH}.",
        ),
        doubt,
    ]


def _believe(setting: Setting) -> str:
    name = setting.named("incremental")[0]
    return f"Next, believe {name}" if setting.tested else f"Believe {name} first"


def _network(setting: Setting) -> list[Advice]:
    names, looks = setting.named("network"), setting.named("attention")
    if not names and not looks:
        return []
    if setting.doubt:
        return [
            Advice(
                f"Do not believe {listed([*names, *looks])}: the network is under-trained.",
                f"{setting.doubt} Train it longer, on more journeys, or do without.",
            )
        ]
    told = [Advice("Attention is no credit.", "It tells where the network looked.")] if looks else []
    if not names:
        return told
    if setting.full:
        more = "Under the same condition as incremental: nothing that it does not read " + _BOTH + "."
        return [Advice(f"{listed(names)} ask the network what would be lost without a touch.", more), *told]
    more = "A journey without its last touches looks like one that has not converted yet."
    first = f"{listed(names)} describe here: the network has learned journeys that stop at their conversion."
    return [Advice(first, more), *told]


def _described(setting: Setting) -> list[Advice]:
    groups = {
        "rules": setting.named("rule"),
        "Markov chains": setting.named("markov"),
        "shapley_count": setting.named("shapley_count"),
    }
    names = [title for title, methods in groups.items() if methods]
    if not names or not setting.others:
        return []
    return [
        Advice(
            f"Descriptions, not causes: {listed(names)}.",
            "On simulated logs, where the truth is known, a quarter of their credit or more is often in the "
            "wrong place.",
        )
    ]
