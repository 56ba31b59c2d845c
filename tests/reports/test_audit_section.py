"""The audit in a report."""

from __future__ import annotations

from wanamaker.evaluation.audit import Finding
from wanamaker.reports.audit import audit_page, audit_section
from wanamaker.reports.page import render

FOUND = Finding(
    "L1",
    ("total", "<b>cart</b>"),
    "critical",
    "It is the label.",
    {"auc": 0.9913, "rule": "a < b", "rows": [1]},
    "Drop it.",
)


def test_every_finding_is_on_the_page_with_its_advice_and_evidence():
    order = Finding("L3", (), "warning", "Rows are sorted.", {"how": "in blocks"}, "Shuffle.")
    page = render(audit_page([FOUND.as_dict(), order.as_dict()], "sessions.csv", {"label": "y"}))
    assert "1 critical finding, 1 warning." in page
    assert "It is the label. Drop it." in page
    assert "Rows are sorted. Shuffle." in page
    assert "the order of rows" in page
    assert "0.991" in page
    assert "<b>cart</b>" not in page


def test_without_findings_the_section_says_that_this_is_no_proof():
    section = audit_section([])
    assert "does not prove" in section.blocks[0].paragraphs[0]
    assert section.blocks[-1].data.values("found") == [0] * 7
