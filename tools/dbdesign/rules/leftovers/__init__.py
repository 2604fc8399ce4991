"""Rules on work that was begun and not finished."""
