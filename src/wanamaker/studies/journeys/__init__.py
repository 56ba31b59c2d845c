"""The network of an attribution study: fitted, judged, compared, credited; and the budget replay."""
