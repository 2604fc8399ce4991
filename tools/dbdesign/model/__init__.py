"""The one language that everything in dbdesign speaks: frozen models with look-ups, and no input or output."""
