"""The Slack bot: a client of the HTTP API, beside the server or inside it."""
