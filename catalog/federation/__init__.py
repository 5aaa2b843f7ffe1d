"""Several directories together: who this node is, what it tells others of its entries, and what it
holds of theirs. A node speaks for what lies below its agency, and signs what it says."""
