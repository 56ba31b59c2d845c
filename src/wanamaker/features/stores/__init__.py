"""Where live window state is kept: one interface, and the stores behind it."""
