"""Markup to text: what a reader of the page sees, and nothing that an exporter left in it."""
