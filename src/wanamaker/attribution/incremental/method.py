"""Incremental credit: the conversions that would not have come without the touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from wanamaker.attribution.identified import not_comparable
from wanamaker.attribution.incremental.covariates import Covariates, unusable
from wanamaker.attribution.incremental.design import SHAPES, Exposure, journey_design, touch_design
from wanamaker.attribution.incremental.effects import normalised
from wanamaker.attribution.incremental.estimate import estimate
from wanamaker.attribution.method import Method
from wanamaker.base.durations import Duration, positive_micros
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.base.parameters import Boolean, OneOf, RealIn, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.attribution.method import Creditor, MethodCredit
    from wanamaker.base.parameters import Constraint
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

_CONSTRAINTS: Mapping[str, Constraint] = {
    "form": OneOf(("auto", "journeys", "hazard")),
    "link": OneOf(("auto", "logistic", "linear")),
    "exposure": OneOf(SHAPES),
    "penalty": RealIn(0.0, open_at=("low",)),
    "normalised": Boolean(),
}


@dataclass(frozen=True)
class Incremental(Method):
    """Credit by regression of conversion on touches and covariates, with the baseline named.

    The regression is fitted on converting and other journeys. The credit of touch c in one journey is
    that of Aumann and Shapley (1974) along the straight path from no touch to all of its touches,
    φ_c = (p - p₀) β_c x_c / Σ βx, where p is the fitted probability and p₀ that without any touch. Since
    the intercept is not penalised, Σ p is the number of conversions, so the credits and the row
    ``(baseline)`` = Σ p₀ add up to it. Effects below zero stay below zero. Value: the credited conversions at
    the mean value of the conversions that the touch is part of; the baseline takes the rest.

    Use it where journeys that did not convert were observed, and give the covariates that drive both who is
    reached and who converts: what is neither touched nor given, it cannot know. Do not use it on logs in
    which touches were chosen by an intent that no covariate tells.

    Parameters
    ----------
    form
        ``"journeys"``: one row per journey, for journeys observed in full. ``"hazard"``: one row per touch
        (does the conversion follow before the next touch?), with the touch itself and the earlier ones
        as exposures; it is not fooled by journeys that stop at their conversion. ``"auto"``: by how
        the journeys were observed. In the hazard form every row has a touch, so the level of the effects
        is not in the data: they are measured against the ``reference``.
    link
        ``"logistic"``: P = 1 / (1 + exp(-η)). ``"linear"``: P = η, effects add up in probability as those
        of independent causes do while P is small. ``"auto"``: the one that predicts a fifth of the users
        better (by log loss) when fitted on the others.
    exposure
        ``"count"`` of touches, ``"saturating"``: log(1 + count), or ``"fading"``: each touch weighs
        2 ** (-(time before the last touch) / half-life).
    half_life
        Of exposures that fade.
    covariates
        Covariates of the journeys to hold constant; None for all they have. Numbers are cut into up to
        20 bins of equal size, everything else into categories.
    penalty
        Ridge on the effects in log-odds: one over the variance expected of them.
    reference
        In the hazard form, the touch that is taken to have no effect of its own, such as direct visits; None
        for the weakest: the touch with the lowest upper 95 % limit.
    normalised
        Scale the positive effects to all conversions, without a baseline, for comparison with rules.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> from wanamaker.attribution.attribute import attribute
    >>> paths = {"path": ["a", "b", "a > b"], "won": [100, 40, 130], "lost": [900, 960, 870]}
    >>> journeys = journeys_from_paths(paths, conversions="won", nulls="lost", observed="full")
    >>> table = attribute(journeys, [Incremental(link="linear")], bootstrap=0).table
    >>> table["conversions"].round(0).to_list()
    [175.0, 56.0, 38.0]
    """

    form: Literal["auto", "journeys", "hazard"] = "auto"
    link: Literal["auto", "logistic", "linear"] = "auto"
    exposure: Exposure = "count"
    half_life: Duration = "7d"
    covariates: tuple[str, ...] | None = None
    penalty: float = 1.0
    reference: str | None = None
    normalised: bool = False

    name = "incremental"
    conserves = "total"
    needs = frozenset({"nulls"})
    summary = (
        "Conversions that would not have come without the touch, by regression on converting and other "
        "journeys; what would have come anyway is the baseline."
    )
    misleads = "What drives both exposure and conversion, and is no covariate, is taken for an effect."

    def __post_init__(self) -> None:
        check("Incremental", vars(self), _CONSTRAINTS)
        positive_micros(self.half_life, "half_life")
        names = self.covariates
        if names is not None:
            if isinstance(names, str) or not all(isinstance(name, str) for name in names):
                message = f"The 'covariates' parameter of Incremental must be a list of names. Got {names!r}."
                raise ParameterError(message, hint="Write covariates=['intent'], or [] for none.")
            object.__setattr__(self, "covariates", tuple(names))
        if self.reference is not None and self.form == "journeys":
            message = "'reference' belongs to the hazard form. Got form='journeys'."
            raise ParameterError(message, hint="Leave out the reference, or the form.")

    @property
    def label(self) -> str:
        """``incremental``, or ``incremental_normalised``."""
        return "incremental_normalised" if self.normalised else "incremental"

    @property
    def words(self) -> dict[str, str]:
        """What the report says, with or without scaling."""
        if not self.normalised:
            return super().words
        return {
            "summary": "Incremental effects above zero, scaled to all conversions, without a baseline.",
            "misleads": "Credits touches with what would have come anyway: good for shares, not for levels.",
        }

    @property
    def basis(self) -> Method:
        """The same without scaling: both share one regression."""
        return replace(self, normalised=False)

    def unmet(self, journeys: Journeys) -> str | None:
        """Return why effects cannot be estimated from these journeys, or None if they can."""
        if self.exposure == "fading" and journeys.times is None:
            return "exposures that fade need the time of every touch, which these journeys do not have"
        if self.reference is not None and self.reference not in journeys.names:
            return f"the reference {self.reference!r} is no touch of these journeys"
        return (
            super().unmet(journeys)
            or not_comparable(journeys)
            or unusable(journeys, self._covariates(journeys))
        )

    def learned(self, journeys: Journeys, resampling: Resampling) -> Creditor:
        """Fit the regression, as it is and in every replicate."""
        form = self._form(journeys)
        covariates = Covariates.of(journeys, self._covariates(journeys))
        design = touch_design if form == "hazard" else journey_design
        designed = partial(
            design,
            covariates=covariates,
            exposure=self.exposure,
            half_life=positive_micros(self.half_life, "half_life"),
        )
        return estimate(self, journeys, designed, resampling, hazard=form == "hazard")

    def presented(self, credit: MethodCredit, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit as it is, or scaled to all conversions."""
        return normalised(credit, journeys, resampling) if self.normalised else credit

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate.

        Raises
        ------
        DataError
            If effects cannot be estimated from these journeys.
        """
        reason = self.unmet(journeys)
        if reason is not None:
            message = f"The method {self.label!r} does not apply: {reason}."
            raise DataError(message)
        plain = self.learned(journeys, resampling).credit(journeys, resampling)
        return self.presented(plain, journeys, resampling)

    def _form(self, journeys: Journeys) -> Literal["journeys", "hazard"]:
        if self.form != "auto":
            return self.form
        return "journeys" if journeys.observation.observed == "full" else "hazard"

    def _covariates(self, journeys: Journeys) -> tuple[str, ...]:
        return journeys.covariates if self.covariates is None else self.covariates
