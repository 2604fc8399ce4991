"""What the report says, as Markdown and as a page."""
