"""What differs between two schemas, as operations in an order in which they can be made.

    comparison = compare(before, after, renames={"orders.total": "amount"})
    comparison.operations, comparison.questions

An operation says what changes and never how: planners turn operations into steps for their engine.
"""

from dbdesign.migrations.compare.applying import apply
from dbdesign.migrations.compare.comparing import Comparison, compare

__all__ = ["Comparison", "apply", "compare"]
