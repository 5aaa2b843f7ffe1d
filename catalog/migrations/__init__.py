"""How the tables came to be, step by step, for SQLite and PostgreSQL alike."""
