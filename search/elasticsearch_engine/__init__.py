"""The engine for many machines: an Elasticsearch cluster, of which only the core is asked."""

from search.elasticsearch_engine.engine import ElasticsearchEngine as ElasticsearchEngine
