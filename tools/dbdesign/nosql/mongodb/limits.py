"""MongoDB's limits, and the thresholds at which a design is judged to turn.

Limits are the manual's ("MongoDB Limits and Thresholds", "Time Series Collection Limitations", 8.0); thresholds marked
as proposals are ours.
"""

from __future__ import annotations

DOCUMENT_BYTES = 16 * 1024 * 1024
"""A BSON document's limit."""
LARGE_DOCUMENT_BYTES = 10_000_000
"""From here on a document is an anti-pattern: the next growth meets the limit (schema advisor of Atlas)."""
EMBEDDED_BYTES = 1_000_000
"""A document with its embedded children at the 99th percentile (MongoDB's guidance for embedding)."""
EMBEDDED_CHILDREN = 100
"""Children of a parent at the 99th percentile up to which they are embedded (MongoDB's guidance)."""
ARRAY_ELEMENTS = 250
"""Elements from which on an array is an anti-pattern (schema advisor of Atlas)."""
BOUNDED_CHILDREN = 1000
"""Children at most, above which an array counts as unbounded (proposal)."""
CO_READ = 0.7
"""Share of a child's reads that go through its parent from which on it is embedded (proposal)."""
INDEXES = 10
"""Indexes of a collection above which each write is an anti-pattern (schema advisor of Atlas)."""
MAX_INDEXES = 64
MAX_INDEX_FIELDS = 32
COLLECTIONS = 10_000
"""Collections of a replica set above which memory and start-up suffer (schema advisor of Atlas)."""
SPLIT_CHILD_BYTES = 10_000
SPLIT_PARENT_BYTES = 1_000
"""A one-to-one child above the first with a parent below the second stands apart (MongoDB's guidance)."""
HOT_PEAK = 20.0
"""Reads per second at peak from which on a path is hot (proposal)."""
IN_LIST = 200
"""Values of an `$in` up to which it counts as an equality (query planner: explode for sort)."""
OUTLIER = 10.0
"""99th percentile over the average number of children, or maximum over the 99th percentile, that makes outliers."""
SUBSET_COLD_BYTES = 0.5
SUBSET_HOT_READS = 0.8
SUBSET_LEAST_BYTES = 1000.0
"""Share of a document that is cold, share of the documents read that do not need it (proposal), bytes worth a split (proposal)."""
SPARSE = 0.5
SPARSE_ATTRIBUTES = 20
"""Attributes that at most this share of the entities has, and how many of them that are searched make the attribute pattern."""
PARTIAL = 0.1
"""Share of the documents that a filter keeps up to which the index holds only those (proposal)."""
RESIDUAL = 0.5
"""Share of the documents that a filter keeps from which on it is no key of the index (proposal)."""
COLD = 0.3
"""Share of a collection that no list reads from which on it is worth an archive (MongoDB's guidance)."""
ARCHIVE_BYTES = 50e9
"""Collection below which an archive is not worth its machinery (proposal)."""
EXTENDED_BYTES = 512.0
"""Bytes of a parent that are worth a copy in each child (proposal)."""
VERSIONED_DOCUMENTS = 10e6
"""Documents from which on a change of the schema cannot be one update of all (proposal)."""
HOT_DOCUMENT_WRITES = 500.0
"""Writes per second of one document, above which write conflicts and retries take over (proposal)."""
MOVING_KEYS = 1000.0
"""Changes per second at peak of an indexed attribute that are worth a warning (proposal)."""
SHARD_BYTES = 2e12
SHARD_WRITES = 20_000.0
"""Data with indexes, and document writes per second at peak, that one replica set carries (proposal)."""
COVERED_BYTES = 64.0
COVERED_ATTRIBUTES = 3
COVERED_DOCUMENTS = 1000.0
"""What may be appended to an index so that it covers a pattern, and the documents per second at peak that must be saved (proposal)."""
EXAMINED = 10.0
"""Documents or keys examined for each returned above which a plan is judged inefficient (query targeting alert of Atlas)."""
SCANNED = 100_000.0
"""Documents above which reading all of them counts as not served (proposal)."""
BUCKETED_BYTES = 256.0
"""Bytes of a document up to which its own overhead, its entry in each index and its fetch weigh more than what it says: ours."""
BUCKETED_READ = 20.0
"""Documents that reads return on average, from which on a bucket saves more than it costs to address one thing in it: ours."""
