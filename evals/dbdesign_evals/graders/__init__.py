"""Graders: each executes one kind of claim about an answer. A file is enough to add one."""
