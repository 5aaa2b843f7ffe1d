"""The embedded engine: a Tantivy index in a folder, written by one process, read by many."""

from search.tantivy_engine.engine import TantivyEngine as TantivyEngine
