"""``python -m tests.servers.elasticsearch start DIR [--nodes 3]`` and ``stop DIR``."""

from tests.servers import process
from tests.servers.elasticsearch import start, stop

process.main(start, stop, nodes=1)
