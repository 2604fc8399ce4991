"""SQLite: what ALTER TABLE can do is done by it, everything else by building the table anew (lang_altertable.html, section 7)."""
