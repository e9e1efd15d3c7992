"""From a question to an answer: quotes, links, follow-ups, evaluation, the command line."""
