"""What machines read besides the API: health, metrics, sitemap, search description."""
