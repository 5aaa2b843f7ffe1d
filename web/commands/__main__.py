"""``python -m web.commands``: the same as ``mulu``."""

from web.commands import main

main()
