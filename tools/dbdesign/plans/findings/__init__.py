"""Findings on execution plans: `plans/findings/<id>.py`, one a file, registered by import.

A finding's id is its file's name with hyphens.
"""
