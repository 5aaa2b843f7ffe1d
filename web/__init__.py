"""Flask: the composition root, API, pages, feeds and the command line."""
