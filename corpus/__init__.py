"""Sources, posts and passages: what the archive says, before any number is made of it."""
