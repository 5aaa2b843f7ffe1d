"""Sources and their runs: each protocol yields descriptors; the run applies them through the catalog."""
