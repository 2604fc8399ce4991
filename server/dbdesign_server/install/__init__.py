"""Puts dbdesign into the configuration of assistants, and takes it out again, leaving everything else in their files as it was."""
