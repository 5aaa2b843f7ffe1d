"""Exchange endpoints: which there are, what probes found of them, and who is told."""
