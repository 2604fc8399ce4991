"""Review rules: `rules/<family>/<defect>.py`, one rule a file, registered by import.

A rule's name is the defect, written so that `allow <name>` reads as a sentence: `foreign-key-without-index`.
"""
