"""The directory and its life, and the only writer. Knows no HTTP and no protocols."""
