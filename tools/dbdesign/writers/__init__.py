"""Writers: one file a target; each turns a `Schema` into text and says what the target cannot express.

To add one, add a module here that defines `WRITER = Writer(...)`; it is found by name.
"""
