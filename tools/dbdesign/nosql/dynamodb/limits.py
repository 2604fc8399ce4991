"""Limits and units of DynamoDB, each with its source in the developer guide (docs.aws.amazon.com/amazondynamodb/latest/developerguide).

What is a proposal of ours, not a limit of the engine, says so.
"""

from __future__ import annotations

ITEM_BYTES = 400 * 1024
"""An item, names and values together (ServiceQuotas: item size)."""
HASH_BYTES, RANGE_BYTES = 2048, 1024
"""A partition key's and a sort key's value (Constraints: partition keys and sort keys)."""
GLOBAL_INDEXES, LOCAL_INDEXES = 20, 5
"""Secondary indexes of a table (ServiceQuotas; twenty global ones may be raised on request)."""
PROJECTED = 100
"""Attributes named by INCLUDE in all indexes of a table together (Constraints: projected secondary index attributes)."""
HASH_PARTS, RANGE_PARTS = 4, 4
"""Attributes of a global index's partition key and sort key since November 2025 (GSI.DesignPattern.MultiAttributeKeys)."""
COLLECTION_BYTES = 10 * 1024**3
"""An item collection of a table with local indexes, their items included (LSI: item collection size limit)."""
PARTITION_BYTES = 10 * 1024**3
"""A partition."""
TRANSACTION_ITEMS, TRANSACTION_BYTES = 100, 4 * 1024**2
"""A transaction (transaction-apis)."""
BATCH_GET, BATCH_WRITE = 100, 25
"""Items of a BatchGetItem and of a BatchWriteItem."""
PAGE_BYTES = 1024**2
"""What a Query or Scan reads before it answers with LastEvaluatedKey."""
READ_UNIT, WRITE_UNIT = 4096, 1024
"""Bytes of a read unit (strongly consistent; half of one otherwise) and of a write unit."""
HOT_READS, HOT_WRITES = 3000, 1000
"""Units a second that one partition, and so one key value, sustains (bp-partition-key-design)."""
TARGET = 0.7
"""Share of a limit that is planned for: ours, and auto scaling's default target."""
ITEM_OVERHEAD = 100
"""Bytes that an item takes in storage beyond itself, in the table and in each index (CapacityUnitCalculations)."""
SPARSE_BELOW = 0.1
"""Share of the items up to which an index of its own for them is considered: ours."""
EXACT_SETS = 5000
"""Sets of index candidates up to which the cheapest is found by trying all, as of twelve candidates or of thirty for two reads: ours."""
EXCHANGED = 60
"""Candidates up to which one that was taken is exchanged for another where none more pays: ours."""
RANGE_SHARE = 1 / 3
"""What a range leaves where nothing is said: ours, after System R's guess for an open interval."""
MONTH_SECONDS = 2_629_746.0
"""A twelfth of the mean Gregorian year."""
MONTH_HOURS = 730.0
"""As the provider bills a month of provisioned capacity."""
