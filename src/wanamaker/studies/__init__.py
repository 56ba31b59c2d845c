"""Studies: one question answered end to end, described by one TOML file."""
