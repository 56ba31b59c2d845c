"""Metrics of binary predictions, written from their definitions, one row at a time."""

from __future__ import annotations

import math

import numpy as np


def average_precision(labels, scores, weights):
    """Sum over distinct scores, from the highest, of the recall gained times the precision there."""
    positives = sum(w for y, w in zip(labels, weights, strict=True) if y)
    if positives == 0:
        return math.nan
    found, before = 0.0, 0.0
    for score in sorted(set(scores), reverse=True):
        flagged = sum(w for s, w in zip(scores, weights, strict=True) if s >= score)
        caught = sum(w for y, s, w in zip(labels, scores, weights, strict=True) if y and s >= score)
        if flagged > 0:
            found += (caught - before) / positives * caught / flagged
        before = caught
    return found


def auc(labels, scores, weights):
    """The share of pairs in the right order, ties counted half."""
    won = total = 0.0
    for i in np.flatnonzero(labels):
        for j in np.flatnonzero(~np.asarray(labels)):
            pair = weights[i] * weights[j]
            total += pair
            won += pair * (1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0)
    return won / total if total else math.nan


def log_loss(labels, predictions, weights):
    """The weighted mean of −ln of the probability of what happened."""
    losses = [
        -math.log(min(max(p if y else 1 - p, 1e-15), 1 - 1e-15))
        for y, p in zip(labels, predictions, strict=True)
    ]
    total = sum(weights)
    return sum(w * loss for w, loss in zip(weights, losses, strict=True)) / total if total else math.nan


def confusion(labels, predictions, threshold, weights):
    """Weights of true positives, false positives and false negatives."""
    caught = alarms = missed = 0.0
    for y, p, w in zip(labels, predictions, weights, strict=True):
        if p >= threshold:
            caught, alarms = caught + w * y, alarms + w * (not y)
        else:
            missed += w * y
    return caught, alarms, missed


def bins_of(predictions, weights, bins):
    """The bin of each row: that in which the middle of the mass of its prediction lies, from the lowest."""
    total = sum(weights)
    places = []
    for prediction in predictions:
        above = sum(w for p, w in zip(predictions, weights, strict=True) if p > prediction)
        here = sum(w for p, w in zip(predictions, weights, strict=True) if p == prediction)
        places.append(min(int((above + here / 2) / total * bins), bins - 1))
    return places


def calibration_error(labels, predictions, weights, bins):
    """|Σ w p − Σ w y| in each bin, over the total weight."""
    places = bins_of(predictions, weights, bins)
    total = 0.0
    for place in set(places):
        rows = [row for row, other in enumerate(places) if other == place]
        total += abs(sum(weights[row] * (predictions[row] - labels[row]) for row in rows))
    return total / sum(weights)


def precision_at(labels, predictions, k):
    """The mean, over all ways to break ties, of the share of positives in the first k rows."""
    ordered = sorted(set(predictions), reverse=True)
    left, caught = k, 0.0
    for prediction in ordered:
        tied = [y for y, p in zip(labels, predictions, strict=True) if p == prediction]
        taken = min(left, len(tied))
        caught += sum(tied) * taken / len(tied)
        left -= taken
    return caught / (k - left)
