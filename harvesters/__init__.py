"""Sources and their runs: each protocol yields descriptors, and a run applies them through the
catalog."""
