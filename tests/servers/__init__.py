"""The real outside parts of the tests, one launcher a module: ``python -m tests.servers start``."""
