"""Lines that configure, call, choose or create: expressions by the files that they may stand in, as tables by ecosystem.

`names` holds what the engines are called, `base` what a pattern is, `engines` and `tools` the tables, `table` the look-up.
"""
