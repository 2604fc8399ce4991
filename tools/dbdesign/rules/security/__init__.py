"""Rules on who may read and change what, and on data that should not be kept."""
