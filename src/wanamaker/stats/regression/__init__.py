"""Regression of outcomes that are yes or no, on sparse rows, with a ridge on all but the intercept."""

from wanamaker.stats.regression.fit import Fit, Link, Rows, fit_binary

__all__ = ["Fit", "Link", "Rows", "fit_binary"]
